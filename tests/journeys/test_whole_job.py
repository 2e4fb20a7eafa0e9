"""The whole job: read and code, submit, weigh the second opinion, look behind a number, export."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenContext, SignIn, fill_in_sign_in
from tests.journeys.platform import Served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

OPEN_SOURCE = "Une consultation de choix de traitement"


def passages(page: Page, sign: str) -> int:
    """How many passages with a code's sign stand in the margin."""
    return page.get_by_role("list", name="Coded passages").get_by_role("button", name=re.compile(f"^{sign}")).count()


def await_painted(page: Page) -> None:
    page.wait_for_selector("html[data-painted]", state="attached")


def await_saved(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved"))).to_be_visible()


def test_a_coder_codes_by_keyboard_submits_and_takes_a_suggestion(platform: Served, open_context: OpenContext) -> None:
    page = open_context().new_page()
    fill_in_sign_in(page, platform.emails["ines"], platform.password)
    page.get_by_role("link", name="Lire avec la machine").first.click()
    page.get_by_role("link", name="Resume").click()
    await_painted(page)
    expect(page.get_by_role("heading", name=OPEN_SOURCE, level=1)).to_be_visible()

    before = passages(page, "CTX")
    code_a_sentence(page, "ctx")
    await_saved(page)
    assert passages(page, "CTX") == before + 1
    page.reload()
    await_painted(page)
    assert passages(page, "CTX") == before + 1
    page.keyboard.press("z")
    await_saved(page)
    assert passages(page, "CTX") == before
    page.reload()
    await_painted(page)
    assert passages(page, "CTX") == before

    page.get_by_role("button", name="Submit…").click()
    page.get_by_role("dialog").get_by_role("button", name="Submit", exact=True).click()
    page.wait_for_url("**/second-opinion/")
    expect(page.get_by_role("complementary")).to_contain_text("It agrees with you on")
    expect(page.get_by_role("button", name=re.compile("^Take"))).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_visible()
    expect(page.get_by_role("complementary")).to_contain_text("Taken")


def code_a_sentence(page: Page, sign: str) -> None:
    """Code the second sentence on the page with the keyboard alone."""
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    expect(page.get_by_role("combobox", name="Code")).to_be_focused()
    page.keyboard.type(sign)
    page.keyboard.press("Enter")


def test_a_supervisor_opens_the_passages_behind_a_number(sign_in: SignIn, platform: Served) -> None:
    page = sign_in("paul")
    page.goto(f"/studies/{platform.slug}/")
    page.get_by_role("navigation", name="Study").get_by_role("link", name="Agreement").click()
    expect(page.get_by_role("heading", name="Can the coding be trusted?")).to_be_visible()
    weakest = platform.summary["agreement"][0]["sign"]
    page.get_by_role("row").filter(has_text=re.compile(weakest)).get_by_role("link").first.click()
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("where readings differ")
    expect(panel.get_by_role("heading", name="Reading A")).to_be_visible()
    expect(panel.get_by_role("heading", name="Reading B")).to_be_visible()
    for person in platform.summary["coders"]:
        expect(panel).not_to_contain_text(person["name"])
    page.keyboard.press("j")
    expect(panel).to_contain_text(re.compile("2 of "))
    panel.get_by_role("link", name="Open in the text").click()
    await_painted(page)
    assert "/code/" in page.url


def test_a_download_has_the_bytes_of_the_command(sign_in: SignIn, platform: Served, tmp_path: Path) -> None:
    page = sign_in("paul")
    page.goto(f"/studies/{platform.slug}/exports/")
    row = page.get_by_role("row").filter(has=page.get_by_text("qdpx", exact=True))
    with page.expect_download() as downloading:
        row.get_by_role("link", name=re.compile("^Download")).click()
    download = downloading.value
    written = tmp_path / "by-command"
    platform.command("export", platform.slug, "--format", "qdpx", "--out", str(written))
    assert download.suggested_filename == "lire-avec-la-machine-first-readings.qdpx"
    assert Path(download.path()).read_bytes() == written.read_bytes()

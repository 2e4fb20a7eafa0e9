"""The whole job, in both languages: read and code, submit, weigh the second opinion, look behind a number, export."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenContext, SignIn, fill_in_sign_in
from tests.journeys.platform import Served
from tests.journeys.words import pattern, say

pytestmark = [pytest.mark.journey, pytest.mark.timeout(480)]

# Who has a reading open, and of what: each can be submitted but once.
OPEN = {
    "en": ("ines", "Une consultation de choix de traitement", "CTX"),
    "fr": ("lucie", "Val-Clair, une nuit de garde aux urgences", "CTX"),
}
in_both_languages = pytest.mark.parametrize("language", ["en", pytest.param("fr", marks=pytest.mark.thorough)])


def passages(page: Page, sign: str, language: str) -> int:
    """How many passages with a code's sign stand in the margin."""
    margin = page.get_by_role("list", name=say("Coded passages", language))
    return margin.get_by_role("button", name=re.compile(f"^{sign}")).count()


def await_painted(page: Page) -> None:
    page.wait_for_selector("html[data-painted]", state="attached")


def await_saved(page: Page, language: str) -> None:
    said = pattern("Saved at {time}", language)
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()


@in_both_languages
def test_a_coder_codes_by_keyboard_submits_and_takes_a_suggestion(
    platform: Served, open_context: OpenContext, language: str
) -> None:
    coder, title, sign = OPEN[language]
    page = open_context(language=language).new_page()
    fill_in_sign_in(page, platform.emails[coder], platform.password)
    page.get_by_role("link", name="Lire avec la machine").first.click()
    page.get_by_role("link", name=say("Resume", language)).click()
    await_painted(page)
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()

    before = passages(page, sign, language)
    code_a_sentence(page, sign.lower(), language)
    await_saved(page, language)
    assert passages(page, sign, language) == before + 1
    page.reload()
    await_painted(page)
    assert passages(page, sign, language) == before + 1
    page.keyboard.press("z")
    await_saved(page, language)
    assert passages(page, sign, language) == before
    page.reload()
    await_painted(page)
    assert passages(page, sign, language) == before

    page.get_by_role("button", name=say("Submit…", language)).click()
    page.get_by_role("dialog").get_by_role("button", name=say("Submit", language), exact=True).click()
    page.wait_for_url("**/second-opinion/")
    agreed = "It agrees with you on %(agreed)s of your %(n)s passage; what agrees is not listed."
    expect(page.get_by_role("complementary").get_by_text(pattern(agreed, language))).to_be_visible()
    take = page.get_by_role("button", name=re.compile(f"^{say('Take', language)} "))
    expect(take).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_role("button", name=re.compile(f"^{say('Undo', language)} "))).to_be_visible()
    expect(page.get_by_role("complementary")).to_contain_text(say("Taken", language))


def code_a_sentence(page: Page, sign: str, language: str) -> None:
    """Code the second sentence on the page with the keyboard alone."""
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    expect(page.get_by_role("combobox", name=say("Code", language))).to_be_focused()
    page.keyboard.type(sign)
    page.keyboard.press("Enter")


@in_both_languages
def test_a_supervisor_opens_the_passages_behind_a_number(sign_in: SignIn, platform: Served, language: str) -> None:
    page = sign_in("paul", language=language)
    page.goto(f"/studies/{platform.slug}/")
    places = page.get_by_role("navigation", name=say("Study", language))
    places.get_by_role("link", name=say("Agreement", language), exact=True).click()
    expect(page.get_by_role("heading", name=say("Can the coding be trusted?", language))).to_be_visible()
    weakest = platform.summary["agreement"][0]["sign"]
    page.get_by_role("row").filter(has_text=re.compile(weakest)).get_by_role("link").first.click()
    panel = page.get_by_role("complementary")
    expect(panel.get_by_text(pattern("%(n)s turn where readings differ", language))).to_be_visible()
    for letter in "AB":
        reading = say("Reading %(letter)s", language) % {"letter": letter}
        expect(panel.get_by_role("heading", name=reading)).to_be_visible()
    for person in platform.summary["coders"]:
        expect(panel).not_to_contain_text(person["name"])
    page.keyboard.press("j")
    expect(panel).to_contain_text(say("%(at)s of %(n)s", language) % {"at": 2, "n": ""})
    panel.get_by_role("link", name=say("Open in the text", language)).click()
    await_painted(page)
    assert "/code/" in page.url


@pytest.mark.thorough
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_download_has_the_bytes_of_the_command(
    sign_in: SignIn, platform: Served, tmp_path: Path, language: str
) -> None:
    page = sign_in("paul", language=language)
    page.goto(f"/studies/{platform.slug}/exports/")
    row = page.get_by_role("row").filter(has=page.get_by_text("qdpx", exact=True))
    with page.expect_download() as downloading:
        row.get_by_role("link", name=re.compile(f"^{say('Download', language)}")).click()
    download = downloading.value
    written = tmp_path / "by-command"
    options = ("--format", "qdpx", "--language", language, "--out", str(written))
    platform.command("export", platform.slug, *options)
    assert download.suggested_filename == "lire-avec-la-machine-first-readings.qdpx"
    assert Path(download.path()).read_bytes() == written.read_bytes()

"""A supervisor settles what readers see differently; a coder sees what became of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.platform import Served

pytestmark = [pytest.mark.journey, pytest.mark.thorough, pytest.mark.timeout(480)]

SignIn = Callable[..., Page]
SHARPER = "Not when the figure is only mentioned in passing."


def settled(page: Page) -> int:
    """How many disputes of the list on view are settled."""
    found = re.search(r"(\d+) of \d+ settled", page.locator(".review header").inner_text())
    assert found is not None
    return int(found[1])


def enter(page: Page, platform: Served, link: str = "") -> None:
    """Go to the study as a person does from where they arrive, and to one of its pages by its name."""
    page.goto("/")
    page.locator(f"main a[href$='/studies/{platform.slug}/']").first.click()
    if link:
        page.get_by_role("navigation").get_by_role("link", name=link, exact=True).first.click()


def test_a_supervisor_goes_from_the_weakest_code_to_a_sharper_definition(sign_in: SignIn, platform: Served) -> None:
    """By links and keys alone, as somebody who has no address by heart."""
    page = sign_in("paul")
    enter(page, platform, "Agreement")
    weakest = page.locator("#codes a.rowlink").first
    sign = weakest.locator(".sign").inner_text()
    weakest.click()
    page.locator("#drill").get_by_role("link", name="Show places where they agree too").click()
    expect(page.locator("#drill")).to_contain_text("where it is used")
    page.get_by_role("link", name=f"{sign} in detail").click()
    expect(page.get_by_role("heading", name="Every measure, by every unit")).to_be_visible()
    page.locator(".kinds a").first.click()
    page.locator("select[name=kind]").select_option("")
    page.get_by_role("button", name="Show", exact=True).click()
    settle_ten(page)
    page.get_by_role("link", name="Agreement", exact=True).click()
    page.locator("#codes a.rowlink").first.click()
    sharpen(page)
    look_again(sign_in("ines"), platform)
    page.get_by_role("link", name="Agreement", exact=True).click()
    page.get_by_role("button", name="Compute again").click()
    expect(page.locator("#codes")).to_be_visible()
    page.get_by_role("link", name="Compare with an earlier run").click()
    page.get_by_role("link", name="Compare with this one").first.click()
    expect(page.get_by_text("Nothing: the same readings of the same texts.")).to_be_visible()
    expect(page.get_by_role("heading", name="Code by code, the largest change first")).to_be_visible()
    page.locator("table.compare tbody td.num a").first.click()
    expect(page.locator("#drill")).to_be_visible()


def settle_ten(page: Page) -> None:
    """Settle ten disputes of the list on view by keyboard, and take one back."""
    page.get_by_role("link", name="Settle the next").click()
    page.wait_for_url("**/disputes/*-*/**")
    expect(page.get_by_role("button", name="Take A")).to_be_visible()
    before = settled(page)
    for done, key in enumerate("mabxmabxma", start=1):
        page.keyboard.press(key)
        expect(page.locator("#told")).to_contain_text(f"Settled. {before + done} of")
    page.get_by_role("link", name="To the list").click()
    page.locator("select[name=state]").select_option("settled")
    page.get_by_role("button", name="Show", exact=True).click()
    page.locator(".worklist th a").last.click()
    page.wait_for_url("**/disputes/*-*/**")
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Take A")).to_be_visible()
    expect(page.get_by_text("1 earlier outcome, taken back")).to_be_visible()


def sharpen(page: Page) -> None:
    """Say more exactly when the code on view applies, and publish the codebook."""
    page.get_by_role("link", name="Sharpen the definition").click()
    rule = page.locator("[name=exclude_en]")
    rule.fill(f"{rule.input_value()} {SHARPER}")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name=re.compile(r"^Publish v\d+…")).click()
    page.get_by_role("button", name=re.compile("^Publish v")).click()
    expect(page.locator(".version").first).to_be_visible()


def look_again(page: Page, platform: Served) -> None:
    """Find the passages made under the former definition, and keep one."""
    enter(page, platform)
    page.get_by_role("link", name=re.compile(r"\d+ passages? of yours")).click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(re.compile(r"\d+ passages? to look at again"))
    expect(page.locator("#current")).to_contain_text("has another definition since, in English.")
    expect(page.locator("#current")).to_contain_text(SHARPER)
    waiting = heading.inner_text()
    page.keyboard.press("k")
    expect(heading).not_to_have_text(waiting)


WHAT_BECAME = {"en": "What became of my passages", "fr": "Ce que sont devenus mes passages"}


@pytest.mark.parametrize("language", WHAT_BECAME)
def test_a_coder_sees_what_became_of_her_passages_and_never_by_whom(
    sign_in: SignIn, platform: Served, language: str
) -> None:
    page = sign_in("ines", language=language)
    enter(page, platform)
    page.get_by_role("link", name=WHAT_BECAME[language]).click()
    expect(page.get_by_role("heading", name=WHAT_BECAME[language])).to_be_visible()
    another = page.locator("main a.rowlink").last
    sign = another.locator(".sign").inner_text()
    another.click()
    expect(page.locator("#chosen .sign")).to_have_text(sign)
    expect(page.locator("table.fates tbody tr").first).to_be_visible()
    assert platform.emails["paul"] not in page.content() and "Paul" not in page.locator("main").inner_text()
    page.locator("table.fates a").first.click()
    page.wait_for_url("**/code/**")

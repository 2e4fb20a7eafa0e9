"""A supervisor settles what readers see differently; a coder sees what became of it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.platform import Served

SignIn = Callable[..., Page]


def settled(page: Page) -> int:
    """How many disputes of the list on view are settled."""
    found = re.search(r"(\d+) of \d+ settled", page.locator(".review header").inner_text())
    assert found is not None
    return int(found[1])


def test_a_supervisor_goes_from_the_weakest_code_to_ten_outcomes_by_keyboard(sign_in: SignIn, platform: Served) -> None:
    page = sign_in("paul")
    page.goto(f"/studies/{platform.slug}/agreement/")
    page.locator("#codes a.rowlink").first.click()
    page.get_by_role("link", name="Settle it among the disputes").click()
    page.goto(f"/studies/{platform.slug}/disputes/")
    page.get_by_role("link", name="Settle the next").click()
    page.wait_for_url("**/disputes/*-*/**")
    expect(page.get_by_role("button", name="Take A")).to_be_visible()
    before = settled(page)
    for done, key in enumerate("mabxmabxma", start=1):
        page.keyboard.press(key)
        expect(page.locator("#told")).to_contain_text(f"Settled. {before + done} of")
    page.goto(f"/studies/{platform.slug}/disputes/?state=settled")
    page.locator(".worklist th a").last.click()
    page.wait_for_url("**/disputes/*-*/**")
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Take A")).to_be_visible()


def test_a_coder_sees_what_became_of_her_passages_and_never_by_whom(sign_in: SignIn, platform: Served) -> None:
    page = sign_in("ines")
    page.goto(f"/studies/{platform.slug}/my-passages/")
    expect(page.get_by_role("heading", name="What became of my passages")).to_be_visible()
    expect(page.locator("table.fates tbody tr").first).to_be_visible()
    assert platform.emails["paul"] not in page.content() and "Paul" not in page.locator("main").inner_text()

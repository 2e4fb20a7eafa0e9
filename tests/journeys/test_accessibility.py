"""No page has an accessibility problem that axe calls serious or critical, in light or dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import OpenContext, SignIn
from tests.journeys.pages import reachable
from tests.journeys.platform import SLUG, Served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(480)]
GRAVE = ("serious", "critical")
ENOUGH_PAGES = 30
HOME = f"/studies/{SLUG}/"
OF_STRANGERS = ("/accounts/login/", "/accounts/password/reset/")


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


def grave_problems(axe: Axe, page: Page) -> list[str]:
    """What is wrong on the page as it stands: rule, number of places, and the first of them."""
    found = axe.run(page).response["violations"]
    return [
        f"{page.url}: {one['id']} ({one['impact']}) in {len(one['nodes'])}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.thorough
def test_every_page_is_free_of_grave_problems(sign_in: SignIn, axe: Axe) -> None:
    problems: list[str] = []
    seen: set[str] = set()
    for person in ("helene", "ines", "paul", "nadia"):
        # Everyone has a start page of their own; the rest is looked at once.
        seen -= {HOME}
        page = sign_in(person)
        for _ in reachable(page, seen, HOME):
            problems += grave_problems(axe, page)
    assert not problems, "\n".join(problems)
    assert len(seen) >= ENOUGH_PAGES, f"too few pages were reached: {sorted(seen)}"


@pytest.mark.parametrize("address", OF_STRANGERS)
def test_pages_of_strangers_are_free_of_grave_problems(open_context: OpenContext, axe: Axe, address: str) -> None:
    page = open_context().new_page()
    page.goto(address)
    assert grave_problems(axe, page) == []


@pytest.mark.parametrize(("person", "address"), [("ines", "sources/{source}/code/"), ("paul", "agreement/")])
def test_dark_pages_are_free_of_grave_problems(
    sign_in: SignIn, platform: Served, axe: Axe, person: str, address: str
) -> None:
    page = sign_in(person, theme="dark")
    page.goto(f"/studies/{platform.slug}/sources/")
    source = page.get_by_role("rowheader").get_by_role("link").first.get_attribute("href") or ""
    page.goto(f"/studies/{platform.slug}/{address.format(source=source.split('/')[-2])}")
    assert grave_problems(axe, page) == []

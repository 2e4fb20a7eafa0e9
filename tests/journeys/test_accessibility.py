"""No page has an accessibility problem that axe calls serious or critical, in either language, in light or dark."""

from functools import partial

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
    worn = page.evaluate("() => `${document.documentElement.lang} ${document.documentElement.dataset.theme ?? ''}`")
    return [
        f"{page.url} ({worn}): {one['id']} ({one['impact']}) in {len(one['nodes'])}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in GRAVE
    ]


def dressed(page: Page, number: int) -> None:
    """Have the next page in one of the four pairs of language and theme, by turns."""
    page.context.add_cookies(
        [
            {"name": "django_language", "value": ("en", "fr")[number % 2], "url": page.url},
            {"name": "theme", "value": ("light", "dark")[number // 2 % 2], "url": page.url},
        ]
    )


@pytest.mark.thorough
def test_every_page_is_free_of_grave_problems(sign_in: SignIn, axe: Axe) -> None:
    problems: list[str] = []
    seen: set[str] = set()
    for person in ("helene", "ines", "paul", "nadia"):
        # Everyone has a start page of their own; the rest is looked at once.
        seen -= {HOME}
        page = sign_in(person)
        page.goto("/profile/")
        for _ in reachable(page, seen, HOME, before=partial(dressed, page)):
            problems += grave_problems(axe, page)
    assert not problems, "\n".join(problems)
    assert len(seen) >= ENOUGH_PAGES, f"too few pages were reached: {sorted(seen)}"


@pytest.mark.parametrize("address", OF_STRANGERS)
def test_pages_of_strangers_are_free_of_grave_problems(open_context: OpenContext, axe: Axe, address: str) -> None:
    page = open_context().new_page()
    page.goto(address)
    assert grave_problems(axe, page) == []


@pytest.mark.thorough
@pytest.mark.parametrize(("person", "address"), [("ines", "sources/{source}/code/"), ("paul", "agreement/")])
def test_dark_pages_are_free_of_grave_problems(
    sign_in: SignIn, platform: Served, axe: Axe, person: str, address: str
) -> None:
    page = sign_in(person, theme="dark")
    page.goto(f"/studies/{platform.slug}/sources/")
    source = page.get_by_role("rowheader").get_by_role("link").first.get_attribute("href") or ""
    page.goto(f"/studies/{platform.slug}/{address.format(source=source.split('/')[-2])}")
    assert grave_problems(axe, page) == []

"""Screenshots of every main page, full and empty, in both languages, light and dark.

`uv run python -m tests.journeys.screens OUT` writes them to the folder OUT as `<page>-<language>-<theme>.png`, from a
demonstration of its own and a second study that holds nothing yet. With `--steps` after OUT, the steps of the work
instead: coded, a crowd of codes, undone, the submit dialog, a suggestion taken, a disagreement open; each is undone.
"""

import argparse
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import fill_in_sign_in, launch
from tests.journeys.platform import SLUG, Demonstration, Served

LANGUAGES = {"en": "en-GB", "fr": "fr-FR"}
THEMES = ("light", "dark")
EMPTY = "nothing-yet"
CROWD = 8
WINDOW = {"width": 1440, "height": 900}
# Person (none: a stranger), and the address below the study; `{source}` is one that the coder has submitted.
FULL = {
    "study-lead": ("helene", ""),
    "study-coder": ("ines", ""),
    "sources": ("helene", "sources/"),
    "source": ("helene", "sources/{source}/"),
    "source-text": ("helene", "sources/{source}/text/"),
    "import": ("helene", "sources/import/"),
    "note": ("helene", "sources/new/"),
    "participants": ("nadia", "participants/"),
    "sites": ("helene", "sites/"),
    "tools": ("helene", "tools/"),
    "members": ("helene", "members/"),
    "settings": ("helene", "settings/"),
    "codebook": ("helene", "codebook/"),
    "codebook-import": ("helene", "codebook/import/"),
    "assignments": ("helene", "assignments/"),
    "machine": ("helene", "machine/"),
    "workspace": ("ines", "sources/{source}/code/"),
    "second-opinion": ("ines", "sources/{source}/second-opinion/"),
    "agreement": ("paul", "agreement/"),
    "exports": ("paul", "exports/"),
    "find": ("ines", "find/"),
    "passages": ("ines", "find/passages/"),
    "relate": ("paul", "relate/"),
    "relate-promises": ("paul", "relate/?what=promises:stance"),
    "relate-encounters": ("paul", "relate/?what=encounters:tool"),
    "charts-frequencies": ("paul", "relate/charts/frequencies/"),
    "charts-network": ("paul", "relate/charts/network/"),
    "charts-time": ("paul", "relate/charts/time/"),
    "charts-saturation": ("paul", "relate/charts/saturation/"),
    "charts-words": ("paul", "relate/charts/words/"),
    "memos": ("paul", "memos/"),
    "journal": ("paul", "journal/"),
    "promises": ("paul", "promise-links/"),
    "encounters": ("paul", "encounters/"),
    "variables": ("helene", "variables/source/"),
    "disputes": ("paul", "disputes/"),
    "recode": ("ines", "codebook/recode/"),
    "print": ("paul", "codebook/print/"),
}
NOTHING_YET = ("", "sources/", "participants/", "sites/", "tools/", "codebook/", "machine/", "agreement/", "exports/")
OUTSIDE = {"sign-in": "/accounts/login/", "password-reset": "/accounts/password/reset/"}


def main(out: Path, *, steps: bool = False) -> None:
    """Take them all, or the steps alone."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fieldstudy-screens-") as folder:
        demonstration = Demonstration(Path(folder))
        try:
            served = demonstration.served()
            with sync_playwright() as playwright:
                browser = launch(playwright)
                (_take_steps if steps else _take_all)(browser, served, out)
                browser.close()
        finally:
            demonstration.stop()


def _take_all(browser: Browser, served: Served, out: Path) -> None:
    cookies = {person: _cookies(browser, served, person) for person in {person for person, _ in FULL.values()}}
    source = _begin(browser, served, cookies)
    for language, theme in product(LANGUAGES, THEMES):

        def pages_of(person: str | None, language: str = language, theme: str = theme) -> Page:
            return browser.new_context(
                base_url=served.url,
                locale=LANGUAGES[language],
                color_scheme=theme,  # type: ignore[arg-type]
                viewport=WINDOW,  # type: ignore[arg-type]
                storage_state=cookies[person] if person else None,
            ).new_page()

        for name, (person, address) in FULL.items():
            url = f"/studies/{SLUG}/{address.format(source=source)}"
            _take(pages_of(person), url, out / f"{name}-{language}-{theme}.png")
        for address in NOTHING_YET:
            name = f"empty-{address.strip('/') or 'study'}-{language}-{theme}.png"
            _take(pages_of("helene"), f"/studies/{EMPTY}/{address}", out / name)
        for name, url in OUTSIDE.items():
            _take(pages_of(None), url, out / f"{name}-{language}-{theme}.png")
        _take(pages_of("helene"), "/", out / f"studies-{language}-{theme}.png")
        _take(pages_of("helene"), "/profile/", out / f"profile-{language}-{theme}.png")
        _take(pages_of("helene"), "/new/", out / f"study-new-{language}-{theme}.png")
        _take(pages_of("helene"), "/studies/no-such-study/", out / f"missing-{language}-{theme}.png")


def _take_steps(browser: Browser, served: Served, out: Path) -> None:
    cookies = {person: _cookies(browser, served, person) for person in ("lucie", "ines", "paul")}
    for language, theme in product(LANGUAGES, THEMES):

        def page_of(person: str, link: str, language: str = language, theme: str = theme) -> Page:
            """The page behind the first such link on the person's way into the study."""
            page = browser.new_context(
                base_url=served.url,
                locale=LANGUAGES[language],
                color_scheme=theme,  # type: ignore[arg-type]
                viewport=WINDOW,  # type: ignore[arg-type]
                storage_state=cookies[person],  # type: ignore[arg-type]
            ).new_page()
            page.goto(f"/studies/{SLUG}/" if person != "paul" else f"/studies/{SLUG}/disputes/")
            page.goto(page.locator(link).first.get_attribute("href") or "")
            return page

        def shot(page: Page, step: str, language: str = language, theme: str = theme) -> None:
            page.screenshot(path=out / f"step-{step}-{language}-{theme}.png")

        _code_and_undo(page_of("lucie", "a[href$='/code/']"), shot)
        _take_a_suggestion(page_of("ines", "a[href$='/second-opinion/']"), shot)
        page = page_of("paul", "main table a[href*='/disputes/'], main ol a[href*='/disputes/']")
        shot(page, "disagreement-open")
        page.context.close()


def _code_and_undo(page: Page, shot: Callable[[Page, str], None]) -> None:
    page.wait_for_selector("html[data-painted]", state="attached")
    page.locator("#text").focus()
    page.keyboard.press("ArrowRight")
    for code in range(CROWD):
        page.keyboard.press("c")
        for _ in range(code):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        if code == 0:
            shot(page, "coded")
    shot(page, "crowd")
    for _ in range(CROWD):
        page.keyboard.press("z")
    shot(page, "undone")
    if page.locator("#submit-open").count():
        page.locator("#submit-open").click()
        shot(page, "submit")
        page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    page.context.close()


def _take_a_suggestion(page: Page, shot: Callable[[Page, str], None]) -> None:
    page.keyboard.press("t")
    page.wait_for_timeout(500)
    shot(page, "suggestion-taken")
    page.keyboard.press("z")
    page.wait_for_timeout(500)
    page.context.close()


def _cookies(browser: Browser, served: Served, person: str) -> object:
    with browser.new_context(base_url=served.url) as context:
        fill_in_sign_in(context.new_page(), served.emails[person], served.password)
        return context.storage_state()


def _begin(browser: Browser, served: Served, cookies: dict[str, object]) -> str:
    """Make the empty study, and give the id of a source of the full one on which the coder has a second opinion."""
    with browser.new_context(
        base_url=served.url,
        locale="en-GB",
        storage_state=cookies["helene"],  # type: ignore[arg-type]
    ) as context:
        page = context.new_page()
        page.goto("/new/")
        page.locator("input[name=name]").fill("Nothing yet")
        page.locator("input[name=slug]").fill(EMPTY)
        page.locator("main form").get_by_role("button").last.click()
        page.wait_for_url(f"**/studies/{EMPTY}/**")
    with browser.new_context(base_url=served.url, storage_state=cookies["ines"]) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"/studies/{SLUG}/")
        link = page.locator("a[href$='/second-opinion/']").first.get_attribute("href") or ""
        return link.split("/")[-3]


def _take(page: Page, url: str, path: Path) -> None:
    page.goto(url)
    if url.endswith("/code/"):
        page.wait_for_selector("html[data-painted]", state="attached")
    page.screenshot(path=path, full_page=not page.locator("body.app").count())
    page.context.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--steps", action="store_true", help="also what comes up while one works")
    given = parser.parse_args()
    main(given.folder, steps=given.steps)

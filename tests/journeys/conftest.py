"""A real Chromium before the demonstration, served as a person would start it.

`platform` is the served demonstration and `sign_in` opens a page of it as one of its people:

    def test_a_coder_finds_her_sources(sign_in): page = sign_in("ines", language="fr")
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.journeys.platform import EMAILS, Served

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NO_CHROMIUM = f"no Chromium is on the PATH ({', '.join(CHROMIUMS)}): the browser journeys were not run"
LONGEST_LOOK = 20_000

# While Playwright's event loop runs in this thread, Django would refuse the database to every test, also to those that
# follow in the same process.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

OpenContext = Callable[..., BrowserContext]
SignIn = Callable[..., Page]


def chromium() -> str | None:
    """The path of a Chromium, or None where there is none."""
    return next((path for name in CHROMIUMS if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium of this machine."""
    return playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is; without one the journeys are skipped, and fail where CI=true."""
    path = chromium()
    if path is None:
        if _in_ci():
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    return path


@pytest.fixture(scope="session")
def platform(chromium_path: str, served: Served) -> Served:
    """The demonstration being served: `.url`, `.password`, `.emails` by key, `.slug`, `.summary`, `.command(…)`."""
    return served


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """A headless Chromium."""
    expect.set_options(timeout=LONGEST_LOOK)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cookies_of(browser: Browser, platform: Served) -> Callable[[str], Any]:
    """The session cookies of a person of the demonstration, who signs in once for all journeys."""
    kept: dict[str, Any] = {}

    def signed_in(key: str) -> Any:
        if key not in kept:
            with browser.new_context(base_url=platform.url, locale="en-GB") as context:
                fill_in_sign_in(context.new_page(), EMAILS[key], platform.password)
                kept[key] = context.storage_state()
        return kept[key]

    return signed_in


@pytest.fixture
def open_context(browser: Browser, platform: Served) -> Iterator[OpenContext]:
    """Makes browser contexts for this journey; what pages throw in them fails it."""
    contexts: list[BrowserContext] = []
    thrown: list[str] = []

    def make(*, language: str = "en", theme: str = "light", **options: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=platform.url,
            locale={"en": "en-GB", "fr": "fr-FR"}[language],
            color_scheme=theme,  # type: ignore[arg-type]
            viewport={"width": 1440, "height": 900},
            **options,
        )
        context.set_default_timeout(LONGEST_LOOK)
        context.on("weberror", lambda error: thrown.append(f"{error.page and error.page.url}: {error.error}"))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not thrown, f"scripts of pages threw: {thrown}"


@pytest.fixture
def sign_in(cookies_of: Callable[[str], Any], open_context: OpenContext) -> SignIn:
    """`sign_in("ines", language="fr", theme="dark")` gives a new page of hers, signed in, at no address yet."""

    def page_of(key: str, *, language: str = "en", theme: str = "light", **options: Any) -> Page:
        return open_context(language=language, theme=theme, storage_state=cookies_of(key), **options).new_page()

    return page_of


def fill_in_sign_in(page: Page, email: str, password: str) -> None:
    """Sign in as a person does, on the sign-in page, in whatever language it is."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def _in_ci() -> bool:
    return os.environ.get("CI") == "true"

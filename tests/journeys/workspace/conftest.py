"""A real Chromium before pages served by the test process itself, to rows of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.journeys.workspace.hands import TURNS, OpenWard, OpenWorkspace, open_workspace, sign_in


@pytest.fixture(autouse=True, scope="module")
def _views_are_loaded() -> None:
    """Load the views now, which may take longer than a browser waits for its first page."""
    get_resolver().url_patterns  # noqa: B018 - asking for them imports them


@pytest.fixture
def source(study: Study) -> Source:
    branch = builders.make_code(study, "NOR", is_codable=False)
    builders.make_code(study, "STR", parent=branch, stance="limit")
    builders.make_code(study, "TAC", asks_weight=True)
    builders.make_code(study, "LIR")
    return builders.make_source(study, *TURNS)


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    """A browser of its own, closed before the tables are emptied."""
    made = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    made.set_default_timeout(20_000)
    yield made
    made.close()


@pytest.fixture
def page(
    context: BrowserContext, live_server: Any, source: Source, coder_ana: User, client_for: Callable[[User], Client]
) -> Page:
    """The workspace as Ana sees it, painted."""
    sign_in(context, client_for, coder_ana, live_server.url)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.problems = problems  # type: ignore[attr-defined]
    try:
        open_workspace(page, live_server.url, source)
    except PlaywrightTimeout as error:
        raise AssertionError(f"the workspace was not painted: {problems}") from error
    return page


@pytest.fixture
def open_workspace_as(context: BrowserContext, live_server: Any, client_for: Callable[[User], Client]) -> OpenWorkspace:
    """Sign a person in, in the one browser, and open a source in a tab of its own, painted."""

    def opened(user: User, source: Source) -> Page:
        sign_in(context, client_for, user, live_server.url)
        page = context.new_page()
        open_workspace(page, live_server.url, source)
        return page

    return opened


@pytest.fixture
def open_ward(lead: User) -> OpenWard:
    study = builders.make_study(lead, slug="open", mode="open")
    ana, ben = (builders.make_member(study, name, "coder") for name in ("anouk", "bela"))
    return OpenWard(ana, ben, builders.make_source(study, *TURNS), builders.make_code(study, "STR"))

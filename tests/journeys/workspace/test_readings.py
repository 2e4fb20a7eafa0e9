"""Whose reading is shown to whom: blind and open studies, submitted readings, readings laid beside one's own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from coding.models import Code, Reading
from fieldstudy.models import User
from observations.models import Source
from tests import builders
from tests.journeys.workspace.hands import (
    OpenWard,
    OpenWorkspace,
    code_words,
    keys,
    open_workspace,
    painted,
    painted_words,
    saved,
    select_words,
    sign_in,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_two_coders_on_one_source_never_see_each_other(
    page: Page,
    browser: Browser,
    live_server: Any,
    source: Source,
    coder_ben: User,
    client_for: Callable[[User], Client],
) -> None:
    code_words(page, 3, "It is strict.", "str")
    select_words(page, 1, "read the film")
    keys(page, "Shift+Enter")
    saved(page)
    with browser.new_context() as bens:
        sign_in(bens, client_for, coder_ben, live_server.url)
        other = bens.new_page()
        open_workspace(other, live_server.url, source)
        assert painted_words(other) == []
        assert "read the film" not in other.locator("#side").inner_text()
        code_words(other, 2, "Nobody taught me.", "lir")
        saved(other)
        other.reload()
        painted(other)
        assert painted_words(other) == ["Nobody taught me."]
        expect(other.locator("#content")).not_to_contain_text("C1")
    page.reload()
    painted(page)
    assert sorted(painted_words(page)) == ["It is strict.", "read the film"]


def test_in_an_open_study_they_do(live_server: Any, open_workspace_as: OpenWorkspace, open_ward: OpenWard) -> None:
    source = open_ward.source
    builders.code(source, "It is strict.", open_ward.strict, by=open_ward.ana)
    page = open_workspace_as(open_ward.ben, source)
    assert painted_words(page) == []
    reading = Reading.objects.get()
    page.goto(f"{live_server.url}/studies/open/sources/{source.pk}/code/?reading={reading.pk}")
    painted(page)
    assert painted_words(page) == ["It is strict."]
    expect(page.locator(".state")).to_contain_text("First reading of C1 · read only")


@pytest.mark.thorough
def test_another_reading_is_laid_beside_ones_own_in_an_open_study_and_stays_there(
    open_workspace_as: OpenWorkspace, open_ward: OpenWard
) -> None:
    source = open_ward.source
    builders.code(source, "It is strict.", open_ward.strict, by=open_ward.ana)
    builders.code(source, "Then I click.", open_ward.strict, by=open_ward.ben)
    page = open_workspace_as(open_ward.ben, source)
    laid = page.locator("#margin li.laid")
    expect(laid).to_have_count(0)
    keys(page, "l", "Space", "Escape")
    expect(laid.locator(".sign")).to_have_text("C1")
    assert page.evaluate("[...CSS.highlights.get('laid')].map((range) => range.toString?.() ?? 1).length") == 1
    page.reload()
    painted(page)
    expect(laid).to_have_count(1)
    laid.locator("button").press("Enter")
    expect(page.locator("#place-says")).to_contain_text("C1: STR")
    page.locator("#text").focus()
    keys(page, "l")
    expect(laid).to_have_count(0)
    assert painted_words(page) == ["Then I click."]


@pytest.mark.thorough
def test_readings_laid_beside_ones_own_follow_what_their_coders_do(
    context: BrowserContext, live_server: Any, client_for: Callable[[User], Client], open_ward: OpenWard
) -> None:
    source = open_ward.source
    builders.code(source, "It is strict.", open_ward.strict, by=open_ward.ana)
    sign_in(context, client_for, open_ward.ben, live_server.url)
    pages = [context.new_page(), context.new_page()]
    for page in pages:
        page.clock.install()
        open_workspace(page, live_server.url, source)
    pages[0].bring_to_front()
    keys(pages[0], "l", "Space", "Escape")
    for page in pages:  # two tabs agree
        expect(page.locator("#margin li.laid")).to_have_count(1)
    builders.code(source, "Then I click.", open_ward.strict, by=open_ward.ana)
    pages[0].clock.fast_forward(31_000)
    expect(pages[0].locator("#margin li.laid")).to_have_count(2)


@pytest.mark.thorough
def test_submitting_says_what_it_fixes(page: Page, source: Source) -> None:
    code_words(page, 3, "It is strict.", "str")
    saved(page)
    page.get_by_role("button", name="Submit…").click()
    dialog = page.get_by_role("dialog", name="Submit your first reading?")
    expect(dialog).to_contain_text("1 passage by 1 code.")
    expect(dialog).to_contain_text("3 turns without a code count as “nothing here”.")
    dialog.get_by_role("button", name="Submit", exact=True).click()
    page.wait_for_url("**/second-opinion/")
    assert Reading.objects.get(phase="first").state == "submitted"


@pytest.mark.thorough
def test_a_submitted_first_reading_is_shown_but_not_changed(
    page: Page, live_server: Any, source: Source, coder_ana: User
) -> None:
    code_words(page, 3, "It is strict.", "str")
    saved(page)
    first = builders.submit(source, by=coder_ana)
    page.goto(f"{live_server.url}/studies/ward/sources/{source.pk}/code/?reading={first.pk}")
    painted(page)
    expect(page.locator(".state")).to_contain_text("as submitted · read only")
    assert painted_words(page) == ["It is strict."]
    select_words(page, 1, "Then I click.")
    page.keyboard.press("c")
    expect(page.locator("#palette")).to_be_hidden()


@pytest.mark.thorough
def test_a_supervisor_reads_what_was_submitted(
    source: Source, coder_ben: User, supervisor: User, open_workspace_as: OpenWorkspace
) -> None:
    code = Code.objects.get(sign="LIR")
    builders.code(source, "It is strict.", code, by=coder_ben)
    builders.submit(source, by=coder_ben)
    page = open_workspace_as(supervisor, source)
    assert painted_words(page) == ["It is strict."]
    expect(page.get_by_role("button", name="Submit…")).to_have_count(0)
    expect(page.locator(".keys")).not_to_contain_text("same code again")

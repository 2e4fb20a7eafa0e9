"""What can be read and heard: crowds of passages, one code alone, narrow screens, screen readers."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from fieldstudy.models import User
from observations.models import Study
from tests import builders
from tests.journeys.workspace.hands import TURNS, OpenWorkspace, code_words, keys, painted_words, saved, standing

pytestmark = [pytest.mark.journey, pytest.mark.thorough, pytest.mark.django_db(transaction=True)]


def test_a_crowd_of_passages_stays_legible_and_opens_from_its_count(
    study: Study, coder_ana: User, open_workspace_as: OpenWorkspace
) -> None:
    source = builders.make_source(study, *TURNS)
    for number in range(12):
        builders.code(source, TURNS[2], builders.make_code(study, f"C{number:02}"), by=coder_ana)
    page = open_workspace_as(coder_ana, source)
    expect(page.locator("#margin rect.lane")).to_have_count(5)
    page.locator("#margin [data-more]").first.click()
    expect(page.locator("#card li")).to_have_count(7)
    expect(page.locator("#card .acts:visible")).to_have_count(2)  # the first row's verbs, and its memos
    card, foot = page.locator("#card").bounding_box(), page.locator(".statusbar").bounding_box()
    assert card is not None and foot is not None
    assert card["y"] + card["height"] < foot["y"]
    page.set_viewport_size({"width": 1000, "height": 700})
    title = page.locator("#source-title").bounding_box()
    assert title is not None
    assert page.evaluate(
        "() => { const t = document.querySelector('#source-title'); return t.scrollWidth <= t.clientWidth; }"
    )


def test_one_code_alone_is_shown_on_demand(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    code_words(page, 1, "Then I click.", "lir")
    page.keyboard.press("Escape")
    page.locator("#tree [role=treeitem]", has_text="STR").last.click()
    assert painted_words(page) == ["It is strict."]
    page.get_by_role("button", name="Show all").click()
    assert len(painted_words(page)) == 2


def test_a_drawer_holds_the_codes_on_a_narrow_screen(page: Page) -> None:
    page.set_viewport_size({"width": 760, "height": 900})
    expect(page.locator("#side")).to_be_hidden()
    page.keyboard.press("f")
    expect(page.locator("#filter")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()
    code_words(page, 3, "It is strict.", "str")
    assert standing(page) == {"It is strict."}


def test_the_page_has_no_accessibility_violation(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    saved(page)
    page.keyboard.press("e")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.response["violations"] == []


def test_those_who_listen_hear_a_turn_with_its_speaker_codes_and_words(page: Page) -> None:
    code_words(page, 2, "said nothing", "lir")
    keys(page, "Escape", "k", "j")
    told = f"Turn 2. Dr Sorel. 1 passage: code lir. {TURNS[1]}"
    expect(page.locator("#said")).to_have_text(told)


def test_those_who_listen_hear_of_saving_only_what_is_trouble(page: Page, context: BrowserContext) -> None:
    saves = page.locator("#save-says")
    code_words(page, 1, "Then I click.", "lir")
    expect(saves).to_contain_text("Saved at")
    expect(saves).to_have_attribute("aria-live", "off")
    context.set_offline(True)
    code_words(page, 2, "said nothing", "lir")
    expect(saves).to_have_attribute("aria-live", "polite")
    context.set_offline(False)
    expect(saves).to_contain_text("Saved at")
    expect(saves).to_have_attribute("aria-live", "polite")


def test_keys_without_a_code_are_no_stops_on_the_way_to_the_text(page: Page) -> None:
    assert page.locator("#favourites button").first.get_attribute("tabindex") == "-1"

"""A coder's day in the workspace, in a real Chromium: every key and click goes to the database and back."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from coding.actions.codebooks import retire_code
from coding.models import Code, Reading, Segment
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TURNS = (
    "I read the film first. Then I click. The frames come last 🫁.",
    "Nobody taught me. My chief walked his pencil over the light box and said nothing.",
    "It is strict. An old scar, a bent rib: whatever sticks out is ill.",
    "When it keeps silent, that is worth something.",
)
TEXT = "\n".join(TURNS)


@pytest.fixture(autouse=True, scope="module")
def _data_beside_the_browser() -> Iterator[None]:
    """Let these tests use the database although the browser's own event loop runs in this thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def source(study: Study) -> Source:
    branch = builders.make_code(study, "NOR", is_codable=False)
    builders.make_code(study, "STR", parent=branch, stance="limit")
    builders.make_code(study, "TAC", asks_weight=True)
    builders.make_code(study, "LIR")
    return builders.make_source(study, *TURNS)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    made.set_default_timeout(8000)
    yield made
    made.close()


def sign_in(context: BrowserContext, client_for: Callable[[User], Client], user: User, url: str) -> None:
    client = client_for(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


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
    open_workspace(page, live_server.url, source)
    return page


def open_workspace(page: Page, url: str, source: Source) -> None:
    page.goto(f"{url}/studies/{source.study.slug}/sources/{source.pk}/code/")
    painted(page)


def painted(page: Page) -> None:
    page.wait_for_selector("html[data-painted]")


def select_words(page: Page, turn: int, phrase: str) -> None:
    """Choose words with the mouse, as a person does: press at their beginning, move, let go at their end."""
    box = page.evaluate(
        """([turn, phrase]) => {
            const node = document.querySelector(`#t${turn} p`).firstChild;
            const at = node.data.indexOf(phrase);
            const range = new Range(); range.setStart(node, at); range.setEnd(node, at + phrase.length);
            const rects = range.getClientRects(), first = rects[0], last = rects[rects.length - 1];
            return [first.left + 1, first.top + first.height / 2, last.right - 1, last.top + last.height / 2];
        }""",
        [turn, phrase],
    )
    page.mouse.move(box[0], box[1])
    page.mouse.down()
    page.mouse.move(box[2], box[3], steps=4)
    page.mouse.up()


def painted_words(page: Page) -> list[str]:
    """What the highlights of passages cover, in order of their names."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => [...CSS.highlights].filter(([name]) => /^h\\d-\\d$/.test(name)).sort()
            .flatMap(([, held]) => [...held].map((r) => r.startContainer.data.slice(r.startOffset, r.endOffset)))"""
    )


def saved(page: Page) -> None:
    expect(page.locator("#save-says")).to_have_text(re.compile(r"^Saved"))


def test_a_selection_is_coded_and_stays_after_a_reload_until_undone(page: Page, source: Source) -> None:
    select_words(page, 1, "The frames come last 🫁")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("str")
    page.keyboard.press("Enter")
    saved(page)
    segment = Segment.objects.get()
    assert TURNS[0][segment.now_start : segment.now_end] == "The frames come last 🫁"
    assert painted_words(page) == ["The frames come last 🫁"]

    page.reload()
    painted(page)
    assert painted_words(page) == ["The frames come last 🫁"]
    page.keyboard.press("z")
    saved(page)
    assert painted_words(page) == []
    segment.refresh_from_db()
    assert segment.removed_at is not None

    page.keyboard.press("Shift+z")
    expect(page.locator("#margin li")).to_have_count(1)
    saved(page)
    segment.refresh_from_db()
    assert segment.removed_at is None
    assert page.problems == []  # type: ignore[attr-defined]


def code_words(page: Page, turn: int, phrase: str, typed: str) -> None:
    select_words(page, turn, phrase)
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type(typed)
    page.keyboard.press("Enter")


def standing(page: Page) -> set[str]:
    """The words of all standing passages, once everything is saved."""
    saved(page)
    return {
        TEXT[segment.now_start : segment.now_end]
        for segment in Segment.objects.filter(removed_at=None, reading__phase="first")
    }


def test_the_keyboard_alone_codes_sentence_by_sentence(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    page.keyboard.type("lir")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("r")
    assert standing(page) == {
        "My chief walked his pencil over the light box and said nothing.",
        "My chief walked his pencil over the light box and said nothing.\nIt is strict.",
    }


def test_several_codes_go_to_one_selection_with_the_palette_open(page: Page) -> None:
    select_words(page, 3, "whatever sticks out is ill")
    page.keyboard.type("str")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("lir")
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_hidden()
    saved(page)
    assert Segment.objects.count() == 2


def test_a_code_that_asks_for_a_weight_gets_it_by_tab(page: Page) -> None:
    select_words(page, 3, "It is strict.")
    page.keyboard.type("tac")
    page.keyboard.press("Tab")
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    expect(page.locator("#margin .w")).to_have_text("70")
    saved(page)
    assert Segment.objects.get().weight == 70


def test_escape_leaves_the_selection(page: Page) -> None:
    select_words(page, 3, "It is strict.")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#place-says")).to_have_text("Turn 3 · 13 characters chosen")
    page.keyboard.press("c")
    page.keyboard.press("2")
    saved(page)
    assert standing(page) == {"It is strict."}


def test_the_card_recodes_moves_borders_and_removes(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    saved(page)
    page.keyboard.press("e")
    page.get_by_role("button", name="Recode").click()
    page.keyboard.type("lir")
    page.keyboard.press("Enter")
    saved(page)
    assert Segment.objects.get().code.sign == "LIR"
    page.keyboard.press("e")
    page.get_by_role("button", name="Borders").click()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    assert standing(page) == {"It is"}
    page.keyboard.press("e")
    page.keyboard.press("x")
    assert standing(page) == set()
    for words in ({"It is"}, {"It is strict."}):
        page.keyboard.press("Control+z")
        assert standing(page) == words
    page.keyboard.press("Control+z")
    saved(page)
    assert Segment.objects.get().code.sign == "STR"


def test_what_is_coded_without_a_connection_is_sent_later(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    code_words(page, 1, "Then I click.", "str")
    code_words(page, 3, "It is strict.", "lir")
    expect(page.locator("#save-says")).to_have_text("2 waiting to be sent")
    assert len(painted_words(page)) == 2
    assert not Segment.objects.exists()
    context.set_offline(False)
    assert standing(page) == {"Then I click.", "It is strict."}


def test_what_waits_is_shown_and_sent_after_a_reload(page: Page) -> None:
    page.route("**/segments/", lambda route: route.abort())
    code_words(page, 1, "Then I click.", "str")
    expect(page.locator("#save-says")).to_have_text("1 waiting to be sent")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/segments/")
    page.reload()
    painted(page)
    assert painted_words(page) == ["Then I click."]
    assert standing(page) == {"Then I click."}


def test_an_answer_lost_on_the_way_changes_nothing_twice(page: Page) -> None:
    code_words(page, 3, "It is strict.", "tac")
    saved(page)

    def lose_the_answer(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/segments/*/", lose_the_answer, times=1)
    page.keyboard.press("e")
    page.locator("#card .weight input").fill("40")
    page.locator("#card .weight input").press("Enter")
    saved(page)
    expect(page.locator("#margin .w")).to_have_text("40")
    expect(page.locator("#notices")).to_be_empty()
    assert Segment.objects.get().version == 2


def test_an_answer_that_comes_late_does_not_take_back_what_was_done_meanwhile(page: Page) -> None:
    code_words(page, 3, "It is strict.", "tac")
    saved(page)

    def answer_late(route: Any) -> None:
        time.sleep(0.4)
        route.continue_()

    page.route("**/segments/*/", answer_late)
    page.keyboard.press("e")
    page.locator("#card .weight input").fill("40")
    page.locator("#card .weight input").press("Enter")
    page.keyboard.press("Escape")
    for key in ("Control+z", "Control+z", "Control+Shift+z", "Control+Shift+z"):
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    expect(page.locator("#margin .w")).to_have_text("40")
    saved(page)
    expect(page.locator("#margin .w")).to_have_text("40")
    expect(page.locator("#notices")).to_be_empty()
    segment = Segment.objects.get()
    assert (segment.weight, segment.removed_at) == (40, None)


def test_what_a_key_did_is_told_for_a_moment_and_a_removal_is_offered_back_once(page: Page) -> None:
    place = page.locator("#place-says")
    page.keyboard.press("z")
    expect(place).to_have_text("Nothing to undo")
    expect(place).to_have_text("Turn 1")
    code_words(page, 3, "It is strict.", "str")
    page.keyboard.press("x")
    expect(page.locator("#toast")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("#margin li")).to_have_count(1)
    expect(page.locator("#toast")).to_be_hidden()


def test_the_palette_lists_codes_as_the_codebook_does(page: Page) -> None:
    page.keyboard.press("c")
    in_tree = page.locator("#tree .code .sign").all_inner_texts()
    assert page.locator("#choices .sign").all_inner_texts() == in_tree
    page.keyboard.press("Escape")


def test_an_expired_session_waits_for_the_same_person(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    coder_ana: User,
    coder_ben: User,
    client_for: Callable[[User], Client],
) -> None:
    context.clear_cookies(name="sessionid")
    code_words(page, 3, "It is strict.", "str")
    link = page.get_by_role("link", name="Sign in again to send 1")
    expect(link).to_have_attribute("target", "_blank")
    sign_in(context, client_for, coder_ben, live_server.url)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#save-says")).to_contain_text("Someone else is signed in")
    assert not Segment.objects.exists()
    sign_in(context, client_for, coder_ana, live_server.url)
    page.evaluate("dispatchEvent(new Event('focus'))")
    saved(page)
    assert Segment.objects.get().reading.coder.user == coder_ana


def test_a_refused_write_is_told_and_taken_back(page: Page, source: Source, study: Study) -> None:
    code = Code.objects.get(sign="STR")
    retire_code(viewer=builders.as_lead(study), code=code, at=builders.AT)
    code_words(page, 3, "It is strict.", "str")
    expect(page.locator("#notices")).to_contain_text("This code cannot be applied")
    assert painted_words(page) == []
    assert not Segment.objects.exists()


def test_two_tabs_on_a_source_agree(page: Page, context: BrowserContext, live_server: Any, source: Source) -> None:
    other = context.new_page()
    open_workspace(other, live_server.url, source)
    page.bring_to_front()
    code_words(page, 3, "It is strict.", "str")
    expect(other.locator("#margin li")).to_have_count(1)
    saved(other)
    other.bring_to_front()
    other.keyboard.press("j")
    other.keyboard.press("j")
    other.keyboard.press("x")
    expect(page.locator("#margin li")).to_have_count(0)
    assert standing(other) == set()


def test_words_are_found_whatever_their_accents_and_case(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("THÉN")
    expect(page.locator("#find-tally")).to_have_text("1 of 1")
    page.keyboard.press("Escape")
    expect(page.locator("#text")).to_be_focused()


def test_one_code_alone_is_shown_on_demand(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    code_words(page, 1, "Then I click.", "lir")
    page.keyboard.press("Escape")
    page.locator("#tree [role=treeitem]", has_text="STR").last.click()
    assert painted_words(page) == ["It is strict."]
    page.get_by_role("button", name="Show all").click()
    assert len(painted_words(page)) == 2


def test_a_click_in_the_codebook_codes_the_selection(page: Page) -> None:
    select_words(page, 3, "It is strict.")
    page.keyboard.press("Escape")
    page.locator("#tree [role=treeitem]", has_text="LIR").click()
    assert standing(page) == {"It is strict."}


def test_how_far_one_read_is_remembered(page: Page) -> None:
    code_words(page, 1, "Then I click.", "str")
    expect(page.locator("#read-says")).to_have_text("4 of 4 turns read")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(300)
    assert Reading.objects.get().read_to == 4


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


def test_a_supervisor_reads_what_was_submitted(
    context: BrowserContext,
    live_server: Any,
    source: Source,
    coder_ben: User,
    supervisor: User,
    client_for: Callable[[User], Client],
) -> None:
    code = Code.objects.get(sign="LIR")
    builders.code(source, "It is strict.", code, by=coder_ben)
    builders.submit(source, by=coder_ben)
    sign_in(context, client_for, supervisor, live_server.url)
    page = context.new_page()
    open_workspace(page, live_server.url, source)
    assert painted_words(page) == ["It is strict."]
    expect(page.get_by_role("button", name="Submit…")).to_have_count(0)
    expect(page.locator(".keys")).not_to_contain_text("undo")


def test_the_page_has_no_accessibility_violation(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    saved(page)
    page.keyboard.press("e")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.response["violations"] == []


def test_a_drawer_holds_the_codes_on_a_narrow_screen(page: Page) -> None:
    page.set_viewport_size({"width": 760, "height": 900})
    expect(page.locator("#side")).to_be_hidden()
    page.keyboard.press("f")
    expect(page.locator("#filter")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()
    code_words(page, 3, "It is strict.", "str")
    assert standing(page) == {"It is strict."}

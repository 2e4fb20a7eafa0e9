"""A coder's day in the workspace, in a real Chromium: every key and click goes to the database and back."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import Client
from django.test.testcases import LiveServerThread
from django.urls import get_resolver
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from pytest_django.live_server_helper import LiveServer

from coding.actions.code_tree import retire_code
from coding.actions.coders import assign
from coding.models import Code, Memo, Reading, Segment
from fieldstudy.models import User
from fieldstudy.services.processes import wait_until
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
    try:
        open_workspace(page, live_server.url, source)
    except PlaywrightTimeout as error:
        raise AssertionError(f"the workspace was not painted: {problems}") from error
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
    # The page looks at what was chosen in a task of its own; a key pressed before that would act on something else.
    page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done)))")


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
    assert wait_until(lambda: Reading.objects.filter(read_to=4).exists(), 8)


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
    expect(page.locator(".keys")).not_to_contain_text("same code again")


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


def coded_words(page: Page) -> list[tuple[str, str]]:
    """The words and sign of all standing passages, in the order of the text, once everything is saved."""
    saved(page)
    rows = Segment.objects.filter(removed_at=None, reading__phase="first").select_related("code")
    return [(TEXT[row.now_start : row.now_end], row.code.sign) for row in rows.order_by("now_start", "now_end")]


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def tab_to(page: Page, selector: str) -> None:
    """Go on with Tab until an element has the focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def test_a_whole_interview_is_coded_by_keyboard_alone(page: Page) -> None:
    keys(page, "ArrowRight", "c")
    page.keyboard.type("lir")
    keys(page, "Enter", "ArrowRight", "r", "s", "Shift+d")  # two sentences coded, then made one passage
    keys(page, "j", "Shift+c")
    page.keyboard.type("tac")
    keys(page, "Tab")
    page.keyboard.type("40")
    keys(page, "Enter", "Escape", "j", "j", "k", "ArrowRight", "ArrowRight", "v")  # in vivo: the words as a code
    keys(page, "c")
    page.keyboard.type("str")
    keys(page, "Alt+Digit2", "Escape", "Escape", "j", "2")  # a favourite, and the turn coded with it
    keys(page, "s", "b", "Shift+ArrowLeft", "Enter")  # nothing after the last: its borders are moved all the same
    assert [words for words, _ in coded_words(page)] == [
        "I read the film first. Then I click.",
        TURNS[1],
        "An old scar, a bent rib: whatever sticks out is ill.",
        "When it keeps silent, that is worth",
    ]
    assert [sign for _, sign in coded_words(page)][::3] == ["LIR", "STR"]
    tab_to(page, "#submit-open")
    keys(page, "Enter")
    tab_to(page, "[data-act=submit]")
    with page.expect_navigation():
        keys(page, "Enter")
    assert Reading.objects.get(phase="first").state == "submitted"
    assert page.problems == []  # type: ignore[attr-defined]


def comes_to_be(page: Page, expected: list[str]) -> None:
    """The words coded on the page are these, at once or as soon as what is under way has been done."""
    until = time.monotonic() + 5
    while (shown := [words for words, _ in coded_words(page)]) != expected and time.monotonic() < until:
        page.wait_for_timeout(20)
    assert shown == expected


def test_a_passage_is_cut_merged_and_recoded_and_all_of_it_undone(page: Page) -> None:
    code_words(page, 2, "My chief walked his pencil over the light box", "tac")
    whole, halves = (
        ["My chief walked his pencil over the light box"],
        ["My chief walked his", "pencil over the light box"],
    )
    select_words(page, 2, "pencil over")
    keys(page, "Escape", "d")
    comes_to_be(page, halves)
    keys(page, "Shift+s", "Shift+d")
    comes_to_be(page, whole)
    keys(page, "s", "o")
    page.keyboard.type("lir")
    keys(page, "Enter")
    assert coded_words(page) == [(whole[0], "LIR")]
    for expected in (whole, halves, whole, []):
        keys(page, "z")
        comes_to_be(page, expected)
    keys(page, "Shift+z", "Shift+z")
    comes_to_be(page, halves)
    assert page.problems == []  # type: ignore[attr-defined]


def test_passages_are_merged_before_the_server_has_answered_for_both(page: Page) -> None:
    def answer_late(route: Route) -> None:
        time.sleep(0.4)
        route.continue_()

    page.route("**/segments/", answer_late)
    with page.expect_response("**/segments/"):
        code_words(page, 1, "I read the film first.", "lir")
        keys(page, "ArrowRight", "r")
    page.wait_for_timeout(50)
    keys(page, "s", "Shift+d")
    comes_to_be(page, ["I read the film first. Then I click."])


def test_all_that_is_found_is_coded_and_recoded_in_one_step(page: Page) -> None:
    keys(page, "/")
    page.keyboard.type("it")
    expect(page.locator("#find-all")).to_have_text(re.compile(r"Code all \d+ places"))
    found = int(re.sub(r"\D", "", page.locator("#find-all").inner_text()))
    keys(page, "Control+Enter")
    page.keyboard.type("lir")
    keys(page, "Enter")
    assert len(coded_words(page)) == found == 2
    keys(page, "Escape")
    page.locator("#tree [role=treeitem]", has_text="LIR").last.click()
    page.get_by_role("button", name="Recode all").click()
    page.keyboard.type("str")
    keys(page, "Enter")
    assert {sign for _, sign in coded_words(page)} == {"STR"}
    keys(page, "z", "z")
    assert coded_words(page) == []


def test_a_code_of_ones_own_waits_with_what_it_codes(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    select_words(page, 1, "read the film")
    keys(page, "Shift+Enter")
    expect(page.locator("#save-says")).to_have_text("2 waiting to be sent")
    expect(page.locator("#tree")).to_contain_text("read the film")
    context.set_offline(False)
    saved(page)
    code = Code.objects.get(proposed_in__isnull=False)
    assert (code.revision.names, Segment.objects.get().code) == ({"en": "read the film"}, code)  # type: ignore[union-attr]
    expect(page.locator("#margin .sign")).to_have_text(code.sign)


def test_codes_are_dragged_to_words_keys_and_passages(page: Page) -> None:
    code = page.locator("#tree [role=treeitem]", has_text="LIR").last.locator(".row")
    code.drag_to(page.locator("#t3 p"), target_position={"x": 20, "y": 12})
    assert coded_words(page) == [("It is strict.", "LIR")]
    code.drag_to(page.locator("#favourites li").nth(4))
    keys(page, "Escape", "j", "5")
    assert len(coded_words(page)) == 2
    other = page.locator("#tree [role=treeitem]", has_text="STR").last.locator(".row")
    page.locator("#margin button").last.drag_to(other)
    assert {sign for _, sign in coded_words(page)} == {"LIR", "STR"}


def test_borders_are_dragged_by_their_handles(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    page.locator("#margin button").click()
    end = page.locator(".handle[data-side=end]")
    box = end.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 75, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert [words for words, _ in coded_words(page)] == ["It is strict. An old"]
    page.locator(".handle[data-side=start]").press("ArrowRight")
    assert [words for words, _ in coded_words(page)] == ["is strict. An old"]


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


def test_one_goes_from_passage_to_passage_and_to_a_turn(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    code_words(page, 1, "Then I click.", "lir")
    keys(page, "Escape", "s")
    expect(page.locator("#said")).to_contain_text("Passage 1 of 2: LIR code lir")
    keys(page, "s")
    expect(page.locator("#said")).to_contain_text("Passage 2 of 2: STR code str")
    keys(page, "s")
    expect(page.locator("#said")).to_have_text("No passage after this one")
    keys(page, "g")
    page.keyboard.type("4")
    keys(page, "Enter")
    expect(page.locator("#t4")).to_have_attribute("aria-current", "true")


def test_size_of_text_and_place_are_remembered_on_another_machine(
    page: Page,
    browser: Browser,
    live_server: Any,
    source: Source,
    coder_ana: User,
    client_for: Callable[[User], Client],
) -> None:
    code_words(page, 3, "It is strict.", "str")
    saved(page)
    page.locator("#setting summary").click()
    with page.expect_response("**/me/preferences/"):
        page.get_by_role("button", name="Larger").click()
    keys(page, "3")
    with page.expect_response("**/read-to/"):
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    with browser.new_context() as elsewhere:
        sign_in(elsewhere, client_for, coder_ana, live_server.url)
        other = elsewhere.new_page()
        open_workspace(other, live_server.url, source)
        expect(other.locator("#content")).to_have_attribute("data-size", "1")
    assert Reading.objects.get().position == 3


def test_leaving_with_unsaved_work_warns(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    code_words(page, 3, "It is strict.", "str")
    expect(page.locator("#save-says")).to_have_text("1 waiting to be sent")
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", answer)
    page.close(run_before_unload=True)
    page.wait_for_timeout(200)
    assert asked == ["beforeunload"]
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    saved(page)
    assert Segment.objects.count() == 1


class RestartedServer(ThreadedWSGIServer):
    """Takes over the port of the one before it, and ends its connections when it stops."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.connections: list[Any] = []
        super().__init__(*args, **{**kwargs, "allow_reuse_address": True})

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.append(request)
        super().process_request(request, client_address)

    def server_close(self) -> None:
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)
        super().server_close()


def test_a_cut_connection_and_a_restarted_server_lose_nothing(
    context: BrowserContext,
    source: Source,
    coder_ana: User,
    client_for: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LiveServerThread, "server_class", RestartedServer)
    server = LiveServer("localhost")
    sign_in(context, client_for, coder_ana, server.url)
    page = context.new_page()
    open_workspace(page, server.url, source)
    code_words(page, 1, "Then I click.", "lir")
    saved(page)
    context.set_offline(True)
    code_words(page, 3, "It is strict.", "str")
    expect(page.locator("#save-says")).to_have_text("1 waiting to be sent")
    server.stop()
    context.set_offline(False)
    select_words(page, 3, "strict")
    keys(page, "Escape", "Shift+ArrowRight", "r")
    expect(page.locator("#save-says")).to_have_text("2 waiting to be sent")
    server = LiveServer(server.url.removeprefix("http://"))
    page.evaluate("dispatchEvent(new Event('online'))")
    assert [sign for _, sign in coded_words(page)] == ["LIR", "STR", "STR"]
    server.stop()


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


def test_in_an_open_study_they_do(
    context: BrowserContext, live_server: Any, lead: User, client_for: Callable[[User], Client]
) -> None:
    study = builders.make_study(lead, slug="open", mode="open")
    ana, ben = (builders.make_member(study, name, "coder") for name in ("anouk", "bela"))
    source = builders.make_source(study, *TURNS)
    builders.code(source, "It is strict.", builders.make_code(study, "STR"), by=ana)
    sign_in(context, client_for, ben, live_server.url)
    page = context.new_page()
    open_workspace(page, live_server.url, source)
    assert painted_words(page) == []
    reading = Reading.objects.get()
    page.goto(f"{live_server.url}/studies/open/sources/{source.pk}/code/?reading={reading.pk}")
    painted(page)
    assert painted_words(page) == ["It is strict."]
    expect(page.locator(".state")).to_contain_text("First reading of C1 · read only")


def test_a_thousand_places_and_a_long_memo_are_sent(
    context: BrowserContext, live_server: Any, study: Study, coder_ana: User, client_for: Callable[[User], Client]
) -> None:
    builders.make_code(study, "LIR")
    source = builders.make_source(study, *["The bent rib. " * 50] * 20)
    sign_in(context, client_for, coder_ana, live_server.url)
    page = context.new_page()
    open_workspace(page, live_server.url, source)
    keys(page, "/")
    page.keyboard.type("rib")
    expect(page.locator("#find-all")).to_contain_text("1,000")
    keys(page, "Control+Enter")
    page.keyboard.type("lir")
    keys(page, "Enter")
    saved(page)
    assert Segment.objects.count() == 1000
    keys(page, "Shift+m")
    page.locator("#memo-text").fill("é" * 99_999)
    keys(page, "Control+Enter")
    assert wait_until(Memo.objects.exists, 8)
    saved(page)


def test_a_crowd_of_passages_stays_legible_and_opens_from_its_count(
    context: BrowserContext, live_server: Any, study: Study, coder_ana: User, client_for: Callable[[User], Client]
) -> None:
    source = builders.make_source(study, *TURNS)
    for number in range(12):
        builders.code(source, TURNS[2], builders.make_code(study, f"C{number:02}"), by=coder_ana)
    sign_in(context, client_for, coder_ana, live_server.url)
    page = context.new_page()
    open_workspace(page, live_server.url, source)
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


def test_a_memo_is_gone_to_by_its_words_and_the_next_source_by_a_key(
    page: Page, live_server: Any, source: Source, study: Study, coder_ana: User
) -> None:
    builders.make_memo(study, by=coder_ana, about="source", subject_id=source.pk, text="Silence is a finding.")
    other = builders.make_source(study, "Another day.", title="Interview 2")
    assign(viewer=builders.as_lead(study), user=coder_ana, sources=[source, other], due_on=None, at=builders.AT)
    page.reload()
    painted(page)
    expect(page.locator("#notes-count")).to_have_text("1")
    keys(page, "g")
    page.keyboard.type("silence")
    keys(page, "Enter")
    expect(page.locator("#memo-text")).to_have_value("Silence is a finding.")
    keys(page, "Escape")
    with page.expect_navigation(url=f"**/sources/{other.pk}/code/"):
        keys(page, "]")


def write_memo(page: Page, text: str) -> None:
    keys(page, "Shift+m")
    page.locator("#memo-text").fill(text)
    keys(page, "Control+Enter")


def test_memos_are_undone_and_done_again_in_one_order_with_passages_after_a_reload_too(page: Page) -> None:
    count = page.locator("#notes-count")
    write_memo(page, "Silence is a finding.")
    code_words(page, 3, "It is strict.", "str")
    count.evaluate("() => document.querySelector('#notes-menu li button').click()")
    page.locator("#memo-text").fill("Silence is nothing.")
    keys(page, "Control+Enter")
    saved(page)
    page.reload()
    painted(page)
    expect(count).to_have_text("1")
    keys(page, "z")
    saved(page)
    assert Memo.objects.get().text == "Silence is a finding."
    keys(page, "z")
    expect(page.locator("#margin rect.lane")).to_have_count(0)
    expect(count).to_have_text("1")
    keys(page, "z")
    expect(count).to_have_text("")
    saved(page)
    assert Memo.objects.get().removed_at is not None
    keys(page, "Shift+z", "Shift+z", "Shift+z")
    expect(count).to_have_text("1")
    expect(page.locator("#margin rect.lane")).to_have_count(1)
    saved(page)
    memo = Memo.objects.get()
    assert (memo.text, memo.removed_at) == ("Silence is nothing.", None)
    expect(page.locator("#notices")).to_be_empty()


def test_a_memo_written_without_a_connection_is_shown_after_a_reload_and_in_another_tab(
    page: Page, context: BrowserContext, live_server: Any, source: Source
) -> None:
    page.route("**/memos/", lambda route: route.abort())
    write_memo(page, "Silence is a finding.")
    expect(page.locator("#save-says")).to_have_text("1 waiting to be sent")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    painted(page)
    expect(page.locator("#notes-count")).to_have_text("1")
    other = context.new_page()
    open_workspace(other, live_server.url, source)
    saved(other)
    expect(other.locator("#notes-count")).to_have_text("1")
    keys(other, "Shift+m")
    other.locator("#memo-text").fill("Another.")
    keys(other, "Control+Enter")
    expect(page.locator("#notes-count")).to_have_text("2")


def test_more_passages_than_one_write_takes_are_refused_on_the_page(
    context: BrowserContext, live_server: Any, study: Study, coder_ana: User, client_for: Callable[[User], Client]
) -> None:
    builders.make_code(study, "LIR")
    source = builders.make_source(study, *["rib " * 700] * 3)
    sign_in(context, client_for, coder_ana, live_server.url)
    page = context.new_page()
    open_workspace(page, live_server.url, source)
    keys(page, "/")
    page.keyboard.type("rib")
    expect(page.locator("#find-all")).to_contain_text("2,100")
    keys(page, "Control+Enter")
    page.keyboard.type("lir")
    keys(page, "Enter")
    expect(page.locator("#said")).to_have_text(
        "2,100 passages at once are too many: at most 2,000 can be changed in one step"
    )
    assert painted_words(page) == []


def test_codes_one_used_elsewhere_come_first_and_others_use_tells_nothing(
    context: BrowserContext,
    live_server: Any,
    source: Source,
    study: Study,
    coder_ana: User,
    coder_ben: User,
    client_for: Callable[[User], Client],
) -> None:
    builders.code(source, "film", Code.objects.get(sign="TAC"), by=coder_ben)
    other = builders.make_source(study, "Another day.", title="Interview 2")
    builders.code(other, "day", Code.objects.get(sign="LIR"), by=coder_ana)
    sign_in(context, client_for, coder_ana, live_server.url)
    page = context.new_page()
    open_workspace(page, live_server.url, source)
    keys(page, "c")
    assert page.locator("#choices .sign").all_inner_texts() == ["LIR", "STR", "TAC"]


def test_another_reading_is_laid_beside_ones_own_in_an_open_study_and_stays_there(
    context: BrowserContext, live_server: Any, lead: User, client_for: Callable[[User], Client]
) -> None:
    study = builders.make_study(lead, slug="open", mode="open")
    ana, ben = (builders.make_member(study, name, "coder") for name in ("anouk", "bela"))
    source = builders.make_source(study, *TURNS)
    strict = builders.make_code(study, "STR")
    builders.code(source, "It is strict.", strict, by=ana)
    builders.code(source, "Then I click.", strict, by=ben)
    sign_in(context, client_for, ben, live_server.url)
    page = context.new_page()
    open_workspace(page, live_server.url, source)
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


def test_the_words_around_a_hit_are_cut_between_words(page: Page, study: Study) -> None:
    words = [f"word{number}" for number in range(40)]
    builders.make_source(study, " ".join([*words[:20], "nodule", *words[20:]]), title="Long interview")
    page.goto(page.url.partition("/sources/")[0] + "/find/")
    page.get_by_role("textbox", name="Words").fill("nodule")
    keys(page, "Enter")
    left, right = page.locator("td.left > bdi"), page.locator("td.right > bdi")
    expect(left).to_have_text(re.compile(r"^… word\d+( word\d+)* word19$"))
    expect(right).to_have_text(re.compile(r"^word20 word\d+( word\d+)* …$"))
    for cell in (left, right):
        assert cell.evaluate("one => one.getBoundingClientRect().width <= one.parentElement.clientWidth")

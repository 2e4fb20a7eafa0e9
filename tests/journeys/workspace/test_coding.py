"""Coding by the keyboard and the palette: every key goes to the database and back."""

import re
import time

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from coding.models import Code, Reading, Segment
from fieldstudy.models import User
from fieldstudy.services.processes import wait_until
from observations.models import Source, Study
from tests import builders
from tests.journeys.workspace.hands import (
    TURNS,
    OpenWorkspace,
    code_words,
    coded_words,
    comes_to_be,
    keys,
    painted,
    painted_words,
    saved,
    select_words,
    standing,
    tab_to,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.thorough
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


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_several_codes_go_to_one_selection_with_the_palette_open(page: Page) -> None:
    select_words(page, 3, "whatever sticks out is ill")
    page.keyboard.type("str")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("lir")
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_hidden()
    saved(page)
    assert Segment.objects.count() == 2


@pytest.mark.thorough
def test_a_code_that_asks_for_a_weight_gets_it_by_tab(page: Page) -> None:
    select_words(page, 3, "It is strict.")
    page.keyboard.type("tac")
    page.keyboard.press("Tab")
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    expect(page.locator("#margin .w")).to_have_text("70")
    saved(page)
    assert Segment.objects.get().weight == 70


@pytest.mark.thorough
def test_a_code_that_asks_for_a_weight_is_met_at_its_weight_by_a_key(page: Page) -> None:
    code_words(page, 3, "It is strict.", "tac")
    keys(page, "Escape", "k", "r")
    expect(page.locator("#palette .weigh input")).to_be_focused()
    page.keyboard.type("40")
    keys(page, "Enter")
    saved(page)
    assert set(Segment.objects.values_list("weight", flat=True)) == {None, 40}


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_the_palette_lists_codes_as_the_codebook_does(page: Page) -> None:
    page.keyboard.press("c")
    in_tree = page.locator("#tree .code .sign").all_inner_texts()
    assert page.locator("#choices .sign").all_inner_texts() == in_tree
    page.keyboard.press("Escape")


@pytest.mark.thorough
def test_codes_one_used_elsewhere_come_first_and_others_use_tells_nothing(
    source: Source, study: Study, coder_ana: User, coder_ben: User, open_workspace_as: OpenWorkspace
) -> None:
    builders.code(source, "film", Code.objects.get(sign="TAC"), by=coder_ben)
    other = builders.make_source(study, "Another day.", title="Interview 2")
    builders.code(other, "day", Code.objects.get(sign="LIR"), by=coder_ana)
    page = open_workspace_as(coder_ana, source)
    keys(page, "c")
    assert page.locator("#choices .sign").all_inner_texts() == ["LIR", "STR", "TAC"]


@pytest.mark.thorough
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


@pytest.mark.thorough
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


@pytest.mark.thorough
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


@pytest.mark.thorough
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


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_a_code_made_of_words_goes_and_comes_with_its_passage(page: Page) -> None:
    tree = page.locator("#tree")
    select_words(page, 1, "read the film")
    keys(page, "Escape", "v")
    expect(tree).to_contain_text("read the film")
    saved(page)
    keys(page, "z")
    expect(tree).not_to_contain_text("read the film")
    saved(page)
    assert wait_until(lambda: Code.objects.get(proposed_in__isnull=False).retired_at is not None, 8)
    keys(page, "Shift+z")
    expect(tree).to_contain_text("read the film")
    comes_to_be(page, ["read the film"])
    assert Code.objects.get(proposed_in__isnull=False).retired_at is None
    expect(page.locator("#notices")).to_be_empty()


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_undoing_says_what_is_undone(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    keys(page, "Escape", "s", "b", "Shift+ArrowLeft", "Enter", "z")
    expect(page.locator("#said")).to_have_text("Undone: Borders of code str moved")


@pytest.mark.thorough
def test_keys_act_on_the_words_of_the_passage_gone_to(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    keys(page, "Escape", "s", "m")
    expect(page.locator("#memo-form .quoted")).to_have_text("It is strict.")
    expect(page.locator("#memo-form [name=about]")).to_have_value("segment")
    keys(page, "Escape", "s", "c")
    page.keyboard.type("lir")
    keys(page, "Enter")
    assert sorted(coded_words(page)) == [("It is strict.", "LIR"), ("It is strict.", "STR")]

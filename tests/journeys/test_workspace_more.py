"""What a coder takes for granted in the workspace: dragging, the way back from every step, the place one left."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, expect

from coding.models import Code, Memo, MemoLink, Reading, Segment
from fieldstudy.models import User
from fieldstudy.services.processes import wait_until
from observations.models import Study
from tests import builders
from tests.journeys import test_workspace as workspace
from tests.journeys.test_workspace import (
    TURNS,
    code_words,
    coded_words,
    comes_to_be,
    keys,
    open_workspace,
    painted,
    saved,
    select_words,
    sign_in,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

views_are_loaded, context, page, source = (
    workspace._views_are_loaded,
    workspace.context,
    workspace.page,
    workspace.source,
)


def row_of(page: Page, sign: str) -> Locator:
    return page.locator("#tree [role=treeitem]", has_text=sign).last.locator(".row")


def drag(page: Page, start: tuple[float, float], end: Locator) -> None:
    """Press, move and let go, as a person does."""
    box = end.bounding_box()
    assert box is not None
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] - 12, start[1] + 3, steps=3)
    page.mouse.move(box["x"] + 40, box["y"] + 10, steps=6)
    page.mouse.move(box["x"] + 42, box["y"] + 10)
    page.mouse.up()


def middle_of_words(page: Page, turn: int, phrase: str) -> tuple[float, float]:
    x, y = page.evaluate(
        """([turn, phrase]) => {
            const node = document.querySelector(`#t${turn} p`).firstChild, at = node.data.indexOf(phrase);
            const range = new Range(); range.setStart(node, at); range.setEnd(node, at + phrase.length);
            const { left, width, top, height } = range.getClientRects()[0];
            return [left + width / 2, top + height / 2];
        }""",
        [turn, phrase],
    )
    return x, y


def test_chosen_words_are_dragged_to_a_code_while_the_palette_is_open(page: Page) -> None:
    select_words(page, 3, "It is strict.")
    expect(page.get_by_role("combobox")).to_be_focused()
    drag(page, middle_of_words(page, 3, "is strict"), row_of(page, "LIR"))
    comes_to_be(page, ["It is strict."])
    assert Segment.objects.get().code.sign == "LIR"


def test_a_click_into_chosen_words_lets_go_of_them(page: Page) -> None:
    select_words(page, 3, "It is strict.")
    keys(page, "Escape")
    page.mouse.click(*middle_of_words(page, 3, "is strict"))
    expect(page.locator("#place-says")).to_have_text("Turn 3")


def test_a_code_dropped_on_a_label_goes_to_that_passage(page: Page) -> None:
    code_words(page, 1, "film first. Then I", "str")
    page.keyboard.press("Escape")
    row_of(page, "LIR").drag_to(page.locator("#margin button"))
    saved(page)
    assert set(coded_words(page)) == {("film first. Then I", "LIR"), ("film first. Then I", "STR")}


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


def test_a_memos_link_to_a_passage_is_undone_and_done_again(page: Page, study: Study, coder_ana: User) -> None:
    builders.make_memo(study, by=coder_ana, about="study", text="Silence is a finding.")
    code_words(page, 3, "It is strict.", "str")
    keys(page, "Escape", "s", "e")
    page.get_by_role("button", name="Link a memo").click()
    expect(page.locator("#link-memo")).to_be_focused()
    keys(page, "Control+Enter")
    expect(page.locator("#toast")).to_contain_text("Memo linked to the passage")
    saved(page)
    assert wait_until(MemoLink.objects.exists, 8)
    keys(page, "z")
    assert wait_until(lambda: not MemoLink.objects.exists(), 8)
    keys(page, "Shift+z")
    assert wait_until(lambda: MemoLink.objects.filter(memo=Memo.objects.get()).exists(), 8)


def test_what_has_a_key_is_done_by_the_mouse_alone(page: Page) -> None:
    select_words(page, 3, "It is strict.")
    page.locator("#notes-menu summary").click()
    page.get_by_role("button", name="Memo on these words").click()
    page.locator("#memo-text").fill("Silence is a finding.")
    page.locator("#memo-form").get_by_role("button", name="Save").click()
    assert wait_until(Memo.objects.exists, 8)
    page.get_by_role("button", name="Next turn").click()
    expect(page.locator("#place-says")).to_have_text("Turn 4")
    page.locator(".statusbar").get_by_role("button", name="Undo").click()
    assert wait_until(lambda: Memo.objects.get().removed_at is not None, 8)


def test_a_memo_is_undone_by_a_key_that_comes_before_the_memos(page: Page) -> None:
    workspace.write_memo(page, "Silence is a finding.")
    assert wait_until(Memo.objects.exists, 8)
    page.route("**/margin/", lambda route: (time.sleep(0.3), route.continue_()))
    page.reload()
    painted(page)
    keys(page, "z")
    assert wait_until(lambda: Memo.objects.get().removed_at is not None, 8)


def test_words_that_were_just_coded_can_be_chosen_in_part(page: Page) -> None:
    code_words(page, 3, "It is strict. An old scar", "str")
    select_words(page, 3, "strict. An")
    expect(page.locator("#place-says")).to_have_text("Turn 3 · 10 characters chosen")


def test_words_are_found_as_one_types_them(page: Page, live_server: Any, study: Study) -> None:
    source = builders.make_source(study, "C’est le cœur, c’est\u202f: Coeur.", title="Day 2")
    open_workspace(page, live_server.url, source)
    for typed, tally in (("c'est", "1 of 2"), ("coeur", "1 of 2"), ("c'est :", "1 of 1")):
        page.locator("#find").fill(typed)
        expect(page.locator("#find-tally")).to_have_text(tally)
    found = page.evaluate(
        """async () => {
            const { ranked } = await import(document.querySelector("link[href*=matching]").href);
            const codes = [{ name: "Cou", sign: "COU" }, { name: "Le cœur", sign: "CUR" }];
            return ranked(codes, "coeu").map(({ name }) => name);
        }"""
    )
    assert found == ["Le cœur"]


def test_undoing_says_what_is_undone(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    keys(page, "Escape", "s", "b", "Shift+ArrowLeft", "Enter", "z")
    expect(page.locator("#said")).to_have_text("Undone: Borders of code str moved")


def test_a_code_that_asks_for_a_weight_is_met_at_its_weight_by_a_key(page: Page) -> None:
    code_words(page, 3, "It is strict.", "tac")
    keys(page, "Escape", "k", "r")
    expect(page.locator("#palette .weigh input")).to_be_focused()
    page.keyboard.type("40")
    keys(page, "Enter")
    saved(page)
    assert set(Segment.objects.values_list("weight", flat=True)) == {None, 40}


def test_the_place_is_the_same_however_often_one_comes_back(
    page: Page, live_server: Any, study: Study, coder_ana: User
) -> None:
    open_workspace(page, live_server.url, builders.make_source(study, *TURNS * 25, title="A long day"))
    keys(page, "c")
    page.keyboard.type("str")
    keys(page, "Enter", "g")
    page.keyboard.type("60")
    keys(page, "Enter")
    saved(page)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert wait_until(lambda: Reading.objects.filter(position=60).exists(), 8)
    page.evaluate("localStorage.clear()")
    page.add_init_script("localStorage.clear()")  # as on another machine
    for _ in range(2):
        page.reload()
        painted(page)
        expect(page.locator("#place-says")).to_have_text("Turn 60")


def test_what_was_read_of_many_turns_leaves_room_for_the_field_to_find_in(page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    page.evaluate("document.querySelector('#read-bar').setAttribute('viewBox', '0 0 2000 4')")
    field, bar = page.locator("#find").bounding_box(), page.locator("#read-bar").bounding_box()
    assert field is not None and bar is not None
    assert field["x"] + field["width"] <= bar["x"]


def test_readings_laid_beside_ones_own_follow_what_their_coders_do(
    context: BrowserContext, live_server: Any, lead: User, client_for: Callable[[User], Client]
) -> None:
    study = builders.make_study(lead, slug="open", mode="open")
    ana, ben = (builders.make_member(study, name, "coder") for name in ("anouk", "bela"))
    source = builders.make_source(study, *TURNS)
    strict = builders.make_code(study, "STR")
    builders.code(source, "It is strict.", strict, by=ana)
    sign_in(context, client_for, ben, live_server.url)
    pages = [context.new_page(), context.new_page()]
    for page in pages:
        page.clock.install()
        open_workspace(page, live_server.url, source)
    pages[0].bring_to_front()
    keys(pages[0], "l", "Space", "Escape")
    for page in pages:  # two tabs agree
        expect(page.locator("#margin li.laid")).to_have_count(1)
    builders.code(source, "Then I click.", strict, by=ana)
    pages[0].clock.fast_forward(31_000)
    expect(pages[0].locator("#margin li.laid")).to_have_count(2)


def test_a_click_on_a_code_codes_chosen_words_alone_and_enter_the_sentence_too(page: Page) -> None:
    page.mouse.click(*middle_of_words(page, 3, "It is strict."))
    keys(page, "Escape")
    page.mouse.click(*middle_of_words(page, 3, "It is strict."))
    row_of(page, "LIR").click()
    assert coded_words(page) == []
    expect(page.locator("#only")).to_be_visible()
    keys(page, "f")
    page.keyboard.type("lir")
    keys(page, "Enter")
    assert coded_words(page) == [("It is strict.", "LIR")]


def test_keys_act_on_the_words_of_the_passage_gone_to(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    keys(page, "Escape", "s", "m")
    expect(page.locator("#memo-form .quoted")).to_have_text("It is strict.")
    expect(page.locator("#memo-form [name=about]")).to_have_value("segment")
    keys(page, "Escape", "s", "c")
    page.keyboard.type("lir")
    keys(page, "Enter")
    assert sorted(coded_words(page)) == [("It is strict.", "LIR"), ("It is strict.", "STR")]

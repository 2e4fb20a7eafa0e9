"""What the mouse alone does: clicks, dragging, handles."""

import pytest
from playwright.sync_api import Page, expect

from coding.models import Memo, Segment
from fieldstudy.services.processes import wait_until
from tests.journeys.workspace.hands import (
    code_words,
    coded_words,
    comes_to_be,
    drag,
    keys,
    middle_of_words,
    row_of,
    saved,
    select_words,
    standing,
)

pytestmark = [pytest.mark.journey, pytest.mark.thorough, pytest.mark.django_db(transaction=True)]


def test_a_click_in_the_codebook_codes_the_selection(page: Page) -> None:
    select_words(page, 3, "It is strict.")
    page.keyboard.press("Escape")
    page.locator("#tree [role=treeitem]", has_text="LIR").click()
    assert standing(page) == {"It is strict."}


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


def test_chosen_words_are_dragged_to_a_code_while_the_palette_is_open(page: Page) -> None:
    select_words(page, 3, "It is strict.")
    expect(page.get_by_role("combobox")).to_be_focused()
    drag(page, middle_of_words(page, 3, "is strict"), row_of(page, "LIR"))
    comes_to_be(page, ["It is strict."])
    assert Segment.objects.get().code.sign == "LIR"


def test_a_code_dropped_on_a_label_goes_to_that_passage(page: Page) -> None:
    code_words(page, 1, "film first. Then I", "str")
    page.keyboard.press("Escape")
    row_of(page, "LIR").drag_to(page.locator("#margin button"))
    saved(page)
    assert set(coded_words(page)) == {("film first. Then I", "LIR"), ("film first. Then I", "STR")}


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


def test_a_click_into_chosen_words_lets_go_of_them(page: Page) -> None:
    select_words(page, 3, "It is strict.")
    keys(page, "Escape")
    page.mouse.click(*middle_of_words(page, 3, "is strict"))
    expect(page.locator("#place-says")).to_have_text("Turn 3")


def test_words_that_were_just_coded_can_be_chosen_in_part(page: Page) -> None:
    code_words(page, 3, "It is strict. An old scar", "str")
    select_words(page, 3, "strict. An")
    expect(page.locator("#place-says")).to_have_text("Turn 3 · 10 characters chosen")


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

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstudy.edits import Edit, EditMap, diff_edits
from fieldstudy.errors import Invalid
from observations.turns import PlacedTurn, lay_out, partition_after_edit


@dataclass
class Said:
    text: str


THREE = lay_out([Said("Who reads first?"), Said("I do."), Said("Then the machine.")])


def pieces(text: str, turns: tuple[PlacedTurn, ...]) -> list[tuple[int, str]]:
    return [(turn.index, text[turn.start : turn.end]) for turn in turns]


def corrected(new: str) -> list[tuple[int, str]]:
    edit_map = EditMap.from_edits(diff_edits(THREE.text, new), len(THREE.text))
    return pieces(new, partition_after_edit(THREE.turns, edit_map, new))


def test_turns_are_laid_out_one_a_line() -> None:
    assert THREE.text == "Who reads first?\nI do.\nThen the machine."


def test_the_line_feed_belongs_to_the_turn_it_ends() -> None:
    assert pieces(THREE.text, THREE.turns) == [(0, "Who reads first?\n"), (1, "I do.\n"), (2, "Then the machine.")]


def test_no_turns_make_an_empty_text() -> None:
    assert lay_out([]).text == ""


def test_a_turn_without_text_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        lay_out([Said("Yes."), Said(" ")])
    assert raised.value.code == "turns.empty"


@pytest.mark.parametrize("text", ["e\u0301te\u0301", "un\r\ndeux", "\ufeffoui", "a\0b"])
def test_a_text_that_is_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as raised:
        lay_out([Said(text)])
    assert raised.value.code == "turns.not_canonical"


def test_a_corrected_word_stays_in_its_turn() -> None:
    assert corrected("Who looks first?\nI do.\nThen the machine.")[0] == (0, "Who looks first?\n")


def test_a_line_feed_typed_inside_a_turn_stays_inside() -> None:
    assert corrected("Who reads\nfirst?\nI do.\nThen the machine.")[0] == (0, "Who reads\nfirst?\n")


def test_words_typed_before_a_turn_belong_to_it() -> None:
    assert corrected("Who reads first?\nWell, I do.\nThen the machine.")[1] == (1, "Well, I do.\n")


def test_words_typed_at_the_end_of_a_turn_belong_to_it() -> None:
    assert corrected("Who reads first? You?\nI do.\nThen the machine.")[0] == (0, "Who reads first? You?\n")


def test_words_typed_at_the_end_of_the_text_belong_to_the_last_turn() -> None:
    assert corrected(THREE.text + " Always.")[2] == (2, "Then the machine. Always.")


def test_an_emptied_turn_is_gone() -> None:
    assert corrected("Who reads first?\n\nThen the machine.") == [
        (0, "Who reads first?\n\n"),
        (2, "Then the machine."),
    ]


def test_a_turn_deleted_with_its_line_is_gone() -> None:
    assert corrected("Who reads first?\nThen the machine.") == [
        (0, "Who reads first?\n"),
        (2, "Then the machine."),
    ]


def test_an_emptied_first_turn_leaves_its_line_to_the_next() -> None:
    assert corrected("\nI do.\nThen the machine.")[0] == (1, "\nI do.\n")


def test_turns_joined_by_deleting_the_line_feed_become_the_first() -> None:
    assert corrected("Who reads first? I do.\nThen the machine.") == [
        (0, "Who reads first? I do.\n"),
        (2, "Then the machine."),
    ]


def test_a_rewriting_over_a_border_is_cut_at_its_line_feed() -> None:
    edit = Edit(THREE.text.index("first"), THREE.text.index("do."), "now?\nWe ")
    edit_map = EditMap.from_edits([edit], len(THREE.text))
    new = edit_map.apply(THREE.text)
    assert pieces(new, partition_after_edit(THREE.turns, edit_map, new)) == [
        (0, "Who reads now?\n"),
        (1, "We do.\n"),
        (2, "Then the machine."),
    ]


def test_a_text_emptied_whole_has_no_turns() -> None:
    assert corrected(" ") == []


def test_edits_of_another_text_are_refused() -> None:
    with pytest.raises(Invalid) as raised:
        partition_after_edit(THREE.turns, EditMap.identity(3), "abc")
    assert raised.value.code == "turns.other_text"


said = st.lists(st.text("ab c", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=5)


@given(said, st.text("abc \n", max_size=20))
def test_corrected_turns_partition_the_new_text(texts: list[str], new: str) -> None:
    laid = lay_out([Said(text) for text in texts])
    edit_map = EditMap.from_edits(diff_edits(laid.text, new), len(laid.text))
    check_partition(laid.turns, edit_map, new)


@given(said, st.data())
def test_turns_partition_the_text_after_any_edits(texts: list[str], data: st.DataObject) -> None:
    laid = lay_out([Said(text) for text in texts])
    borders = sorted(data.draw(st.lists(st.integers(0, len(laid.text)), max_size=8)))
    edits = [
        Edit(start, end, data.draw(st.text("x \n", max_size=4)))
        for start, end in zip(borders[::2], borders[1::2], strict=False)
    ]
    edit_map = EditMap.from_edits(edits, len(laid.text))
    check_partition(laid.turns, edit_map, edit_map.apply(laid.text))


def check_partition(turns: tuple[PlacedTurn, ...], edit_map: EditMap, new: str) -> None:
    placed = partition_after_edit(turns, edit_map, new)
    assert "".join(new[turn.start : turn.end] for turn in placed) == (new if new.strip() else "")
    assert all(new[turn.start : turn.end].strip() for turn in placed)
    assert all(new[turn.end - 1] == "\n" for turn in placed[:-1])
    assert [turn.index for turn in placed] == sorted({turn.index for turn in placed})

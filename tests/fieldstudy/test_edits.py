import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstudy.edits import Edit, EditMap, diff_edits
from fieldstudy.errors import Invalid
from fieldstudy.spans import Span

TEXT = "The machine reads the image first."


def span_of(phrase: str, text: str = TEXT) -> Span:
    start = text.index(phrase)
    return Span(start, start + len(phrase))


def replaced(phrase: str, by: str) -> Edit:
    span = span_of(phrase)
    return Edit(span.start, span.end, by)


def inserted(before: str, what: str) -> Edit:
    at = TEXT.index(before)
    return Edit(at, at, what)


def carried(phrase: str, *edits: Edit) -> str | None:
    edit_map = EditMap.from_edits(edits, len(TEXT))
    span = edit_map.carry(span_of(phrase)).span
    return span.cut_from(edit_map.apply(TEXT)) if span else None


@st.composite
def edit_maps(draw: st.DrawFn, length: int) -> EditMap:
    borders = sorted(draw(st.lists(st.integers(0, length), max_size=10)))
    pairs = zip(borders[::2], borders[1::2], strict=False)
    edits = [Edit(start, end, draw(st.text("xyz\n", max_size=3))) for start, end in pairs]
    return EditMap.from_edits(edits, length)


@st.composite
def text_and_maps(draw: st.DrawFn) -> tuple[str, EditMap, EditMap, EditMap]:
    text = draw(st.text("abc \n", max_size=16))
    first = draw(edit_maps(len(text)))
    second = draw(edit_maps(first.new_length))
    return text, first, second, draw(edit_maps(second.new_length))


def test_a_span_before_an_edit_stays() -> None:
    assert carried("The machine", replaced("image", "scan")) == "The machine"


def test_a_span_behind_an_edit_moves_with_its_words() -> None:
    assert carried("first", replaced("The machine", "It")) == "first"


def test_a_span_deleted_whole_is_gone() -> None:
    assert carried("machine", replaced("machine ", "")) is None


def test_a_span_within_a_larger_rewriting_is_gone() -> None:
    assert carried("machine", replaced("The machine reads", "They read")) is None


def test_a_span_whose_very_words_are_replaced_holds_the_new_ones() -> None:
    assert carried("machine", replaced("machine", "software")) == "software"


def test_a_span_cut_at_its_start_shrinks() -> None:
    assert carried("reads the image", replaced("machine reads", "device")) == " the image"


def test_a_span_cut_at_its_end_shrinks() -> None:
    assert carried("The machine", replaced("machine reads", "device")) == "The "


def test_an_insertion_inside_makes_the_span_grow() -> None:
    assert carried("the image", inserted("image", "whole ")) == "the whole image"


def test_an_insertion_at_the_start_stays_outside() -> None:
    assert carried("image", inserted("image", "whole ")) == "image"


def test_an_insertion_at_the_end_stays_outside() -> None:
    assert carried("reads", inserted(" the", "!")) == "reads"


def test_a_touched_span_says_it_changed() -> None:
    edit_map = EditMap.from_edits([inserted("image", "whole ")], len(TEXT))
    assert edit_map.carry(span_of("the image")).changed


def test_a_span_beside_an_edit_says_it_did_not_change() -> None:
    edit_map = EditMap.from_edits([inserted("image", "whole "), replaced("the ", "")], len(TEXT))
    assert not edit_map.carry(span_of("image")).changed


def test_touching_replacements_keep_their_borders() -> None:
    edit_map = EditMap.from_edits([Edit(0, 2, "xyz"), Edit(2, 4, "u")], 4)
    assert edit_map.carry(Span(2, 4)).span == Span(3, 4)


def test_a_span_beyond_the_text_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        EditMap.identity(3).carry(Span(2, 4))
    assert raised.value.code == "span.out_of_range"


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(Invalid) as raised:
        EditMap.from_edits([Edit(0, 3, ""), Edit(2, 4, "")], 5)
    assert raised.value.code == "edits.overlap"


@pytest.mark.parametrize("edit", [Edit(-1, 2, ""), Edit(2, 1, ""), Edit(4, 6, "")])
def test_an_edit_outside_the_text_is_refused(edit: Edit) -> None:
    with pytest.raises(Invalid) as raised:
        EditMap.from_edits([edit], 5)
    assert raised.value.code == "edits.out_of_range"


def test_insertions_at_one_place_keep_their_order() -> None:
    assert EditMap.from_edits([Edit(1, 1, "x"), Edit(1, 1, "y")], 2).apply("ab") == "axyb"


def test_a_text_of_another_length_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        EditMap.identity(3).apply("four")
    assert raised.value.code == "edits.other_text"


def test_a_map_for_another_text_does_not_compose() -> None:
    with pytest.raises(Invalid) as raised:
        EditMap.identity(3).then(EditMap.identity(4))
    assert raised.value.code == "edits.other_text"


@given(text_and_maps())
def test_a_composed_map_does_what_both_do(given_maps: tuple[str, EditMap, EditMap, EditMap]) -> None:
    text, first, second, _ = given_maps
    assert first.then(second).apply(text) == second.apply(first.apply(text))


@given(text_and_maps())
def test_three_maps_compose_to_one_text_in_either_grouping(given_maps: tuple[str, EditMap, EditMap, EditMap]) -> None:
    text, first, second, third = given_maps
    assert first.then(second).then(third).apply(text) == first.then(second.then(third)).apply(text)


@given(text_and_maps())
def test_the_identity_composes_to_the_map_itself(given_maps: tuple[str, EditMap, EditMap, EditMap]) -> None:
    text, first, _, _ = given_maps
    assert EditMap.identity(len(text)).then(first) == first
    assert first.then(EditMap.identity(first.new_length)) == first


@given(text_and_maps())
def test_an_untouched_span_keeps_its_words(given_maps: tuple[str, EditMap, EditMap, EditMap]) -> None:
    text, edit_map, _, _ = given_maps
    edited = edit_map.apply(text)
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            result = edit_map.carry(Span(start, end))
            if not result.changed:
                assert result.span is not None
                assert result.span.cut_from(edited) == text[start:end]


@given(text_and_maps())
def test_a_span_untouched_by_two_maps_goes_where_their_composition_says(
    given_maps: tuple[str, EditMap, EditMap, EditMap],
) -> None:
    text, first, second, _ = given_maps
    composed = first.then(second)
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            direct = composed.carry(Span(start, end))
            if not direct.changed:
                halfway = first.carry(Span(start, end)).span
                assert halfway is not None
                assert second.carry(halfway).span == direct.span


@given(text_and_maps())
def test_carried_spans_keep_their_order(given_maps: tuple[str, EditMap, EditMap, EditMap]) -> None:
    text, edit_map, _, _ = given_maps
    starts = [edit_map.carry_start(position) for position in range(len(text) + 1)]
    ends = [edit_map.carry_end(position) for position in range(len(text) + 1)]
    assert starts == sorted(starts)
    assert ends == sorted(ends)


@given(text_and_maps())
def test_a_map_survives_json(given_maps: tuple[str, EditMap, EditMap, EditMap]) -> None:
    _, edit_map, _, _ = given_maps
    assert EditMap.from_json(json.loads(json.dumps(edit_map.to_json()))) == edit_map


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"length": 3},
        {"length": 3, "edits": [[1, 2]]},
        {"length": "3", "edits": []},
        {"length": 3, "edits": [[0, 1, 2]]},
        {"length": 3, "edits": [[True, 1, ""]]},
        {"length": -1, "edits": []},
    ],
)
def test_what_is_not_a_map_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(Invalid) as raised:
        EditMap.from_json(value)
    assert raised.value.code == "edits.malformed"


@given(st.text("ab .\n’é", max_size=40), st.text("ab .\n’é", max_size=40))
def test_the_edits_of_a_correction_make_the_new_text(old: str, new: str) -> None:
    assert EditMap.from_edits(diff_edits(old, new), len(old)).apply(old) == new


@given(st.text("abcd ", max_size=60), st.text("abcd ", max_size=60))
def test_edits_found_between_rare_phrases_make_the_new_text(old: str, new: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("fieldstudy.edits._MOST_WORD_PAIRS", 0)
        patched.setattr("fieldstudy.edits._PHRASE_TOKENS", 1)
        assert EditMap.from_edits(diff_edits(old, new), len(old)).apply(old) == new


def test_a_correction_is_made_of_whole_words() -> None:
    assert diff_edits("elle lit le compte rendu", "elle lis le compte rendu") == [Edit(5, 8, "lis")]


def test_a_segment_on_a_misspelt_word_holds_the_corrected_one() -> None:
    old, new = "the machin reads", "the machine reads"
    edit_map = EditMap.from_edits(diff_edits(old, new), len(old))
    span = edit_map.carry(span_of("machin", old)).span
    assert span is not None
    assert span.cut_from(new) == "machine"


def long_text(words: int) -> list[str]:
    return [f"word{index % 977}" + (".\n" if index % 40 == 39 else ",") * (index % 8 == 7) for index in range(words)]


def test_two_corrections_far_apart_in_a_long_text_are_found_quickly() -> None:
    words = long_text(100_000)
    old = " ".join(words)
    words[3] = words[99_990] = "corrected"
    new = " ".join(words)
    began = time.process_time()
    edits = diff_edits(old, new)
    assert time.process_time() - began < 3
    assert [edit.replacement for edit in edits] == ["corrected", "corrected"]


def test_a_long_text_rewritten_whole_is_compared_quickly() -> None:
    old = " ".join(long_text(100_000))
    new = " ".join(f"autre{index % 1013}" for index in range(100_000))
    began = time.process_time()
    assert EditMap.from_edits(diff_edits(old, new), len(old)).apply(old) == new
    assert time.process_time() - began < 5


def test_a_long_row_of_full_stops_is_compared_quickly() -> None:
    old = "." * 100_000
    began = time.process_time()
    assert EditMap.from_edits(diff_edits(old, old + "x"), len(old)).apply(old) == old + "x"
    assert time.process_time() - began < 3


def test_a_word_replaced_throughout_a_long_text_is_as_many_edits() -> None:
    old = "\n".join(f"Le tour {number} de Sorel, qui lit la page {number * 7}." for number in range(3_000))
    new = old.replace("Sorel", "Sorelle") + "\nFin."
    began = time.process_time()
    edits = diff_edits(old, new)
    assert time.process_time() - began < 5
    assert sum(edit.replacement == "Sorelle" for edit in edits) > 2_900


def test_a_rewritten_middle_of_a_long_text_is_found_between_rare_phrases() -> None:
    words = [f"word{number}" for number in range(6_000)]
    old = " ".join(words)
    new = " ".join(f"{word}s" if number % 50 == 0 else word for number, word in enumerate(words))
    edits = diff_edits(old, new)
    assert len(edits) == 120
    assert EditMap.from_edits(edits, len(old)).apply(old) == new

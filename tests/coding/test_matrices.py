"""Counts in cells, against plain Python that goes through every passage."""

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coding.matrices import (
    FAR,
    Passages,
    Turns,
    by_own,
    by_participant,
    by_source,
    count,
    distinct,
    few,
    steps,
    turns_under,
    word_starts,
)

LENGTH = 30
ROWS, SOURCES, PEOPLE = 3, 3, 3
TURN_ENDS = (0, 10, 17, LENGTH)
WORDS = [(source, 2 * place) for source in range(SOURCES) for place in range(LENGTH // 2)]

passage = st.tuples(
    st.integers(0, ROWS - 1), st.integers(0, 1), st.integers(0, SOURCES - 1), st.integers(0, LENGTH - 2)
).flatmap(lambda one: st.integers(one[3] + 1, LENGTH).map(lambda end: (*one, end)))
speakers = st.lists(st.integers(-1, PEOPLE - 1), min_size=9, max_size=9)
pairs = st.sets(st.tuples(st.integers(0, SOURCES - 1), st.integers(0, 2)), max_size=6)


def columns(rows: list[tuple[int, ...]], width: int) -> list[Any]:
    return list(np.array(sorted(rows), dtype=np.int64).reshape(-1, width).T)


def passages_of(rows: list[tuple[int, ...]]) -> Passages:
    label, reading, source, start, end = columns(rows, 5)
    # A reading is of one source.
    return distinct(Passages(label, source * 2 + reading, source, start, end))


def turns_of(people: list[int]) -> Turns:
    rows = [
        (source, start, end, people[3 * source + place])
        for source in range(SOURCES)
        for place, (start, end) in enumerate(pairwise(TURN_ENDS))
    ]
    return Turns(*columns(rows, 4))


def rows_of(passages: Passages) -> list[tuple[int, ...]]:
    held = (passages.label, passages.reading, passages.source, passages.start, passages.end)
    return list(zip(*(column.tolist() for column in held), strict=True))


def speaking(row: tuple[int, ...], turns: Turns) -> set[int]:
    return {
        int(turns.participant[place])
        for place in range(len(turns))
        if turns.source[place] == row[2] and turns.start[place] < row[4] and turns.end[place] > row[3]
    } - {-1}


def counted(chosen: list[tuple[int, ...]], measure: str, people: set[int]) -> int:
    if measure == "segments":
        return len(chosen)
    if measure == "sources":
        return len({row[2] for row in chosen})
    if measure == "participants":
        return len(people)
    return sum(any(row[2] == source and row[3] <= at < row[4] for row in chosen) for source, at in WORDS)


MEASURED = ("segments", "sources", "participants", "words")
STARTS = np.array(sorted(source * FAR + at for source, at in WORDS))


@given(st.lists(passage, max_size=25), speakers, pairs)
def test_cells_by_source_are_what_counting_by_hand_gives(
    found: list[tuple[int, ...]], people: list[int], held: set[tuple[int, int]]
) -> None:
    passages, turns = passages_of(found), turns_of(people)
    source, column = columns(list(held), 2)
    cells = by_source(passages, source, column)
    for measure in MEASURED:
        counts = count(cells, passages, (ROWS, 3), measure, turns, STARTS)
        for row in range(ROWS):
            for place in range(3):
                inside = [one for one in rows_of(passages) if one[0] == row and (one[2], place) in held]
                persons = {person for one in inside for person in speaking(one, turns)}
                assert counts[row, place] == counted(inside, measure, persons), measure


@given(st.lists(passage, max_size=25), speakers)
def test_cells_by_role_are_what_counting_by_hand_gives(found: list[tuple[int, ...]], people: list[int]) -> None:
    passages, turns = passages_of(found), turns_of(people)
    role = np.array([0, 1, 1])
    cells = by_participant(passages, turns, np.arange(PEOPLE), role, nobody=2)
    for measure in MEASURED:
        counts = count(cells, passages, (ROWS, 3), measure, turns, STARTS)
        for row in range(ROWS):
            for place in range(3):
                mine = [one for one in rows_of(passages) if one[0] == row]
                roles = {one: {int(role[person]) for person in speaking(one, turns)} or {2} for one in mine}
                inside = [one for one in mine if place in roles[one]]
                persons = {person for one in inside for person in speaking(one, turns) if role[person] == place}
                assert counts[row, place] == counted(inside, measure, persons), measure


@given(st.lists(passage, max_size=25), speakers)
def test_a_passage_meets_the_turns_it_shares_a_character_with(found: list[tuple[int, ...]], people: list[int]) -> None:
    passages, turns = passages_of(found), turns_of(people)
    one, turn = turns_under(passages.source, passages.start, passages.end, turns)
    by_hand = {
        (number, place)
        for number, row in enumerate(rows_of(passages))
        for place in range(len(turns))
        if turns.source[place] == row[2] and turns.start[place] < row[4] and turns.end[place] > row[3]
    }
    assert set(zip(one.tolist(), turn.tolist(), strict=True)) == by_hand


def test_the_same_code_twice_on_the_same_words_counts_once() -> None:
    assert len(passages_of([(0, 0, 0, 1, 4), (0, 0, 0, 1, 4), (0, 1, 0, 1, 4)])) == 2


def test_a_passage_without_a_column_of_its_own_is_in_no_cell() -> None:
    passages = passages_of([(0, 0, 0, 1, 4), (1, 0, 0, 1, 4)])
    assert by_own(passages, np.array([-1, 2])).column.tolist() == [2]


def test_fewer_than_three_passages_are_few_and_none_is_not() -> None:
    passages = np.array([[0, 2, 3]])
    assert few(np.array([[0, 40, 50]]), passages, "words").tolist() == [[False, True, False]]


def test_two_sources_are_few_however_many_passages_they_hold() -> None:
    assert few(np.array([[2]]), np.array([[90]]), "sources").tolist() == [[True]]


def test_the_largest_cell_has_the_most_ink_and_an_empty_one_none() -> None:
    assert steps(np.array([[0, 1, 50, 100]])) == [[0, 7, 4, 1]]


def test_words_begin_after_white_space_and_hold_a_letter_or_digit() -> None:
    assert word_starts([(1, 5, "L’ombre – 2 mm.")]).tolist() == [FAR + 5, FAR + 15, FAR + 17]

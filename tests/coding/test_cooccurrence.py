"""Codes that meet, against plain Python that compares every passage with every other."""

from collections import Counter
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding import cooccurrence
from coding.cooccurrence import in_one_turn, meetings, overlapping, together
from coding.matrices import Passages, count
from tests.coding.test_matrices import TURN_ENDS, passage, passages_of, rows_of, speakers, turns_of

SIZE = 3


def table(found: Counter[tuple[int, int]]) -> list[list[int]]:
    return [[found[(min(a, b), max(a, b))] for b in range(SIZE)] for a in range(SIZE)]


def overlaps(passages: Passages) -> Counter[tuple[int, int]]:
    return Counter(
        (min(one[0], other[0]), max(one[0], other[0]))
        for one, other in combinations(rows_of(passages), 2)
        if one[0] != other[0] and one[1] == other[1] and one[3] < other[4] and other[3] < one[4]
    )


@given(st.lists(passage, max_size=40))
def test_overlaps_are_what_comparing_all_pairs_gives(found: list[tuple[int, ...]]) -> None:
    passages = passages_of(found)
    assert meetings(overlapping(passages), SIZE).tolist() == table(overlaps(passages))


@given(st.lists(passage, max_size=40), speakers)
def test_codes_in_one_turn_are_what_looking_into_every_turn_gives(
    found: list[tuple[int, ...]], people: list[int]
) -> None:
    passages, turns = passages_of(found), turns_of(people)
    rows = rows_of(passages)
    by_hand: Counter[tuple[int, int]] = Counter()
    for reading in {row[1] for row in rows}:
        for start, end in pairwise(TURN_ENDS):
            codes = {row[0] for row in rows if row[1] == reading and row[3] < end and row[4] > start}
            by_hand.update(combinations(sorted(codes), 2))
    assert meetings(in_one_turn(passages, turns), SIZE).tolist() == table(by_hand)


@given(st.lists(passage, max_size=25))
def test_cutting_the_work_into_pieces_changes_nothing(found: list[tuple[int, ...]]) -> None:
    passages = passages_of(found)
    whole = meetings(overlapping(passages), SIZE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cooccurrence, "PAIRS_AT_A_TIME", 2)
        assert np.array_equal(meetings(overlapping(passages), SIZE), whole)


@given(st.lists(passage, max_size=25), speakers)
def test_pairs_laid_out_count_as_pairs_counted_at_once(found: list[tuple[int, ...]], people: list[int]) -> None:
    passages = passages_of(found)
    pairs, cells = together(overlapping(passages))
    counted = count(cells, pairs, (SIZE, SIZE), "segments", turns_of(people))
    assert np.array_equal(counted, meetings(overlapping(passages), SIZE))


def test_what_two_coders_say_of_the_same_words_does_not_meet() -> None:
    assert not meetings(overlapping(passages_of([(0, 0, 0, 1, 9), (1, 1, 0, 1, 9)])), SIZE).any()


def test_a_meeting_stands_on_the_words_the_two_share() -> None:
    pairs, _ = together(overlapping(passages_of([(0, 0, 0, 1, 9), (1, 0, 0, 4, 12)])))
    assert (pairs.start.tolist(), pairs.end.tolist()) == ([4], [9])

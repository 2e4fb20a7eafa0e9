"""F1 of segments matched by overlap, against every possible matching."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from coding.agreement import reasons
from coding.agreement.boundary import boundary_f1
from coding.agreement.spans import Continua, Spans
from tests.coding.agreement.tables import by_name, make_continua
from tests.coding.agreement.test_unitizing import CODINGS, Segment, named


def largest_matching(one: list[Segment], other: list[Segment], overlap: float) -> int:
    """By trying them all."""
    if not one:
        return 0
    first, *rest = one
    found = largest_matching(rest, other, overlap)
    for place, segment in enumerate(other):
        shared = min(first[1], segment[1]) - max(first[0], segment[0])
        together = max(first[1], segment[1]) - min(first[0], segment[0])
        if first[2] == segment[2] and shared >= overlap * together:
            found = max(found, 1 + largest_matching(rest, other[:place] + other[place + 1 :], overlap))
    return found


@pytest.mark.parametrize("overlap", [0.5, 0.75, 1.0])
@given(coders=CODINGS)
@settings(max_examples=60, deadline=None)
def test_matching_is_the_largest_there_is(overlap: float, coders: list[list[Segment]]) -> None:
    found = boundary_f1(named(coders), overlap=overlap)[0]
    pairs = list(combinations(coders, 2))
    matched = sum(largest_matching(one, other, overlap) for one, other in pairs)
    assert found.value == pytest.approx(2 * matched / sum(len(one) + len(other) for one, other in pairs))


def test_two_halves_match_their_whole_once() -> None:
    found = boundary_f1(make_continua({"ana": [(0, 8, "a")], "ben": [(0, 4, "a"), (4, 8, "a")]}), overlap=0.5)
    assert found[0].value == pytest.approx(2 / 3)


def test_overlap_is_intersection_over_union() -> None:
    coders = {"ana": [(0, 10, "a")], "ben": [(4, 10, "a")]}
    values = [boundary_f1(make_continua(coders), overlap=overlap)[0].value for overlap in (0.6, 0.61)]
    assert values == [1.0, 0.0]


def test_codes_are_matched_apart() -> None:
    found = by_name(
        boundary_f1(make_continua({"ana": [(0, 5, "a"), (8, 12, "b")], "ben": [(0, 5, "a"), (8, 12, "c")]}), overlap=1)
    )
    values = {name: each.value for name, each in found.items()}
    assert values == {
        "boundary_f1@1": 0.5,
        "boundary_f1@1[a]": 1.0,
        "boundary_f1@1[b]": 0.0,
        "boundary_f1@1[c]": 0.0,
    }


def test_sources_do_not_match_each_other() -> None:
    spans = Spans.from_rows([(0, 0, 0, 0, 4), (1, 1, 0, 0, 4), (2, 0, 0, 3, 9)])
    finished = np.array([[True, True], [True, True], [True, False]])
    found = boundary_f1(Continua(spans, np.zeros(3, dtype=np.int64), np.full(3, 9), finished, ("a",)), overlap=0.5)
    assert (found[0].value, found[0].extra["n_segments"]) == (0.0, 2)


def test_a_code_nobody_used_has_no_value() -> None:
    assert boundary_f1(make_continua({"ana": [], "ben": []}), overlap=1)[0].undefined_because == reasons.NOTHING_CODED

"""From segments to ratings."""

import numpy as np
import pytest

from coding.agreement import MEASURES
from coding.agreement.ratings import MISSING, Ratings, RatingsError
from coding.agreement.spans import Spans
from coding.units import (
    Decisions,
    Units,
    VisibleText,
    character_sums,
    cut_at_units,
    decide,
    indexed_spans,
)

TEXT = "Elle regarde. \n  Puis elle lit."
FIRST, SECOND = (0, 13), (15, 31)
CODES = ("a", "b")


def make_units(*stretches: tuple[int, int]) -> Units:
    starts, ends = np.array(stretches).T
    return Units(np.zeros(len(stretches), dtype=np.int64), starts, ends, tuple(range(len(stretches))))


def decided(*rows: tuple[int, int, int, int, int], **options: object) -> Decisions:
    finished = options.pop("finished", np.ones((1, 2), dtype=np.bool_))
    return decide(
        make_units(FIRST, SECOND),
        Spans.from_rows(list(rows)),
        finished,
        VisibleText.of_texts([TEXT]),
        CODES,
        **options,
    )


def of_code_a(decisions: Decisions) -> list[list[int]]:
    return decisions.binary()[0].values.tolist()


def test_one_visible_character_codes_a_unit() -> None:
    assert of_code_a(decided((0, 0, 0, 12, 13))) == [[1, 0], [0, 0]]


def test_a_segment_over_a_border_codes_both_units() -> None:
    assert of_code_a(decided((0, 1, 0, 12, 18))) == [[0, 1], [0, 1]]


def test_white_space_alone_codes_nothing() -> None:
    assert of_code_a(decided((0, 0, 0, 13, 17))) == [[0, 0], [0, 0]]


def test_half_of_a_unit_is_enough_when_half_is_asked() -> None:
    # "Elle regarde." has 12 visible characters; the first half ends after "reg"... minus one.
    assert of_code_a(decided((0, 0, 0, 0, 7), (0, 1, 0, 0, 6), half=True))[0] == [1, 0]


def test_overlapping_segments_do_not_add_up_to_half() -> None:
    assert of_code_a(decided((0, 0, 0, 0, 5), (0, 0, 0, 1, 5), half=True))[0] == [0, 0]


def test_separate_segments_add_up_to_half() -> None:
    assert of_code_a(decided((0, 0, 0, 0, 4), (0, 0, 0, 10, 13), half=True))[0] == [1, 0]


def test_a_coder_who_never_finished_is_missing_and_not_silent() -> None:
    values = of_code_a(decided((0, 0, 0, 0, 4), finished=np.array([[True, False]])))
    assert values == [[1, MISSING], [0, MISSING]]


def test_segments_of_an_unfinished_reading_are_left_out() -> None:
    values = of_code_a(decided((0, 1, 0, 0, 4), finished=np.array([[True, False]])))
    assert values == [[0, MISSING], [0, MISSING]]


def test_a_code_the_codebook_lacked_is_missing() -> None:
    available = np.ones((1, 2, 2), dtype=np.bool_)
    available[0, 1, 0] = False
    decisions = decided((0, 0, 0, 0, 4), available=available)
    assert of_code_a(decisions) == [[1, MISSING], [0, MISSING]]
    assert decisions.binary()[1].values.tolist() == [[0, 0], [0, 0]]


def test_sets_compare_only_codes_every_coder_had() -> None:
    available = np.ones((1, 2, 2), dtype=np.bool_)
    available[0, 1, 0] = False
    sets = decided((0, 0, 0, 0, 4), (0, 0, 1, 0, 4), (0, 1, 1, 0, 4), available=available).sets()
    assert [sets.sets[place] for place in sets.ratings.values[0]] == [frozenset("b"), frozenset("b")]


def test_sets_hold_all_codes_of_a_unit() -> None:
    sets = decided((0, 0, 0, 0, 4), (0, 0, 1, 2, 9)).sets()
    assert [sets.sets[place] for place in sets.ratings.values[0]] == [frozenset("ab"), frozenset()]


def test_a_blank_unit_is_missing_for_all() -> None:
    blank = decide(
        make_units((0, 13), (13, 15)),
        Spans.from_rows([]),
        np.ones((1, 2), dtype=np.bool_),
        VisibleText.of_texts([TEXT]),
        CODES,
    )
    assert of_code_a(blank) == [[0, 0], [MISSING, MISSING]]


def test_offsets_count_code_points_beyond_the_basic_plane() -> None:
    visible = VisibleText.of_texts(["🩻\u00a0\u3000é", "x y"])
    counts = visible.within(np.array([0, 1]), np.array([0, 0]), np.array([4, 3]))
    assert counts.tolist() == [2, 2]


def test_each_source_keeps_its_own_units() -> None:
    units = Units(np.array([0, 1]), np.array([0, 0]), np.array([3, 3]), ("one", "two"))
    spans = Spans.from_rows([(1, 0, 0, 0, 1)])
    found = decide(units, spans, np.ones((2, 2), dtype=np.bool_), VisibleText.of_texts(["abc", "def"]), CODES)
    assert of_code_a(found) == [[0, 0], [1, 0]]
    assert found.binary()[0].blocks is units.source


def test_overlapping_units_are_refused() -> None:
    with pytest.raises(RatingsError) as refusal:
        make_units((0, 5), (4, 9))
    assert refusal.value.code == "units.disorder"


def test_ids_become_indices() -> None:
    spans = indexed_spans([("s2", "ben", "b", 1, 4)], sources=["s1", "s2"], coders=["ana", "ben"], codes=["a", "b"])
    assert (spans.source[0], spans.coder[0], spans.code[0]) == (1, 1, 1)


def test_the_binary_ratings_feed_every_measure_on_fixed_units() -> None:
    ratings = decided((0, 0, 0, 0, 4), (0, 1, 0, 0, 4)).binary()[0]
    assert isinstance(ratings, Ratings)
    assert MEASURES["krippendorff_alpha_nominal"](ratings).value == 1.0


def test_character_sums_count_coders_on_each_character() -> None:
    spans = Spans.from_rows([(0, 0, 0, 0, 6), (0, 0, 0, 4, 8), (0, 1, 0, 6, 10), (0, 1, 1, 0, 2)])
    sums = character_sums(spans, np.array([20]), np.ones((1, 2), dtype=np.bool_), 2)
    assert (sums.ones.tolist(), sums.squares.tolist()) == ([[12, 2]], [[2 * 4 + 8, 2]])
    assert sums.shared is not None
    assert sums.shared[0, 0].tolist() == [[8, 2], [2, 4]]


def test_character_sums_leave_out_who_did_not_finish() -> None:
    spans = Spans.from_rows([(0, 0, 0, 0, 6), (0, 1, 0, 0, 6)])
    sums = character_sums(spans, np.array([20]), np.array([[True, False]]), 1)
    assert (sums.coders[0, 0], sums.ones[0, 0]) == (1, 6)


def test_segments_cut_at_units_give_sums_per_unit() -> None:
    units = make_units(FIRST, SECOND)
    cut, lengths, finished = cut_at_units(
        Spans.from_rows([(0, 0, 0, 10, 20)]), units, VisibleText.of_texts([TEXT]), np.ones((1, 2), dtype=np.bool_)
    )
    assert character_sums(cut, lengths, finished, 1).ones.ravel().tolist() == [3, 5]

"""Alpha against an independent program on random matrices with missing values, and its undefined cases."""

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from coding.agreement import reasons
from coding.agreement.krippendorff import Metric, krippendorff_alpha
from coding.agreement.ratings import Ratings
from tests.coding.agreement.tables import make_ratings

MATRICES = arrays.arrays(
    dtype=np.int64,
    shape=st.tuples(st.integers(2, 25), st.integers(2, 6)),
    elements=st.integers(-1, 4),
)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval", "ratio"])
@given(values=MATRICES, steps=st.lists(st.integers(1, 9), min_size=5, max_size=5))
@settings(max_examples=60, deadline=None)
def test_alpha_equals_an_independent_program(metric: Metric, values: np.ndarray, steps: list[int]) -> None:
    numbers = np.cumsum(steps).astype(np.float64)
    ratings = Ratings(values=values, categories=tuple("abcde"), numbers=numbers)
    found = krippendorff_alpha(ratings, metric=metric)
    assume(found.value is not None)
    table = np.where(values < 0, np.nan, numbers[values])
    # The other program counts categories that occur on unpairable units only as values in between; they have no weight.
    assert found.value == pytest.approx(krippendorff.alpha(table.T, level_of_measurement=metric), abs=1e-9)


def test_alpha_of_one_category_is_undefined() -> None:
    found = krippendorff_alpha(make_ratings("aaa", "aaa"))
    assert (found.value, found.undefined_because, found.observed) == (None, reasons.ONE_CATEGORY, 0.0)


def test_alpha_without_a_unit_rated_twice_is_undefined() -> None:
    found = krippendorff_alpha(make_ratings(["a", None], [None, "b"]))
    assert (found.value, found.undefined_because) == (None, reasons.NO_PAIRS)


def test_a_category_on_unpairable_units_alone_does_not_rescue_alpha() -> None:
    found = krippendorff_alpha(make_ratings(["a", "a", "b"], ["a", "a", None]))
    assert found.undefined_because == reasons.ONE_CATEGORY


def test_interval_alpha_of_words_is_undefined() -> None:
    found = krippendorff_alpha(make_ratings("abc", "abc"), metric="interval")
    assert found.undefined_because == reasons.NOT_NUMBERS


def test_ratio_alpha_of_negative_numbers_is_undefined() -> None:
    found = krippendorff_alpha(make_ratings([-1, 1], [-1, 1]), metric="ratio")
    assert found.undefined_because == reasons.NEGATIVE_NUMBERS


def test_a_code_one_coder_alone_used_gives_a_value_not_above_zero() -> None:
    found = krippendorff_alpha(make_ratings("yynn", "nnnn"))
    assert found.value is not None
    assert found.value <= 0.0


def test_the_result_says_how_many_ratings_are_missing() -> None:
    found = krippendorff_alpha(make_ratings(["a", "b", None], ["a", "b", "b"]))
    assert (found.n_units, found.n_coders, found.n_missing, found.extra["n_pairable"]) == (3, 2, 1, 4)

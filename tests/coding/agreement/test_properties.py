"""What must hold for every coefficient on fixed units, whatever the ratings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from coding.agreement import NOMINAL_MEASURES, SCALED_MEASURES, SET_MEASURES, WEIGHTED_MEASURES
from coding.agreement.ratings import MISSING, Ratings
from coding.agreement.sets import SetRatings
from tests.coding.agreement.tables import make_ratings

ALL = NOMINAL_MEASURES | WEIGHTED_MEASURES | SCALED_MEASURES
TWO_CODERS = arrays.arrays(np.int64, st.tuples(st.integers(1, 12), st.just(2)), elements=st.integers(-1, 3))
MANY_CODERS = arrays.arrays(np.int64, st.tuples(st.integers(1, 12), st.integers(2, 5)), elements=st.integers(-1, 3))
NUMBERS = np.array([1.0, 2.0, 4.0, 7.0])


def as_ratings(values: np.ndarray) -> Ratings:
    return Ratings(values=values, categories=tuple("abcd"), numbers=NUMBERS)


@pytest.mark.parametrize("name", ALL)
@given(values=st.one_of(TWO_CODERS, MANY_CODERS), seed=st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_coders_is_free(name: str, values: np.ndarray, seed: object) -> None:
    order = list(range(values.shape[1]))
    seed.shuffle(order)  # type: ignore[attr-defined]
    one, other = ALL[name](as_ratings(values)), ALL[name](as_ratings(values[:, order]))
    assert one.value == pytest.approx(other.value, abs=1e-9) if one.value is not None else other.value is None


@pytest.mark.parametrize("name", NOMINAL_MEASURES)
@given(values=st.one_of(TWO_CODERS, MANY_CODERS), labels=st.permutations(range(4)))
@settings(max_examples=25, deadline=None)
def test_the_names_of_categories_are_free(name: str, values: np.ndarray, labels: list[int]) -> None:
    renamed = np.array([*labels, MISSING])[values]
    one, other = ALL[name](as_ratings(values)), ALL[name](as_ratings(renamed))
    assert one.value == pytest.approx(other.value, abs=1e-9) if one.value is not None else other.value is None


@pytest.mark.parametrize("name", ALL)
@given(values=st.one_of(TWO_CODERS, MANY_CODERS))
@settings(max_examples=25, deadline=None)
def test_no_value_is_above_one_or_without_its_reason(name: str, values: np.ndarray) -> None:
    found = ALL[name](as_ratings(values))
    assert (found.value is None) == (found.undefined_because is not None)
    assert found.value is None or (np.isfinite(found.value) and found.value <= 1.0 + 1e-12)


@pytest.mark.parametrize("name", ALL)
def test_identical_coders_agree_fully(name: str) -> None:
    assert ALL[name](make_ratings([1, 2, 2, 5], [1, 2, 2, 5])).value == pytest.approx(1.0)


@pytest.mark.parametrize("name", sorted(set(ALL) - {"percent_agreement"}))
def test_one_category_only_is_undefined(name: str) -> None:
    found = ALL[name](make_ratings([3, 3, 3], [3, 3, 3]))
    assert found.value is None
    assert found.undefined_because


@pytest.mark.parametrize("name", ALL)
def test_no_rating_at_all_is_undefined(name: str) -> None:
    found = ALL[name](Ratings(values=np.full((2, 2), MISSING), categories=("a",), numbers=np.array([1.0])))
    assert found.value is None


@pytest.mark.parametrize("name", SET_MEASURES)
def test_identical_sets_agree_fully(name: str) -> None:
    row = [["a"], ["a", "b"], [], ["c"]]
    sets = SetRatings.from_table([[cell, cell] for cell in row])
    assert SET_MEASURES[name](sets).value == 1.0


@pytest.mark.parametrize("name", SET_MEASURES)
def test_one_set_only_is_undefined(name: str) -> None:
    assert SET_MEASURES[name](SetRatings.from_table([[["a"], ["a"]]] * 3)).value is None

"""Kappas, Gwet's coefficients and plain agreement: known figures and edges."""

import numpy as np
import pytest

from coding.agreement import reasons
from coding.agreement.cohen import cohen_kappa, light_kappa
from coding.agreement.conger import conger_kappa
from coding.agreement.fleiss import fleiss_kappa, scott_pi
from coding.agreement.free_marginal import brennan_prediger
from coding.agreement.gwet import gwet_ac1
from coding.agreement.percent import negative_agreement, percent_agreement, positive_agreement
from coding.agreement.ratings import Ratings, RatingsError
from tests.coding.agreement.tables import make_ratings

PREVALENT = make_ratings([1] * 80 + [1] * 7 + [0] * 8 + [0] * 5, [1] * 80 + [0] * 7 + [1] * 8 + [0] * 5)


def test_a_common_category_pulls_kappa_down() -> None:
    assert cohen_kappa(PREVALENT).value == pytest.approx(0.314, abs=0.0005)


def test_a_common_category_leaves_ac1_in_place() -> None:
    assert gwet_ac1(PREVALENT).value == pytest.approx(0.808, abs=0.0005)


def test_percent_agreement_of_the_prevalent_table() -> None:
    assert percent_agreement(PREVALENT).value == pytest.approx(0.85)


def test_positive_agreement_is_dice() -> None:
    assert positive_agreement(PREVALENT).value == pytest.approx(2 * 80 / (2 * 80 + 7 + 8))


def test_negative_agreement_is_dice_of_the_rest() -> None:
    assert negative_agreement(PREVALENT).value == pytest.approx(2 * 5 / (2 * 5 + 7 + 8))


def test_positive_agreement_comes_with_the_prevalence() -> None:
    assert positive_agreement(PREVALENT).extra["prevalence"] == pytest.approx(175 / 200)


def test_positive_agreement_on_a_code_nobody_used_is_undefined() -> None:
    ratings = Ratings(values=np.zeros((3, 2), dtype=np.int64), categories=("rest", "x"))
    assert positive_agreement(ratings).undefined_because == reasons.NOT_RATED_POSITIVE


def test_percent_agreement_averages_units_and_not_pairs() -> None:
    ratings = make_ratings(["a", "a"], ["a", "b"], ["a", None], ["a", None])
    assert percent_agreement(ratings).value == 0.5


def test_fleiss_equals_scott_for_two_coders() -> None:
    assert fleiss_kappa(PREVALENT).value == pytest.approx(scott_pi(PREVALENT).value)


def test_conger_equals_cohen_for_two_coders() -> None:
    assert conger_kappa(PREVALENT).value == pytest.approx(cohen_kappa(PREVALENT).value)


def test_cohen_is_undefined_for_three_coders() -> None:
    assert cohen_kappa(make_ratings("ab", "ab", "ab")).undefined_because == reasons.TWO_CODERS_ONLY


def test_cohen_leaves_out_units_one_coder_missed() -> None:
    whole = make_ratings(["a", "b", "a", "b"], ["a", "b", "b", None])
    assert cohen_kappa(whole).value == cohen_kappa(make_ratings("aba", "abb")).value


def test_light_is_the_mean_over_pairs() -> None:
    ratings = make_ratings("aabb", "abab", "aabb")
    assert light_kappa(ratings).value == pytest.approx((0.0 + 1.0 + 0.0) / 3)


def test_light_is_undefined_when_one_pair_is() -> None:
    ratings = make_ratings("aabb", "abab", ["a", None, None, None])
    assert light_kappa(ratings).undefined_because == reasons.PAIR_UNDEFINED


def test_coders_who_never_choose_alike_get_a_kappa_of_zero() -> None:
    assert cohen_kappa(make_ratings("aaa", "bbb")).value == 0.0


def test_a_single_rating_counts_in_the_use_of_categories() -> None:
    with_single = make_ratings(["a", "b", "b"], ["a", "b", None])
    assert fleiss_kappa(with_single).expected == pytest.approx((1 / 3) ** 2 + (2 / 3) ** 2)


def test_brennan_prediger_counts_categories_in_use() -> None:
    unused = Ratings(values=np.array([[0, 0], [1, 0]]), categories=("a", "b", "never"))
    assert brennan_prediger(unused).expected == 0.5


def test_two_words_take_weights_like_two_numbers() -> None:
    assert (
        cohen_kappa(make_ratings("aab", "abb"), weighting="linear").value
        == cohen_kappa(make_ratings("aab", "abb")).value
    )


def test_three_words_take_no_weights() -> None:
    assert cohen_kappa(make_ratings("abc", "abc"), weighting="linear").undefined_because == reasons.NOT_NUMBERS


def test_one_unit_has_no_standard_error() -> None:
    assert gwet_ac1(make_ratings("a", "b")).extra["se"] is None


def test_a_rating_outside_the_categories_is_refused() -> None:
    with pytest.raises(RatingsError) as refusal:
        Ratings(values=np.array([[0, 2]]), categories=("a", "b"))
    assert refusal.value.code == "ratings.category_out_of_range"


def test_the_error_of_positive_agreement_is_that_of_the_delta_method() -> None:
    a, b, c, d = 30, 7, 5, 58
    rows = [[1, 1]] * a + [[1, 0]] * b + [[0, 1]] * c + [[0, 0]] * d
    dice = 2 * a / (2 * a + b + c)
    n = len(rows)
    # The variance of Dice's coefficient under multinomial counts, with n - 1 for n as for the other errors.
    known = (dice * (1 - dice) * (2 - dice) / (2 * a + b + c) * n / (n - 1)) ** 0.5
    found = positive_agreement(Ratings(np.array(rows), ("rest", "x")))
    assert found.value == pytest.approx(dice)
    assert found.extra["se"] == pytest.approx(known)
    assert found.extra["ci95_lo"] < dice < found.extra["ci95_hi"]

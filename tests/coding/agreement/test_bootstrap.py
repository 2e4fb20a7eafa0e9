"""Intervals: what is drawn, what is refused, and that the quick way equals the plain one."""

import numpy as np
import pytest

from coding.agreement import reasons
from coding.agreement.bootstrap import (
    alpha_interval,
    binary_alpha_intervals,
    resampled_interval,
    resampling_counts,
)
from coding.agreement.krippendorff import krippendorff_alpha
from coding.agreement.ratings import Ratings
from coding.agreement.sums import BinarySums

NOMINAL = 1.0 - np.eye(2)


def rng() -> np.random.Generator:
    return np.random.default_rng(20_260)


def make_blocks(sources: int, per_source: int = 12, noise: float = 0.15) -> Ratings:
    """Three coders who follow a common truth and err now and then."""
    draw = np.random.default_rng(7)
    units = sources * per_source
    truth = draw.random(units) < 0.4
    values = truth[:, None] ^ (draw.random((units, 3)) < noise)
    return Ratings(
        values=values.astype(np.int64), categories=("rest", "x"), blocks=np.repeat(np.arange(sources), per_source)
    )


def intervals(ratings: Ratings, **options: int) -> tuple[object, ...]:
    by_unit = BinarySums.of_ratings((ratings,), by_unit=True)
    return binary_alpha_intervals(BinarySums.of_ratings((ratings,)), rng(), by_unit=by_unit, **options)


def test_every_replicate_draws_as_many_blocks_as_there_are() -> None:
    assert (resampling_counts(9, 50, rng()).sum(axis=1) == 9).all()


def test_the_same_generator_state_gives_the_same_interval() -> None:
    assert intervals(make_blocks(12)) == intervals(make_blocks(12))


def test_the_product_of_sums_equals_measuring_each_resample() -> None:
    ratings = make_blocks(10)
    plain = resampled_interval(krippendorff_alpha, ratings, rng(), replicates=200)
    (quick,) = binary_alpha_intervals(BinarySums.of_ratings((ratings,)), rng(), replicates=200)
    assert (quick.low, quick.high) == pytest.approx((plain.low, plain.high))


def test_general_distances_equal_binary_sums() -> None:
    ratings = make_blocks(10)
    general = alpha_interval(ratings, NOMINAL, rng(), replicates=200)
    (binary,) = binary_alpha_intervals(BinarySums.of_ratings((ratings,)), rng(), replicates=200)
    assert (general.low, general.high) == pytest.approx((binary.low, binary.high))


def test_the_interval_holds_the_estimate() -> None:
    ratings = make_blocks(12)
    (found,) = binary_alpha_intervals(BinarySums.of_ratings((ratings,)), rng())
    value = krippendorff_alpha(ratings).value
    assert value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < value < found.high


def test_under_eight_sources_units_are_resampled() -> None:
    (found,) = intervals(make_blocks(7))
    assert (found.resampled, found.blocks) == ("units", 84)


def test_from_eight_sources_on_sources_are_resampled() -> None:
    (found,) = intervals(make_blocks(8))
    assert (found.resampled, found.blocks, found.method) == ("sources", 8, "percentile")


def test_from_twenty_sources_on_the_interval_is_corrected() -> None:
    (found,) = intervals(make_blocks(20))
    assert found.method == "bca"


def test_one_source_has_no_interval() -> None:
    (found,) = intervals(make_blocks(1))
    assert (found.low, found.high, found.undefined_because) == (None, None, reasons.ONE_BLOCK)


def test_few_sources_without_units_have_no_interval() -> None:
    (found,) = binary_alpha_intervals(BinarySums.of_ratings((make_blocks(3),)), rng())
    assert found.undefined_because == reasons.TOO_FEW_SOURCES


def test_an_undefined_estimate_has_no_interval() -> None:
    nothing = Ratings(np.zeros((20, 2), dtype=np.int64), ("rest", "x"), blocks=np.arange(20) // 2)
    (found,) = binary_alpha_intervals(BinarySums.of_ratings((nothing,)), rng())
    assert found.undefined_because == reasons.UNDEFINED_ESTIMATE


def make_rare() -> Ratings:
    """A code seen in one source of ten."""
    values = np.zeros((40, 2), dtype=np.int64)
    values[:3] = [[1, 1], [1, 1], [1, 0]]
    return Ratings(values, ("rest", "x"), blocks=np.repeat(np.arange(10), 4))


def test_degenerate_replicates_are_counted() -> None:
    (found,) = binary_alpha_intervals(BinarySums.of_ratings((make_rare(),)), rng())
    # The source is left out of a resample with probability 0.9 ** 10.
    assert found.degenerate == pytest.approx(0.9**10 * 1000, abs=60)
    assert found.low is not None


def test_an_interval_mostly_of_degenerate_replicates_is_refused() -> None:
    ones, values = np.zeros((10, 1)), np.zeros((10, 1))
    ones[0], values[:2] = 2.0, 2.0
    (found,) = binary_alpha_intervals(BinarySums(apart=np.zeros((10, 1)), ones=ones, values=values), rng())
    assert (found.low, found.undefined_because) == (None, reasons.MOSTLY_DEGENERATE)
    assert found.degenerate > 500

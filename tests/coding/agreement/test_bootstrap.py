"""Intervals: what is drawn, what is refused, and that the quick way equals the plain one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from coding.agreement import BINARY_MEASURES, NOMINAL_MEASURES, reasons
from coding.agreement.bootstrap import (
    Interval,
    alpha_interval,
    binary_intervals,
    put_together,
    resampled_interval,
    resampling_counts,
    tallied_intervals,
)
from coding.agreement.krippendorff import krippendorff_alpha
from coding.agreement.ratings import MISSING, Coefficient, Ratings
from coding.agreement.spans import Spans
from coding.agreement.sums import CharacterSums, sum_characters
from coding.agreement.tallies import TALLIED, Tallies, of_pairs

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


ALPHA = "krippendorff_alpha_nominal"


def intervals(ratings: Ratings, *, replicates: int = 1000) -> tuple[Interval, ...]:
    return binary_intervals((ratings,), [ALPHA], rng(), replicates=replicates)[ALPHA]


def test_every_replicate_draws_as_many_blocks_as_there_are() -> None:
    assert (resampling_counts(9, 50, rng()).sum(axis=1) == 9).all()


def test_the_same_generator_state_gives_the_same_interval() -> None:
    assert intervals(make_blocks(12)) == intervals(make_blocks(12))


def test_the_product_of_sums_equals_measuring_each_resample() -> None:
    ratings = make_blocks(10)
    plain = resampled_interval(krippendorff_alpha, ratings, rng(), replicates=200)
    (quick,) = intervals(ratings, replicates=200)
    assert (quick.low, quick.high) == pytest.approx((plain.low, plain.high))


def test_general_distances_equal_binary_sums() -> None:
    ratings = make_blocks(10)
    general = alpha_interval(ratings, NOMINAL, rng(), replicates=200)
    (binary,) = intervals(ratings, replicates=200)
    assert (general.low, general.high) == pytest.approx((binary.low, binary.high))


def test_the_interval_holds_the_estimate() -> None:
    ratings = make_blocks(12)
    (found,) = intervals(ratings)
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
    (found,) = tallied_intervals([ALPHA], Tallies.of_ratings((make_blocks(3),)), rng())[ALPHA]
    assert found.undefined_because == reasons.TOO_FEW_SOURCES


def test_an_undefined_estimate_has_no_interval() -> None:
    nothing = Ratings(np.zeros((20, 2), dtype=np.int64), ("rest", "x"), blocks=np.arange(20) // 2)
    (found,) = intervals(nothing)
    assert found.undefined_because == reasons.UNDEFINED_ESTIMATE


def make_rare() -> Ratings:
    """A code seen in one source of ten."""
    values = np.zeros((40, 2), dtype=np.int64)
    values[:3] = [[1, 1], [1, 1], [1, 0]]
    return Ratings(values, ("rest", "x"), blocks=np.repeat(np.arange(10), 4))


def test_degenerate_replicates_are_counted() -> None:
    (found,) = intervals(make_rare())
    # The source is left out of a resample with probability 0.9 ** 10.
    assert found.degenerate == pytest.approx(0.9**10 * 1000, abs=60)
    assert found.low is not None


def test_an_interval_mostly_of_degenerate_replicates_is_refused() -> None:
    ratings = make_blocks(10)

    def measure(given: Ratings) -> Coefficient:
        often = given.blocks is not None and (given.blocks == 0).sum() > 12
        whole = given.n_units == ratings.n_units and (given.values == ratings.values).all()
        return krippendorff_alpha(given) if often or whole else given.undefined("x", reasons.NO_PAIRS)

    found = resampled_interval(measure, ratings, rng(), replicates=200)
    assert (found.low, found.undefined_because) == (None, reasons.MOSTLY_DEGENERATE)
    assert found.degenerate > 100


def only_in(ratings: Ratings, sources: int) -> Ratings:
    """The same ratings where two coders decided in the first sources only, and one coder in the others."""
    values = ratings.values.copy()
    assert ratings.blocks is not None
    values[ratings.blocks >= sources, 1:] = MISSING
    return Ratings(values, ratings.categories, blocks=ratings.blocks)


def test_each_code_is_resampled_by_the_sources_two_coders_decided_on() -> None:
    whole = make_blocks(25)
    ratings = (whole, only_in(whole, 10), only_in(whole, 5), only_in(whole, 1))
    found = binary_intervals(ratings, ["krippendorff_alpha_nominal"], rng())["krippendorff_alpha_nominal"]
    assert [(each.resampled, each.method, each.blocks) for each in found[:3]] == [
        ("sources", "bca", 25),
        ("sources", "percentile", 10),
        ("units", "percentile", 60),
    ]
    assert found[3].undefined_because == reasons.ONE_BLOCK


def test_the_interval_of_a_code_does_not_depend_on_the_others() -> None:
    whole = make_blocks(25)
    codes = (only_in(whole, 10), whole)
    alone = [binary_intervals((each,), ["gwet_ac1"], rng())["gwet_ac1"][0] for each in codes]
    assert list(binary_intervals(codes, ["gwet_ac1"], rng())["gwet_ac1"]) == alone


MEASURED = {name: (NOMINAL_MEASURES | BINARY_MEASURES)[name] for name in TALLIED}


@pytest.mark.parametrize("name", sorted(set(TALLIED) - {"cohen_kappa", "scott_pi"}))
def test_every_tallied_coefficient_equals_measuring_each_resample(name: str) -> None:
    ratings = make_blocks(9)
    plain = resampled_interval(MEASURED[name], ratings, rng(), replicates=60)
    (quick,) = binary_intervals((ratings,), [name], rng(), replicates=60)[name]
    assert (quick.low, quick.high, quick.blocks) == pytest.approx((plain.low, plain.high, plain.blocks))


@pytest.mark.parametrize("name", ["cohen_kappa", "scott_pi", "percent_agreement", "gwet_ac1"])
def test_pairs_are_measured_each_by_themselves(name: str) -> None:
    ratings = make_blocks(9)
    quick = binary_intervals((ratings, ratings), [name], rng(), pairs=True, replicates=60)[name]
    plain = resampled_interval(MEASURED[name], ratings.of_coders((0, 2)), rng(), replicates=60)
    assert len(quick) == 6
    assert (quick[4].low, quick[4].high) == pytest.approx((plain.low, plain.high))


@pytest.mark.parametrize("name", TALLIED)
@given(values=arrays.arrays(np.int64, st.tuples(st.integers(1, 9), st.just(2)), elements=st.integers(-1, 1)))
@settings(max_examples=40, deadline=None)
def test_tallies_give_the_coefficient_itself(name: str, values: np.ndarray) -> None:
    ratings = Ratings(values=values, categories=("rest", "x"))
    total = Tallies.of_ratings((ratings,)).total()
    (found,) = TALLIED[name].value(*(getattr(total, needed) for needed in TALLIED[name].needs))[0]
    known = MEASURED[name](ratings).value
    assert np.isnan(found) if known is None else found == pytest.approx(known, abs=1e-9)


def make_characters() -> tuple[CharacterSums, Ratings]:
    """Three coders, one of whom read one of two sources, as sums and spelt out."""
    spans = Spans.from_rows([(0, 0, 0, 1, 6), (0, 1, 0, 3, 9), (0, 2, 0, 5, 7), (1, 1, 0, 0, 2), (1, 0, 0, 1, 2)])
    finished = np.array([[True, True, True], [True, True, False]])
    values = np.zeros((17, 3), dtype=np.int64)
    values[1:6, 0] = values[3:9, 1] = values[5:7, 2] = values[12:14, 1] = values[13:14, 0] = 1
    values[12:, 2] = MISSING
    ratings = Ratings(values, ("rest", "x"), blocks=np.repeat([0, 1], [12, 5]))
    return sum_characters(spans, np.array([12, 5]), finished, 1, pairwise=True), ratings


def same(one: Tallies, other: Tallies) -> bool:
    return all(left == pytest.approx(right) for left, right in zip(one.arrays, other.arrays, strict=True))


def test_characters_are_tallied_like_units() -> None:
    sums, ratings = make_characters()
    assert same(Tallies.of_characters(sums), Tallies.of_ratings((ratings,)))


def test_characters_of_pairs_are_tallied_like_units() -> None:
    sums, ratings = make_characters()
    assert same(Tallies.of_characters(of_pairs(sums)), Tallies.of_ratings((ratings,), pairs=True))


def test_like_units_put_together_have_the_same_sums() -> None:
    tallies = Tallies.of_ratings((make_blocks(3),), by_unit=True)
    rows, repeated = put_together(tallies)
    assert len(repeated) <= 8 < repeated.sum() == 36
    assert same(rows.weighted(repeated[None].astype(float)), tallies.total())


def test_like_units_put_together_give_like_intervals() -> None:
    ratings = make_blocks(7)
    rows, repeated = put_together(Tallies.of_ratings((ratings,), by_unit=True))
    by_source = Tallies.of_ratings((ratings,))
    (found,) = tallied_intervals([ALPHA], by_source, rng(), by_unit=rows, repeated=repeated, replicates=4000)[ALPHA]
    (known,) = intervals(ratings, replicates=4000)
    assert (found.blocks, found.low, found.high) == pytest.approx((known.blocks, known.low, known.high), abs=0.02)

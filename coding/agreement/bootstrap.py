"""Confidence intervals by resampling whole sources, since passages of one source resemble each other.

Alpha is a function of sums per source, so all replicates together are one product of a matrix of multinomial counts
with those sums; expected disagreement is computed anew in each replicate.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from coding.agreement import reasons
from coding.agreement.ratings import BoolArray, Coefficient, FloatArray, IntArray, Ratings
from coding.agreement.sums import BinarySums, binary_alpha
from coding.agreement.tallies import TALLIED, Tallies

FEWEST_SOURCES = 8
"""Under this many sources, units are resampled in their place."""

FEWEST_FOR_BCA = 20
"""From this many sources on, intervals are bias-corrected and accelerated; below, plain percentiles."""

DEFAULT_REPLICATES = 1000


@dataclass(frozen=True)
class Interval:
    """A 95% bootstrap interval, or the reason why there is none.

    `degenerate` counts replicates in which the coefficient was undefined; they have no place among the percentiles, and
    there is no interval when they are half or more. `resampled` says what was drawn, `blocks` how many there are.
    """

    low: float | None
    high: float | None
    undefined_because: str | None
    resampled: Literal["sources", "units"]
    method: Literal["percentile", "bca"]
    blocks: int
    replicates: int
    degenerate: int


@dataclass(frozen=True, eq=False)
class _Draws:
    counts: FloatArray
    resampled: Literal["sources", "units"]

    @property
    def method(self) -> Literal["percentile", "bca"]:
        many = self.resampled == "sources" and self.counts.shape[1] >= FEWEST_FOR_BCA
        return "bca" if many else "percentile"

    def none(self, because: str, degenerate: int = 0) -> Interval:
        replicates, blocks = self.counts.shape
        return Interval(None, None, because, self.resampled, self.method, blocks, replicates, degenerate)


def resampling_counts(blocks: int, replicates: int, rng: np.random.Generator) -> FloatArray:
    """How often each block is drawn in each replicate, shape (replicates, blocks); every row sums to `blocks`."""
    drawn: FloatArray = rng.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=replicates).astype(np.float64)
    return drawn


def binary_alpha_intervals(
    by_source: BinarySums,
    rng: np.random.Generator,
    *,
    by_unit: BinarySums | None = None,
    replicates: int = DEFAULT_REPLICATES,
) -> tuple[Interval, ...]:
    """Intervals of binary alpha for many codes at once.

    Parameters
    ----------
    by_source : BinarySums
        One row per source. For each code only the sources count in which two coders decided on it.
    rng : numpy.random.Generator
        The only source of chance; the same state gives the same intervals. It is left as it was, so that the interval
        of one code does not depend on which others are there.
    by_unit : BinarySums, optional
        One row per unit, resampled when there are fewer than eight sources.
    replicates : int
        How many resamples.

    Returns
    -------
    tuple of Interval
        One per code. None with a reason for one source, for fewer than eight without `by_unit`, for an undefined
        estimate, and where half of the replicates are undefined.

    Source
    ------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 13 and 14; Field and Welsh (2007), Journal
    of the Royal Statistical Society B 69, on resampling clusters.
    """
    sources = _Sums((by_source.apart, by_source.ones, by_source.values), by_source.values > 0)
    units = None if by_unit is None else _Sums((by_unit.apart, by_unit.ones, by_unit.values), by_unit.values > 0)
    return _column_intervals(binary_alpha, sources, units, rng, replicates)


def tallied_intervals(
    measure: str,
    by_source: Tallies,
    rng: np.random.Generator,
    *,
    by_unit: Tallies | None = None,
    replicates: int = DEFAULT_REPLICATES,
) -> tuple[Interval, ...]:
    """Intervals of a coefficient in `TALLIED`, one per column; for the rest see `binary_alpha_intervals`."""
    formula = TALLIED[measure]
    sources, units = (
        None if each is None else _Sums(tuple(getattr(each, name) for name in formula.needs), each.values > 0)
        for each in (by_source, by_unit)
    )
    return () if sources is None else _column_intervals(formula.value, sources, units, rng, replicates)


def binary_intervals(
    ratings: Sequence[Ratings],
    measures: Iterable[str],
    rng: np.random.Generator,
    *,
    pairs: bool = False,
    replicates: int = DEFAULT_REPLICATES,
) -> dict[str, tuple[Interval, ...]]:
    """Intervals of several coefficients in `TALLIED` for binary ratings of many codes on the same units.

    Parameters
    ----------
    ratings : sequence of Ratings
        One per code; their `blocks` name the source of each unit.
    measures : iterable of str
    rng : numpy.random.Generator
    pairs : bool
        One interval per code and pair of coders, code by code, pairs as `itertools.combinations` gives them; else one
        per code for all its coders. Cohen's kappa wants pairs.
    replicates : int
    """
    by_source = Tallies.of_ratings(ratings, pairs=pairs)
    few = ((by_source.values > 0).sum(axis=0) < FEWEST_SOURCES).any()
    by_unit = Tallies.of_ratings(ratings, pairs=pairs, by_unit=True) if few else None
    return {
        measure: tallied_intervals(measure, by_source, rng, by_unit=by_unit, replicates=replicates)
        for measure in measures
    }


@dataclass(frozen=True, eq=False)
class _Sums:
    """Arrays of shape (n_blocks, n_columns) that a formula takes, and where two coders decided, of the same shape."""

    sums: tuple[FloatArray, ...]
    decided: BoolArray


def _column_intervals(
    value: Callable[..., FloatArray],
    by_source: _Sums,
    by_unit: _Sums | None,
    rng: np.random.Generator,
    replicates: int,
) -> tuple[Interval, ...]:
    """One interval per column, each from the blocks in which two coders decided; like columns share their draws."""
    found: dict[int, Interval] = {}
    groups: dict[tuple[bytes, bytes], list[int]] = {}
    for column in range(by_source.decided.shape[1]):
        few = by_unit is not None and by_source.decided[:, column].sum() < FEWEST_SOURCES
        units = by_unit.decided[:, column].tobytes() if few and by_unit is not None else b""
        groups.setdefault((by_source.decided[:, column].tobytes(), units), []).append(column)
    for columns in groups.values():
        sources = int(by_source.decided[:, columns[0]].sum())
        few = sources < FEWEST_SOURCES
        if sources < 2 or (few and by_unit is None):
            because = (reasons.NO_SHARED_SOURCE, reasons.ONE_BLOCK, reasons.TOO_FEW_SOURCES)[min(sources, 2)]
            nothing = _Draws(np.zeros((0, sources)), "sources").none(because)
            found |= dict.fromkeys(columns, nothing)
            continue
        blocks = by_unit if few and by_unit is not None else by_source
        kept = blocks.decided[:, columns[0]]
        counts = resampling_counts(int(kept.sum()), replicates, deepcopy(rng))
        draws = _Draws(counts, "units" if few else "sources")
        found |= zip(
            columns, _like_columns(value, [each[:, columns] for each in blocks.sums], kept, draws), strict=True
        )
    return tuple(found[column] for column in sorted(found))


def _like_columns(
    value: Callable[..., FloatArray], sums: Sequence[FloatArray], kept: BoolArray, draws: _Draws
) -> Iterator[Interval]:
    """Intervals of columns whose blocks are the same. What one coder alone decided is in every replicate as it is."""
    alone = [each[~kept].sum(axis=0) for each in sums]
    whole = [each.sum(axis=0) for each in sums]
    replicated = value(*(draws.counts @ each[kept] + rest for each, rest in zip(sums, alone, strict=True)))
    left_out = None
    if draws.method == "bca":
        left_out = value(*(total - each[kept] for each, total in zip(sums, whole, strict=True)))
    estimates = value(*whole)
    for column, estimate in enumerate(estimates):
        yield _interval(
            draws, float(estimate), replicated[:, column], None if left_out is None else left_out[:, column]
        )


def alpha_interval(
    ratings: Ratings,
    distances: FloatArray,
    rng: np.random.Generator,
    *,
    replicates: int = DEFAULT_REPLICATES,
) -> Interval:
    """Interval of alpha with fixed distances between categories: nominal, interval, ratio, or between sets.

    Parameters
    ----------
    ratings : Ratings
        Its `blocks` name the source of each unit; without them every unit stands for itself. Units with one rating, and
        sources without others, do not count.
    distances : float array, shape (n_categories, n_categories)
        Symmetric, 0 on the diagonal.
    """
    ratings = ratings.of_units(ratings.counts.sum(axis=1) >= 2)
    place, blocks, resampled = _what_to_draw(ratings)
    draws = _Draws(np.zeros((0, blocks)), resampled)
    if blocks < 2:
        return draws.none(reasons.ONE_BLOCK)
    counts, raters = ratings.counts, ratings.counts.sum(axis=1, keepdims=True)
    apart = np.zeros(blocks)
    np.add.at(apart, place, ((counts @ distances) * counts).sum(axis=1) / np.maximum(raters[:, 0] - 1.0, 1.0))
    totals = np.zeros((blocks, counts.shape[1]))
    np.add.at(totals, place, counts)
    draws = _Draws(resampling_counts(blocks, replicates, rng), resampled)
    estimate = _alphas(apart.sum(keepdims=True), totals.sum(axis=0, keepdims=True), distances)[0]
    left_out = None
    if draws.method == "bca":
        left_out = _alphas(apart.sum() - apart, totals.sum(axis=0) - totals, distances)
    return _interval(draws, estimate, _alphas(draws.counts @ apart, draws.counts @ totals, distances), left_out)


def resampled_interval(
    measure: Callable[[Ratings], Coefficient],
    ratings: Ratings,
    rng: np.random.Generator,
    *,
    replicates: int = DEFAULT_REPLICATES,
) -> Interval:
    """Percentile interval of any coefficient, computed anew from the drawn units of each replicate.

    Slower than `alpha_interval`, and free of assumptions about the coefficient.
    """
    place, blocks, resampled = _what_to_draw(ratings)
    if blocks < 2:
        return _Draws(np.zeros((0, blocks)), resampled).none(reasons.ONE_BLOCK)
    draws = _Draws(resampling_counts(blocks, replicates, rng), resampled)
    units = np.arange(ratings.n_units)
    values = [
        measure(ratings.of_units(np.repeat(units, drawn[place].astype(np.int64)))).value for drawn in draws.counts
    ]
    found = measure(ratings).value
    replicated = np.array([np.nan if value is None else value for value in values])
    return _interval(draws, np.nan if found is None else found, replicated, None)


def _what_to_draw(ratings: Ratings) -> tuple[IntArray, int, Literal["sources", "units"]]:
    """Which block each unit is in, how many blocks there are, and what they are."""
    if ratings.blocks is None:
        return np.arange(ratings.n_units), ratings.n_units, "units"
    _, place = np.unique(ratings.blocks, return_inverse=True)
    sources = int(place.max(initial=-1)) + 1
    if 2 <= sources < FEWEST_SOURCES:
        return np.arange(ratings.n_units), ratings.n_units, "units"
    return place.astype(np.int64), sources, "sources"


def _alphas(apart: FloatArray, totals: FloatArray, distances: FloatArray) -> FloatArray:
    """Alpha per row from summed disagreement (rows,) and totals per category (rows, n_categories)."""
    values = totals.sum(axis=-1)
    chance = ((totals @ distances) * totals).sum(axis=-1)
    share: FloatArray = np.full(values.shape, np.nan)
    np.divide((values - 1.0) * apart, chance, out=share, where=chance > 0.0)
    return 1.0 - share


def _interval(draws: _Draws, estimate: float, replicated: FloatArray, left_out: FloatArray | None) -> Interval:
    """The interval of one coefficient; undefined replicates are NaN."""
    if np.isnan(estimate):
        return draws.none(reasons.UNDEFINED_ESTIMATE)
    defined = replicated[~np.isnan(replicated)]
    degenerate = len(replicated) - len(defined)
    if 2 * degenerate >= len(replicated):
        return draws.none(reasons.MOSTLY_DEGENERATE, degenerate)
    shares, method = (0.025, 0.975), draws.method
    if left_out is not None:
        corrected = _bca_shares(float(estimate), defined, left_out)
        shares, method = (corrected, "bca") if corrected else (shares, "percentile")
    low, high = (float(bound) for bound in np.quantile(defined, shares))
    replicates, blocks = draws.counts.shape
    return Interval(low, high, None, draws.resampled, method, blocks, replicates, degenerate)


def _bca_shares(estimate: float, defined: FloatArray, left_out: FloatArray) -> tuple[float, float] | None:
    """Which percentiles to read after correcting for bias and acceleration; None where they cannot be had."""
    below = float(((defined < estimate).sum() + 0.5 * (defined == estimate).sum()) / len(defined))
    if not 0.0 < below < 1.0 or np.isnan(left_out).any():
        return None
    normal = NormalDist()
    bias = normal.inv_cdf(below)
    spread = left_out.mean() - left_out
    cubed = float((spread**2).sum()) ** 1.5
    acceleration = float((spread**3).sum()) / (6.0 * cubed) if cubed else 0.0
    bounds = []
    for share in (0.025, 0.975):
        shifted = bias + normal.inv_cdf(share)
        if acceleration * shifted >= 1.0:
            return None
        bounds.append(normal.cdf(bias + shifted / (1.0 - acceleration * shifted)))
    return bounds[0], bounds[1]

"""Confidence intervals by resampling whole sources, since passages of one source resemble each other.

Alpha is a function of sums per source, so all replicates together are one product of a matrix of multinomial counts
with those sums; expected disagreement is computed anew in each replicate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from coding.agreement import reasons
from coding.agreement.ratings import Coefficient, FloatArray, IntArray, Ratings
from coding.agreement.sums import BinarySums, binary_alpha

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
    """Intervals of binary alpha for many codes at once, from the same draws.

    Parameters
    ----------
    by_source : BinarySums
        One row per source.
    rng : numpy.random.Generator
        The only source of chance; the same state gives the same intervals.
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
    sources, codes = by_source.ones.shape
    few = sources < FEWEST_SOURCES
    if sources < 2 or (few and by_unit is None):
        because = reasons.ONE_BLOCK if sources < 2 else reasons.TOO_FEW_SOURCES
        nothing = _Draws(np.zeros((0, sources)), "sources").none(because)
        return tuple(nothing for _ in range(codes))
    sums = by_unit if few and by_unit is not None else by_source
    draws = _Draws(resampling_counts(len(sums.ones), replicates, rng), "units" if few else "sources")
    drawn, whole = sums.weighted(draws.counts), sums.total()
    replicated = binary_alpha(drawn.apart, drawn.ones, drawn.values)
    estimate = binary_alpha(whole.apart, whole.ones, whole.values)
    left_out = None
    if draws.method == "bca":
        left_out = binary_alpha(whole.apart - sums.apart, whole.ones - sums.ones, whole.values - sums.values)
    return tuple(
        _interval(draws, float(estimate[0, k]), replicated[:, k], None if left_out is None else left_out[:, k])
        for k in range(codes)
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
        Its `blocks` name the source of each unit; without them every unit stands for itself.
    distances : float array, shape (n_categories, n_categories)
        Symmetric, 0 on the diagonal.
    """
    place, blocks, resampled = _what_to_draw(ratings)
    draws = _Draws(np.zeros((0, blocks)), resampled)
    if blocks < 2:
        return draws.none(reasons.ONE_BLOCK)
    raters = ratings.counts.sum(axis=1, keepdims=True)
    counts = np.where(raters >= 2, ratings.counts, 0.0)
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

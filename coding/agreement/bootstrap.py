"""Confidence intervals by resampling whole sources, since passages of one source resemble each other.

Alpha is a function of sums per source, so all replicates together are one product of a matrix of multinomial counts
with those sums; expected disagreement is computed anew in each replicate.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from coding.agreement import reasons
from coding.agreement.chance import observed_agreement
from coding.agreement.ratings import BoolArray, Coefficient, FloatArray, IntArray, Ratings
from coding.agreement.tallies import TALLIED, Formula, Tallies

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
    """How often each block, or each kind of like blocks, was drawn: shape (replicates, rows); `size` blocks each."""

    counts: FloatArray
    resampled: Literal["sources", "units"]
    size: int | None = None

    @property
    def blocks(self) -> int:
        return self.counts.shape[1] if self.size is None else self.size

    @property
    def method(self) -> Literal["percentile", "bca"]:
        many = self.resampled == "sources" and self.blocks >= FEWEST_FOR_BCA
        return "bca" if many else "percentile"

    def none(self, because: str, degenerate: int = 0) -> Interval:
        replicates = len(self.counts)
        return Interval(None, None, because, self.resampled, self.method, self.blocks, replicates, degenerate)


def resampling_counts(blocks: int, replicates: int, rng: np.random.Generator) -> FloatArray:
    """How often each block is drawn in each replicate, shape (replicates, blocks); every row sums to `blocks`."""
    drawn: FloatArray = rng.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=replicates).astype(np.float64)
    return drawn


def tallied_intervals(
    measures: Iterable[str],
    by_source: Tallies,
    rng: np.random.Generator,
    *,
    by_unit: Tallies | None = None,
    repeated: IntArray | None = None,
    replicates: int = DEFAULT_REPLICATES,
) -> dict[str, tuple[Interval, ...]]:
    """Intervals of coefficients in `TALLIED` by name, one per column of the tallies, all from the same draws.

    Parameters
    ----------
    measures : iterable of str
    by_source : Tallies
        One row per source. For each column only the sources count in which two coders decided on it.
    rng : numpy.random.Generator
        The only source of chance; the same state gives the same intervals. It is left as it was, so that the interval
        of one code does not depend on which others are there.
    by_unit : Tallies, optional
        One row per unit, resampled when there are fewer than eight sources.
    repeated : int array, shape (n_rows,), optional
        How many units each row of `by_unit` stands for, where like ones were put together (`put_together`).
    replicates : int
        How many resamples.

    Returns
    -------
    dict of tuples of Interval
        None with a reason for one source, for fewer than eight without `by_unit`, for an undefined estimate, and where
        half of the replicates are undefined.

    Source
    ------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 13 and 14; Field and Welsh (2007), Journal
    of the Royal Statistical Society B 69, on resampling clusters.
    """
    names = tuple(measures)
    found: dict[str, dict[int, Interval]] = {name: {} for name in names}
    for columns in _like_columns(by_source, by_unit):
        sources = int((by_source.values[:, columns[0]] > 0).sum())
        few = sources < FEWEST_SOURCES
        if sources < 2 or (few and by_unit is None):
            because = (reasons.NO_SHARED_SOURCE, reasons.ONE_BLOCK, reasons.TOO_FEW_SOURCES)[min(sources, 2)]
            nothing = _Draws(np.zeros((0, sources)), "sources").none(because)
            for of_measure in found.values():
                of_measure |= dict.fromkeys(columns, nothing)
            continue
        drawn = _Drawn.of(by_unit if few and by_unit is not None else by_source, columns)
        often = np.ones(len(drawn.kept), dtype=np.int64) if not few or repeated is None else repeated
        drawn.draw(often[drawn.kept], "units" if few else "sources", replicates, deepcopy(rng))
        for name in names:
            found[name] |= zip(columns, drawn.intervals(TALLIED[name]), strict=True)
    return {name: tuple(of_measure[column] for column in sorted(of_measure)) for name, of_measure in found.items()}


def binary_intervals(
    ratings: Sequence[Ratings],
    measures: Iterable[str],
    rng: np.random.Generator,
    *,
    pairs: bool = False,
    by_source: Tallies | None = None,
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
        per code for all its coders. Cohen's kappa and Scott's pi want pairs.
    by_source : Tallies, optional
        The sums of these ratings, where they are at hand.
    replicates : int
    """
    by_source = by_source or Tallies.of_ratings(ratings, pairs=pairs)
    few = ((by_source.values > 0).sum(axis=0) < FEWEST_SOURCES).any()
    by_unit = Tallies.of_ratings(ratings, pairs=pairs, by_unit=True) if few else None
    return tallied_intervals(measures, by_source, rng, by_unit=by_unit, replicates=replicates)


def block_intervals(
    value: Callable[[FloatArray], FloatArray],
    blocks: int,
    rng: np.random.Generator,
    *,
    sources: int,
    replicates: int = DEFAULT_REPLICATES,
) -> tuple[Interval, ...]:
    """Intervals of coefficients that are functions of sums over blocks, such as those of free segments.

    Parameters
    ----------
    value : callable
        From how often each block is taken, shape (n_rows, n_blocks), to one value per row and coefficient, shape
        (n_rows, n_coefficients); NaN where undefined.
    blocks : int
        How many there are: the sources in which two coders decided or, where these are fewer than eight, their turns.
    rng : numpy.random.Generator
        Left as it was.
    sources : int
        In how many sources two coders decided.
    replicates : int
    """

    def of(rows: FloatArray) -> FloatArray:
        # In parts, since a row may be as large as codes by codes.
        return np.concatenate([value(rows[at : at + 100]) for at in range(0, len(rows), 100)])

    estimates = of(np.ones((1, blocks)))[0]
    few = sources < FEWEST_SOURCES
    if sources < 2 or blocks < 2:
        because = reasons.ONE_BLOCK if sources else reasons.NO_SHARED_SOURCE
        return (_Draws(np.zeros((0, sources)), "sources").none(because),) * len(estimates)
    draws = _Draws(resampling_counts(blocks, replicates, deepcopy(rng)), "units" if few else "sources")
    left_out = of(1.0 - np.eye(blocks)) if draws.method == "bca" else None
    return tuple(_intervals(draws, estimates, of(draws.counts), left_out))


def _like_columns(by_source: Tallies, by_unit: Tallies | None) -> list[list[int]]:
    """Columns whose sources, or where these are few whose units, are the same: they share their draws."""
    groups: dict[tuple[bytes, bytes], list[int]] = {}
    for column, decided in enumerate((by_source.values > 0).T):
        few = by_unit is not None and decided.sum() < FEWEST_SOURCES
        units = (by_unit.values[:, column] > 0).tobytes() if few and by_unit is not None else b""
        groups.setdefault((decided.tobytes(), units), []).append(column)
    return list(groups.values())


@dataclass(eq=False)
class _Drawn:
    """Some columns of tallies, how often each of their blocks was drawn, and the sums over those draws.

    What one coder alone decided is in every replicate as it is.
    """

    tallies: Tallies
    kept: BoolArray
    draws: "_Draws"
    replicated: dict[str, FloatArray]

    @classmethod
    def of(cls, tallies: Tallies, columns: Sequence[int]) -> "_Drawn":
        chosen = tallies.each(lambda sums: sums[:, columns])
        return cls(chosen, chosen.values[:, 0] > 0, _Draws(np.zeros((0, 0)), "units"), {})

    def draw(
        self, repeated: IntArray, resampled: Literal["sources", "units"], replicates: int, rng: np.random.Generator
    ) -> None:
        """Draw as many blocks as there are, like ones together."""
        blocks = int(repeated.sum())
        counts = rng.multinomial(blocks, repeated / blocks, size=replicates).astype(np.float64)
        self.draws, self.replicated = _Draws(counts, resampled, blocks), {}

    def intervals(self, formula: Formula) -> list[Interval]:
        """One interval per column."""
        sums = [getattr(self.tallies, name) for name in formula.needs]
        whole = [each.sum(axis=0) for each in sums]
        replicated = formula.value(*(self._summed(name) for name in formula.needs))
        left_out = None
        if self.draws.method == "bca":
            left_out = formula.value(*(total - each[self.kept] for each, total in zip(sums, whole, strict=True)))
        return _intervals(self.draws, formula.value(*whole), replicated, left_out)

    def _summed(self, name: str) -> FloatArray:
        if name not in self.replicated:
            sums = getattr(self.tallies, name)
            alone = sums[~self.kept].sum(axis=0)
            self.replicated[name] = np.tensordot(self.draws.counts, sums[self.kept], 1) + alone
        return self.replicated[name]


def put_together(by_unit: Tallies) -> tuple[Tallies, IntArray]:
    """Units with the same sums as one row each, and how many each row stands for: drawing them is then quick."""
    flat = np.concatenate([sums.reshape(len(sums), -1) for sums in by_unit.arrays], axis=1)
    _, first, repeated = np.unique(flat, axis=0, return_index=True, return_counts=True)
    return by_unit.rows(first), repeated.astype(np.int64)


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
    return intervals_between(ratings, {"alpha": distances}, rng, replicates=replicates)["alpha"]


def intervals_between(
    ratings: Ratings,
    distances: Mapping[str, FloatArray],
    rng: np.random.Generator,
    *,
    replicates: int = DEFAULT_REPLICATES,
) -> dict[str, Interval]:
    """Intervals of alpha by each of some distances, by their names, and of "percent" agreement, from the same draws.

    Parameters as for `alpha_interval`.
    """
    blocks = _Blocks.of(ratings)
    if blocks.size < 2:
        return dict.fromkeys((*distances, "percent"), blocks.none())
    draws = blocks.drawn(replicates, rng)
    found = {name: _alpha_between(blocks, draws, each) for name, each in distances.items()}
    return {**found, "percent": _percent_between(blocks, draws)}


def _alpha_between(blocks: "_Blocks", draws: "_Draws", distances: FloatArray) -> Interval:
    counts, raters = blocks.counts, blocks.counts.sum(axis=1)
    distances = distances[np.ix_(blocks.used, blocks.used)]
    disagreeing = ((counts @ distances) * counts).sum(axis=1) / np.maximum(raters - 1.0, 1.0)
    apart = np.bincount(blocks.place, weights=disagreeing, minlength=blocks.rows)
    totals = np.zeros((blocks.rows, counts.shape[1]))
    np.add.at(totals, blocks.place, counts)
    whole = blocks.often @ apart, blocks.often @ totals
    left_out = None
    if draws.method == "bca":
        left_out = _alphas(whole[0] - apart, whole[1] - totals, distances)
    estimate = float(_alphas(whole[0], whole[1], distances))
    return _interval(draws, estimate, _alphas(draws.counts @ apart, draws.counts @ totals, distances), left_out)


def _percent_between(blocks: "_Blocks", draws: "_Draws") -> Interval:
    shares, paired = observed_agreement(blocks.counts)
    agreeing, units = (np.bincount(blocks.place, weights=each, minlength=blocks.rows) for each in (shares, paired))
    whole = float(blocks.often @ agreeing), float(blocks.often @ units)
    left_out = (whole[0] - agreeing) / (whole[1] - units) if draws.method == "bca" else None
    return _interval(draws, whole[0] / whole[1], (draws.counts @ agreeing) / (draws.counts @ units), left_out)


def resampled_interval(
    measure: Callable[[Ratings], Coefficient],
    ratings: Ratings,
    rng: np.random.Generator,
    *,
    replicates: int = DEFAULT_REPLICATES,
) -> Interval:
    """Percentile interval of any coefficient, computed anew from the drawn units of each replicate.

    Slower than `tallied_intervals`, and free of assumptions about the coefficient.
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


@dataclass(frozen=True, eq=False)
class _Blocks:
    """What is drawn of ratings: whole sources, or where these are few units, those rated alike as one kind.

    `counts` (shape (n_rows, n_used)) are coders per row and category in use; `used` which categories those are; `place`
    says which block each row of `counts` belongs to, `often` how many units each of the `rows` blocks stands for, and
    `size` how many blocks there are.
    """

    counts: FloatArray
    used: IntArray
    place: IntArray
    often: FloatArray
    size: int
    resampled: Literal["sources", "units"]

    @classmethod
    def of(cls, ratings: Ratings) -> "_Blocks":
        ratings = ratings.of_units(ratings.counts.sum(axis=1) >= 2)
        place, size, resampled = _what_to_draw(ratings)
        used = np.flatnonzero(ratings.counts.any(axis=0))
        counts = ratings.counts[:, used]
        if resampled == "sources" or not size:
            return cls(counts, used, place, np.ones(size), size, resampled)
        counts, often = np.unique(counts, axis=0, return_counts=True)
        return cls(counts, used, np.arange(len(counts)), often.astype(np.float64), size, resampled)

    @property
    def rows(self) -> int:
        return len(self.often)

    def none(self) -> Interval:
        return _Draws(np.zeros((0, self.size)), self.resampled).none(reasons.ONE_BLOCK)

    def drawn(self, replicates: int, rng: np.random.Generator) -> "_Draws":
        counts = rng.multinomial(self.size, self.often / self.size, size=replicates).astype(np.float64)
        return _Draws(counts, self.resampled, self.size)


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
    (found,) = _intervals(
        draws, np.array([estimate]), replicated[:, None], None if left_out is None else left_out[:, None]
    )
    return found


def _intervals(
    draws: _Draws, estimates: FloatArray, replicated: FloatArray, left_out: FloatArray | None
) -> list[Interval]:
    """One interval per column; undefined estimates and replicates are NaN."""
    ordered = np.sort(replicated, axis=0)
    defined = len(ordered) - np.isnan(ordered).sum(axis=0)
    found = []
    for column, estimate in enumerate(estimates):
        degenerate = len(ordered) - int(defined[column])
        if np.isnan(estimate):
            found.append(draws.none(reasons.UNDEFINED_ESTIMATE))
        elif 2 * degenerate >= len(ordered):
            found.append(draws.none(reasons.MOSTLY_DEGENERATE, degenerate))
        else:
            alone = None if left_out is None else left_out[:, column]
            found.append(_between(draws, float(estimate), ordered[: defined[column], column], alone, degenerate))
    return found


def _between(
    draws: _Draws, estimate: float, ordered: FloatArray, left_out: FloatArray | None, degenerate: int
) -> Interval:
    shares, method = (0.025, 0.975), draws.method
    if left_out is not None:
        corrected = _bca_shares(estimate, ordered, left_out)
        shares, method = (corrected, "bca") if corrected else (shares, "percentile")
    low, high = (_percentile(ordered, share) for share in shares)
    return Interval(low, high, None, draws.resampled, method, draws.blocks, len(draws.counts), degenerate)


def _percentile(ordered: FloatArray, share: float) -> float:
    """A percentile of sorted values, between neighbours in proportion."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


def _bca_shares(estimate: float, ordered: FloatArray, left_out: FloatArray) -> tuple[float, float] | None:
    """Which percentiles to read after correcting for bias and acceleration; None where they cannot be had."""
    under, upto = (int(np.searchsorted(ordered, estimate, side=side)) for side in ("left", "right"))
    below = (under + upto) / 2.0 / len(ordered)
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

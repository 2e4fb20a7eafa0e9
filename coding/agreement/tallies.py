"""The sums that every coefficient of one code against its absence needs, per block: units of any kind, or characters.

All of them are plain sums over units, so that blocks may be added, left out, or drawn again by one matrix product.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import combinations

import numpy as np

from coding.agreement.ratings import MISSING, BoolArray, FloatArray, IntArray, Ratings
from coding.agreement.sums import CharacterSums, binary_alpha


@dataclass(frozen=True, eq=False)
class Tallies:
    """Per block and column (a code, or a code and a pair of coders): float arrays, blocks first, columns next.

    k is how many of the r coders who rated a unit applied the code.

    Attributes
    ----------
    units : float array, shape (n_blocks, n_columns), as all but the last six
        Units that two coders or more rated.
    agreeing : float array
        Sum over them of the share of pairs of coders who agree.
    both, chances, pairings : float arrays
        Sums over them of `k (k - 1)`, of `k (r - 1)` and of `r (r - 1)`.
    apart, ones, values : float arrays
        Sums over them of `k (r - k) / (r - 1)`, of k and of r.
    rated, use : float arrays
        Units anybody rated, and the sum over them of `k / r`.
    own, read : float arrays, shape (n_blocks, n_columns, n_coders)
        How often each coder applied the code, and rated a unit at all.
    alike, shared, first, second : float arrays, shape (n_blocks, n_columns, n_pairs)
        For each pair of coders as `itertools.combinations` gives them: units they agree on, units both rated, and how
        often each of the two applied the code there.
    """

    units: FloatArray
    agreeing: FloatArray
    both: FloatArray
    chances: FloatArray
    pairings: FloatArray
    apart: FloatArray
    ones: FloatArray
    values: FloatArray
    rated: FloatArray
    use: FloatArray
    own: FloatArray
    read: FloatArray
    alike: FloatArray
    shared: FloatArray
    first: FloatArray
    second: FloatArray

    @property
    def arrays(self) -> tuple[FloatArray, ...]:
        """All sums, in the order of the fields."""
        return tuple(getattr(self, field.name) for field in fields(self))

    def each(self, change: Callable[[FloatArray], FloatArray]) -> "Tallies":
        """All sums changed in the same way."""
        return Tallies(*map(change, self.arrays))

    def total(self) -> "Tallies":
        """Sums over all blocks, in one row."""
        return self.each(lambda sums: sums.sum(axis=0, keepdims=True))

    def weighted(self, counts: FloatArray) -> "Tallies":
        """Sums over blocks, each taken as often as `counts`, shape (n_rows, n_blocks), says; one row per row of it."""
        return self.each(lambda sums: np.tensordot(counts, sums, 1))

    def rows(self, chosen: IntArray | BoolArray) -> "Tallies":
        """Some of the blocks."""
        return self.each(lambda sums: sums[chosen])

    @classmethod
    def of_characters(cls, sums: CharacterSums) -> "Tallies":
        """Sums per source and code with every character a unit; what is of single coders only if `shared` is there."""
        coders, ones, squares = (each.astype(np.float64) for each in (sums.coders, sums.ones, sums.squares))
        lengths = np.broadcast_to(sums.lengths[:, None], ones.shape).astype(np.float64)
        paired = (coders >= 2).astype(np.float64)
        apart = paired * (coders * ones - squares) / np.maximum(coders - 1.0, 1.0)
        return cls(
            units=paired * lengths,
            agreeing=paired * lengths - 2.0 * apart / np.maximum(coders, 1.0),
            both=paired * (squares - ones),
            chances=paired * ones * (coders - 1.0),
            pairings=paired * coders * (coders - 1.0) * lengths,
            apart=apart,
            ones=paired * ones,
            values=paired * coders * lengths,
            rated=lengths * (coders > 0),
            use=ones / np.maximum(coders, 1.0),
            **_of_single_coders(sums),
        )

    @classmethod
    def of_ratings(cls, ratings: Sequence[Ratings], *, by_unit: bool = False, pairs: bool = False) -> "Tallies":
        """Sums of binary ratings on the same units, by their blocks or unit by unit.

        One column per code; with `pairs` one per code and pair of coders, code by code, pairs as
        `itertools.combinations` gives them.
        """
        blocks = None if by_unit or not ratings else ratings[0].blocks
        columns = [
            _of_units(part) if blocks is None else _of_units(part).summed(blocks)
            for each in ratings
            for part in (
                [each.values[:, pair] for pair in combinations(range(each.n_coders), 2)] if pairs else [each.values]
            )
        ]
        if not columns:
            n_units = ratings[0].n_units if ratings else 0
            return cls(*(np.zeros((n_units, 0, *[0] * (place > 9))) for place in range(len(fields(cls)))))
        return cls(*(np.concatenate([getattr(each, field.name) for each in columns], axis=1) for field in fields(cls)))

    def summed(self, blocks: IntArray) -> "Tallies":
        """Sums of units added up by block, blocks in order of their number."""
        _, place = np.unique(blocks, return_inverse=True)
        membership = (np.arange(int(place.max(initial=-1)) + 1)[:, None] == place).astype(np.float64)
        arrays = self.arrays
        summed = membership @ np.concatenate([sums.reshape(len(sums), -1) for sums in arrays], axis=1)
        borders = np.cumsum([sums[:1].size for sums in arrays])[:-1]
        parts = np.split(summed, borders, axis=1)
        return Tallies(*(part.reshape(-1, *sums.shape[1:]) for part, sums in zip(parts, arrays, strict=True)))

    def coefficients(self, measure: str) -> FloatArray:
        """A coefficient in `TALLIED` per column over all blocks; NaN where undefined."""
        formula, total = TALLIED[measure], self.total()
        found: FloatArray = formula.value(*(getattr(total, name) for name in formula.needs))[0]
        return found


def _of_single_coders(sums: CharacterSums) -> dict[str, FloatArray]:
    """The sums of coders and pairs of coders, per source and code; empty where they were not asked for."""
    if sums.shared is None or sums.deciding is None:
        nothing = np.zeros((*sums.ones.shape, 0))
        return dict.fromkeys(("own", "read", "alike", "shared", "first", "second"), nothing)
    shared, deciding = sums.shared.astype(np.float64), sums.deciding.swapaxes(1, 2).astype(np.float64)
    lengths = sums.lengths[:, None, None].astype(np.float64)
    own = np.diagonal(shared, axis1=2, axis2=3) * deciding
    one, other = _pairs(deciding.shape[2])
    both = deciding[:, :, one] * deciding[:, :, other]
    first, second = own[:, :, one] * both, own[:, :, other] * both
    alike = both * lengths - first - second + 2.0 * shared[:, :, one, other] * both
    return {
        "own": own,
        "read": deciding * lengths,
        "alike": alike,
        "shared": both * lengths,
        "first": first,
        "second": second,
    }


def of_pairs(sums: CharacterSums) -> CharacterSums:
    """The same per source, code and pair of coders, code by code: each column as if these two alone had read.

    Wants `shared`.
    """
    assert sums.shared is not None and sums.deciding is not None
    deciding = sums.deciding.swapaxes(1, 2)
    one, other = _pairs(deciding.shape[2])
    of_two = np.stack((deciding[:, :, one], deciding[:, :, other]), axis=3)
    taken = of_two.astype(np.int64)
    pairs = sums.shared[:, :, [[one, one], [other, other]], [[one, other], [one, other]]]
    pairs = np.moveaxis(pairs, (2, 3), (-2, -1)) * taken[..., :, None] * taken[..., None, :]
    flat = (len(sums.lengths), -1)
    ones = pairs[..., 0, 0] + pairs[..., 1, 1]
    return CharacterSums(
        coders=taken.sum(axis=3).reshape(flat),
        lengths=sums.lengths,
        ones=ones.reshape(flat),
        squares=(ones + 2 * pairs[..., 0, 1]).reshape(flat),
        shared=pairs.reshape(*flat, 2, 2),
        deciding=of_two.reshape(*flat, 2).swapaxes(1, 2),
    )


def _pairs(coders: int) -> tuple[IntArray, IntArray]:
    one, other = np.triu_indices(coders, 1)
    return one.astype(np.int64), other.astype(np.int64)


def _of_units(values: IntArray) -> Tallies:
    """The sums of single units, in one column, from binary values of shape (n_units, n_coders)."""
    applied, given = (values == 1).astype(np.float64), (values != MISSING).astype(np.float64)
    k, r = applied.sum(axis=1), given.sum(axis=1)
    paired = (r >= 2).astype(np.float64)
    others = np.maximum(r - 1.0, 1.0)
    apart = paired * k * (r - k) / others
    one, other = _pairs(values.shape[1])
    shared = given[:, one] * given[:, other]
    columns = (
        paired,
        paired - 2.0 * apart / np.maximum(r, 1.0),
        paired * k * (k - 1.0),
        paired * k * others,
        paired * r * others,
        apart,
        paired * k,
        paired * r,
        (r > 0).astype(np.float64),
        k / np.maximum(r, 1.0),
        applied,
        given,
        shared * (values[:, one] == values[:, other]),
        shared,
        shared * applied[:, one],
        shared * applied[:, other],
    )
    return Tallies(*(column[:, None] for column in columns))


@dataclass(frozen=True)
class Formula:
    """A coefficient of two categories from totals: which sums it takes, in order, and what it makes of them.

    The totals may have any shape; the value is NaN where the coefficient is undefined.
    """

    needs: tuple[str, ...]
    value: Callable[..., FloatArray]


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    share: FloatArray = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=share, where=whole > 0.0)
    return share


def _corrected(observed: FloatArray, expected: FloatArray) -> FloatArray:
    return 1.0 - _ratio(1.0 - observed, 1.0 - expected)


def _fleiss(agreeing: FloatArray, units: FloatArray, use: FloatArray, rated: FloatArray) -> FloatArray:
    share = _ratio(use, rated)
    return _corrected(_ratio(agreeing, units), share**2 + (1.0 - share) ** 2)


def _brennan_prediger(agreeing: FloatArray, units: FloatArray, use: FloatArray, rated: FloatArray) -> FloatArray:
    both_in_use = (use > 0.0) & (use < rated)
    return np.where(both_in_use, 2.0 * _ratio(agreeing, units) - 1.0, np.nan)


def _gwet_ac1(agreeing: FloatArray, units: FloatArray, use: FloatArray, rated: FloatArray) -> FloatArray:
    share = _ratio(use, rated)
    both_in_use = (use > 0.0) & (use < rated)
    return np.where(both_in_use, _corrected(_ratio(agreeing, units), 2.0 * share * (1.0 - share)), np.nan)


def _negative(both: FloatArray, chances: FloatArray, pairings: FloatArray) -> FloatArray:
    return _ratio(pairings - 2.0 * chances + both, pairings - chances)


def _scott(agreeing: FloatArray, units: FloatArray, ones: FloatArray, values: FloatArray) -> FloatArray:
    share = _ratio(ones, values)
    return _corrected(_ratio(agreeing, units), share**2 + (1.0 - share) ** 2)


def _light(alike: FloatArray, shared: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    if not shared.shape[-1]:
        return np.full(shared.shape[:-1], np.nan)
    one, other = _ratio(first, shared), _ratio(second, shared)
    kappas = _corrected(_ratio(alike, shared), one * other + (1.0 - one) * (1.0 - other))
    mean: FloatArray = kappas.mean(axis=-1)
    return mean


def _conger(agreeing: FloatArray, units: FloatArray, own: FloatArray, read: FloatArray) -> FloatArray:
    coders = (read > 0.0).sum(axis=-1).astype(np.float64)
    yes = np.divide(own, read, out=np.zeros_like(own), where=read > 0.0)
    no = np.where(read > 0.0, 1.0 - yes, 0.0)
    meeting = sum(each.sum(axis=-1) ** 2 - (each**2).sum(axis=-1) for each in (yes, no))
    return _corrected(_ratio(agreeing, units), _ratio(meeting, coders * (coders - 1.0)))


_POOLED = ("agreeing", "units", "use", "rated")
_OF_PAIRS = ("alike", "shared", "first", "second")
TALLIED: dict[str, Formula] = {
    "percent_agreement": Formula(("agreeing", "units"), _ratio),
    "positive_agreement": Formula(("both", "chances"), _ratio),
    "negative_agreement": Formula(("both", "chances", "pairings"), _negative),
    "krippendorff_alpha_nominal": Formula(("apart", "ones", "values"), binary_alpha),
    "gwet_ac1": Formula(_POOLED, _gwet_ac1),
    "fleiss_kappa": Formula(_POOLED, _fleiss),
    "brennan_prediger": Formula(_POOLED, _brennan_prediger),
    "scott_pi": Formula(("agreeing", "units", "ones", "values"), _scott),
    "conger_kappa": Formula(("agreeing", "units", "own", "read"), _conger),
    "cohen_kappa": Formula(_OF_PAIRS, _light),
    "light_kappa": Formula(_OF_PAIRS, _light),
}
"""Coefficients of one category against the rest as functions of `Tallies`; sources stand there.

Scott's and Cohen's are defined for two coders: their columns have to be pairs.
"""

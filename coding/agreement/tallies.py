"""The sums that every coefficient of one code against its absence needs, per block: units of any kind, or characters.

All of them are plain sums over units, so that blocks may be added, left out, or drawn again by one matrix product.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import combinations

import numpy as np

from coding.agreement.ratings import MISSING, FloatArray, IntArray, Ratings
from coding.agreement.sums import CharacterSums, binary_alpha


@dataclass(frozen=True, eq=False)
class Tallies:
    """Per block and column (a code, or a code and a pair of coders): float arrays of shape (n_blocks, n_columns).

    k is how many of the r coders who rated a unit applied the code.

    Attributes
    ----------
    units : float array
        Units that two coders or more rated.
    agreeing : float array
        Sum over them of the share of pairs of coders who agree.
    both, chances : float arrays
        Sums over them of `k (k - 1)` and of `k (r - 1)`.
    apart, ones, values : float arrays
        Sums over them of `k (r - k) / (r - 1)`, of k and of r.
    rated, use : float arrays
        Units anybody rated, and the sum over them of `k / r`.
    first, second : float arrays
        How often each of two coders applied the code, on units both rated; 0 for any other number of coders.
    """

    units: FloatArray
    agreeing: FloatArray
    both: FloatArray
    chances: FloatArray
    apart: FloatArray
    ones: FloatArray
    values: FloatArray
    rated: FloatArray
    use: FloatArray
    first: FloatArray
    second: FloatArray

    @property
    def stacked(self) -> FloatArray:
        """All sums in one array, shape (n_sums, n_blocks, n_columns)."""
        return np.stack([getattr(self, field.name) for field in fields(self)])

    def total(self) -> "Tallies":
        """Sums over all blocks, in one row."""
        return Tallies(*self.stacked.sum(axis=1, keepdims=True))

    @classmethod
    def of_characters(cls, sums: CharacterSums) -> "Tallies":
        """Sums per source and code with every character a unit."""
        coders, ones, squares = (each.astype(np.float64) for each in (sums.coders, sums.ones, sums.squares))
        lengths = np.broadcast_to(sums.lengths[:, None], ones.shape).astype(np.float64)
        paired = (coders >= 2).astype(np.float64)
        apart = paired * (coders * ones - squares) / np.maximum(coders - 1.0, 1.0)
        own = np.zeros((2, *ones.shape)) if sums.shared is None else _own_characters(sums.shared, sums.coders)
        return cls(
            units=paired * lengths,
            agreeing=paired * lengths - 2.0 * apart / np.maximum(coders, 1.0),
            both=paired * (squares - ones),
            chances=paired * ones * (coders - 1.0),
            apart=apart,
            ones=paired * ones,
            values=paired * coders * lengths,
            rated=lengths * (coders > 0),
            use=ones / np.maximum(coders, 1.0),
            first=own[0],
            second=own[1],
        )

    @classmethod
    def of_ratings(cls, ratings: Sequence[Ratings], *, by_unit: bool = False, pairs: bool = False) -> "Tallies":
        """Sums of binary ratings on the same units, by their blocks or unit by unit.

        One column per code; with `pairs` one per code and pair of coders, code by code, pairs as
        `itertools.combinations` gives them.
        """
        blocks = None if by_unit or not ratings else ratings[0].blocks
        columns = [
            _of_units(part) if blocks is None else _summed(_of_units(part), blocks)
            for each in ratings
            for part in (
                [each.values[:, pair] for pair in combinations(range(each.n_coders), 2)] if pairs else [each.values]
            )
        ]
        n_units = ratings[0].n_units if ratings else 0
        return cls(*(np.stack(columns, axis=2) if columns else np.zeros((len(fields(cls)), n_units, 0))))


def _own_characters(shared: IntArray, coders: IntArray) -> FloatArray:
    """What each of two coders gave a code, per source and code; 0 where it is not two who compare."""
    if shared.shape[-1] != 2:
        return np.zeros((2, *coders.shape))
    own = np.stack((shared[:, :, 0, 0], shared[:, :, 1, 1])).astype(np.float64)
    compared: FloatArray = own * (coders == 2)
    return compared


def _of_units(values: IntArray) -> FloatArray:
    """The sums of single units from binary values, shape (n_sums, n_units)."""
    applied, given = values == 1, values != MISSING
    k, r = applied.sum(axis=1).astype(np.float64), given.sum(axis=1).astype(np.float64)
    paired = (r >= 2).astype(np.float64)
    others = np.maximum(r - 1.0, 1.0)
    apart = paired * k * (r - k) / others
    own = (applied.T * paired) if values.shape[1] == 2 else np.zeros((2, len(values)))
    agreeing = paired - 2.0 * apart / np.maximum(r, 1.0)
    both, chances = paired * k * (k - 1.0), paired * k * others
    return np.stack(
        (paired, agreeing, both, chances, apart, paired * k, paired * r, r > 0, k / np.maximum(r, 1.0), *own)
    )


def _summed(by_unit: FloatArray, blocks: IntArray) -> FloatArray:
    """Sums of units, shape (n_sums, n_units), added up by block, blocks in order of their number."""
    _, place = np.unique(blocks, return_inverse=True)
    size = int(place.max(initial=-1)) + 1
    return np.stack([np.bincount(place, weights=row, minlength=size) for row in by_unit])


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


def _cohen(agreeing: FloatArray, units: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    one, other = _ratio(first, units), _ratio(second, units)
    return _corrected(_ratio(agreeing, units), one * other + (1.0 - one) * (1.0 - other))


_POOLED = ("agreeing", "units", "use", "rated")
TALLIED: dict[str, Formula] = {
    "percent_agreement": Formula(("agreeing", "units"), _ratio),
    "positive_agreement": Formula(("both", "chances"), _ratio),
    "fleiss_kappa": Formula(_POOLED, _fleiss),
    "brennan_prediger": Formula(_POOLED, _brennan_prediger),
    "gwet_ac1": Formula(_POOLED, _gwet_ac1),
    "cohen_kappa": Formula(("agreeing", "units", "first", "second"), _cohen),
    "krippendorff_alpha_nominal": Formula(("apart", "ones", "values"), binary_alpha),
}
"""Coefficients of one category against the rest as functions of `Tallies`; sources stand there. Cohen wants pairs."""

"""Krippendorff's alpha where a coder may give a unit several codes at once, or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np

from coding.agreement import reasons
from coding.agreement.krippendorff import Disagreements, alpha_of_disagreements
from coding.agreement.ratings import MISSING, Coefficient, FloatArray, IntArray, Ratings

SetDistance = Literal["jaccard", "masi", "masi_product", "passonneau2004"]

ROWS_AT_ONCE: Final = 500


@dataclass(frozen=True, eq=False)
class SetRatings:
    """One set of codes, perhaps empty, per unit and coder.

    `ratings` has one category per distinct set: category i stands for `sets[i]`. An empty set is the decision
    "nothing"; a missing rating is the absence of a decision.
    """

    ratings: Ratings
    sets: tuple[frozenset[str], ...]

    @classmethod
    def from_table(
        cls, table: Sequence[Sequence[Iterable[str] | None]], *, blocks: IntArray | None = None
    ) -> "SetRatings":
        """Set ratings from one row per unit holding one set, or None for missing, per coder."""
        cells = [[None if cell is None else frozenset(cell) for cell in row] for row in table]
        sets = tuple(sorted({cell for row in cells for cell in row if cell is not None}, key=sorted))
        index = {chosen: position for position, chosen in enumerate(sets)}
        values = np.array(
            [[MISSING if cell is None else index[cell] for cell in row] for row in cells], dtype=np.int64
        ).reshape(len(cells), len(cells[0]) if cells else 0)
        labels = tuple(", ".join(sorted(chosen)) for chosen in sets)
        return cls(ratings=Ratings(values=values, categories=labels, blocks=blocks), sets=sets)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code in any set, by code point."""
        return tuple(sorted(frozenset().union(*self.sets)))

    def of_code(self, code: str) -> Ratings:
        """Binary ratings of one code: 1 where the set holds it."""
        holds = np.array([code in chosen for chosen in self.sets] + [False], dtype=np.int64)
        values = np.where(self.ratings.values == MISSING, MISSING, holds[self.ratings.values])
        return Ratings(values=values, categories=("rest", code), blocks=self.ratings.blocks)


def set_distances(sets: Sequence[frozenset[str]], distance: SetDistance) -> FloatArray:
    """Distances between sets, in [0, 1], shape (n_sets, n_sets).

    Jaccard is one minus intersection over union (J). Passonneau's is 0, 1/3, 2/3 or 1 for equal sets, one within the
    other, overlapping, disjoint; the empty set lies within every set. MASI is `1 - J M`, M being one minus Passonneau's
    distance. The product form is `(1 - J)(1 - M)`.

    Source
    ------
    Jaccard (1912), New Phytologist 11; Passonneau (2004), LREC; Passonneau (2006), LREC (MASI).
    """
    holds = _membership(sets)
    sizes = holds.sum(axis=1)
    return _distances(holds @ holds.T, sizes[:, None], sizes[None, :], distance)


def _membership(sets: Sequence[frozenset[str]]) -> FloatArray:
    """1 where a set holds a code, shape (n_sets, n_codes)."""
    codes = {code: place for place, code in enumerate(sorted(frozenset().union(*sets)))}
    holds = np.zeros((len(sets), len(codes)))
    for row, chosen in enumerate(sets):
        holds[row, [codes[code] for code in chosen]] = 1.0
    return holds


def _distances(common: FloatArray, one: FloatArray, other: FloatArray, distance: SetDistance) -> FloatArray:
    """Distances of sets that have so many codes in common, from the sizes of the one and of the other."""
    union = one + other - common
    likeness: FloatArray = np.divide(common, union, out=np.ones_like(common), where=union > 0)
    if distance == "jaccard":
        return 1.0 - likeness
    equal = (common == one) & (common == other)
    within = common == np.minimum(one, other)
    apart: FloatArray = np.select([equal, within, common > 0], [0.0, 1.0 / 3.0, 2.0 / 3.0], default=1.0)
    if distance == "passonneau2004":
        return apart
    product: FloatArray = (1.0 - likeness) * apart if distance == "masi_product" else 1.0 - likeness * (1.0 - apart)
    return product


def set_alpha(ratings: SetRatings, *, distance: SetDistance, name: str | None = None) -> Coefficient:
    """Krippendorff's alpha with a distance between sets of codes, unsquared.

    Returns
    -------
    Coefficient
        None when no unit has two ratings or all pairable ratings are the same set. `extra` holds Gwet's analytic `se`
        and interval.

    Source
    ------
    Passonneau (2006), LREC; Artstein and Poesio (2008), Computational Linguistics 34, section 4.
    """
    name = name or f"alpha_set_{distance}"
    values = ratings.ratings.values
    values = values[(values != MISSING).sum(axis=1) >= 2]
    if not len(values):
        return ratings.ratings.undefined(name, reasons.NO_PAIRS)
    return alpha_of_disagreements(ratings.ratings, name, _disagreements(values, ratings.sets, distance))


def _disagreements(values: IntArray, sets: Sequence[frozenset[str]], distance: SetDistance) -> Disagreements:
    """Set by set of those in use, and coder by coder: a table of unit by set is mostly empty and may be very large."""
    given = values != MISSING
    used, places = np.unique(values[given], return_inverse=True)
    place = np.full(values.shape, MISSING)
    place[given] = places
    holds = _membership([sets[index] for index in used])
    sizes, totals = holds.sum(axis=1), np.bincount(places).astype(np.float64)
    far, largest = np.empty(len(used)), 0.0
    for at in range(0, len(used), ROWS_AT_ONCE):
        rows = slice(at, at + ROWS_AT_ONCE)
        distances = _distances(holds[rows] @ holds.T, sizes[rows, None], sizes[None, :], distance)
        far[rows] = distances @ totals
        largest = max(largest, float(distances.max()))
    apart = np.zeros(len(values))
    for one, other in combinations(range(values.shape[1]), 2):
        both = np.flatnonzero(given[:, one] & given[:, other])
        left, right = place[both, one], place[both, other]
        common = (holds[left] * holds[right]).sum(axis=1)
        apart[both] += 2.0 * _distances(common, sizes[left], sizes[right], distance)
    raters = given.sum(axis=1).astype(np.float64)
    return Disagreements(raters, apart, np.where(given, far[place], 0.0).sum(axis=1), largest)

"""Krippendorff's unitizing family of 2016: agreement on where segments lie and what they are called."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from weakref import WeakKeyDictionary

import numpy as np

from coding.agreement import reasons
from coding.agreement.ratings import BoolArray, Coefficient, FloatArray, IntArray
from coding.agreement.spans import Continua

GAP = 0


@dataclass(frozen=True, eq=False)
class Meetings:
    """What met what, in length, summed over pairs of coders and over sources; or for each of many blocks.

    Category 0 is the gap; category k + 1 is code k. Rows, where there are some, are the first axis of all arrays.

    Attributes
    ----------
    met : float array, shape (..., n_codes + 1, n_codes + 1)
        Observed coincidences; sums to coders times length.
    own : float array, shape (..., n_codes + 1)
        What a segment would meet in itself: its squared length; for gaps their plain length, since a gap has
        no identity.
    covered : float array, shape (..., n_codes)
        Per code, squared lengths of its segments' parts that another coder coded too, averaged over the other coders.
    """

    met: FloatArray
    own: FloatArray
    covered: FloatArray

    @property
    def expected(self) -> FloatArray:
        """Coincidences expected by chance between whole segments and gaps, same shape as `met`."""
        return chance_meetings(self.met.sum(axis=-2), self.own)

    @property
    def common(self) -> FloatArray:
        """Coincidences between coded matter only, shape (..., n_codes, n_codes)."""
        return self.met[..., 1:, 1:]

    def weighted(self, counts: FloatArray) -> "Meetings":
        """Sums over rows, each taken as often as `counts`, shape (n_new, n_rows), says; one row per row of it."""
        return Meetings(*(np.tensordot(counts, sums, 1) for sums in (self.met, self.own, self.covered)))


def chance_meetings(totals: FloatArray, own: FloatArray) -> FloatArray:
    """Expected coincidences from the totals of each category, leaving out what would meet itself."""
    length = totals.sum(axis=-1)[..., None, None]
    possible = length**2 - own.sum(axis=-1)[..., None, None]
    met = totals[..., :, None] * totals[..., None, :]
    met -= np.eye(own.shape[-1]) * own[..., None]
    chance: FloatArray = np.zeros_like(met)
    np.divide(length * met, possible, out=chance, where=possible > 0.0)
    return chance


@dataclass(frozen=True, eq=False)
class _Stretches:
    """The axis cut at every border of a source, a segment or a block.

    `owners` says whose segment each coder has on each stretch, -1 for a gap; `present` whether the coder finished the
    source; `weights` is the length divided by the number of other coders there; `row` in which block the stretch is.
    """

    row: IntArray
    owners: IntArray
    present: BoolArray
    widths: FloatArray
    weights: FloatArray


def meetings(continua: Continua) -> Meetings:
    """Coincidences of all coders' segments, computed between borders and not character by character."""
    found = meetings_by_block(continua, np.zeros(1, dtype=np.int64))
    return Meetings(found.met[0], found.own[0], found.covered[0])


def meetings_by_block(continua: Continua, begins: IntArray) -> Meetings:
    """The same with one row for each block that begins at `begins`, in order on the axis of the continua.

    What a segment would meet in itself goes to the blocks it lies in, each by its share of the segment's length.
    """
    spans, size, n_rows = continua.spans, len(continua.codes) + 1, len(begins)
    cut = _stretches(continua, begins)
    code_of = np.append(spans.code, -1) + 1
    lengths = (spans.end - spans.start).astype(np.float64)
    others = np.maximum(continua.finished.sum(axis=1) - 1, 1)[spans.source]
    met, own, covered = np.zeros(n_rows * size * size), np.zeros(n_rows * size), np.zeros(n_rows * size)
    for owners, present in zip(cut.owners, cut.present, strict=True):
        met_in_itself = np.where(owners < 0, 1.0, np.append(lengths, 0.0)[owners]) * present * cut.widths
        own += np.bincount(cut.row * size + code_of[owners], weights=met_in_itself, minlength=len(own))
    for one, other in combinations(range(continua.n_coders), 2):
        here = np.flatnonzero(cut.present[one] & cut.present[other])
        first, second = cut.owners[one, here], cut.owners[other, here]
        flat = (cut.row[here] * size + code_of[first]) * size + code_of[second]
        met += np.bincount(flat, weights=cut.weights[here], minlength=len(met))
        both = (first >= 0) & (second >= 0)
        rows, widths = cut.row[here[both]], cut.widths[here[both]]
        for owner in (first[both], second[both]):
            shared = np.bincount(owner, weights=widths, minlength=len(spans)) / others
            covered += np.bincount(rows * size + code_of[owner], weights=shared[owner] * widths, minlength=len(covered))
    pairs = met.reshape(n_rows, size, size)
    return Meetings(
        met=pairs + pairs.swapaxes(1, 2),
        own=own.reshape(n_rows, size),
        covered=covered.reshape(n_rows, size)[:, 1:],
    )


def _stretches(continua: Continua, begins: IntArray) -> _Stretches:
    starts, ends = continua.laid_out
    borders, place = np.unique(np.concatenate((starts, ends, continua.axis, begins)), return_inverse=True)
    source = np.searchsorted(continua.axis, borders[:-1], side="right") - 1
    steps = np.zeros((continua.n_coders, len(borders)), dtype=np.int64)
    number = np.arange(len(starts)) + 1
    np.add.at(steps, (continua.spans.coder, place[: len(starts)]), number)
    np.add.at(steps, (continua.spans.coder, place[len(starts) : 2 * len(starts)]), -number)
    widths = np.diff(borders).astype(np.float64)
    others = np.maximum(continua.finished.sum(axis=1) - 1, 1)[source]
    return _Stretches(
        row=(np.searchsorted(begins, borders[:-1], side="right") - 1).astype(np.int64),
        owners=np.cumsum(steps, axis=1)[:, :-1] - 1,
        present=continua.finished[source].T.copy(),
        widths=widths,
        weights=widths / others,
    )


_KEPT: WeakKeyDictionary[Continua, Meetings] = WeakKeyDictionary()


def _meetings_of(continua: Continua) -> Meetings:
    """The same, kept as long as the continua are, for all coefficients of the family."""
    if continua not in _KEPT:
        _KEPT[continua] = meetings(continua)
    return _KEPT[continua]


def _refusal(continua: Continua) -> str | None:
    """Why the family gives nothing for these continua, whatever the coefficient."""
    if not continua.compared.any():
        return reasons.NO_SHARED_SOURCE
    if continua.has_overlapping_codes:
        return reasons.OVERLAPPING_CODES
    return None if len(continua.spans) else reasons.NOTHING_CODED


def _ratio(continua: Continua, name: str, of_pairs: FloatArray, by_chance: FloatArray, otherwise: str) -> Coefficient:
    observed, expected = float(of_pairs), float(by_chance)
    if expected <= 0.0:
        return continua.coefficient(name, None, otherwise, observed=observed, expected=expected)
    return continua.coefficient(name, 1.0 - observed / expected, observed=observed, expected=expected)


def u_alpha(continua: Continua, *, name: str = "u_alpha") -> Coefficient:
    """Agreement on borders and codes together, uncoded stretches counting as a category of their own.

    Returns
    -------
    Coefficient
        `observed` and `expected` are lengths in disagreement. None when nobody coded anything, no source has two
        coders, or a coder's different codes overlap.

    Source
    ------
    Krippendorff, Mathet, Bouvry and Widlöcher (2016), Quality & Quantity 50; Krippendorff (2019), chapter 12.
    """
    refusal = _refusal(continua)
    if refusal:
        return continua.coefficient(name, None, refusal)
    found = _meetings_of(continua)
    return _ratio(continua, name, *_apart(found.met, found.expected), reasons.NO_CHANCE_DISAGREEMENT)


def bar_u_alpha(continua: Continua, *, name: str = "bar_u_alpha") -> Coefficient:
    """Agreement on what is worth coding at all, whatever the code; abutting segments stay separate.

    Returns
    -------
    Coefficient
        `observed` and `expected` are lengths of gap meeting code. None as for `u_alpha`, and when all is coded.

    Source
    ------
    Krippendorff, Mathet, Bouvry and Widlöcher (2016), Quality & Quantity 50.
    """
    refusal = _refusal(continua)
    if refusal:
        return continua.coefficient(name, None, refusal)
    found = _meetings_of(continua)
    return _ratio(continua, name, *_gap_apart(found), reasons.EVERYTHING_CODED)


def cu_alpha(continua: Continua, *, name: str = "cu_alpha") -> Coefficient:
    """Agreement on the code where two coders both coded; read it beside `cu_coverage`.

    Returns
    -------
    Coefficient
        None as for `u_alpha`, when no passage was coded by two, or when only one code meets.

    Source
    ------
    Krippendorff, Mathet, Bouvry and Widlöcher (2016), Quality & Quantity 50.
    """
    refusal = _refusal(continua)
    if refusal:
        return continua.coefficient(name, None, refusal)
    found = _meetings_of(continua)
    if not found.common.any():
        return continua.coefficient(name, None, reasons.NO_COMMON_MATTER)
    observed, expected = _apart(found.common, common_chance(found))
    if not _several(found):
        return continua.coefficient(name, None, reasons.ONE_COMMON_CODE, observed=float(observed))
    return _ratio(continua, name, observed, expected, reasons.NO_CHANCE_DISAGREEMENT)


def cu_coverage(continua: Continua, *, name: str = "cu_coverage") -> Coefficient:
    """The share of the continua, from 0 to 1, that pairs of coders both coded, which `cu_alpha` speaks of.

    Source
    ------
    Krippendorff, Mathet, Bouvry and Widlöcher (2016), Quality & Quantity 50.
    """
    refusal = _refusal(continua)
    if refusal and refusal != reasons.NOTHING_CODED:
        return continua.coefficient(name, None, refusal)
    found = _meetings_of(continua)
    if not found.met.any():
        return continua.coefficient(name, None, reasons.NOTHING_CODED)
    share = float(found.common.sum() / found.met.sum())
    return continua.coefficient(name, share, observed=share)


def ku_alpha(continua: Continua, *, name: str = "ku_alpha") -> tuple[Coefficient, ...]:
    """For each code, how reliably it is told from the other codes where two coders both coded.

    Returns
    -------
    tuple of Coefficient
        In the order of the codes, named `ku_alpha[code]`. None where the code never meets another coder's coding, or
        meets nothing but itself so that chance leaves no disagreement.

    Source
    ------
    Krippendorff, Mathet, Bouvry and Widlöcher (2016), Quality & Quantity 50.
    """
    refusal = _refusal(continua)
    if refusal:
        return tuple(continua.coefficient(f"{name}[{code}]", None, refusal) for code in continua.codes)
    found = _meetings_of(continua)
    observed, expected = _codes_apart(found)
    return tuple(
        _one_code(continua, f"{name}[{code}]", found, observed[k], expected[k]) for k, code in enumerate(continua.codes)
    )


def common_chance(found: Meetings) -> FloatArray:
    """Expected coincidences between coded matter that two coders share, shape (..., n_codes, n_codes)."""
    return chance_meetings(found.common.sum(axis=-2), found.covered)


def _one_code(
    continua: Continua, name: str, found: Meetings, observed: FloatArray, expected: FloatArray
) -> Coefficient:
    if np.isnan(observed):
        return continua.coefficient(name, None, reasons.CODE_NOT_COMMON)
    if not _several(found):
        return continua.coefficient(name, None, reasons.ONE_COMMON_CODE, observed=float(observed))
    return _ratio(continua, name, observed, expected, reasons.NO_CHANCE_DISAGREEMENT)


def _apart(met: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Disagreement observed and expected: all that is off the diagonal."""
    observed, by_chance = (each.sum(axis=(-2, -1)) - np.trace(each, axis1=-2, axis2=-1) for each in (met, expected))
    return observed, by_chance


def _gap_apart(found: Meetings) -> tuple[FloatArray, FloatArray]:
    observed, expected = (each[..., GAP, 1:].sum(axis=-1) for each in (found.met, found.expected))
    return observed, expected


def _codes_apart(found: Meetings) -> tuple[FloatArray, FloatArray]:
    """Per code the share of its coincidences that are with others, observed (NaN where it has none) and expected."""
    shares = []
    for met in (found.common, common_chance(found)):
        whole = met.sum(axis=-1)
        apart = whole - np.diagonal(met, axis1=-2, axis2=-1)
        shares.append(np.divide(apart, whole, out=np.full_like(whole, np.nan), where=whole > 0.0))
    return shares[0], np.nan_to_num(shares[1])


def _several(found: Meetings) -> BoolArray:
    """Whether more than one code is among what two coders both coded."""
    several: BoolArray = np.count_nonzero(found.common.sum(axis=-2), axis=-1) >= 2
    return several


def _less(observed: FloatArray, expected: FloatArray) -> FloatArray:
    value: FloatArray = np.full(np.shape(expected), np.nan)
    np.divide(observed, expected, out=value, where=expected > 0.0)
    return 1.0 - value


def _coverage(found: Meetings) -> FloatArray:
    whole = found.met.sum(axis=(-2, -1))
    share: FloatArray = np.full(np.shape(whole), np.nan)
    np.divide(found.common.sum(axis=(-2, -1)), whole, out=share, where=whole > 0.0)
    return share


UNITIZED: dict[str, Callable[[Meetings], FloatArray]] = {
    "u_alpha": lambda found: _less(*_apart(found.met, found.expected)),
    "bar_u_alpha": lambda found: _less(*_gap_apart(found)),
    "cu_alpha": lambda found: np.where(_several(found), _less(*_apart(found.common, common_chance(found))), np.nan),
    "cu_coverage": _coverage,
    "ku_alpha": lambda found: np.where(_several(found)[..., None], _less(*_codes_apart(found)), np.nan),
}
"""The family as functions of meetings, row by row, NaN where undefined; `ku_alpha` has one column per code."""

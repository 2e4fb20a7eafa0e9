"""Krippendorff's unitizing family of 2016: agreement on where segments lie and what they are called."""

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
    """What met what, in length, summed over pairs of coders and over sources.

    Category 0 is the gap; category k + 1 is code k.

    Attributes
    ----------
    met : float array, shape (n_codes + 1, n_codes + 1)
        Observed coincidences; sums to coders times length.
    own : float array, shape (n_codes + 1,)
        What a segment would meet in itself: its squared length; for gaps their plain length, since a gap has
        no identity.
    covered : float array, shape (n_codes,)
        Per code, squared lengths of its segments' parts that another coder coded too, averaged over the other coders.
    """

    met: FloatArray
    own: FloatArray
    covered: FloatArray

    @property
    def expected(self) -> FloatArray:
        """Coincidences expected by chance between whole segments and gaps, same shape as `met`."""
        return chance_meetings(self.met.sum(axis=0), self.own)

    @property
    def common(self) -> FloatArray:
        """Coincidences between coded matter only, shape (n_codes, n_codes)."""
        return self.met[1:, 1:]


def chance_meetings(totals: FloatArray, own: FloatArray) -> FloatArray:
    """Expected coincidences from the totals of each category, leaving out what would meet itself."""
    length = float(totals.sum())
    possible = length**2 - float(own.sum())
    if possible <= 0.0:
        return np.zeros((len(totals), len(totals)))
    chance: FloatArray = length * (np.outer(totals, totals) - np.diag(own)) / possible
    return chance


@dataclass(frozen=True, eq=False)
class _Stretches:
    """The axis cut at every border of a source or a segment.

    `owners` says whose segment each coder has on each stretch, -1 for a gap; `present` whether the coder finished the
    source; `weights` is the length divided by the number of other coders there.
    """

    owners: IntArray
    present: BoolArray
    widths: FloatArray
    weights: FloatArray


def meetings(continua: Continua) -> Meetings:
    """Coincidences of all coders' segments, computed between borders and not character by character."""
    spans, size = continua.spans, len(continua.codes) + 1
    cut = _stretches(continua)
    code_of = np.append(spans.code, -1) + 1
    others = np.maximum(continua.finished.sum(axis=1) - 1, 1)[spans.source]
    met, covered = np.zeros((size, size)), np.zeros(size)
    squared = (spans.end - spans.start).astype(np.float64) ** 2
    own = np.bincount(code_of[:-1], weights=squared, minlength=size).astype(np.float64)
    own[GAP] += float(((cut.owners < 0) & cut.present).astype(np.float64).sum(axis=0) @ cut.widths)
    for one, other in combinations(range(continua.n_coders), 2):
        here = np.flatnonzero(cut.present[one] & cut.present[other])
        first, second = cut.owners[one, here], cut.owners[other, here]
        flat = code_of[first] * size + code_of[second]
        pair = np.bincount(flat, weights=cut.weights[here], minlength=size * size).reshape(size, size)
        met += pair + pair.T
        both = (first >= 0) & (second >= 0)
        for owner in (first[both], second[both]):
            shared = np.bincount(owner, weights=cut.widths[here[both]], minlength=len(spans))
            covered += np.bincount(code_of[:-1], weights=shared**2 / others, minlength=size)
    return Meetings(met=met, own=own, covered=covered[1:])


def _stretches(continua: Continua) -> _Stretches:
    starts, ends = continua.laid_out
    borders, place = np.unique(np.concatenate((starts, ends, continua.axis)), return_inverse=True)
    source = np.searchsorted(continua.axis, borders[:-1], side="right") - 1
    steps = np.zeros((continua.n_coders, len(borders)), dtype=np.int64)
    number = np.arange(len(starts)) + 1
    np.add.at(steps, (continua.spans.coder, place[: len(starts)]), number)
    np.add.at(steps, (continua.spans.coder, place[len(starts) : 2 * len(starts)]), -number)
    widths = np.diff(borders).astype(np.float64)
    others = np.maximum(continua.finished.sum(axis=1) - 1, 1)[source]
    return _Stretches(
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


def _ratio(continua: Continua, name: str, observed: float, expected: float, otherwise: str) -> Coefficient:
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
    observed = float(found.met.sum() - np.trace(found.met))
    expected = float(found.expected.sum() - np.trace(found.expected))
    return _ratio(continua, name, observed, expected, reasons.NO_CHANCE_DISAGREEMENT)


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
    observed, expected = float(found.met[GAP, 1:].sum()), float(found.expected[GAP, 1:].sum())
    return _ratio(continua, name, observed, expected, reasons.EVERYTHING_CODED)


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
    chance = common_chance(found)
    observed = float(found.common.sum() - np.trace(found.common))
    expected = float(chance.sum() - np.trace(chance))
    if np.count_nonzero(found.common.sum(axis=0)) < 2:
        return continua.coefficient(name, None, reasons.ONE_COMMON_CODE, observed=observed)
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
    chance, totals = common_chance(found), found.common.sum(axis=0)
    return tuple(
        _one_code(continua, f"{name}[{code}]", k, found.common, chance, totals) for k, code in enumerate(continua.codes)
    )


def common_chance(found: Meetings) -> FloatArray:
    """Expected coincidences between coded matter that two coders share, shape (n_codes, n_codes)."""
    return chance_meetings(found.common.sum(axis=0), found.covered)


def _one_code(
    continua: Continua, name: str, code: int, common: FloatArray, chance: FloatArray, totals: FloatArray
) -> Coefficient:
    if totals[code] == 0.0:
        return continua.coefficient(name, None, reasons.CODE_NOT_COMMON)
    row = float(chance[code].sum())
    observed = float(totals[code] - common[code, code]) / float(totals[code])
    if np.count_nonzero(totals) < 2:
        return continua.coefficient(name, None, reasons.ONE_COMMON_CODE, observed=observed)
    expected = float(row - chance[code, code]) / row if row > 0.0 else 0.0
    return _ratio(continua, name, observed, expected, reasons.NO_CHANCE_DISAGREEMENT)

"""One code of an audit in detail: agreement within groups of sources, and every measure by every unit.

What is needed of a source is summed once; any grouping of sources is then a matrix product with those sums.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from coding.agreement.ratings import BoolArray, Coefficient, FloatArray, IntArray, Ratings
from coding.agreement.sets import set_alpha, set_distances
from coding.agreement.spans import Continua
from coding.agreement.sums import binary_alpha
from coding.agreement.unitizing import bar_u_alpha, cu_alpha, cu_coverage, ku_alpha, u_alpha
from coding.audit_material import Material, Unit, units_of
from coding.audit_measures import ALL, measures_by_character, measures_of
from coding.units import Decisions, character_sums, decide

FIXED_UNITS: Final[tuple[Unit, ...]] = ("turn", "sentence", "character")
OF_SETS: Final = ("masi", "jaccard", "percent")


@dataclass(frozen=True)
class Part:
    """Agreement within a group of sources; shares are in [0, 1], what is undefined is None.

    `n` counts units where at least one coder used the code (characters: turns), `sources` those that two coders read.
    """

    sources: int
    n: int
    alpha: float | None
    percent: float | None
    positive: float | None
    prevalence: float | None


@dataclass(frozen=True)
class Measured:
    """A measure on a unit ("turn", "sentence", "character" or "segment"), with the units it stands on."""

    measure: str
    unit: Literal["turn", "sentence", "character", "segment"]
    n: int
    found: Coefficient


@dataclass(frozen=True, eq=False)
class SourceSums:
    """Sums per source, shape (n_sources,) each but the last three.

    Attributes
    ----------
    n : units where a coder used the code, two having decided
    units : units two coders or more decided on
    shares : sum over them of the share of agreeing pairs of coders
    both, either : pairings in which a coder applied the code, and of these the ones in which the other did too
    ones, values : decisions with the code, and all, on such units
    apart : disagreement as alpha counts it
    totals, distances : shapes (n_sources, n_sets) and (n_sets, n_sets), where sets of codes are compared; else None
    """

    n: FloatArray
    units: FloatArray
    shares: FloatArray
    both: FloatArray
    either: FloatArray
    ones: FloatArray
    values: FloatArray
    apart: FloatArray
    totals: FloatArray | None = None
    distances: FloatArray | None = None

    def parts(self, groups: FloatArray) -> list[Part]:
        """Agreement within each group, shape (n_groups, n_sources) of zeros and ones."""
        sums = [groups @ each for each in (self.n, self.units, self.shares, self.both, self.either)]
        ones, values, alphas = groups @ self.ones, groups @ self.values, self._alphas(groups)
        sources = groups @ (self.units > 0).astype(np.float64)
        is_binary = self.distances is None
        return [
            Part(
                sources=int(sources[row]),
                n=int(n),
                alpha=None if np.isnan(alphas[row]) else float(alphas[row]),
                percent=float(shares / units) if units else None,
                positive=float(both / either) if is_binary and either else None,
                prevalence=float(ones[row] / values[row]) if is_binary and values[row] else None,
            )
            for row, (n, units, shares, both, either) in enumerate(zip(*sums, strict=True))
        ]

    def _alphas(self, groups: FloatArray) -> FloatArray:
        apart, values = groups @ self.apart, groups @ self.values
        if self.totals is None or self.distances is None:
            return binary_alpha(apart, groups @ self.ones, values)
        totals = groups @ self.totals
        chance = ((totals @ self.distances) * totals).sum(axis=1)
        share: FloatArray = np.full(len(groups), np.nan)
        np.divide((values - 1.0) * apart, chance, out=share, where=chance > 0.0)
        return 1.0 - share


def sums_per_source(material: Material, code: int | None) -> SourceSums:
    """Sums of one code by the material's unit; with None of all codes: sets by turn and sentence, else coded at all."""
    if material.unit == "character":
        return _by_character(material, code)
    decisions = _decided(material, material.unit)
    if code is None:
        return _of_sets(decisions, len(material.sources))
    return _binary(decisions, decisions.binary()[code], code, len(material.sources))


def _decided(material: Material, unit: Unit) -> Decisions:
    units = units_of(material.turns, unit)
    return decide(
        units, material.spans, material.finished, material.visible, material.codes, available=material.available
    )


def _per_source(places: IntArray, values: FloatArray | BoolArray, sources: int) -> FloatArray:
    return np.bincount(places, weights=values, minlength=sources).astype(np.float64)


def _used(decisions: Decisions, code: int | None, sources: int) -> FloatArray:
    chosen = slice(None) if code is None else slice(code, code + 1)
    decided = decisions.decided[:, :, chosen].any(axis=2).sum(axis=1) >= 2
    return _per_source(decisions.units.source, (decisions.coded[:, :, chosen].any(axis=(1, 2)) & decided), sources)


def _binary(decisions: Decisions, ratings: Ratings, code: int, sources: int) -> SourceSums:
    no, yes = ratings.counts.T
    raters = no + yes
    paired = (raters >= 2).astype(np.float64)
    agreeing = yes * (yes - 1.0) + no * (no - 1.0)
    columns = (
        paired,
        paired * agreeing / np.maximum(raters * (raters - 1.0), 1.0),
        paired * yes * (yes - 1.0),
        paired * yes * (raters - 1.0),
        paired * yes,
        paired * raters,
        paired * yes * no / np.maximum(raters - 1.0, 1.0),
    )
    summed = [_per_source(decisions.units.source, column, sources) for column in columns]
    return SourceSums(_used(decisions, code, sources), *summed)


def _of_sets(decisions: Decisions, sources: int) -> SourceSums:
    sets = decisions.sets()
    place = decisions.units.source
    raters = sets.ratings.counts.sum(axis=1)
    paired = (raters >= 2).astype(np.float64)
    counts = sets.ratings.counts * paired[:, None]
    distances = set_distances(sets.sets, "masi")
    agreeing = (counts * (counts - 1.0)).sum(axis=1) / np.maximum(raters * (raters - 1.0), 1.0)
    apart = ((counts @ distances) * counts).sum(axis=1) / np.maximum(raters - 1.0, 1.0)
    totals = np.zeros((sources, counts.shape[1]))
    np.add.at(totals, place, counts)
    none = np.zeros(sources)
    units, shares, values, disagreeing = (
        _per_source(place, column, sources) for column in (paired, agreeing, paired * raters, apart)
    )
    n = _used(decisions, None, sources)
    return SourceSums(n, units, shares, none, none, none, values, disagreeing, totals, distances)


def _by_character(material: Material, code: int | None) -> SourceSums:
    continua = material.continua(code)
    sums = character_sums(continua.given, continua.lengths, continua.finished, 1)
    binary = sums.binary
    r = sums.coders[:, 0].astype(np.float64)
    once, twice, length = (each.astype(np.float64) for each in (sums.ones[:, 0], sums.squares[:, 0], sums.lengths))
    paired = (r >= 2).astype(np.float64)
    yes, no = twice - once, r**2 * length - 2.0 * r * once + twice - r * length + once
    return SourceSums(
        n=_used(_decided(material, "character"), code, len(material.sources)),
        units=paired * length,
        shares=paired * (yes + no) / np.maximum(r * (r - 1.0), 1.0),
        both=paired * yes,
        either=paired * once * (r - 1.0),
        ones=binary.ones[:, 0],
        values=binary.values[:, 0],
        apart=binary.apart[:, 0],
    )


def per_source_alphas(sums: SourceSums) -> list[float]:
    """The alphas of single sources, where they have one."""
    single = np.eye(len(sums.n))
    return [part.alpha for part in sums.parts(single) if part.alpha is not None]


def membership(groups: Sequence[Sequence[int]], sources: int) -> FloatArray:
    """Groups of places of sources as rows of zeros and ones."""
    rows = np.zeros((len(groups), sources))
    for row, places in enumerate(groups):
        rows[row, list(places)] = 1.0
    return rows


def every_measure(material: Material, code: int | None) -> list[Measured]:
    """All measures of a code by turn, sentence and character, and of its free segments; with None of all codes."""
    found: list[Measured] = []
    for unit in FIXED_UNITS:
        if unit == "character":
            n = int(_used(_decided(material, unit), code, len(material.sources)).sum())
            by_name = measures_by_character(material, code)
            found += [Measured(name, unit, n, by_name[name]) for name in ALL]
        else:
            found += _on_units(_decided(material, unit), code, unit, len(material.sources))
    return found + _of_segments(material, code)


def _on_units(
    decisions: Decisions, code: int | None, unit: Literal["turn", "sentence"], sources: int
) -> list[Measured]:
    n = int(_used(decisions, code, sources).sum())
    if code is not None:
        by_name = measures_of(decisions.binary()[code], ALL)
        return [Measured(name, unit, n, by_name[name]) for name in ALL]
    sets = decisions.sets()
    percent = measures_of(sets.ratings, ("percent",))["percent"]
    of_sets = (set_alpha(sets, distance="masi"), set_alpha(sets, distance="jaccard"), percent)
    return [Measured(name, unit, n, each) for name, each in zip(OF_SETS, of_sets, strict=True)]


def _of_segments(material: Material, code: int | None) -> list[Measured]:
    begins = np.zeros_like(material.lengths)
    continua = Continua(material.spans, begins, material.lengths, material.finished, material.codes)
    if code is None:
        whole = {"u_alpha": u_alpha, "bar_u": bar_u_alpha, "cu_alpha": cu_alpha, "coverage": cu_coverage}
        return [Measured(name, "segment", len(continua.spans), measure(continua)) for name, measure in whole.items()]
    alone = material.continua(code)
    told_apart = ku_alpha(continua)[code]
    return [
        Measured("u_alpha", "segment", len(alone.spans), u_alpha(alone)),
        Measured("ku_alpha", "segment", len(alone.spans), told_apart),
    ]

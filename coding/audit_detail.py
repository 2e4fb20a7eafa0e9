"""One code of an audit in detail: agreement within groups of sources, and every measure by every unit.

What is needed of a source is summed once; a group of sources is then some rows of those sums.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from coding.agreement.bootstrap import (
    DEFAULT_REPLICATES,
    FEWEST_SOURCES,
    Interval,
    intervals_between,
)
from coding.agreement.characters import char_alpha_binary
from coding.agreement.percent import percent_agreement
from coding.agreement.ratings import BoolArray, Coefficient, FloatArray, IntArray
from coding.agreement.sets import SetDistance, SetRatings, set_alpha, set_distances
from coding.agreement.spans import Continua
from coding.agreement.tallies import TALLIED, Tallies
from coding.agreement.unitizing import bar_u_alpha, cu_alpha, cu_coverage
from coding.audit_material import Material, Unit
from coding.audit_measures import ALL, FULL_NAMES, intervals_of, measures_by_character, measures_of
from coding.audit_segments import of_all_codes, of_every_code, of_family, of_one_code
from coding.units import Decisions, character_sums, cut_at_units

FIXED_UNITS: Final[tuple[Unit, ...]] = ("turn", "sentence", "character")
SHOWN_OF_PARTS: Final = ("alpha", "percent", "positive")


@dataclass(frozen=True)
class Part:
    """Agreement within a group of sources; shares are in [0, 1], what is undefined is None.

    `n` counts units where at least one coder used the code (characters: turns; segments: segments), `sources` those
    that two coders read. `values` and `intervals` are by measure: alpha, percent and positive agreement, or of free
    segments alpha and boundary F1.
    """

    sources: int
    n: int
    prevalence: float | None
    values: Mapping[str, float | None]
    intervals: Mapping[str, Interval]


@dataclass(frozen=True)
class Measured:
    """A measure on a unit, with the units it stands on and its interval."""

    measure: str
    unit: Unit
    n: int
    found: Coefficient
    interval: Interval | None


@dataclass(frozen=True)
class Base:
    """What the measures of a unit stand on.

    `n` counts units with the code, `units` those that two coders decided on (characters: code points; segments:
    segments), `missing` the decisions absent where somebody decided (segments: sources not finished), `prevalence` is
    the share of decisions that applied the code.
    """

    unit: Unit
    n: int
    units: int
    missing: int
    prevalence: float | None

    @property
    def used(self) -> int | None:
        """The prevalence in whole percent."""
        return None if self.prevalence is None else round(100 * self.prevalence)


class Parts(Protocol):
    """Agreement within any group of places of sources."""

    def part(self, places: Sequence[int]) -> Part: ...


@dataclass(frozen=True, eq=False)
class BinaryParts:
    """One code, or any code at all, against its absence.

    Attributes
    ----------
    n : float array, shape (n_sources,)
        Units with the code.
    sums : Tallies
        One row per source, one column.
    units : Tallies
        One row per unit, and in `source_of` (shape (n_units,)) the place of its source.
    """

    n: FloatArray
    sums: Tallies
    units: Tallies
    source_of: IntArray
    coders: int
    seed: int
    replicates: int

    def part(self, places: Sequence[int]) -> Part:
        chosen = self.sums.rows(np.array(places, dtype=np.int64))
        total = chosen.total()
        decided = int((chosen.values > 0).sum())
        inside = self.units.rows(np.isin(self.source_of, places)) if 2 <= decided < FEWEST_SOURCES else None
        values = {name: _of_tallies(total, name) for name in SHOWN_OF_PARTS}
        ones, decisions = float(total.ones[0, 0]), float(total.values[0, 0])
        drawn = intervals_of(
            chosen,
            np.random.default_rng(self.seed),
            coders=self.coders,
            by_unit=inside,
            together=True,
            replicates=self.replicates,
            names=SHOWN_OF_PARTS,
        )
        return Part(
            sources=decided,
            n=int(self.n[list(places)].sum()),
            prevalence=ones / decisions if decisions else None,
            values=values,
            intervals={name: found[0] for name, found in drawn.items()},
        )

    def measured_intervals(self) -> dict[str, Interval]:
        """Of every measure over all sources."""
        few = int((self.sums.values > 0).sum()) < FEWEST_SOURCES
        drawn = intervals_of(
            self.sums,
            np.random.default_rng(self.seed),
            coders=self.coders,
            by_unit=self.units if few else None,
            together=True,
            replicates=self.replicates,
        )
        return {name: found[0] for name, found in drawn.items()}

    def base(self, unit: Unit) -> Base:
        total = self.sums.total()
        ones, values = float(total.ones[0, 0]), float(total.values[0, 0])
        missing = float(total.rated[0, 0]) * self.coders - float(total.read.sum())
        share = ones / values if values else None
        return Base(unit, int(self.n.sum()), int(total.units[0, 0]), int(missing), share)


def _of_tallies(total: Tallies, name: str) -> float | None:
    formula = TALLIED[FULL_NAMES[name]]
    value = float(formula.value(*(getattr(total, needed) for needed in formula.needs))[0, 0])
    return None if np.isnan(value) else value


@dataclass(frozen=True, eq=False)
class SetParts:
    """All codes: the sets that coders gave a unit. `used` says in which units any code was."""

    sets: SetRatings
    used: BoolArray
    seed: int
    replicates: int

    def of(self, places: Sequence[int]) -> SetRatings:
        """The sets in some sources, without those nobody gave there: distances are between all that are listed."""
        ratings = self.sets.ratings.of_units(np.isin(self._blocks, places))
        used = np.flatnonzero(ratings.counts.any(axis=0))
        return SetRatings(ratings=ratings.in_use, sets=tuple(self.sets.sets[place] for place in used))

    @property
    def _blocks(self) -> IntArray:
        assert self.sets.ratings.blocks is not None
        return self.sets.ratings.blocks

    def part(self, places: Sequence[int]) -> Part:
        sets = self.of(places)
        paired = sets.ratings.counts.sum(axis=1) >= 2
        blocks = np.empty(0) if sets.ratings.blocks is None else sets.ratings.blocks[paired]
        return Part(
            sources=len(np.unique(blocks)),
            n=int(self.used[np.isin(self._blocks, places)].sum()),
            prevalence=None,
            values={
                "alpha": set_alpha(sets, distance="masi").value,
                "percent": percent_agreement(sets.ratings).value,
            },
            intervals=_set_intervals(sets, {"alpha": "masi"}, self.seed, self.replicates),
        )


def _set_intervals(
    sets: SetRatings, distances: Mapping[str, SetDistance], seed: int, replicates: int
) -> dict[str, Interval]:
    """Of alpha by each distance, under the names given, and of percent agreement."""
    between = {name: set_distances(sets.sets, distance) for name, distance in distances.items()}
    return intervals_between(sets.ratings, between, np.random.default_rng(seed), replicates=replicates)


@dataclass(frozen=True, eq=False)
class SegmentParts:
    """Free segments of the codes in `continua`."""

    continua: Continua
    seed: int
    replicates: int

    def part(self, places: Sequence[int]) -> Part:
        inside = np.zeros(len(self.continua.lengths), dtype=np.bool_)
        inside[list(places)] = True
        some = self.continua.of_sources(inside)
        found = of_all_codes(some, self.seed, self.replicates)
        used = char_alpha_binary(some)[0].extra.get("prevalence") if len(some.codes) == 1 else None
        return Part(
            sources=int(some.compared.sum()),
            n=len(some.spans),
            prevalence=used if isinstance(used, float) else None,
            values={name: each.value for name, (each, _) in found.items()},
            intervals={name: interval for name, (_, interval) in found.items()},
        )


def parts_of(material: Material, code: int | None, *, seed: int, replicates: int = DEFAULT_REPLICATES) -> Parts:
    """One code by the material's unit; with None all codes: sets by turn and sentence, else coded at all."""
    if material.unit == "segment":
        return SegmentParts(material.whole if code is None else material.continua(code), seed, replicates)
    if code is None and material.unit != "character":
        return _of_sets(material.decisions(material.unit), seed, replicates)
    return _binary(material, material.unit, code, seed, replicates)


def _binary(material: Material, unit: Unit, code: int | None, seed: int, replicates: int) -> BinaryParts:
    decisions = material.decisions(unit)
    source_of, n_sources = decisions.units.source, len(material.sources)
    n = np.bincount(source_of, weights=decisions.used(code), minlength=n_sources).astype(np.float64)
    if unit == "character":
        continua = material.continua(code)
        sums = Tallies.of_characters(character_sums(continua.given, continua.lengths, continua.finished, 1))
        turns = material.units("character")
        cut, lengths, finished = cut_at_units(continua.given, turns, material.visible, continua.finished)
        units = Tallies.of_characters(character_sums(cut, lengths, finished, 1))
        return BinaryParts(n, sums, units, turns.source, len(material.coders), seed, replicates)
    assert code is not None
    units = Tallies.of_ratings((decisions.binary()[code],), by_unit=True)
    membership = (np.arange(n_sources)[:, None] == source_of).astype(np.float64)
    return BinaryParts(n, units.weighted(membership), units, source_of, len(material.coders), seed, replicates)


def _of_sets(decisions: Decisions, seed: int, replicates: int) -> SetParts:
    return SetParts(decisions.sets(), decisions.used(None), seed, replicates)


def every_measure(
    material: Material, code: int | None, *, seed: int, replicates: int = DEFAULT_REPLICATES
) -> tuple[list[Measured], list[Base]]:
    """All measures of a code by turn, sentence and character, and of its free segments; with None of all codes."""
    found: list[Measured] = []
    bases: list[Base] = []
    for unit in FIXED_UNITS:
        if code is None and unit != "character":
            measured, base = _sets_measured(material.decisions(unit), unit, seed, replicates)
        else:
            measured, base = _binary_measured(material, unit, code, seed, replicates)
        found += measured
        bases.append(base)
    measured, base = _segments_measured(material, code, seed, replicates)
    return [*found, *measured], [*bases, base]


def _binary_measured(
    material: Material, unit: Unit, code: int | None, seed: int, replicates: int
) -> tuple[list[Measured], Base]:
    parts = _binary(material, unit, code, seed, replicates)
    base, drawn = parts.base(unit), parts.measured_intervals()
    if unit == "character":
        by_name = measures_by_character(material, code)
    else:
        assert code is not None
        by_name = measures_of(material.decisions(unit).binary()[code])
    return [Measured(name, unit, base.n, by_name[name], drawn.get(name)) for name in ALL], base


def _sets_measured(decisions: Decisions, unit: Unit, seed: int, replicates: int) -> tuple[list[Measured], Base]:
    parts = _of_sets(decisions, seed, replicates)
    sets, n = parts.sets, int(parts.used.sum())
    raters = sets.ratings.counts.sum(axis=1)
    missing = int((sets.ratings.n_coders - raters[raters > 0]).sum())
    names: tuple[SetDistance, ...] = ("masi", "jaccard")
    drawn = _set_intervals(sets, {str(name): name for name in names}, seed, replicates)
    found: dict[str, Coefficient] = {name: set_alpha(sets, distance=name) for name in names}
    found["percent"] = percent_agreement(sets.ratings)
    measured = [Measured(name, unit, n, each, drawn[name]) for name, each in found.items()]
    return measured, Base(unit, n, int((raters >= 2).sum()), missing, None)


def _segments_measured(material: Material, code: int | None, seed: int, replicates: int) -> tuple[list[Measured], Base]:
    whole = material.whole
    if code is None:
        found = of_all_codes(whole, seed, replicates)
        more = {"bar_u": (bar_u_alpha, "bar_u_alpha"), "cu_alpha": (cu_alpha, "cu_alpha")}
        more["coverage"] = (cu_coverage, "cu_coverage")
        found |= {
            name: of_family(full, measure(whole), whole, seed, replicates) for name, (measure, full) in more.items()
        }
        continua, used = whole, None
    else:
        continua = material.continua(code)
        found = of_one_code(continua, of_every_code(whole, seed, replicates)[code], seed, replicates)
        used = char_alpha_binary(continua)[0].extra.get("prevalence")
    n = len(continua.spans)
    named = {"u_alpha" if name == "alpha" else name: each for name, each in found.items()}
    base = Base("segment", n, n, continua.n_missing, used if isinstance(used, float) else None)
    return [Measured(name, "segment", n, each, interval) for name, (each, interval) in named.items()], base

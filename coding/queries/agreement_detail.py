"""One code of an audit in detail, or all together: by groups of sources, by every measure and unit, by kind."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any, cast

from coding.audit import FEWEST
from coding.audit_detail import Measured, Part, every_measure, membership, per_source_alphas, sums_per_source
from coding.audit_material import Material, Unit
from coding.models import AgreementRun, Code, Dispute, Reading
from coding.queries.agreement import material_of
from coding.queries.agreement_groups import KINDS, Group, groups_of
from coding.queries.agreement_pages import UNCORRECTED, Plot, code_of_run, interval_plot
from coding.queries.agreement_passages import readings_of
from coding.queries.disputes import comparisons
from observations.access import Viewer, nothing_here


@dataclass(frozen=True)
class PartRow:
    """Agreement within a group; `alpha` only where the code is used often enough, `plot` with it."""

    group: Group
    part: Part
    alpha: float | None
    plot: Plot | None

    @property
    def is_withheld(self) -> bool:
        return self.alpha is None and self.part.alpha is not None

    @property
    def percent(self) -> int | None:
        return _percent(self.part.percent)

    @property
    def positive(self) -> int | None:
        return _percent(self.part.positive)

    @property
    def used(self) -> int | None:
        return _percent(self.part.prevalence)


@dataclass(frozen=True)
class Spread:
    """Pooled alpha beside those of single sources: their mean and median, in how many sources they are defined."""

    pooled: float | None
    pooled_because: str | None
    low: float | None
    high: float | None
    mean: float | None
    median: float | None
    defined: int
    sources: int
    plot: Plot | None
    mean_plot: Plot | None
    median_plot: Plot | None


@dataclass(frozen=True)
class MeasureCell:
    """A measure on one unit. `is_withheld` stands in place of a coefficient under the fewest uses."""

    unit: str
    n: int
    value: float | None
    observed: float | None
    expected: float | None
    because: str | None
    is_withheld: bool


@dataclass(frozen=True)
class Detail:
    """What the page of one code of a run shows; `code` None is all codes together.

    `kinds` counts typed disagreements that have this code in them; `has_moved` says that texts or codes changed since
    the run was computed, so that figures worked out now are not those of its table.
    """

    run: AgreementRun
    code: Code | None
    spread: Spread
    groups: Mapping[str, Sequence[PartRow]]
    measures: Mapping[str, Mapping[str, MeasureCell]]
    segments: Mapping[str, MeasureCell]
    kinds: Mapping[str, int]
    has_moved: bool

    @property
    def ns(self) -> dict[str, int]:
        """The n of each unit that some measure has."""
        return {cell.unit: cell.n for row in self.measures.values() for cell in row.values()}


def detail_of(viewer: Viewer, run: AgreementRun, code_id: uuid.UUID | None) -> Detail:
    """One code of a finished run in detail. The same number of queries for any.

    Raises Missing for a code the run has not, and for readings the viewer may no longer know of.
    """
    code = code_of_run(run, code_id)
    readings, _ = readings_of(viewer, run, "")
    material = material_of(viewer.study, readings, cast(Unit, run.unit))
    if code is not None and str(code.pk) not in material.codes:
        # Merged into another since: its passages count for that one now.
        raise nothing_here()
    place = None if code is None else material.codes.index(str(code.pk))
    sums = sums_per_source(material, place)
    parts = _parts(material, groups_of(readings), sums.parts)
    alphas = per_source_alphas(sums)
    pooled = sums.parts(membership([range(len(material.sources))], len(material.sources)))[0]
    stored = _stored(run, code)
    measured = every_measure(material, place)
    return Detail(
        run=run,
        code=code,
        spread=_spread(stored, alphas, pooled.sources),
        groups=parts,
        measures=_table([each for each in measured if each.unit != "segment"]),
        segments={each.measure: _cell(each) for each in measured if each.unit == "segment"},
        kinds=_kinds(viewer, readings, code),
        has_moved=not _same(stored["alpha"]["value"], pooled.alpha),
    )


def _parts(material: Material, groups: Mapping[str, Sequence[Group]], parts: Any) -> dict[str, list[PartRow]]:
    place = {uuid.UUID(source): at for at, source in enumerate(material.sources)}
    found = {}
    for kind in KINDS:
        of_kind = groups[kind]
        rows = membership([[place[source] for source in group.sources] for group in of_kind], len(place))
        found[kind] = [_row(group, part) for group, part in zip(of_kind, parts(rows), strict=True)]
    return found


def _row(group: Group, part: Part) -> PartRow:
    alpha = part.alpha if part.n >= FEWEST else None
    return PartRow(group, part, alpha, interval_plot(alpha, None, None))


def _stored(run: AgreementRun, code: Code | None) -> Mapping[str, Any]:
    result = run.result or {}
    if code is None:
        return cast(Mapping[str, Any], result["overall"])
    return next(found for found in result["codes"] if found["code"] == str(code.pk))


def _spread(stored: Mapping[str, Any], alphas: Sequence[float], sources: int) -> Spread:
    shown = stored["n"] >= FEWEST
    value = stored["alpha"]["value"] if shown else None
    interval = stored["alpha"]["interval"]
    low, high = (interval["low"], interval["high"]) if value is not None else (None, None)
    mean, middle = (fmean(alphas), median(alphas)) if alphas and shown else (None, None)
    return Spread(
        pooled=value,
        pooled_because=stored["alpha"]["undefined_because"],
        low=low,
        high=high,
        mean=mean,
        median=middle,
        defined=len(alphas),
        sources=sources,
        plot=interval_plot(value, low, high),
        mean_plot=interval_plot(mean, None, None),
        median_plot=interval_plot(middle, None, None),
    )


def _table(measured: Sequence[Measured]) -> dict[str, dict[str, MeasureCell]]:
    table: dict[str, dict[str, MeasureCell]] = {}
    for each in measured:
        table.setdefault(each.measure, {})[each.unit] = _cell(each)
    return table


def _cell(each: Measured) -> MeasureCell:
    found = each.found
    is_withheld = each.n < FEWEST and found.value is not None and each.measure not in UNCORRECTED
    value = None if is_withheld else found.value
    return MeasureCell(each.unit, each.n, value, found.observed, found.expected, found.undefined_because, is_withheld)


def _kinds(viewer: Viewer, readings: Sequence[Reading], code: Code | None) -> dict[str, int]:
    """How many disagreements of each kind these readings have on a code, in the order of the kinds."""
    compared = {reading.pk for reading in readings}
    sources = {reading.source_id: reading.source for reading in readings}
    found: Counter[str] = Counter()
    for one in comparisons(viewer, sources.values()):
        if {reading.pk for reading in one.readings} <= compared:
            found.update(each.kind for each in one.compared.disputes if code is None or code.pk in each.codes)
    return {kind: found[kind] for kind in Dispute.Kind.values}


def _same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and abs(one - other) < 1e-9)


def detail_table(detail: Detail) -> list[list[str]]:
    """The detail as the rows of a table with a header: plain numbers, empty where undefined."""
    spread = detail.spread
    rows = [["pooled", "", "", str(spread.sources), "", _written(spread.pooled), *[""] * 5]]
    rows += [
        [f"{name} of sources", "", "", str(spread.defined), "", _written(value), *[""] * 5]
        for name, value in (("mean", spread.mean), ("median", spread.median))
    ]
    for kind, parts in detail.groups.items():
        rows += [_part_cells(kind, row) for row in parts]
    cells = [(name, cell) for name, row in detail.measures.items() for cell in row.values()]
    for name, cell in [*cells, *detail.segments.items()]:
        numbers = [cell.value, None, None, None, cell.observed, cell.expected]
        told = [f"by {cell.unit}", name, cell.because or "", "", str(cell.n)]
        rows.append([*told, *map(_written, numbers)])
    rows += [["kind", kind, "", "", str(n), *[""] * 6] for kind, n in detail.kinds.items()]
    return [list(DETAIL_TABLE), *rows]


DETAIL_TABLE = (
    "by",
    "key",
    "label or reason",
    "sources",
    "n",
    "value",
    "percent",
    "positive",
    "prevalence",
    "observed",
    "expected",
)


def _part_cells(kind: str, row: PartRow) -> list[str]:
    part, group = row.part, row.group
    numbers = [part.alpha, part.percent, part.positive, part.prevalence, None, None]
    return [kind, group.key, group.label, str(part.sources), str(part.n), *map(_written, numbers)]


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _written(number: float | None) -> str:
    return "" if number is None else repr(number)

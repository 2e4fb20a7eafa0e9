"""One code of an audit in detail, or all together: by groups of sources, by every measure and unit, by kind."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median
from typing import Any, cast

from coding.agreement.bootstrap import DEFAULT_REPLICATES, Interval
from coding.agreement.measure import ANALYTIC
from coding.audit import FEWEST
from coding.audit_detail import Base, Measured, Part, Parts, every_measure, parts_of
from coding.audit_material import Material, Rules, Unit
from coding.audit_measures import UNCORRECTED
from coding.models import AgreementRun, Code, Dispute, Reading
from coding.queries.agreement import material_of
from coding.queries.agreement_groups import KINDS, Group, groups_of
from coding.queries.agreement_pages import BESIDE, SHARES, Plot, Share, code_of_run, interval_plot, table_address
from coding.queries.agreement_passages import readings_of
from coding.queries.disputes import comparisons
from observations.access import Viewer, nothing_here
from observations.queries.consent import site_names


@dataclass(frozen=True)
class PartRow:
    """Agreement within a group; `alpha` only where the code is used often enough, `plot` with it."""

    group: Group
    part: Part
    alpha: float | None
    plot: Plot | None
    shares: tuple[Share, ...]

    @property
    def is_withheld(self) -> bool:
        return self.alpha is None and self.part.values["alpha"] is not None

    @property
    def interval(self) -> Interval:
        """Of alpha."""
        return self.part.intervals["alpha"]

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
    """A measure on one unit, with its bootstrap interval. `is_withheld` stands in place of it under the fewest uses.

    `se`, `analytic_low` and `analytic_high` are what theory gives as if units were independent, where it has them.
    """

    unit: str
    n: int
    value: float | None
    observed: float | None
    expected: float | None
    because: str | None
    is_withheld: bool
    low: float | None
    high: float | None
    no_interval_because: str | None
    se: float | None
    analytic_low: float | None
    analytic_high: float | None


@dataclass(frozen=True)
class Detail:
    """What the page of one code of a run shows; `code` None is all codes together.

    `kinds` counts typed disagreements that have this code in them, each once; `redefined` how many of them all come
    from readings whose codebooks defined a code differently. `has_moved` says that texts or codes changed since the run
    was computed, so that figures worked out now are not those of its table.
    """

    run: AgreementRun
    code: Code | None
    spread: Spread
    groups: Mapping[str, Sequence[PartRow]]
    measures: Mapping[str, Mapping[str, MeasureCell]]
    segments: Mapping[str, MeasureCell]
    bases: Mapping[str, Base]
    shares: tuple[str, ...]
    kinds: Mapping[str, int]
    redefined: int
    has_moved: bool

    @property
    def rules(self) -> Rules:
        """Of the run."""
        return Rules.of(self.run.unit, self.run.options)

    @property
    def table(self) -> str:
        """What leads to the table, after "?"."""
        return table_address(self.run)

    @property
    def fixed(self) -> list[Base]:
        """What turns, sentences and characters stand on."""
        return [base for unit, base in self.bases.items() if unit != "segment"]


def detail_of(viewer: Viewer, run: AgreementRun, code_id: uuid.UUID | None, *, leaves: bool = False) -> Detail:
    """One code of a finished run in detail, to look at or, with `leaves`, to take out of the study.

    The same number of queries for any.

    Raises Missing for a code the run has not, and for readings the viewer may no longer know of.
    """
    code = code_of_run(run, code_id)
    readings, _ = readings_of(viewer, run, "")
    rules = Rules.of(run.unit, run.options)
    material = material_of(viewer.study, readings, cast(Unit, run.unit), rules=rules)
    if code is not None and str(code.pk) not in material.codes:
        # Merged into another since: its passages count for that one now.
        raise nothing_here()
    place = None if code is None else material.codes.index(str(code.pk))
    drawn = {"seed": run.seed, "replicates": run.options.get("replicates", DEFAULT_REPLICATES)}
    within = parts_of(material, place, **drawn)
    parts = _parts(material, groups_of(readings, site_names(viewer) if leaves else None), within)
    alphas = [row.part.values["alpha"] for row in parts["source"]]
    pooled = within.part(range(len(material.sources)))
    stored = _stored(run, code)
    kinds, redefined = _kinds(viewer, readings, code)
    measured, bases = every_measure(material, place, **drawn)
    return Detail(
        run=run,
        code=code,
        spread=_spread(stored, [alpha for alpha in alphas if alpha is not None], pooled.sources),
        groups=parts,
        measures=_table([each for each in measured if each.unit != "segment"]),
        segments={each.measure: _cell(each) for each in measured if each.unit == "segment"},
        bases={base.unit: base for base in bases},
        shares=_shares(run.unit, pooled),
        kinds=kinds,
        redefined=redefined,
        has_moved=not _same(stored["alpha"]["value"], pooled.values["alpha"]),
    )


def _shares(unit: str, pooled: Part) -> tuple[str, ...]:
    """The shares that stand beside alpha in the tables of groups."""
    return tuple(name for name in BESIDE.get(unit, SHARES) if name in pooled.values)


def _parts(material: Material, groups: Mapping[str, Sequence[Group]], parts: Parts) -> dict[str, list[PartRow]]:
    place = {uuid.UUID(source): at for at, source in enumerate(material.sources)}
    return {
        kind: [
            _row(group, parts.part(sorted(place[source] for source in group.sources)), material.unit)
            for group in groups[kind]
        ]
        for kind in KINDS
    }


def _row(group: Group, part: Part, unit: str) -> PartRow:
    alpha = part.values["alpha"] if part.n >= FEWEST else None
    interval = part.intervals["alpha"]
    plot = interval_plot(alpha, interval.low, interval.high)
    shares = tuple(
        Share(_percent(part.values[name]), _percent(part.intervals[name].low), _percent(part.intervals[name].high))
        for name in _shares(unit, part)
    )
    return PartRow(group, part, alpha, plot, shares)


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
    found, interval = each.found, each.interval
    is_withheld = each.n < FEWEST and found.value is not None and each.measure not in UNCORRECTED
    value = None if is_withheld else found.value
    analytic = [None if value is None else found.extra.get(part) for part in ANALYTIC]
    drawn = None if value is None else interval
    return MeasureCell(
        each.unit,
        each.n,
        value,
        found.observed,
        found.expected,
        found.undefined_because,
        is_withheld,
        drawn.low if drawn else None,
        drawn.high if drawn else None,
        drawn.undefined_because if drawn else None,
        *(part if isinstance(part, float) else None for part in analytic),
    )


def _kinds(viewer: Viewer, readings: Sequence[Reading], code: Code | None) -> tuple[dict[str, int], int]:
    """How many disagreements of each kind these readings have on a code, and how many with changed definitions."""
    compared = {reading.pk for reading in readings}
    sources = {reading.source_id: reading.source for reading in readings}
    found: Counter[str] = Counter()
    redefined = 0
    for one in comparisons(viewer, sources.values()):
        if {reading.pk for reading in one.readings} <= compared:
            of_code = [each for each in one.compared.disputes if code is None or code.pk in each.codes]
            found.update(each.kind for each in of_code)
            redefined += sum(each.redefined for each in of_code)
    return {kind: found[kind] for kind in Dispute.Kind.values}, redefined


def _same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and abs(one - other) < 1e-9)


def detail_table(detail: Detail) -> list[list[str]]:
    """The detail as the rows of a table with a header: plain numbers, empty where undefined."""
    spread = detail.spread
    rows = [_line("pooled", sources=spread.sources, value=spread.pooled, low=spread.low, high=spread.high)]
    rows += [
        _line(f"{name} of sources", sources=spread.defined, value=value)
        for name, value in (("mean", spread.mean), ("median", spread.median))
    ]
    rows += [_part_line(kind, row) for kind, parts in detail.groups.items() for row in parts]
    cells = [(name, cell) for name, row in detail.measures.items() for cell in row.values()]
    for name, cell in [*cells, *detail.segments.items()]:
        base = detail.bases[cell.unit]
        figures = asdict(cell) | {"prevalence": base.prevalence, "units": base.units, "missing": base.missing}
        rows.append(_line(f"by {cell.unit}", key=name, label=cell.because, **figures))
    rows += [_line("kind", key=kind, n=n) for kind, n in detail.kinds.items()]
    rows.append(_line("kind", key="redefined", label="of all these", n=detail.redefined))
    return [list(DETAIL_TABLE), *rows]


DETAIL_TABLE = (
    "by",
    "key",
    "label or reason",
    "sources",
    "n",
    "value",
    "low",
    "high",
    "percent",
    "positive",
    "prevalence",
    "observed",
    "expected",
    "units",
    "missing",
    "se",
    "analytic_low",
    "analytic_high",
)


def _part_line(kind: str, row: PartRow) -> list[str]:
    part, group = row.part, row.group
    figures = {"value": part.values["alpha"], "low": row.interval.low, "high": row.interval.high}
    shares = {name: part.values.get(name) for name in SHARES}
    told = {"sources": part.sources, "n": part.n, "prevalence": part.prevalence}
    return _line(kind, key=group.key, label=group.label, **figures, **shares, **told)


def _line(by: str, *, key: str = "", label: str | None = None, **figures: Any) -> list[str]:
    told = [by, key, label or ""]
    return [*told, *(_written(figures.get(name)) for name in DETAIL_TABLE[len(told) :])]


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _written(number: float | int | None) -> str:
    return "" if number is None else repr(number)

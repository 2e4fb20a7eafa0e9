"""Earlier audits: their list, and what two of them say differently, code by code."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coding.audit import FEWEST
from coding.audit_material import Rules
from coding.models import AgreementRun, Code, Reading
from coding.queries.agreement import runs_visible_to
from coding.queries.agreement_pages import Plot, finished_run, interval_plot, table_address
from coding.queries.counted import MAIN
from coding.queries.visible import readings_visible_to
from observations.access import Viewer
from observations.models import Source
from observations.queries.alphabet import alphabetical, by_name
from observations.roles import Permission

MOST = 200
"""Runs listed, the newest first."""


@dataclass(frozen=True)
class Listed:
    """A finished run in the list. `beside` is the run to compare it with: the one asked for, or the one before it.

    `cut` is the last entry of the history it saw; None for whoever codes as well, whom its steps would tell how much
    others do.
    """

    id: uuid.UUID
    unit: str
    rules: Rules
    site: str
    round: int
    computed_at: datetime
    started_by: str
    readings: int
    codebooks: tuple[int, ...]
    seed: int
    cut: int | None
    n: int
    alpha: float | None
    beside: uuid.UUID | None


@dataclass(frozen=True)
class Side:
    """One run's figures of a code; `alpha` None where it is undefined, withheld, or the run had not the code."""

    n: int
    alpha: float | None
    low: float | None
    high: float | None
    plot: Plot | None


@dataclass(frozen=True)
class Change:
    """A code in both runs; `code` None is all together, `difference` the later alpha less the earlier."""

    code: Code | None
    before: Side
    after: Side

    @property
    def difference(self) -> float | None:
        if self.before.alpha is None or self.after.alpha is None:
            return None
        return self.after.alpha - self.before.alpha

    @property
    def is_apart(self) -> bool:
        """Whether the two intervals have nothing in common."""
        one, other = self.before, self.after
        if one.low is None or one.high is None or other.low is None or other.high is None:
            return False
        return one.high < other.low or other.high < one.low


@dataclass(frozen=True)
class Read:
    """A reading that only one of two runs has: of which source, and by whom, under an alias."""

    id: uuid.UUID
    source: uuid.UUID
    title: str
    alias: str


@dataclass(frozen=True)
class Comparison:
    """Two runs, the earlier first: their codes, the largest change first, and what changed between them.

    `texts` are sources in both whose text is another; `is_like` says that unit, rules, site and round are the same.
    """

    before: AgreementRun
    after: AgreementRun
    changes: tuple[Change, ...]
    overall: Change
    added: tuple[Read, ...]
    gone: tuple[Read, ...]
    texts: tuple[Source, ...]

    @property
    def is_like(self) -> bool:
        two = (self.before, self.after)
        one, other = ((run.unit, Rules.of(run.unit, run.options), run.site_id, run.round) for run in two)
        return one == other

    @property
    def table(self) -> str:
        """What leads to the table of runs like the later one, after "?"."""
        return table_address(self.after)

    @property
    def rules(self) -> Rules:
        """Of the later one."""
        return Rules.of(self.after.unit, self.after.options)

    @property
    def codebooks(self) -> tuple[list[int], list[int]]:
        """The numbers of the codebook versions of each."""
        return (self.before.result or {})["codebooks"], (self.after.result or {})["codebooks"]

    @property
    def is_same(self) -> bool:
        """Whether both were computed from the same readings of the same texts."""
        return not (self.added or self.gone or self.texts)


def runs_listed(viewer: Viewer, beside: uuid.UUID | None = None) -> list[Listed]:
    """The finished runs the viewer may know of, the newest first. One query, without their figures."""
    columns = {
        "at": "result__codebooks",
        "n": "result__overall__n",
        "alpha": "result__overall__alpha__value",
    }
    rows = runs_visible_to(viewer).filter(computed_at__isnull=False).order_by("-computed_at", "pk")
    names = ("pk", "unit", "site_id", "round", "options")
    more = ("site__name", "computed_at", "started_by__name", "readings", "seed", "cut")
    found = list(rows.values_list(*names, *more, *columns.values())[:MOST])
    like: dict[tuple[str, Any, int | None, Rules], list[uuid.UUID]] = {}
    for pk, unit, site, round, options, *_ in found:
        like.setdefault((unit, site, round, Rules.of(unit, options)), []).append(pk)
    return [
        Listed(
            id=pk,
            unit=unit,
            rules=Rules.of(unit, options),
            site=name or "",
            round=round or MAIN,
            computed_at=at,
            started_by=by,
            readings=len(readings),
            codebooks=tuple(codebooks or ()),
            seed=seed,
            cut=None if viewer.may(Permission.CODE) else cut,
            n=n,
            alpha=alpha if n >= FEWEST else None,
            beside=_beside(pk, like[unit, site, round, Rules.of(unit, options)], beside),
        )
        for pk, unit, site, round, options, name, at, by, readings, seed, cut, codebooks, n, alpha in found
    ]


def _beside(run: uuid.UUID, like: list[uuid.UUID], asked: uuid.UUID | None) -> uuid.UUID | None:
    if asked in like:
        return asked if asked != run else None
    place = like.index(run)
    return like[place + 1] if place + 1 < len(like) else None


def compare_runs(viewer: Viewer, one_id: uuid.UUID, other_id: uuid.UUID) -> Comparison:
    """What two finished runs say of each code. Seven queries; raises Missing for a run the viewer may not know of."""
    before, after = sorted(
        (finished_run(viewer, one_id), finished_run(viewer, other_id)), key=lambda run: (run.computed_at, run.pk)
    )
    earlier, later = _figures(before), _figures(after)
    ids = [code for code in {**earlier, **later} if code]
    codes = {str(code.pk): code for code in Code.objects.filter(pk__in=ids).select_related("revision")}
    changes = [Change(codes[code], _side(earlier.get(code)), _side(later.get(code))) for code in ids if code in codes]
    return Comparison(
        before=before,
        after=after,
        changes=tuple(sorted(changes, key=_largest_first)),
        overall=Change(None, _side(earlier[""]), _side(later[""])),
        added=_read(viewer, set(after.readings) - set(before.readings)),
        gone=_read(viewer, set(before.readings) - set(after.readings)),
        texts=_texts(viewer, before, after),
    )


def _figures(run: AgreementRun) -> dict[str, Mapping[str, Any]]:
    """By code, and under "" of all together."""
    result = run.result or {}
    return {"": result["overall"], **{found["code"]: found for found in result["codes"]}}


def _side(found: Mapping[str, Any] | None) -> Side:
    if found is None:
        return Side(0, None, None, None, None)
    alpha = found["alpha"]["value"] if found["n"] >= FEWEST else None
    interval = found["alpha"]["interval"]
    low, high = (interval["low"], interval["high"]) if alpha is not None else (None, None)
    return Side(found["n"], alpha, low, high, interval_plot(alpha, low, high))


def _largest_first(change: Change) -> tuple[bool, float, str]:
    size = 0.0 if change.difference is None else abs(change.difference)
    return change.difference is None, -size, change.code.sign if change.code else ""


def _read(viewer: Viewer, ids: Iterable[str]) -> tuple[Read, ...]:
    rows: Any = readings_visible_to(viewer, with_superseded=True)
    rows = rows.filter(pk__in=list(ids), phase=Reading.Phase.FIRST)
    read = [Read(*row) for row in rows.values_list("pk", "source_id", "source__title", "coder__alias")]
    return tuple(sorted(read, key=lambda one: (alphabetical(one.title), alphabetical(one.alias), str(one.id))))


def _texts(viewer: Viewer, before: AgreementRun, after: AgreementRun) -> tuple[Source, ...]:
    earlier, later = (before.result or {})["sources"], (after.result or {})["sources"]
    changed = [source for source in earlier.keys() & later.keys() if earlier[source] != later[source]]
    return tuple(by_name(Source.objects.filter(study=viewer.study, pk__in=changed), "title"))


def comparison_table(comparison: Comparison) -> list[list[str]]:
    """The comparison as the rows of a table with a header, in full precision, empty where undefined."""
    header = ["code", "id", "alpha before", "low before", "high before", "n before"]
    header += ["alpha after", "low after", "high after", "n after", "difference"]
    rows = [header]
    for change in (*comparison.changes, comparison.overall):
        name = [change.code.sign, str(change.code.pk)] if change.code else ["all", ""]
        one, other = change.before, change.after
        numbers = [one.alpha, one.low, one.high, one.n, other.alpha, other.low, other.high, other.n, change.difference]
        rows.append([*name, *("" if number is None else repr(number) for number in numbers)])
    return rows

"""The audit as its page shows it: the run to show, its rows weakest first, and where their marks stand."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.http import urlencode

from coding.agreement import reasons
from coding.agreement.bootstrap import FEWEST_SOURCES
from coding.audit import FEWEST
from coding.audit_material import PLAIN, Rules, Unit
from coding.audit_measures import UNCORRECTED, choices
from coding.models import AgreementRun, Code
from coding.queries.agreement import Scope, runs_visible_to, scope_of
from fieldstudy.errors import gettext_noop
from fieldstudy.models import Job
from observations.access import Viewer, nothing_here
from observations.models import Site

NOT_STORED = gettext_noop("computed before this measure was kept; compute again")
NOT_OF_SETS = gettext_noop("this measure compares one code at a time, not sets of codes")

AXIS = (-0.2, 1.0)
STEPS = (0.3, 0.4, 0.55, 0.67, 0.8, 0.9)
"""Borders of the seven steps of ink; .67 and .80 are Krippendorff's customary thresholds."""

WITHHELD = {
    "turn": gettext_noop("not shown — used in %(n)s turns, %(needed)s needed"),
    "sentence": gettext_noop("not shown — used in %(n)s sentences, %(needed)s needed"),
    "character": gettext_noop("not shown — used in %(n)s turns, %(needed)s needed"),
    "segment": gettext_noop("not shown — %(n)s segments, %(needed)s needed"),
}
BESIDE = {"segment": ("f1_100", "f1_50")}
"""The two shares beside the measure chosen: of free segments the same borders and the same place, else these:"""
SHARES = ("percent", "positive")


@dataclass(frozen=True)
class Plot:
    """Where dot and line of a forest row stand, in percent of its width, as SVG attributes say it."""

    dot: str
    low: str | None
    high: str | None


@dataclass(frozen=True)
class Cell:
    """The measure shown, of one pair of coders on one code; `step` is "none" where it has no value or is withheld."""

    pair: str
    names: str
    value: float | None
    low: float | None
    high: float | None
    step: str
    because: str | None


@dataclass(frozen=True)
class Share:
    """A share beside the measure, and its interval, in whole percent."""

    value: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Row:
    """A code's figures, or with `code` None those of all codes; percentages are whole numbers.

    `value`, with its interval, is of the measure shown. `undefined_because` or `withheld` (a marked message, to be
    filled with `counts`) stand in its place.
    """

    code: Code | None
    n: int
    value: float | None
    low: float | None
    high: float | None
    degenerate: int
    no_interval_because: str | None
    plot: Plot | None
    undefined_because: str | None
    withheld: str | None
    counts: Mapping[str, int]
    percent: Share
    positive: Share
    used: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class AuditPage:
    """What the page shows: `run` with its rows, None before the first.

    `pending` is the viewer's newest run, if it has not ended or has failed. `is_stale` says that other readings, texts
    or codes would be compared today; `resampled` is "sources" or "units", or "" where one source allows no interval.
    `where` is agreement on coding at all, `what` that on the codes where two coders coded, with its `coverage`.
    """

    unit: Unit
    site: Site | None
    scope: Scope
    run: AgreementRun | None
    pending: AgreementRun | None
    rows: tuple[Row, ...]
    cannot: tuple[Row, ...]
    overall: Row | None
    pairs: tuple[str, ...]
    is_stale: bool
    resampled: str
    measure: str
    where: Row | None
    what: Row | None
    coverage: int | None
    rules: Rules

    @property
    def kept(self) -> str:
        """What links to passages carry on, after "?": the measure, unless it is alpha."""
        return "" if self.measure == "alpha" else f"?measure={self.measure}"

    @property
    def kept_more(self) -> str:
        """The same after other parts of an address."""
        return self.kept.replace("?", "&")

    @property
    def has_degenerate(self) -> bool:
        """Whether some interval shown leaves out resamples without a value."""
        rows = self.rows if self.overall is None else (*self.rows, self.overall)
        return any(row.degenerate and row.low is not None for row in rows)

    @property
    def result(self) -> dict[str, Any]:
        """The stored result of the run shown, empty without one."""
        return (self.run.result if self.run else None) or {}


def audit_page(
    viewer: Viewer,
    unit: Unit,
    site: Site | None,
    run: AgreementRun | None = None,
    *,
    measure: str = "alpha",
    rules: Rules = PLAIN,
) -> AuditPage:
    """The audit of a study or site by one unit and its rules: the run given, else the latest of what is compared now.

    Five or six queries.
    """
    scope = scope_of(viewer, site, run.round if run else None)
    rules = Rules.of(unit, run.options if run else asdict(rules))
    run = run or _latest(viewer, unit, site, scope, rules)
    pending = _pending(viewer, unit, site, run, rules)
    measure = measure if measure in choices(unit) else "alpha"
    if run is None or run.result is None:
        nothing: Any = ()
        return AuditPage(
            unit,
            site,
            scope,
            None,
            pending,
            nothing,
            nothing,
            None,
            nothing,
            False,
            "",
            measure,
            None,
            None,
            None,
            rules,
        )
    result = run.result
    aliases = {coder["id"]: coder["alias"] for coder in result["coders"]}
    codes = _codes(result)
    rows = [
        _row(codes[found["code"]], found, unit, aliases, measure) for found in result["codes"] if found["code"] in codes
    ]
    shown = sorted((row for row in rows if row.plot), key=lambda row: (row.value, row.code.sign if row.code else ""))
    cannot = sorted((row for row in rows if not row.plot), key=lambda row: (-row.n, row.code.sign if row.code else ""))
    changed = run.readings != scope.ids or result["sources"] != scope.sources
    what = result.get("what")
    return AuditPage(
        unit=unit,
        site=site,
        scope=scope,
        run=run,
        pending=pending,
        rows=tuple(shown),
        cannot=tuple(cannot),
        overall=_row(None, result["overall"], unit, aliases, measure),
        pairs=tuple(cell.names for cell in _cells(result["overall"], aliases, measure)),
        is_stale=changed or any(code.merged_into_id for code in codes.values()),
        resampled=_resampled(result["n_sources"]),
        measure=measure,
        where=_row(None, result["where"], unit, {}, "alpha") if what else None,
        what=_row(None, what, unit, {}, "alpha") if what else None,
        coverage=_percent(what["coverage"]) if what else None,
        rules=rules,
    )


def _resampled(sources: int) -> str:
    """What intervals are drawn from."""
    if sources < 2:
        return ""
    return "units" if sources < FEWEST_SOURCES else "sources"


def figure_behind(run: AgreementRun, code: Code | None, pair: str, measure: str) -> Cell | None:
    """The number that opened a list of passages: of all coders, or of a pair, by the measure shown."""
    result = run.result or {}
    codes = {each["code"]: each for each in result["codes"]}
    found = result["overall"] if code is None else codes[str(code.pk)]
    aliases = {coder["id"]: coder["alias"] for coder in result["coders"]}
    if pair:
        return next((cell for cell in _cells(found, aliases, measure) if cell.pair == pair), None)
    told = _measured(found, measure)
    value = _shown(told, found["n"], measure)
    low, high = (told.get("low"), told.get("high")) if value is not None else (None, None)
    return Cell("", "", value, low, high, "", told["undefined_because"])


def table_address(run: AgreementRun) -> str:
    """What leads back to the table of runs like this one, after "?"."""
    asked = {"unit": run.unit, "site": str(run.site_id) if run.site_id else ""}
    return urlencode(asked | dict.fromkeys(Rules.of(run.unit, run.options).told, "1"))


def finished_run(viewer: Viewer, run_id: uuid.UUID) -> AgreementRun:
    """A finished run the viewer may know of. Two queries; raises Missing otherwise."""
    runs = runs_visible_to(viewer).filter(pk=run_id, computed_at__isnull=False)
    run = runs.select_related("site", "started_by").first()
    if run is None:
        raise nothing_here()
    return run


def _latest(viewer: Viewer, unit: str, site: Site | None, scope: Scope, rules: Rules) -> AgreementRun | None:
    """The latest run of what would be compared now; where there is none, the latest that the viewer may see."""
    runs = runs_visible_to(viewer).filter(unit=unit, site=site, round=None, computed_at__isnull=False)
    runs = runs.filter(options__contains=asdict(rules))
    runs = runs.select_related("site")
    same = Case(When(readings=scope.ids, then=Value(1)), default=Value(0), output_field=IntegerField())
    return runs.annotate(same=same).order_by("-same", "-created_at", "pk").first()


def _pending(
    viewer: Viewer, unit: str, site: Site | None, shown: AgreementRun | None, rules: Rules
) -> AgreementRun | None:
    runs = AgreementRun.objects.filter(study=viewer.study, unit=unit, site=site, round=None, started_by=viewer.user)
    runs = runs.filter(options__contains=asdict(rules))
    newest = runs.select_related("job").order_by("-created_at", "pk").first()
    if newest is None or newest.job is None or newest.job.state == Job.State.DONE:
        return None
    return newest if newest != shown else None


def _codes(result: Mapping[str, Any]) -> dict[str, Code]:
    codes = Code.objects.filter(pk__in=[found["code"] for found in result["codes"]]).select_related("revision")
    return {str(code.pk): code for code in codes}


def _row(code: Code | None, found: Mapping[str, Any], unit: str, aliases: Mapping[str, str], measure: str) -> Row:
    n, interval = found["n"], found["alpha"]["interval"] or {}
    told = _measured(found, measure)
    value = _shown(told, n, measure)
    low, high = (told.get("low"), told.get("high")) if value is not None else (None, None)
    because = interval.get("undefined_because")
    return Row(
        code=code,
        n=n,
        value=value,
        low=low,
        high=high,
        degenerate=(interval if measure == "alpha" else told).get("degenerate", 0),
        no_interval_because=because if because != reasons.UNDEFINED_ESTIMATE else None,
        plot=interval_plot(value, low, high),
        undefined_because=told["undefined_because"],
        withheld=WITHHELD[unit] if value is None and told["undefined_because"] is None else None,
        counts={"n": n, "needed": FEWEST},
        percent=_share(found, BESIDE.get(unit, SHARES)[0]),
        positive=_share(found, BESIDE.get(unit, SHARES)[1]),
        used=_percent(found.get("prevalence")),
        cells=_cells(found, aliases, measure),
    )


def _share(found: Mapping[str, Any], name: str) -> Share:
    told = found.get("measures", {}).get(name) or {"value": found.get(name)}
    return Share(*(_percent(told.get(part)) for part in ("value", "low", "high")))


def _measured(found: Mapping[str, Any], measure: str) -> Mapping[str, Any]:
    """A measure of a code as stored, with its interval; older runs, and sets of codes, have not all of them."""
    if measure == "alpha":
        interval = found["alpha"]["interval"] or {}
        return {**found["alpha"], **{part: interval.get(part) for part in ("low", "high")}}
    missing = NOT_OF_SETS if found.get("measure") == "sets" else NOT_STORED
    told: Mapping[str, Any] = found.get("measures", {}).get(measure, {"value": None, "undefined_because": missing})
    return told


def _shown(told: Mapping[str, Any], n: int, measure: str) -> float | None:
    value: float | None = told["value"]
    return value if n >= FEWEST or measure in UNCORRECTED else None


def _cells(found: Mapping[str, Any], aliases: Mapping[str, str], measure: str) -> tuple[Cell, ...]:
    order = list(aliases)
    return tuple(
        _cell(pair, [order.index(coder) for coder in pair["coders"]], aliases, measure)
        for pair in found.get("pairs", ())
    )


def _cell(pair: Mapping[str, Any], places: Sequence[int], aliases: Mapping[str, str], measure: str) -> Cell:
    told = pair.get(measure, {"value": None, "undefined_because": None})
    value = _shown(told, pair["n"], measure)
    return Cell(
        pair="-".join(str(place) for place in places),
        names="–".join(aliases[coder] for coder in pair["coders"]),
        value=value,
        low=told.get("low") if value is not None else None,
        high=told.get("high") if value is not None else None,
        step="none" if value is None else str(1 + sum(value >= border for border in STEPS)),
        because=told["undefined_because"],
    )


def interval_plot(value: float | None, low: float | None, high: float | None) -> Plot | None:
    """Where the dot and the line of a forest row stand; None without a value."""
    return None if value is None else Plot(_place(value), _maybe_place(low), _maybe_place(high))


def code_of_run(run: AgreementRun, code_id: uuid.UUID | None) -> Code | None:
    """A code that the run measured, None for all; raises Missing for another. One query."""
    if code_id is None:
        return None
    known = [found["code"] for found in (run.result or {}).get("codes", [])]
    code = Code.objects.filter(pk=code_id, study_id=run.study_id).select_related("revision").first()
    if code is None or str(code_id) not in known:
        raise nothing_here()
    return code


def _place(value: float) -> str:
    low, high = AXIS
    return f"{100 * (min(max(value, low), high) - low) / (high - low):.2f}%"


def _maybe_place(value: float | None) -> str | None:
    return None if value is None else _place(value)


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def audit_table(run: AgreementRun) -> list[list[str]]:
    """The figures of a run as the rows of a table with a header: signs, plain numbers, empty where undefined."""
    result = run.result or {}
    aliases = {coder["id"]: coder["alias"] for coder in result["coders"]}
    pairs = ["-".join(aliases[coder] for coder in pair["coders"]) for pair in result["overall"]["pairs"]]
    others = [name for name in choices(run.unit) if name != "alpha"]
    by_pair = ("alpha", *(name for name in ("cohen",) if name in others))
    header = [
        *TABLE,
        *(f"{part} {name}" for name in others for part in ("measure", "low", "high")),
        *(f"{part}{name} {pair}" for pair in pairs for name in by_pair for part in ("", "low ", "high ")),
        "seed",
        "replicates",
    ]

    def told(found: Mapping[str, Any]) -> list[str]:
        measured = [found.get("measures", {}).get(name, {}) for name in others]
        measured += [pair.get(name, {}) for pair in found["pairs"] for name in by_pair]
        return [
            *_cells_of(found),
            *(_written(each.get(part)) for each in measured for part in ("value", "low", "high")),
        ]

    rows = [[found["sign"], found["code"], *told(found)] for found in result["codes"]]
    rows = [*sorted(rows), [f"all ({result['overall']['measure']})", "", *told(result["overall"])]]
    drawn = [_written(result.get("seed")), _written(result.get("replicates"))]
    return [header, *([*row, *drawn] for row in rows)]


TABLE = (
    "code",
    "id",
    "alpha",
    "low",
    "high",
    "resampled",
    "degenerate",
    "undefined",
    "percent",
    "positive",
    "prevalence",
    "n",
)

PARTS = ("value", "low", "high")


def _cells_of(found: Mapping[str, Any]) -> list[str]:
    alpha = found["alpha"]
    interval = alpha["interval"]
    numbers = [alpha["value"], interval["low"], interval["high"]]
    beside = [found["percent"], found["positive"], found["prevalence"], found["n"]]
    drawn = interval["low"] is not None
    words = [interval["resampled"] if drawn else "", str(interval["degenerate"]) if drawn else ""]
    because = alpha["undefined_because"] or ""
    return [*map(_written, numbers), *words, because, *map(_written, beside)]


def _written(number: float | int | None) -> str:
    return "" if number is None else repr(number)

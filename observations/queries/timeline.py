"""The field work of a study drawn over time: a row for each site, a mark for each source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from observations.access import Viewer
from observations.models import Site, Source

LEFT, RIGHT, TOP, ROW = 206.0, 758.0, 40, 38
MOST_TICKS = 8
MARK = 9.0


@dataclass(frozen=True)
class Dot:
    """A source: `kind` says its form, `x` its place in the drawing's units."""

    x: float
    kind: str

    @property
    def left(self) -> float:
        """Where a square mark of 8 units begins."""
        return self.x - 4


@dataclass(frozen=True)
class Row:
    """A site (None: sources of no site) with its dots; `y` in the drawing's units."""

    site: Site | None
    y: int
    n: int
    dots: Sequence[Dot]


@dataclass(frozen=True)
class Tick:
    x: float
    first: date


@dataclass(frozen=True)
class Timeline:
    """A drawing 820 units wide and `height` high. `undated` sources are counted in their row, but have no mark."""

    rows: Sequence[Row] = ()
    ticks: Sequence[Tick] = ()
    height: int = TOP
    undated: int = 0
    kinds: Sequence[str] = field(default_factory=tuple)


def timeline_of(viewer: Viewer, sites: Sequence[Site]) -> Timeline:
    """The sources of the viewer's study by site and date. One query; `sites` are the rows, in their order."""
    found = Source.objects.filter(study=viewer.study, revision__isnull=False)
    marks = list(found.order_by("observed_on", "pk").values_list("site_id", "observed_on", "kind"))
    if not marks:
        return Timeline()
    days = [day for _, day, _ in marks if day]
    first, last = _whole_months(days) if days else (None, None)
    rows: list[Row] = []
    for site in [*sites, None]:
        own = [(day, kind) for site_id, day, kind in marks if site_id == (site.pk if site else None)]
        if site is None and not own:
            continue
        dots = _dots(own, first, last) if first and last else ()
        rows.append(Row(site, TOP + ROW * len(rows), len(own), dots))
    return Timeline(
        rows=rows,
        ticks=_ticks(first, last) if first and last else (),
        height=TOP + ROW * len(rows) - 14,
        undated=len(marks) - len(days),
        kinds=sorted({kind for _, _, kind in marks}),
    )


def _whole_months(days: Sequence[date]) -> tuple[date, date]:
    """The first day of the first month and the first day after the last one."""
    return min(days).replace(day=1), _later(max(days).replace(day=1), 1)


def _later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1) if year <= date.max.year else date.max


def _x(day: date, first: date, last: date) -> float:
    return round(LEFT + (RIGHT - LEFT) * (day - first).days / (last - first).days, 1)


def _ticks(first: date, last: date) -> list[Tick]:
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((step for step in (1, 2, 3, 6, 12) if months <= step * MOST_TICKS), 12 * (1 + months // 96))
    return [Tick(_x(day, first, last), day) for day in (_later(first, n) for n in range(0, months, step))]


def _dots(own: Iterable[tuple[date | None, str]], first: date, last: date) -> list[Dot]:
    """Dots from left to right; those of one day stand beside each other."""
    dots: list[Dot] = []
    for day, kind in own:
        if day is None:
            continue
        x = _x(day, first, last)
        if dots and x < dots[-1].x + MARK:
            x = dots[-1].x + MARK
        dots.append(Dot(x, kind))
    return dots

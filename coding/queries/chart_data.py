"""What the charts show: the drawing, the table that says the same, and what has to be said with it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext

from coding import matrices as counting
from coding.charts import Chart, Curve, Dots, Network, Panels
from coding.cooccurrence import meetings, overlapping
from coding.matrices import Ints, Passages
from coding.queries.layers import Layer, layer_of
from coding.queries.matrices import NO_TURNS, Asked, coded_passages, sources_in
from coding.queries.matrix_axes import NONE, Heading, code_rows, site_axis
from coding.saturation import saturation
from observations.access import Viewer
from observations.models import Source
from observations.queries.consent import site_names

MOST_ROWS = 40
MOST_PANELS = 6
MOST_NODES = 40
BASE, RUN, THRESHOLD = 4, 2, 0.05


@dataclass(frozen=True)
class ChartData:
    """A chart with its table. `notes` are sentences; `chart` is None where there is nothing to draw yet.

    In the table numbers stand from the column `numbers_from` on.
    """

    kind: str
    layer: Layer | None
    headings: list[str]
    table: list[list[Any]]
    chart: Chart | None
    notes: list[str] = field(default_factory=list)
    numbers_from: int = 2


@dataclass(frozen=True)
class Coded:
    """The codes and their passages in the readings of a layer."""

    layer: Layer
    sources: list[Source]
    rows: list[Heading]
    passages: Passages

    def of_each(self) -> Ints:
        return np.bincount(self.passages.label, minlength=len(self.rows))


def frequencies(viewer: Viewer, asked: Asked) -> ChartData:
    """How often each code is used, and at which sites."""
    coded = _coded(viewer, asked)
    axis = site_axis(coded.sources, site_names(viewer) if asked.leaves else None)
    cells = counting.by_source(coded.passages, axis.things, axis.columns)
    shape = (len(coded.rows), len(axis.headings))
    by_site = counting.count(cells, coded.passages, shape, "segments", NO_TURNS)
    everything = coded.of_each()
    order = [row for row in np.argsort(-everything, kind="stable").tolist() if everything[row]]
    sites = [heading.label for heading in axis.headings]
    known = [column for column, heading in enumerate(axis.headings) if heading.key != NONE]
    spread = (by_site[:, known] > 0).sum(axis=1)
    table = [
        [*_names(coded.rows[row]), int(everything[row]), int(spread[row]), *by_site[row].tolist()] for row in order
    ]
    drawn = order[:MOST_ROWS]
    shown = sites[:MOST_PANELS]
    values = [everything[drawn], *(by_site[drawn, column] for column in range(len(shown)))]
    panels = Panels(
        tuple(coded.rows[row].label for row in drawn),
        (gettext("All sites"), *shown),
        tuple(tuple(float(n) for n in column) for column in values),
    )
    notes = [gettext("Drawn: the %(n)s codes used most; the table has all.") % {"n": MOST_ROWS}]
    headings = [gettext("Sign"), gettext("Code"), gettext("Passages"), gettext("Sites with it"), *sites]
    is_cut = len(order) > MOST_ROWS
    return ChartData("frequencies", coded.layer, headings, table, panels if order else None, notes if is_cut else [])


def network(viewer: Viewer, asked: Asked) -> ChartData:
    """Which codes meet in one coder's passages, as a network."""
    coded = _coded(viewer, asked)
    everything = coded.of_each()
    met = meetings(overlapping(coded.passages), len(coded.rows))
    used = np.argsort(-everything, kind="stable")[:MOST_NODES]
    kept = [int(row) for row in used if met[row].any()]
    pairs = sorted(
        ((one, other, int(met[one, other])) for one in range(len(met)) for other in range(one) if met[one, other]),
        key=lambda pair: (-pair[2], pair[0], pair[1]),
    )
    place = {row: number for number, row in enumerate(kept)}
    ties = tuple((place[one], place[other], float(n)) for one, other, n in pairs if one in place and other in place)
    names = tuple(_sign(coded.rows[row]) for row in kept)
    drawn = Network(names, tuple(float(everything[row]) for row in kept), ties) if pairs else None
    rows = coded.rows
    table = [[_sign(rows[other]), rows[other].label, _sign(rows[one]), rows[one].label, n] for one, other, n in pairs]
    sign, code = gettext("Sign"), gettext("Code")
    headings = [sign, code, sign, code, gettext("Overlapping pairs of passages")]
    notes = [gettext("Signs stand for codes; a larger circle has more passages, a thicker line more overlaps.")]
    apart = int(((everything > 0) & ~met.any(axis=1)).sum())
    if apart:
        notes.append(gettext("%(n)s codes that overlap with no other are left out.") % {"n": apart})
    return ChartData("network", coded.layer, headings, table, drawn, notes, numbers_from=4)


def over_time(viewer: Viewer, asked: Asked) -> ChartData:
    """How often each code is used in what was observed in each month."""
    coded = _coded(viewer, asked)
    months = sorted({_month(source) for source in coded.sources if source.observed_on})
    column = {month: number for number, month in enumerate(months)}
    of_source = np.array([column.get(_month(one), -1) if one.observed_on else -1 for one in coded.sources] or [-1])
    own = of_source[coded.passages.source] if len(coded.passages) else np.zeros(0, dtype=np.int64)
    cells = counting.by_own(coded.passages, own)
    shape = (len(coded.rows), len(months))
    counts = counting.count(cells, coded.passages, shape, "segments", NO_TURNS)
    per_month = Counter(_month(one) for one in coded.sources if one.observed_on)
    order = [row for row in np.argsort(-counts.sum(axis=1), kind="stable").tolist() if counts[row].any()]
    names = [date_format(month, "M Y") for month in months]
    titles = [f"{name} ({per_month[month]})" for name, month in zip(names, months, strict=True)]
    table = [[*_names(coded.rows[row]), *counts[row].tolist()] for row in order]
    drawn = order[:MOST_ROWS]
    dots = Dots(
        tuple(coded.rows[row].label for row in drawn),
        tuple(names),
        tuple(tuple(float(n) for n in counts[row]) for row in drawn),
    )
    notes = [gettext("By month of observation; in brackets how many sources were observed in it.")]
    undated = sum(one.observed_on is None for one in coded.sources)
    if undated:
        notes.append(gettext("%(n)s sources have no date and are left out.") % {"n": undated})
    headings = [gettext("Sign"), gettext("Code"), *titles]
    return ChartData("time", coded.layer, headings, table, dots if order else None, notes)


def saturation_curve(viewer: Viewer, asked: Asked) -> ChartData:
    """New codes in each source in the order of observation, and how much of each is coded."""
    coded = _coded(viewer, asked)
    read = {reading.source for reading in coded.layer.readings}
    order = [(place, source) for place, source in enumerate(coded.sources) if source.pk in read]
    held = [set(coded.passages.label[coded.passages.source == place].tolist()) for place, _ in order]
    found = saturation(held, base=BASE, run=RUN, threshold=THRESHOLD)
    in_book = {
        row for row, one in enumerate(coded.rows) if one.code and one.code.is_codable and not one.code.retired_at
    }
    so_far: set[int] = set()
    table = []
    for number, (place, source) in enumerate(order):
        share = _share(coded.passages, place, source)
        so_far |= held[number] & in_book
        of_book = round(100 * len(so_far) / len(in_book)) if in_book else 0
        day = source.observed_on.isoformat() if source.observed_on else ""
        table.append([source.title, day, len(held[number]), found.new[number], found.reached[number], of_book, share])
    curve = Curve(
        tuple(source.title for _, source in order),
        found.new,
        found.reached,
        found.at,
        (gettext("Sources in the order of observation"), gettext("Codes")),
        gettext("saturated"),
    )
    headings = [
        gettext("Source"),
        gettext("Observed"),
        gettext("Codes in it"),
        gettext("New codes"),
        gettext("Codes so far"),
        gettext("% of the codebook so far"),
        gettext("% of the text coded"),
    ]
    return ChartData("saturation", coded.layer, headings, table, curve if any(held) else None, [_told(found.at)])


def _told(at: int | None) -> str:
    values = {"base": BASE, "run": RUN, "percent": round(100 * THRESHOLD), "at": at}
    rule = gettext(
        "Saturated means here: %(run)s sources in a row bring at most %(percent)s new codes per hundred codes of the"
        " first %(base)s sources (Guest, Namey and Chen 2020)."
    )
    said = gettext("That is so after %(at)s sources.") if at is not None else gettext("That is not so yet.")
    return f"{rule % values} {said % values}"


def _coded(viewer: Viewer, asked: Asked) -> Coded:
    layer = layer_of(viewer, asked.layer)
    sources = sources_in(viewer, asked.site, asked.tool)
    rows, row_of = code_rows(viewer, branches=False)
    return Coded(layer, sources, rows, coded_passages(layer, sources, row_of))


def _share(passages: Passages, place: int, source: Source) -> int:
    """How much of a source lies in any passage, in percent."""
    here = passages.source == place
    order = np.argsort(passages.start[here], kind="stable")
    start, end = passages.start[here][order], passages.end[here][order]
    reached = np.maximum.accumulate(end) if len(end) else end
    begins = np.maximum(start, np.concatenate(([0], reached[:-1]))) if len(end) else start
    covered = int(np.maximum(end - begins, 0).sum())
    length = source.revision.length if source.revision else 0
    return round(100 * covered / length) if length else 0


def _month(source: Source) -> date:
    return (source.observed_on or date.min).replace(day=1)


def _names(heading: Heading) -> list[str]:
    return [_sign(heading), heading.label]


def _sign(heading: Heading) -> str:
    return heading.code.sign if heading.code else heading.label

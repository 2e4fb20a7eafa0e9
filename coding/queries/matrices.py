"""Matrices of coded passages, promises and encounters, counted from what the viewer may know of."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from coding import matrices as counting
from coding.cooccurrence import in_one_turn, meetings, overlapping, together
from coding.matrices import Cells, Ints, Passages, Turns
from coding.models import Encounter, PromiseLink, Segment
from coding.queries.columns import int_columns
from coding.queries.layers import ALL, Layer, layer_of
from coding.queries.matrix_axes import (
    Axis,
    Heading,
    code_rows,
    kind_axis,
    people_of,
    person_axis,
    role_axis,
    site_axis,
    source_axis,
    tool_axis,
    tools_of_sources,
    variable_axis,
)
from coding.queries.matrix_marks import encounter_passages, promise_passages
from observations.access import Viewer
from observations.models import Participant, Source, Turn
from observations.queries.consent import site_names
from observations.queries.source_list import by_date_and_title

# What is set against what. A variable's id after "variable:" is one more way to set codes and encounters apart.
CODE_BY = ("site", "source", "kind", "tool", "participant", "role", "overlap", "turn")
KINDS: dict[str, tuple[str, ...]] = {
    "codes": CODE_BY,
    "branches": CODE_BY,
    "promises": ("stance", "stance-site"),
    "encounters": ("tool", "site", "role", "first"),
}
MARKS: dict[str, type[PromiseLink] | type[Encounter]] = {"promises": PromiseLink, "encounters": Encounter}
MEETINGS = ("overlap", "turn")
VARIABLE = "variable:"


@dataclass(frozen=True)
class Asked:
    """A question to the coding: what by what, counted how, in whose readings, at which site, with which tool.

    An answer that `leaves` the study holds only what people permit to leave it.
    """

    of: str = "codes"
    by: str = "site"
    count: str = "segments"
    layer: str = ""
    site: uuid.UUID | None = None
    tool: uuid.UUID | None = None
    pos: str = "NOUN"
    leaves: bool = False

    def checked(self) -> "Asked":
        """The question, with what does not fit replaced by what does."""
        of = self.of if self.of in KINDS else "codes"
        by_variable = self.by.startswith(VARIABLE) and of != "promises"
        by = self.by if self.by in KINDS[of] or by_variable else KINDS[of][0]
        return replace(self, of=of, by=by, count=self.count if self.count in counting.MEASURES else "segments")


@dataclass(frozen=True)
class Placed:
    """Passages in the cells of a matrix, with all that is needed to count and to show them.

    Where two codes meet (`is_meeting`), `alone` are the passages themselves, and `with_pairs` lays out their meetings.
    """

    asked: Asked
    layer: Layer
    sources: list[Source]
    rows: list[Heading]
    columns: list[Heading]
    passages: Passages
    cells: Cells
    turns: Turns
    by_variable: str = ""
    row_of: dict[uuid.UUID, int] | None = None
    is_meeting: bool = False
    alone: Passages | None = None


@dataclass(frozen=True)
class Matrix:
    """A counted matrix. `counts` has a row and a column for each heading; totals count what is in them once.

    `few` marks cells with fewer than three; `steps` how strong a cell is drawn (0 nothing, 1 most, 7 least).
    """

    placed: Placed
    counts: Ints
    few: list[list[bool]]
    steps: list[list[int]]
    row_totals: list[int]
    column_totals: list[int]
    passages: int


def all_readings_hold(viewer: Viewer, matrix: Matrix) -> bool:
    """Whether a matrix is empty in the layer chosen, yet not in all first readings."""
    placed = matrix.placed
    if matrix.passages or placed.layer.is_all:
        return False
    everything = place(viewer, replace(placed.asked, layer=ALL))
    return len(everything.alone or everything.passages) > 0


def matrix_of(viewer: Viewer, asked: Asked) -> Matrix:
    """The matrix asked for. As many queries for a hundred passages as for a million.

    Raises Missing for a coder or variable that is not there or not for this viewer.
    """
    placed = place(viewer, asked.checked())
    shape = (len(placed.rows), len(placed.columns))
    words = _words(placed) if placed.asked.count == "words" else None

    def counted(cells: Cells, shape: tuple[int, int], measure: str, of: Passages) -> Ints:
        return counting.count(cells, of, shape, measure, placed.turns, words)

    measure = placed.asked.count
    if placed.is_meeting and measure == "segments":
        behind = counts = meetings(_pairs(placed), shape[0])
    else:
        placed = with_pairs(placed) if placed.is_meeting else placed
        counts = counted(placed.cells, shape, measure, placed.passages)
        behind = counts if measure == "segments" else counted(placed.cells, shape, "segments", placed.passages)
    alone = placed.alone or placed.passages
    everything = counting.by_own(alone, np.zeros(len(alone), dtype=np.int64))
    rows = everything if placed.alone else replace(placed.cells, column=np.zeros_like(placed.cells.column))
    columns = replace(placed.cells, row=np.zeros_like(placed.cells.row))
    return Matrix(
        placed,
        counts,
        counting.few(counts, behind, measure).tolist(),
        counting.steps(counts),
        counted(rows, (shape[0], 1), measure, alone)[:, 0].tolist(),
        [] if placed.is_meeting else counted(columns, (1, shape[1]), measure, placed.passages)[0].tolist(),
        len(alone),
    )


def place(viewer: Viewer, asked: Asked) -> Placed:
    """The passages a question is about, each in its cells."""
    layer = layer_of(viewer, asked.layer, MARKS.get(asked.of))
    sources = sources_in(viewer, asked.site, asked.tool)
    needs_people = asked.by in ("participant", "role") or asked.by.startswith(VARIABLE) or asked.count == "participants"
    people = people_of(viewer) if needs_people else []
    turns = turns_of_sources(sources, people) if needs_people or asked.by == "turn" else NO_TURNS
    if asked.of == "promises":
        rows, columns, passages, own = promise_passages(viewer, layer, sources, asked.by, leaves=asked.leaves)
        return Placed(asked, layer, sources, rows, columns, passages, counting.by_own(passages, own), turns)
    if asked.of == "encounters":
        rows, columns, passages, own = encounter_passages(viewer, layer, sources, people, asked.by)
        if asked.by in ("tool", "first"):
            return Placed(asked, layer, sources, rows, columns, passages, counting.by_own(passages, own), turns)
        row_of = None
    else:
        rows, row_of = code_rows(viewer, branches=asked.of == "branches")
        passages = coded_passages(layer, sources, row_of)
    if asked.by in MEETINGS:
        none = counting.by_own(passages, np.full(len(passages), -1))
        return Placed(
            asked, layer, sources, rows, rows, passages, none, turns, row_of=row_of, is_meeting=True, alone=passages
        )
    label, axis = _axis(viewer, asked, sources, people)
    if axis.of_people:
        cells = counting.by_participant(passages, turns, axis.things, axis.columns, axis.nobody)
    else:
        cells = counting.by_source(passages, axis.things, axis.columns)
    return Placed(asked, layer, sources, rows, axis.headings, passages, cells, turns, label, row_of)


def coded_passages(layer: Layer, sources: Sequence[Source], row_of: dict[uuid.UUID, int]) -> Passages:
    """The standing segments of a layer's readings, each code on each stretch once a reading. One query."""
    segments = Segment.objects.filter(reading__in=[read.id for read in layer.readings], removed_at=None)
    codes, readings = list(row_of), [read.id for read in layer.readings]
    code, reading, start, end = int_columns(
        segments, ("code_id", "reading_id", "now_start", "now_end"), {"code_id": codes, "reading_id": readings}
    )
    rows = np.array([row_of[code] for code in codes] + [-1], dtype=np.int64)
    place_of = {source.pk: place for place, source in enumerate(sources)}
    source = np.array([place_of.get(read.source, -1) for read in layer.readings] + [-1], dtype=np.int64)[reading]
    passages = Passages(rows[code], reading, source, start, end)
    return counting.distinct(passages.take((passages.label >= 0) & (source >= 0)))


def sources_in(viewer: Viewer, site: uuid.UUID | None = None, tool: uuid.UUID | None = None) -> list[Source]:
    """The study's sources, of one site and with one tool where asked, oldest first. One query, two with a tool."""
    found = Source.objects.filter(study=viewer.study, revision__isnull=False).select_related("site", "revision")
    found = found.defer("revision__sealed")
    found = found.filter(site=site) if site else found
    held = tools_of_sources(viewer) if tool else {}
    return by_date_and_title(source for source in found if not tool or tool in held.get(source.pk, ()))


NO_TURNS = Turns(*(np.zeros(0, dtype=np.int64) for _ in range(4)))


def turns_of_sources(sources: Sequence[Source], people: Sequence[Participant]) -> Turns:
    """The turns of these sources as columns. One query."""
    numbered = {"source_id": [source.pk for source in sources], "participant_id": [person.pk for person in people]}
    turns = Turn.objects.filter(source__in=numbered["source_id"])
    source, start, end, person = int_columns(turns, ("source_id", "start", "end", "participant_id"), numbered)
    order = np.lexsort((start, source))
    return Turns(source[order], start[order], end[order], person[order])


def _axis(viewer: Viewer, asked: Asked, sources: list[Source], people: list[Participant]) -> tuple[str, Axis]:
    """The columns of a question, and the variable's name where it is one."""
    by = asked.by
    if by.startswith(VARIABLE):
        variable, axis = variable_axis(viewer, by.removeprefix(VARIABLE), sources, people)
        return variable.name, axis
    if by == "tool":
        return "", tool_axis(viewer, sources)
    if by in ("participant", "role"):
        return "", person_axis(people) if by == "participant" else role_axis(people)
    if by == "site":
        return "", site_axis(sources, site_names(viewer) if asked.leaves else None)
    of_source = {"source": source_axis, "kind": kind_axis}
    return "", of_source[by](sources)


def _pairs(placed: Placed) -> Iterator[Passages]:
    if placed.asked.by == "overlap":
        return overlapping(placed.passages)
    return in_one_turn(placed.passages, placed.turns)


def with_pairs(placed: Placed) -> Placed:
    """A matrix of code by code with its pairs laid out as passages, so that each can be counted and shown."""
    pairs, cells = together(_pairs(placed))
    return replace(placed, passages=pairs, cells=cells)


def _words(placed: Placed) -> Ints:
    """Where the words of the sources begin. One query, of all their text."""
    place_of = {source.pk: place for place, source in enumerate(placed.sources)}
    rows = Turn.objects.filter(source__in=list(place_of)).values_list("source_id", "start", "text")
    return counting.word_starts((place_of[source], start, text) for source, start, text in rows.iterator())

"""What coding the hits of a search would do: which passages are new, which are there, where nothing can be changed."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coding.models import Code, Reading, Segment
from coding.queries.own_readings import worked_on
from coding.queries.search import Line
from coding.retrieval.hits import unit_around
from observations.access import Viewer
from observations.models import Source

MOST = 500


@dataclass(frozen=True)
class Stretch:
    """Code points `[start, end)` of a source's current text."""

    source: Source
    start: int
    end: int


@dataclass(frozen=True)
class Plan:
    """What would be coded (`new`), and how many stretches are coded so already or lie in submitted readings.

    `closed_sources` counts the sources of the latter; `left_over` what goes beyond `MOST` at a time.
    """

    new: tuple[Stretch, ...]
    sources: int
    already: int
    closed: int
    closed_sources: int
    left_over: int


def stretches(lines: Iterable[Line], unit: str) -> list[Stretch]:
    """The hits themselves, their sentences or their turns, each once and in order."""
    found: dict[tuple[uuid.UUID, int, int], Stretch] = {}
    for line in lines:
        start, end = _unit(line, unit)
        found.setdefault((line.source.pk, start, end), Stretch(line.source, start, end))
    return list(found.values())


def _unit(line: Line, unit: str) -> tuple[int, int]:
    turn = line.turn
    if unit == "hit":
        return line.start, line.end
    whole = [turn.start, turn.start + len(turn.text)]
    borders = whole if unit == "turn" else sorted({*whole, *turn.sentence_ends})
    return unit_around(line.start, line.end, borders, turn.text, turn.start)


def plan(viewer: Viewer, chosen: Sequence[Stretch], code: Code) -> Plan:
    """What applying `code` to the stretches in the viewer's own readings would do. Two queries."""
    readings = _own_readings(viewer, {one.source.pk for one in chosen})
    held = _held(readings.values(), code)
    new: list[Stretch] = []
    closed: list[Stretch] = []
    already = 0
    for one in chosen:
        reading = readings.get(one.source.pk)
        if reading is not None and reading.state != Reading.State.OPEN:
            closed.append(one)
        elif any(start <= one.start and one.end <= end for start, end in held[one.source.pk]):
            already += 1
        else:
            new.append(one)
    now = tuple(new[:MOST])
    return Plan(now, _sources(now), already, len(closed), _sources(closed), len(new) - len(now))


def _own_readings(viewer: Viewer, sources: set[uuid.UUID]) -> dict[uuid.UUID, Reading]:
    """The viewer's reading worked on now, by source."""
    rows = list(worked_on(viewer).filter(source__in=sources))
    return {reading.source_id: reading for reading in reversed(rows)}


def _held(readings: Iterable[Reading], code: Code) -> dict[uuid.UUID, list[tuple[int, int]]]:
    rows = Segment.objects.filter(reading__in=[one.pk for one in readings], code=code, removed_at=None)
    held: dict[uuid.UUID, list[tuple[int, int]]] = defaultdict(list)
    for source_id, start, end in rows.values_list("source_id", "now_start", "now_end"):
        held[source_id].append((start, end))
    return held


def _sources(chosen: Sequence[Stretch]) -> int:
    return len({one.source.pk for one in chosen})

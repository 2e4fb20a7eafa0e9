"""The passages behind a cell of a matrix, with the words around them, a page at a time."""

import functools
import operator
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Q

from coding.matrices import FAR, Ints, Passages
from coding.models import Segment
from coding.queries.layers import Read
from coding.queries.matrices import Asked, Placed, place, with_pairs
from coding.queries.matrix_axes import Heading
from observations.access import Viewer, nothing_here
from observations.models import Source, Turn

PAGE = 20
AROUND = 160
LONGEST = 1500

Stretch = tuple[uuid.UUID, int, int]


@dataclass(frozen=True)
class Words:
    """Words in their turn: what stands before and after them there, cut where that is long.

    `number` and `speaker` are those of the turn in which they begin; `is_cut` says that they go on.
    """

    number: int
    speaker: str
    language: str
    before: str
    words: str
    after: str
    is_cut: bool = False


@dataclass(frozen=True)
class Shown:
    """A passage on the page: where it is, what it says, whose it is, and under which headings it stands.

    `segment` is the segment to compare with others, None where the passage is none.
    """

    source: Source
    words: Words
    read: Read
    headings: tuple[Heading, ...]
    segment: uuid.UUID | None


@dataclass(frozen=True)
class Behind:
    """One page of the passages behind a cell; `row` or `column` is None where all of them count."""

    placed: Placed
    row: Heading | None
    column: Heading | None
    n: int
    n_sources: int
    page: int
    last_page: int
    shown: list[Shown]


def passages_behind(viewer: Viewer, asked: Asked, row: str, column: str, page: int) -> Behind:
    """The passages in a row and a column ("" for any), by source and place. Two queries more than the matrix.

    Raises Missing for a row or column that the matrix has not.
    """
    placed = place(viewer, asked.checked())
    in_row, in_column = _find(placed.rows, row), _find(placed.columns, column)
    if placed.is_meeting and column:
        placed = with_pairs(placed)
    chosen = _chosen(placed, in_row, in_column)
    passages = placed.passages.take(chosen)
    last_page = max(1, -(-len(passages) // PAGE))
    page = min(max(1, page), last_page)
    here = passages.take(np.arange((page - 1) * PAGE, min(page * PAGE, len(passages))))
    return Behind(
        placed,
        placed.rows[in_row] if in_row is not None else None,
        placed.columns[in_column] if in_column is not None else None,
        len(passages),
        len(np.unique(passages.source)),
        page,
        last_page,
        _shown(placed, here, is_pair=placed.is_meeting and bool(column)),
    )


def words_at(stretches: Sequence[Stretch]) -> dict[Stretch, Words]:
    """The words of each stretch (source id, start, end) with some around them. One query, none for no stretch.

    A stretch of more than `LONGEST` code points is cut there.
    """
    if not stretches:
        return {}
    last = {stretch: min(stretch[2], stretch[1] + LONGEST) for stretch in stretches}
    near = [Q(source=one[0], start__lt=last[one], end__gt=one[1]) for one in stretches]
    turns = Turn.objects.filter(functools.reduce(operator.or_, near)).order_by("source_id", "start")
    held: dict[uuid.UUID, list[Turn]] = {}
    for turn in turns.only("source_id", "number", "start", "end", "speaker", "language", "text"):
        held.setdefault(turn.source_id, []).append(turn)
    found = {}
    for stretch in stretches:
        source, start, _ = stretch
        touched = [turn for turn in held.get(source, []) if turn.start < last[stretch] and turn.end > start]
        if touched:
            found[stretch] = _words(touched, start, last[stretch], is_cut=last[stretch] < stretch[2])
    return found


def _words(turns: Sequence[Turn], start: int, end: int, *, is_cut: bool) -> Words:
    origin, text = turns[0].start, "".join(turn.text for turn in turns)
    before, words, after = text[: start - origin], text[start - origin : end - origin], text[end - origin :]
    if len(before) > AROUND:
        before = "… " + before[-AROUND:].partition(" ")[2]
    if len(after.rstrip()) > AROUND:
        after = after[:AROUND].rpartition(" ")[0] + " …"
    first = turns[0]
    return Words(first.number, first.speaker, first.language, before.lstrip(), words, after.rstrip(), is_cut)


def _find(headings: Sequence[Heading], key: str) -> int | None:
    if not key:
        return None
    for place_of, heading in enumerate(headings):
        if heading.key == key:
            return place_of
    raise nothing_here()


def _chosen(placed: Placed, row: int | None, column: int | None) -> Ints:
    """Which passages are in a row and a column, in the order of sources and text."""
    passages, cells = placed.passages, placed.cells
    if placed.is_meeting and column is None:
        found = np.flatnonzero(passages.label == row) if row is not None else np.arange(len(passages))
    else:
        kept = np.ones(len(cells.row), dtype=bool)
        kept &= cells.row == row if row is not None else True
        kept &= cells.column == column if column is not None else True
        found = np.unique(cells.passage[kept])
    reading, start, source = passages.reading[found], passages.start[found], passages.source[found]
    return found[np.lexsort((reading, passages.end[found], start, source))]


def _shown(placed: Placed, here: Passages, *, is_pair: bool) -> list[Shown]:
    readings = placed.layer.readings
    rows = list(
        zip(*(column.tolist() for column in (here.label, here.reading, here.source, here.start, here.end)), strict=True)
    )
    stretches: list[Stretch] = [(placed.sources[source].pk, start, end) for _, _, source, start, end in rows]
    words = words_at(list(dict.fromkeys(stretches)))
    segments = {} if is_pair or placed.row_of is None else _segments(placed, here)
    shown = []
    for stretch, (label, reading, source, start, end) in zip(stretches, rows, strict=True):
        if stretch not in words:
            continue
        labels = divmod(label, FAR) if is_pair else (label,)
        headings = tuple(placed.rows[one] for one in labels)
        segment = segments.get((readings[reading].id, start, end, label))
        shown.append(Shown(placed.sources[source], words[stretch], readings[reading], headings, segment))
    return shown


def _segments(placed: Placed, here: Passages) -> dict[tuple[uuid.UUID, int, int, int], uuid.UUID]:
    """The segment of each passage, by reading, start, end and row. One query, none for no passage."""
    assert placed.row_of is not None
    places = {
        (placed.layer.readings[reading].id, start, end)
        for reading, start, end in zip(here.reading.tolist(), here.start.tolist(), here.end.tolist(), strict=True)
    }
    if not places:
        return {}
    near = [Q(reading=reading, now_start=start, now_end=end) for reading, start, end in sorted(places, key=str)]
    segments = Segment.objects.filter(functools.reduce(operator.or_, near), removed_at=None).order_by("pk")
    rows = segments.values_list("reading_id", "now_start", "now_end", "code_id", "pk")
    return {(*row[:3], placed.row_of.get(row[3], -1)): row[4] for row in rows}

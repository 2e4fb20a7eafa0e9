"""Counting coded passages in the cells of a matrix: by passages, sources, participants or words.

Passages are columns of whole numbers, one entry a passage, so that a million of them are counted in a second. Labels,
readings, sources, participants and turns are numbered from 0 by the caller; -1 stands for none. Offsets are code points
of the source, half-open.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# Farther than any text is long: a place in all texts is source * FAR + offset.
FAR = 2**32
FEW = 3
MEASURES = ("segments", "sources", "participants", "words")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Passages:
    """Stretches of text with a label each (a code, a promise, a response), all columns of one length.

    `who` is the participant a passage speaks of where the coder named one, else None: then it is who speaks there.
    """

    label: Ints
    reading: Ints
    source: Ints
    start: Ints
    end: Ints
    who: Ints | None = None

    def __len__(self) -> int:
        return len(self.label)

    def take(self, chosen: npt.NDArray[np.bool_] | Ints) -> "Passages":
        who = None if self.who is None else self.who[chosen]
        return Passages(
            self.label[chosen], self.reading[chosen], self.source[chosen], self.start[chosen], self.end[chosen], who
        )


@dataclass(frozen=True)
class Turns:
    """The turns of all sources, sorted by source and start; they partition each text."""

    source: Ints
    start: Ints
    end: Ints
    participant: Ints

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True)
class Cells:
    """Passages in their cells: entry i puts passage `passage[i]` into (`row[i]`, `column[i]`).

    `participant` is who makes it belong there, -1 where that is not a question of who.
    """

    passage: Ints
    row: Ints
    column: Ints
    participant: Ints


def distinct(passages: Passages) -> Passages:
    """Each label on each stretch once in each reading, in the order of reading, start, end and label."""
    # Two sorts instead of four: each key holds two columns.
    order = np.lexsort((passages.end * FAR + passages.label, passages.reading * FAR + passages.start))
    ordered = passages.take(order)
    same = (np.diff(ordered.label) == 0) & (np.diff(ordered.reading) == 0)
    same &= (np.diff(ordered.start) == 0) & (np.diff(ordered.end) == 0)
    return ordered.take(np.concatenate(([True], ~same)) if len(ordered) else np.zeros(0, dtype=bool))


def expand(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """The pairs (i, k) with first[i] <= k < last[i], in that order."""
    sizes = np.maximum(last - first, 0)
    owner = np.repeat(np.arange(len(first)), sizes)
    before = np.cumsum(sizes) - sizes
    return owner, np.arange(int(sizes.sum())) - before[owner] + first[owner]


def turns_under(source: Ints, start: Ints, end: Ints, turns: Turns) -> tuple[Ints, Ints]:
    """The pairs (stretch, turn) that share a code point."""
    if not len(turns):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    begins = turns.source * FAR + turns.start
    first = np.maximum(np.searchsorted(begins, source * FAR + start, side="right") - 1, 0)
    stretch, turn = expand(first, np.searchsorted(begins, source * FAR + end, side="left"))
    shares = (turns.source[turn] == source[stretch]) & (turns.end[turn] > start[stretch])
    return stretch[shares], turn[shares]


def people_in(passages: Passages, turns: Turns) -> tuple[Ints, Ints]:
    """The pairs (passage, participant) of who a passage speaks of, or who speaks in it; each pair once."""
    if passages.who is not None:
        passage = np.flatnonzero(passages.who >= 0)
        return passage, passages.who[passage]
    passage, turn = turns_under(passages.source, passages.start, passages.end, turns)
    known = turns.participant[turn] >= 0
    return _pairs_once(passage[known], turns.participant[turn[known]])


def by_source(passages: Passages, sources: Ints, columns: Ints) -> Cells:
    """Cells by what is so of a passage's source: the pairs (source, column) are given, several for one source or none.

    A passage whose source is in no column is in no cell.
    """
    passage, pair = _joined(passages.source, sources)
    chosen = columns[np.argsort(sources, kind="stable")][pair]
    return Cells(passage, passages.label[passage], chosen, np.full(len(passage), -1))


def by_participant(passages: Passages, turns: Turns, participants: Ints, columns: Ints, nobody: int) -> Cells:
    """Cells by what is so of the people in a passage, by pairs (participant, column).

    A passage with nobody in it is in the column `nobody`; with several people it is in the columns of each.
    """
    passage, person = people_in(passages, turns)
    entry, pair = _joined(person, participants)
    column = columns[np.argsort(participants, kind="stable")][pair]
    alone = np.setdiff1d(np.arange(len(passages)), passage)
    whole = np.concatenate((passage[entry], alone))
    return Cells(
        whole,
        passages.label[whole],
        np.concatenate((column, np.full(len(alone), nobody))),
        np.concatenate((person[entry], np.full(len(alone), -1))),
    )


def by_own(passages: Passages, columns: Ints) -> Cells:
    """Cells by a property of each passage itself; a passage in column -1 is in no cell."""
    passage = np.flatnonzero(columns >= 0)
    return Cells(passage, passages.label[passage], columns[passage], np.full(len(passage), -1))


def count(
    cells: Cells, passages: Passages, shape: tuple[int, int], measure: str, turns: Turns, words: Ints | None = None
) -> Ints:
    """How much is in each cell, as an array of `shape` (rows, columns).

    Parameters
    ----------
    measure : str
        "segments": passages; "sources": sources with one at least; "participants": people in them; "words": words that
        begin inside one, each counted once however many passages hold it.
    words : array of int, optional
        Where words begin, as source * FAR + offset, rising. Needed for "words" alone.
    """
    cell = cells.row * shape[1] + cells.column
    size = shape[0] * shape[1]
    if measure == "segments":
        counted, _ = _pairs_once(cell, cells.passage)
    elif measure == "sources":
        counted, _ = _pairs_once(cell, passages.source[cells.passage])
    elif measure == "participants":
        counted, _ = _pairs_once(*_people_of_cells(cell, cells, passages, turns))
    else:
        assert words is not None
        return _words(cell, cells, passages, size, words).reshape(shape)
    return np.bincount(counted, minlength=size).reshape(shape)


def few(counts: Ints, passages: Ints, measure: str) -> npt.NDArray[np.bool_]:
    """Which cells hold something, but so little that it is instances and no pattern: fewer than `FEW`.

    Fewer passages, or, where sources or participants are counted, fewer of those.
    """
    small = (passages > 0) & (passages < FEW)
    return small if measure == "words" else small | ((counts > 0) & (counts < FEW))


def steps(counts: Ints) -> list[list[int]]:
    """How strong each cell is drawn: 0 for nothing, else 1 (the most) to 7 in equal parts of the largest count."""
    most = max(int(counts.max()), 1) if counts.size else 1
    drawn = np.where(counts > 0, 8 - np.ceil(7 * counts / most), 0)
    return [[int(step) for step in row] for row in drawn]


def word_starts(texts: Iterable[tuple[int, int, str]]) -> Ints:
    """Where the words of turns begin, from (source, start, text): source * FAR + offset, rising.

    A word is a stretch without white space that holds a letter or a digit.
    """
    found = [
        source * FAR + start + word.start()
        for source, start, text in texts
        for word in _WORD.finditer(text)
        if any(character.isalnum() for character in word.group())
    ]
    return np.array(sorted(found), dtype=np.int64)


def _people_of_cells(cell: Ints, cells: Cells, passages: Passages, turns: Turns) -> tuple[Ints, Ints]:
    """The pairs (cell, participant): who put a passage there, or, where that is open, everybody in it."""
    passage, person = people_in(passages, turns)
    named = cells.participant >= 0
    open_entries = np.flatnonzero(~named & ~np.isin(cell, cell[named]))
    entry, pair = _joined(cells.passage[open_entries], passage)
    everybody = person[np.argsort(passage, kind="stable")][pair]
    return (
        np.concatenate((cell[named], cell[open_entries[entry]])),
        np.concatenate((cells.participant[named], everybody)),
    )


def _words(cell: Ints, cells: Cells, passages: Passages, size: int, words: Ints) -> Ints:
    """Words in the union of the passages of each cell."""
    if not len(cell):
        return np.zeros(size, dtype=np.int64)
    source, start, end = (column[cells.passage] for column in (passages.source, passages.start, passages.end))
    order = np.lexsort((start, source, cell))
    cell, source, start, end = cell[order], source[order], start[order], end[order]
    group = np.cumsum(np.concatenate(([True], (np.diff(cell) != 0) | (np.diff(source) != 0)))) - 1
    reached = np.maximum.accumulate(group * FAR + end)
    opens = np.concatenate(([True], group[1:] * FAR + start[1:] > reached[:-1]))
    closes = np.concatenate((opens[1:], [True]))
    first = np.searchsorted(words, source[opens] * FAR + start[opens])
    last = np.searchsorted(words, source[closes] * FAR + (reached - group * FAR)[closes])
    return np.bincount(cell[opens], weights=last - first, minlength=size).astype(np.int64)


def _joined(wanted: Ints, keys: Ints) -> tuple[Ints, Ints]:
    """The pairs (i, k) where wanted[i] is the k-th of the sorted keys."""
    ordered = np.sort(keys)
    return expand(np.searchsorted(ordered, wanted, side="left"), np.searchsorted(ordered, wanted, side="right"))


def _pairs_once(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Each pair once, in rising order."""
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    new = (np.diff(first) != 0) | (np.diff(second) != 0)
    kept = np.concatenate(([True], new)) if len(first) else np.zeros(0, dtype=bool)
    return first[kept], second[kept]

"""Which codes meet: passages of one reading that overlap, or that stand in the same turn.

A reading is one coder's, so what two coders say of the same words never makes two codes meet.
"""

from collections.abc import Iterator

import numpy as np

from coding.matrices import FAR, Cells, Ints, Passages, Turns, expand, turns_under

PAIRS_AT_A_TIME = 4_000_000


def overlapping(passages: Passages) -> Iterator[Passages]:
    """Pairs of passages of different labels in one reading that share a code point, some millions at a time.

    A pair is a passage over what the two share; its label is a * FAR + b, with a < b the labels.
    """
    begins = passages.reading * FAR + passages.start
    order = np.argsort(begins, kind="stable")
    ordered, begins = passages.take(order), begins[order]
    first = np.arange(len(ordered)) + 1
    last = np.searchsorted(begins, ordered.reading * FAR + ordered.end, side="left")
    for chunk in _chunks(last - first):
        one, other = expand(first[chunk], last[chunk])
        one += chunk.start
        differ = ordered.label[one] != ordered.label[other]
        one, other = one[differ], other[differ]
        yield Passages(
            _pair(ordered.label[one], ordered.label[other]),
            ordered.reading[one],
            ordered.source[one],
            ordered.start[other],
            np.minimum(ordered.end[one], ordered.end[other]),
        )


def in_one_turn(passages: Passages, turns: Turns) -> Iterator[Passages]:
    """Pairs of different labels that a reading has in the same turn; each pair once a turn, over the whole turn."""
    passage, turn = turns_under(passages.source, passages.start, passages.end, turns)
    labels = int(passages.label.max(initial=0)) + 1
    # One number for reading, turn and label sorts ten times as fast as three columns or as hashes of it would.
    rows: Ints = np.sort((passages.reading[passage] * len(turns) + turn) * labels + passages.label[passage])
    rows = rows[np.diff(rows, prepend=-1) != 0]
    place, label = rows // labels, rows % labels
    reading, turn = place // max(len(turns), 1), place % max(len(turns), 1)
    first, last = np.arange(len(place)) + 1, np.searchsorted(place, place, side="right")
    for chunk in _chunks(last - first):
        one, other = expand(first[chunk], last[chunk])
        one += chunk.start
        at = turn[one]
        yield Passages(_pair(label[one], label[other]), reading[one], turns.source[at], turns.start[at], turns.end[at])


def meetings(pairs: Iterator[Passages], size: int) -> Ints:
    """How many pairs of each two labels: a symmetric array (size, size) with an empty diagonal."""
    counts = np.zeros(size * size, dtype=np.int64)
    for chunk in pairs:
        counts += np.bincount(chunk.label // FAR * size + chunk.label % FAR, minlength=size * size)
    half = counts.reshape(size, size)
    return half + half.T


def together(pairs: Iterator[Passages]) -> tuple[Passages, Cells]:
    """All pairs at once, each in the two cells (a, b) and (b, a)."""
    chunks = list(pairs)
    columns = ("label", "reading", "source", "start", "end")
    whole = Passages(*(np.concatenate([getattr(chunk, column) for chunk in chunks] or [_NONE]) for column in columns))
    one, other, number = whole.label // FAR, whole.label % FAR, np.arange(len(whole))
    cells = Cells(
        np.concatenate((number, number)),
        np.concatenate((one, other)),
        np.concatenate((other, one)),
        np.full(2 * len(whole), -1),
    )
    return whole, cells


_NONE = np.zeros(0, dtype=np.int64)


def _pair(one: Ints, other: Ints) -> Ints:
    return np.minimum(one, other) * FAR + np.maximum(one, other)


def _chunks(sizes: Ints) -> Iterator[slice]:
    """Slices of the rows whose pairs together are about `PAIRS_AT_A_TIME`."""
    reached = np.cumsum(np.maximum(sizes, 0))
    begin = 0
    while begin < len(sizes):
        before = int(reached[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(reached, before + PAIRS_AT_A_TIME, side="right")))
        yield slice(begin, end)
        begin = end

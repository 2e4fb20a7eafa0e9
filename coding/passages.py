"""Passages of text under codes: joining them, what they share, and which of several readings to take by rule."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

Run = tuple[int, int]
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, order=True)
class Passage:
    """A code on `[start, end)`, in code points."""

    code: uuid.UUID
    start: int
    end: int


Sides = Mapping[K, Sequence[Passage]]
"""What each side of a dispute holds, by any name for the side."""


def runs_of(spans: Iterable[Run], text: str = "") -> tuple[Run, ...]:
    """The stretches that spans cover together, in order; what nothing or only white space of `text` parts is one."""
    joined: list[Run] = []
    for start, end in sorted(spans):
        if joined and (start <= joined[-1][1] or text[joined[-1][1] : start].isspace()):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def chain(spans: Iterable[Run]) -> tuple[Run, ...]:
    """The stretches over which spans follow from one another by sharing at least one code point."""
    chained: list[Run] = []
    for start, end in sorted(spans):
        if chained and start < chained[-1][1]:
            chained[-1] = (chained[-1][0], max(chained[-1][1], end))
        else:
            chained.append((start, end))
    return tuple(chained)


def shared(one: Sequence[Run], other: Sequence[Run]) -> tuple[Run, ...]:
    """The stretches that lie in both, each of them ordered and without overlaps."""
    common = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple(sorted((start, end) for start, end in common if start < end))


def overlap(one: Sequence[Run], other: Sequence[Run]) -> int:
    """How many code points lie in both."""
    return sum(end - start for start, end in shared(one, other))


def held(side: Iterable[Passage]) -> dict[uuid.UUID, tuple[Run, ...]]:
    """The stretches a side holds, by code."""
    spans: dict[uuid.UUID, list[Run]] = defaultdict(list)
    for passage in side:
        spans[passage.code].append((passage.start, passage.end))
    return {code: runs_of(found) for code, found in spans.items()}


def plain(side: Iterable[Passage]) -> tuple[Passage, ...]:
    """A side's passages with those of one code joined, in the order of the text."""
    return _passages(held(side))


def union_of(sides: Sides[K]) -> tuple[Passage, ...]:
    """Everything that any side holds, each code joined."""
    return plain(passage for side in sides.values() for passage in side)


def common_to(sides: Sides[K]) -> tuple[Passage, ...]:
    """The words that every side holds under the same code."""
    each = [held(side) for side in sides.values()]
    if not each:
        return ()
    common = each[0]
    for other in each[1:]:
        common = {code: both for code in common if (both := shared(common[code], other.get(code, ())))}
    return _passages(common)


def unanimous(sides: Sides[K]) -> tuple[Passage, ...] | None:
    """Where every side holds the same codes, each on some words that all hold: those words. Else None."""
    each = [held(side) for side in sides.values()]
    if len(each) < 2 or not each[0] or any(set(one) != set(each[0]) for one in each):
        return None
    common = common_to(sides)
    return common if {passage.code for passage in common} == set(each[0]) else None


def majority(sides: Sides[K]) -> K | None:
    """A side that more than half of all sides hold word for word (be it nothing), or None."""
    said = {name: plain(side) for name, side in sides.items()}
    if not said:
        return None
    most, count = Counter(said.values()).most_common(1)[0]
    return min((name for name in said if said[name] == most), key=str) if 2 * count > len(said) else None


def alike(sides: Sides[K]) -> float:
    """How much the two sides least alike share, code by code: what both hold over what either holds, in [0, 1]."""
    each = [held(side) for side in sides.values()]
    least = 1.0
    for one, other in combinations(each, 2):
        for code in set(one) | set(other):
            here, there = one.get(code, ()), other.get(code, ())
            both = overlap(here, there)
            either = sum(b - a for a, b in (*here, *there)) - both
            least = min(least, both / either if either else 1.0)
    return least


def overlapping(sides: Sides[K], threshold: float) -> tuple[Passage, ...] | None:
    """Where every two sides share at least `threshold` of what either holds: all that any side holds. Else None."""
    return union_of(sides) if len(sides) > 1 and alike(sides) >= threshold else None


def _passages(runs: Mapping[uuid.UUID, Sequence[Run]]) -> tuple[Passage, ...]:
    found = [Passage(code, start, end) for code, spans in runs.items() for start, end in spans]
    return tuple(sorted(found, key=lambda passage: (passage.start, passage.end, str(passage.code))))


def fate(own: Passage, side: Iterable[Passage], agreed: Iterable[Passage]) -> str:
    """What became of a reading's passage: "kept", "borders" (changed), "recoded" or "dropped".

    Parameters
    ----------
    own : Passage
    side : iterable of Passage
        All that the same reading holds; passages of one code that lie together count as one.
    agreed : iterable of Passage
        The consensus on the dispute the passage was in, or on the whole source where it was in none.
    """
    standing = held(agreed)
    mine = next(run for run in held((*side, own))[own.code] if run[0] <= own.start and own.end <= run[1])
    runs = standing.get(own.code, ())
    if mine in runs:
        return "kept"
    if overlap((mine,), runs):
        return "borders"
    return "recoded" if any(overlap((mine,), spans) for spans in standing.values()) else "dropped"

"""Where the machine's reading of a text differs from a coder's, and how its record with people stands."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from coding.wilson import wilson

Kind = Literal["agrees", "other_limits", "would_add", "would_not_code"]
FEWEST = 5


@dataclass(frozen=True, order=True)
class Passage:
    """A code on `[start, end)`, code points of one text."""

    start: int
    end: int
    code: str
    id: str


@dataclass(frozen=True)
class Difference:
    """One suggestion, or one passage the machine would not have coded, beside what it is compared with.

    `suggestion` is None for `would_not_code`; `own` holds the coder's passages of the same code that the suggestion
    overlaps, directly or through one another. Everything but `would_not_code` is for the coder to decide, `agrees`
    needs no decision.
    """

    kind: Kind
    code: str
    start: int
    end: int
    suggestion: Passage | None
    own: tuple[Passage, ...]


def differences(own: Iterable[Passage], suggested: Iterable[Passage], sentence_ends: Sequence[int]) -> list[Difference]:
    """What the machine says of a text beside what a coder said, in the order of the text.

    Passages of one code that overlap are compared together. They agree when they share at least half of what the
    shorter side covers and neither border lies more than one sentence away from the other side's: the machine always
    takes whole sentences, and one more or less is no other reading. Else the machine has other limits.

    Parameters
    ----------
    own, suggested : iterable of Passage
        The coder's and the machine's passages of one text.
    sentence_ends : sequence of int
        Where the sentences of the text end, rising.
    """
    by_code: dict[str, tuple[list[Passage], list[Passage]]] = defaultdict(lambda: ([], []))
    for passage in own:
        by_code[passage.code][0].append(passage)
    for passage in suggested:
        by_code[passage.code][1].append(passage)
    found: list[Difference] = []
    for code, (mine, machines) in by_code.items():
        for people, machine in _knots(mine, machines):
            found += _compared(code, people, machine, sentence_ends)
    return sorted(found, key=lambda one: (one.start, one.end, one.code))


def _knots(mine: list[Passage], machines: list[Passage]) -> list[tuple[list[Passage], list[Passage]]]:
    """Passages of one code, those that overlap together: (the coder's, the machine's)."""
    sides = sorted([(passage, 0) for passage in mine] + [(passage, 1) for passage in machines])
    knots: list[tuple[list[Passage], list[Passage]]] = []
    reached = -1
    for passage, side in sides:
        if passage.start >= reached:
            knots.append(([], []))
        knots[-1][side].append(passage)
        reached = max(reached, passage.end)
    return knots


def _compared(
    code: str, people: list[Passage], machine: list[Passage], sentence_ends: Sequence[int]
) -> list[Difference]:
    if not machine:
        return [Difference("would_not_code", code, one.start, one.end, None, (one,)) for one in people]
    kind: Kind = "would_add" if not people else "agrees" if _agree(people, machine, sentence_ends) else "other_limits"
    return [Difference(kind, code, one.start, one.end, one, tuple(people)) for one in machine]


def _agree(people: list[Passage], machine: list[Passage], sentence_ends: Sequence[int]) -> bool:
    shared = sum(max(0, min(mine.end, its.end) - max(mine.start, its.start)) for mine in people for its in machine)
    shorter = min(sum(one.end - one.start for one in people), sum(one.end - one.start for one in machine))
    borders = zip(_reach(people, sentence_ends), _reach(machine, sentence_ends), strict=True)
    return 2 * shared >= shorter and all(abs(mine - its) <= 1 for mine, its in borders)


def _reach(passages: Iterable[Passage], ends: Sequence[int]) -> tuple[int, int]:
    """The numbers of the first and the last sentence that passages touch."""
    held = list(passages)
    first, last = min(one.start for one in held), max(one.end for one in held)
    return bisect_right(ends, first), bisect_left(ends, last)


@dataclass(frozen=True)
class Rate:
    """So many of so many, with Wilson's 95% interval; `value` and `interval` are None when nothing can be said."""

    count: int
    n: int

    @property
    def value(self) -> float | None:
        return self.count / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.count, self.n)

    @property
    def is_withheld(self) -> bool:
        """Whether there are too few cases to show a share."""
        return self.n < FEWEST


@dataclass(frozen=True)
class Record:
    """How the machine did on a code: turns coded by both, by people only, by the machine only."""

    both: int = 0
    missed: int = 0
    extra: int = 0

    @property
    def people(self) -> int:
        return self.both + self.missed

    @property
    def machine(self) -> int:
        return self.both + self.extra

    @property
    def n(self) -> int:
        return self.both + self.missed + self.extra

    @property
    def misses(self) -> Rate:
        """Of the turns people coded, those the machine did not."""
        return Rate(self.missed, self.people)

    @property
    def wrong(self) -> Rate:
        """Of the turns the machine coded, those nobody else did."""
        return Rate(self.extra, self.machine)

    @property
    def severity(self) -> float | None:
        """How many times as often as people the machine codes; None under too few cases."""
        return self.machine / self.people if self.people >= FEWEST else None

    def __add__(self, other: "Record") -> "Record":
        return Record(self.both + other.both, self.missed + other.missed, self.extra + other.extra)


def record(
    turns: Sequence[tuple[int, int]], people: Iterable[tuple[int, int]], machine: Iterable[tuple[int, int]]
) -> Record:
    """The machine's record on one code in one text.

    Parameters
    ----------
    turns : sequence of (int, int)
        The turns that count, rising and apart; half-open, in code points like all spans here.
    people, machine : iterable of (int, int)
        The passages of the code. A turn is coded when a passage shares a code point with it.
    """
    coded, found = _touched(turns, people), _touched(turns, machine)
    return Record(len(coded & found), len(coded - found), len(found - coded))


def _touched(turns: Sequence[tuple[int, int]], spans: Iterable[tuple[int, int]]) -> set[int]:
    starts, ends = [start for start, _ in turns], [end for _, end in turns]
    return {number for start, end in spans for number in range(bisect_right(ends, start), bisect_left(starts, end))}

"""A record drawn as one mark for each turn: coded by both, missed by the machine, coded by the machine alone."""

from dataclasses import dataclass

from coding.opinion import Record

PER_ROW = 36
STEP = 12
MOST = 3 * PER_ROW


@dataclass(frozen=True)
class Mark:
    """One turn: `kind` is "both", "missed" or "extra"; `x` and `y` its upper left corner in pixels."""

    kind: str
    x: int
    y: int

    @property
    def cx(self) -> int:
        return self.x + 5

    @property
    def cy(self) -> int:
        return self.y + 5


@dataclass(frozen=True)
class Chart:
    """The marks in rows; none when there are more than can be counted by eye."""

    marks: tuple[Mark, ...]

    @property
    def height(self) -> int:
        return max((mark.y for mark in self.marks), default=0) + STEP

    @property
    def width(self) -> int:
        return PER_ROW * STEP


def chart(record: Record) -> Chart:
    """The record's marks: first what both coded, then the misses, then what only the machine coded."""
    if record.n > MOST:
        return Chart(())
    kinds = ["both"] * record.both + ["missed"] * record.missed + ["extra"] * record.extra
    return Chart(tuple(Mark(kind, n % PER_ROW * STEP, n // PER_ROW * STEP) for n, kind in enumerate(kinds)))

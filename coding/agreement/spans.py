"""Segments as columns of integers, and several coders' segments on the sources they finished (`Continua`)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from coding.agreement.ratings import BoolArray, Coefficient, IntArray, RatingsError
from fieldstudy.errors import gettext_noop


@dataclass(frozen=True, eq=False)
class Spans:
    """Segments as five int arrays of one length: indices of source, coder and code, and offsets [start, end).

    Offsets are Unicode code points of the source's text.
    """

    source: IntArray
    coder: IntArray
    code: IntArray
    start: IntArray
    end: IntArray

    @classmethod
    def from_rows(cls, rows: list[tuple[int, int, int, int, int]]) -> "Spans":
        """Spans from (source, coder, code, start, end) rows."""
        columns = np.array(rows, dtype=np.int64).reshape(len(rows), 5).T
        return cls(*(np.ascontiguousarray(column) for column in columns))

    def __len__(self) -> int:
        return len(self.start)

    def chosen(self, which: IntArray | BoolArray) -> "Spans":
        """The spans at the given places or where the mask is true."""
        return Spans(self.source[which], self.coder[which], self.code[which], self.start[which], self.end[which])


Segments = tuple[IntArray, IntArray]
"""Starts and ends of segments on one axis."""


def merged(spans: Spans) -> Spans:
    """One coder's overlapping segments of one code in one source made into one; abutting ones stay apart.

    Returns
    -------
    Spans
        Sorted by source, coder, code and start.
    """
    if not len(spans):
        return spans
    lowest = int(spans.start.min())
    reach = int(spans.end.max()) - lowest + 1
    lane = (spans.source * (int(spans.coder.max()) + 1) + spans.coder) * (int(spans.code.max()) + 1) + spans.code
    # Each (source, coder, code) gets its own stretch of one long axis, so one running maximum serves them all.
    base = lane * reach - lowest
    order = np.argsort(base + spans.start, kind="stable")
    ordered = spans.chosen(order)
    base = base[order]
    farthest = np.maximum.accumulate(base + ordered.end)
    first = np.flatnonzero(np.concatenate(([True], base[1:] + ordered.start[1:] >= farthest[:-1])))
    if len(first) == len(ordered):
        return ordered
    ends = np.maximum.reduceat(base + ordered.end, first) - base[first]
    kept = ordered.chosen(first)
    return Spans(kept.source, kept.coder, kept.code, kept.start, ends)


def touching(one: Segments, other: Segments) -> tuple[IntArray, IntArray]:
    """Every pair of a segment of one coder and one of another that share a stretch, as places in the two.

    Parameters
    ----------
    one, other : tuple of int arrays (starts, ends)
        On one axis, in order, without overlaps within a coder.
    """
    first = np.searchsorted(other[1], one[0], side="right")
    last = np.searchsorted(other[0], one[1], side="left")
    met = last - first
    left = np.repeat(np.arange(len(met)), met)
    right = np.arange(len(left)) - np.repeat(np.cumsum(met) - met, met) + first[left]
    return left, right


@dataclass(frozen=True, eq=False)
class Continua:
    """Several coders' segments on sources whose extent is known.

    Parameters
    ----------
    given : Spans
        Indices refer to `finished` and `codes`. Segments of coders who did not finish a source are left out.
    begins, lengths : int arrays, shape (n_sources,)
        Each source is [begin, begin + length).
    finished : bool array, shape (n_sources, n_coders)
        Who finished which source. A coder who finished and applied nothing disagrees with those who coded; one who did
        not finish is missing.
    codes : tuple of str
        Labels.
    turns : tuple of int arrays (sources, starts), optional
        Where the turns of the sources begin; they are resampled where sources are few.

    Raises
    ------
    RatingsError
        `continua.shape`; `continua.span_out_of_range` for an empty span or one outside its source.
    """

    given: Spans
    begins: IntArray
    lengths: IntArray
    finished: BoolArray
    codes: tuple[str, ...]
    turns: tuple[IntArray, IntArray] | None = None

    def __post_init__(self) -> None:
        if not self.begins.shape == self.lengths.shape == self.finished.shape[:1]:
            raise RatingsError("continua.shape", gettext_noop("Sources, lengths and coders do not fit together."))
        begin = self.begins[self.given.source]
        outside = (self.given.start < begin) | (self.given.end > begin + self.lengths[self.given.source])
        if (outside | (self.given.start >= self.given.end)).any():
            raise RatingsError(
                "continua.span_out_of_range", gettext_noop("A segment is empty or lies outside its source.")
            )

    @cached_property
    def spans(self) -> Spans:
        """Segments of finished pairs, merged, in sources that two coders or more finished."""
        counted = self.finished[self.given.source, self.given.coder] & self.compared[self.given.source]
        return merged(self.given.chosen(counted))

    @cached_property
    def compared(self) -> BoolArray:
        """Which sources two coders or more finished, shape (n_sources,)."""
        enough: BoolArray = self.finished.sum(axis=1) >= 2
        return enough

    @cached_property
    def axis(self) -> IntArray:
        """Where each source begins when those that are compared are laid end to end, shape (n_sources + 1,)."""
        return np.concatenate(([0], np.cumsum(np.where(self.compared, self.lengths, 0))))

    @cached_property
    def laid_out(self) -> Segments:
        """Starts and ends of `spans` on that axis."""
        shift = (self.axis[:-1] - self.begins)[self.spans.source]
        return self.spans.start + shift, self.spans.end + shift

    @property
    def source_begins(self) -> IntArray:
        """Where on that axis each of the compared sources begins."""
        return self.axis[:-1][self.compared]

    @property
    def turn_begins(self) -> IntArray:
        """The same of their turns; what stands before the first turn of a source belongs to it."""
        if self.turns is None:
            return self.source_begins
        source, start = (column[self.compared[self.turns[0]]] for column in self.turns)
        at = self.axis[source] + start - self.begins[source]
        _, first = np.unique(source, return_index=True)
        at[first] = self.axis[source[first]]
        return at

    @cached_property
    def by_code(self) -> tuple[IntArray, ...]:
        """For each code the places of its `spans`, in order of source, coder and start."""
        order = np.argsort(self.spans.code, kind="stable")
        borders = np.searchsorted(self.spans.code[order], np.arange(len(self.codes) + 1))
        return tuple(order[first:last] for first, last in pairwise(borders))

    @cached_property
    def has_overlapping_codes(self) -> bool:
        """Whether some coder put different codes on one passage."""
        spans = self.spans
        if len(spans) < 2:
            return False
        order = np.lexsort((spans.start, spans.coder, spans.source))
        ordered = spans.chosen(order)
        lane = ordered.source * self.finished.shape[1] + ordered.coder
        lowest = int(ordered.start.min())
        base = lane * (int(ordered.end.max()) - lowest + 1) - lowest
        farthest = np.maximum.accumulate(base + ordered.end)
        return bool((base[1:] + ordered.start[1:] < farthest[:-1]).any())

    def of_code(self, code: int) -> "Continua":
        """The same sources and coders with the segments of one code only."""
        kept = self.given.chosen(self.given.code == code)
        alone = Spans(kept.source, kept.coder, np.zeros_like(kept.code), kept.start, kept.end)
        return replace(self, given=alone, codes=(self.codes[code],))

    def of_sources(self, chosen: BoolArray) -> "Continua":
        """The same as if nobody had finished the other sources; `chosen` has shape (n_sources,)."""
        return replace(self, finished=self.finished & chosen[:, None])

    @property
    def n_coders(self) -> int:
        """Number of coders."""
        return int(self.finished.shape[1])

    @property
    def n_missing(self) -> int:
        """Number of (source, coder) pairs that were not finished."""
        return int((~self.finished).sum())

    def coefficient(
        self,
        name: str,
        value: float | None,
        undefined_because: str | None = None,
        *,
        observed: float | None = None,
        expected: float | None = None,
        extra: Mapping[str, float | int | str | None] | None = None,
    ) -> Coefficient:
        """A coefficient that carries the size of these continua; `n_units` counts merged segments."""
        return Coefficient(
            name=name,
            value=value,
            undefined_because=undefined_because,
            observed=observed,
            expected=expected,
            n_units=len(self.spans),
            n_coders=self.n_coders,
            n_missing=self.n_missing,
            extra=extra or {},
        )

"""From segments to ratings: which coder gave which unit which code, and what is missing rather than "nothing"."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from coding.agreement.ratings import MISSING, BoolArray, IntArray, Ratings, RatingsError
from coding.agreement.sets import SetRatings
from coding.agreement.spans import Spans, merged
from coding.agreement.sums import CharacterSums, sum_characters
from fieldstudy.errors import gettext_noop

_SPACE_LIMIT: Final = 0x3001
_IS_SPACE: Final = np.array([chr(point).isspace() for point in range(_SPACE_LIMIT)])


@dataclass(frozen=True, eq=False)
class Units:
    """Stretches [start, end) of sources that coders decide on: turns, or sentences.

    Parameters
    ----------
    source, start, end : int arrays, shape (n_units,)
        In order of source and start; units of one source do not overlap and may leave stretches out.
    ids : tuple
        What the caller calls each unit.

    Raises
    ------
    RatingsError
        `units.shape`, `units.disorder`.
    """

    source: IntArray
    start: IntArray
    end: IntArray
    ids: tuple[Hashable, ...]

    def __post_init__(self) -> None:
        if not len(self.source) == len(self.start) == len(self.end) == len(self.ids):
            raise RatingsError("units.shape", gettext_noop("Units need a source, a start, an end and an id each."))
        after = np.diff(self.source) > 0
        follows = (np.diff(self.source) == 0) & (self.start[1:] >= self.end[:-1])
        if not (after | follows).all() or (self.start >= self.end).any():
            raise RatingsError(
                "units.disorder", gettext_noop("Units must be in order, not empty, and must not overlap.")
            )

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class VisibleText:
    """How many characters that are not white space lie before each offset, all sources laid end to end.

    Attributes
    ----------
    before : int array, shape (total length + 1,)
        Running count.
    base : int array, shape (n_sources,)
        Where each source begins on the long axis.
    """

    before: IntArray
    base: IntArray

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> "VisibleText":
        """Counts for the texts of all sources, in the order of their indices."""
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
        space = np.zeros(len(points), dtype=np.bool_)
        low = points < _SPACE_LIMIT
        space[low] = _IS_SPACE[points[low]]
        before = np.concatenate(([0], np.cumsum(~space)))
        return cls(before=before.astype(np.int64), base=np.cumsum(lengths) - lengths)

    def within(self, source: IntArray, start: IntArray, end: IntArray) -> IntArray:
        """Characters that are not white space in each [start, end)."""
        base = self.base[source]
        count: IntArray = self.before[base + end] - self.before[base + start]
        return count


@dataclass(frozen=True, eq=False)
class Decisions:
    """What every coder decided on every unit and code.

    Attributes
    ----------
    units : Units
    codes : tuple of str
        Labels.
    coded : bool array, shape (n_units, n_coders, n_codes)
        The coder applied the code to the unit.
    decided : bool array, shape (n_units, n_coders, n_codes)
        The coder could have: false where the coder never finished the source, lacked the code, or the unit is blank.
    """

    units: Units
    codes: tuple[str, ...]
    coded: BoolArray
    decided: BoolArray

    def binary(self) -> tuple[Ratings, ...]:
        """One binary `Ratings` per code, 1 = applied, clustered by source; what was not decided is missing."""
        values = np.where(self.decided, self.coded, MISSING).astype(np.int64)
        return tuple(
            Ratings(values=values[:, :, place], categories=("rest", code), blocks=self.units.source)
            for place, code in enumerate(self.codes)
        )

    def used(self, code: int | None, coders: Sequence[int] | None = None) -> BoolArray:
        """On which units some of the coders (all without a choice) used a code, or any, two of them having decided."""
        who = slice(None) if coders is None else list(coders)
        which = slice(None) if code is None else slice(code, code + 1)
        decided, coded = self.decided[:, who][:, :, which], self.coded[:, who][:, :, which]
        found: BoolArray = coded.any(axis=(1, 2)) & (decided.any(axis=2).sum(axis=1) >= 2)
        return found

    def sets(self) -> SetRatings:
        """One set of codes per unit and coder, clustered by source.

        In each source only codes that all its coders could apply are compared, so that a codebook's gap does not look
        like a disagreement.
        """
        n_units, n_coders, n_codes = self.coded.shape
        finished: BoolArray = np.asarray(self.decided.any(axis=2))
        comparable: BoolArray = np.asarray((self.decided | ~finished[:, :, None]).all(axis=1))
        rows = (self.coded & comparable[:, None, :]).reshape(n_units * n_coders, n_codes)
        packed, place = np.unique(np.packbits(rows, axis=1), axis=0, return_inverse=True)
        distinct = np.unpackbits(packed, axis=1, count=n_codes).astype(np.bool_)
        sets = tuple(frozenset(self.codes[code] for code in np.flatnonzero(row)) for row in distinct)
        values = np.where(finished, place.reshape(n_units, n_coders), MISSING).astype(np.int64)
        labels = tuple(", ".join(sorted(chosen)) for chosen in sets)
        return SetRatings(ratings=Ratings(values=values, categories=labels, blocks=self.units.source), sets=sets)


def indexed_spans(
    rows: Iterable[tuple[Hashable, Hashable, Hashable, int, int]],
    *,
    sources: Sequence[Hashable],
    coders: Sequence[Hashable],
    codes: Sequence[Hashable],
) -> Spans:
    """Columns of indices from (source, coder, code, start, end) rows with the caller's own ids.

    Raises
    ------
    KeyError
        For an id that is not listed.
    """
    by_source, by_coder, by_code = (
        {each: place for place, each in enumerate(listed)} for listed in (sources, coders, codes)
    )
    return Spans.from_rows(
        [(by_source[source], by_coder[coder], by_code[code], start, end) for source, coder, code, start, end in rows]
    )


def decide(
    units: Units,
    spans: Spans,
    finished: BoolArray,
    visible: VisibleText,
    codes: tuple[str, ...],
    *,
    available: BoolArray | None = None,
    half: bool = False,
) -> Decisions:
    """Which units each coder coded.

    A unit is coded if it holds one character of a segment, white space aside, or with `half` at least half of its own
    characters. A coder's overlapping segments of one code count once. A unit of white space alone is missing for all.

    Parameters
    ----------
    units : Units
    spans : Spans
        Indices into sources, coders and `codes`. Segments of coders who did not finish a source are left out.
    finished : bool array, shape (n_sources, n_coders)
        Who worked through which source. Having finished and applied nothing is a decision; not having finished is not.
    visible : VisibleText
        Of the same sources.
    codes : tuple of str
    available : bool array, shape (n_sources, n_coders, n_codes), optional
        False where a coder's codebook lacked the code.
    half : bool
        Ask for at least half of a unit.
    """
    own = visible.within(units.source, units.start, units.end)
    able = (
        np.repeat(finished[:, :, None], len(codes), axis=2) if available is None else finished[:, :, None] & available
    )
    decided = able[units.source] & (own > 0)[:, None, None]
    cells, covered = _covered(units, merged(spans), visible, decided.shape)
    enough = covered > 0
    if half:
        enough &= 2 * covered >= own[cells // (decided.shape[1] * decided.shape[2])]
    coded = np.zeros(decided.size, dtype=np.bool_)
    coded[cells[enough]] = True
    return Decisions(units=units, codes=codes, coded=coded.reshape(decided.shape) & decided, decided=decided)


def _covered(units: Units, spans: Spans, visible: VisibleText, shape: tuple[int, ...]) -> tuple[IntArray, IntArray]:
    """Flat cells (unit, coder, code) that segments touch, and how many visible characters they hold in each."""
    span, unit, start, end = _crossings(units, spans, visible)
    held = visible.within(units.source[unit], start, end)
    flat = (unit * shape[1] + spans.coder[span]) * shape[2] + spans.code[span]
    cells, place = np.unique(flat, return_inverse=True)
    return cells, np.bincount(place, weights=held, minlength=len(cells)).astype(np.int64)


def _crossings(units: Units, spans: Spans, visible: VisibleText) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Every pair of a segment and a unit it touches, and the stretch they share: span, unit, start, end."""
    at_unit, at_span = visible.base[units.source], visible.base[spans.source]
    first = np.searchsorted(at_unit + units.end, at_span + spans.start, side="right")
    last = np.searchsorted(at_unit + units.start, at_span + spans.end, side="left")
    touched = last - first
    span = np.repeat(np.arange(len(spans)), touched)
    unit = np.arange(len(span)) - np.repeat(np.cumsum(touched) - touched, touched) + first[span]
    start = np.maximum(spans.start[span], units.start[unit])
    end = np.minimum(spans.end[span], units.end[unit])
    return span, unit, start, end


def character_sums(
    spans: Spans, lengths: IntArray, finished: BoolArray, n_codes: int, *, available: BoolArray | None = None
) -> CharacterSums:
    """Per source and code, what character-level coefficients need, pairs of coders included.

    White space counts here: every code point is a unit. Arguments as for `decide`; `lengths` are in code points.
    """
    return sum_characters(spans, lengths, finished, n_codes, available=available, pairwise=True)


def cut_at_units(
    spans: Spans, units: Units, visible: VisibleText, finished: BoolArray
) -> tuple[Spans, IntArray, BoolArray]:
    """Segments cut at the borders of units, each unit taken as a source of its own.

    Returns
    -------
    (spans, lengths, finished)
        What `character_sums` wants; its sums are then per unit, for an interval that resamples units.
    """
    span, unit, start, end = _crossings(units, spans, visible)
    cut = Spans(source=unit, coder=spans.coder[span], code=spans.code[span], start=start, end=end)
    return cut, units.end - units.start, finished[units.source]

"""What an audit is computed from: turns, the passages coders applied in them, and who could decide on what."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from coding.agreement.ratings import BoolArray, IntArray
from coding.agreement.spans import Continua, Spans
from coding.units import Decisions, Units, VisibleText, decide

Unit = Literal["turn", "sentence", "character", "segment"]
UNITS: Final[tuple[Unit, ...]] = ("turn", "sentence", "character", "segment")
LEFT_OUT_KINDS: Final = frozenset({"question", "heading", "interpretation"})
"""Turns that are nobody's evidence: unless asked for, they are no units, and neither are their sentences.

Characters and free segments count everywhere.
"""


RULED: Final = ("turn", "sentence")
"""Units that rules have a say in."""


@dataclass(frozen=True)
class Rules:
    """When a turn or sentence is a unit, and when it is coded.

    `half` asks for at least half of it to be covered; else any of its characters will do. With `all_turns` questions,
    headings and interpretations are units too.
    """

    half: bool = False
    all_turns: bool = False

    @classmethod
    def of(cls, unit: str, given: Mapping[str, object]) -> "Rules":
        """Rules as a run keeps them or a form sends them; of characters and free segments there are none."""
        if unit not in RULED:
            return cls()
        return cls(half=bool(given.get("half")), all_turns=bool(given.get("all_turns")))

    @property
    def told(self) -> dict[str, bool]:
        """Those that are not as by default, by name."""
        return {name: True for name, value in asdict(self).items() if value}


PLAIN: Final = Rules()
"""The rules of a run that was given none."""


@dataclass(frozen=True)
class AuditedTurn:
    """A turn of a source, `[start, end)` in code points of its text; `sentence_ends` are counted the same way."""

    id: str
    source: int
    number: int
    kind: str
    start: int
    text: str
    sentence_ends: tuple[int, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, eq=False)
class Material:
    """What an audit is computed from.

    Attributes
    ----------
    unit : {"turn", "sentence", "character", "segment"}
        Segments are free: their borders are compared, and no unit is given.
    sources, coders, codes : tuple of str
        Ids, in the order of the arrays' axes.
    turns : tuple of AuditedTurn
        In order of source and start. Where some are left out, no passage touches them.
    spans : Spans
        Passages, in indices of the three.
    finished : bool array, shape (n_sources, n_coders)
        Who submitted a reading of which source.
    available : bool array, shape (n_sources, n_coders, n_codes)
        False where the codebook of that reading lacked the code: it is then missing, and not "nothing here".
    rules : Rules
    """

    unit: Unit
    sources: tuple[str, ...]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    turns: tuple[AuditedTurn, ...]
    spans: Spans
    finished: BoolArray
    available: BoolArray
    rules: Rules = Rules()

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The text of each source, with blanks in place of turns left out."""
        pieces: list[list[str]] = [[] for _ in self.sources]
        reached = [0] * len(self.sources)
        for turn in self.turns:
            pieces[turn.source] += [" " * (turn.start - reached[turn.source]), turn.text]
            reached[turn.source] = turn.end
        return tuple("".join(each) for each in pieces)

    @cached_property
    def visible(self) -> VisibleText:
        return VisibleText.of_texts(self.texts)

    @cached_property
    def lengths(self) -> IntArray:
        """Code points of each source, shape (n_sources,)."""
        return np.array([len(text) for text in self.texts], dtype=np.int64)

    @cached_property
    def deciding(self) -> BoolArray:
        """Which coder could apply which code in which source, shape (n_sources, n_coders, n_codes)."""
        able: BoolArray = self.finished[:, :, None] & self.available
        return able

    def of_coders(self, chosen: Sequence[int]) -> "Material":
        """The same material as if only these coders had read."""
        places = np.full(len(self.coders), -1)
        places[list(chosen)] = np.arange(len(chosen))
        kept = self.spans.chosen(places[self.spans.coder] >= 0)
        return replace(
            self,
            coders=tuple(self.coders[place] for place in chosen),
            spans=Spans(kept.source, places[kept.coder], kept.code, kept.start, kept.end),
            finished=self.finished[:, list(chosen)],
            available=self.available[:, list(chosen)],
        )

    def units(self, unit: Unit) -> Units:
        """The stretches coders decide on by a unit, as the options have it."""
        return units_of(self.turns, unit, all_turns=self.rules.all_turns)

    def decisions(self, unit: Unit) -> Decisions:
        """What every coder decided on every such stretch."""
        half = self.rules.half and unit in RULED
        return decide(
            self.units(unit), self.spans, self.finished, self.visible, self.codes, available=self.available, half=half
        )

    @cached_property
    def whole(self) -> Continua:
        """Passages of all codes on all characters."""
        return Continua(self.spans, np.zeros_like(self.lengths), self.lengths, self.finished, self.codes, self._begun)

    @cached_property
    def _begun(self) -> tuple[IntArray, IntArray]:
        begun = np.array([(turn.source, turn.start) for turn in self.turns], dtype=np.int64).reshape(-1, 2)
        return begun[:, 0], begun[:, 1]

    def continua(self, code: int | None) -> Continua:
        """Passages of one code on all characters, or with None of any code, whichever it is."""
        spans = self.spans if code is None else self.spans.chosen(self.spans.code == code)
        alone = Spans(spans.source, spans.coder, np.zeros_like(spans.code), spans.start, spans.end)
        finished = self.finished if code is None else self.deciding[:, :, code]
        begins = np.zeros_like(self.lengths)
        codes = ("any" if code is None else self.codes[code],)
        return Continua(alone, begins, self.lengths, finished, codes, self._begun)


def units_of(turns: Sequence[AuditedTurn], unit: Unit, *, all_turns: bool = False) -> Units:
    """The stretches coders decide on; the id of each is the place of its turn in `turns`.

    For characters and free segments these are all turns, of whatever kind: an interval may have to resample them.
    """
    every = all_turns or unit in ("character", "segment")
    rows: list[tuple[int, int, int, int]] = []
    for place, turn in enumerate(turns):
        if not every and turn.kind in LEFT_OUT_KINDS:
            continue
        inner = [end for end in turn.sentence_ends if turn.start < end < turn.end] if unit == "sentence" else []
        borders = [turn.start, *inner, turn.end]
        rows += [(turn.source, start, end, place) for start, end in pairwise(borders)]
    source, start, end, places = np.array(rows, dtype=np.int64).reshape(len(rows), 4).T
    return Units(source=source, start=start, end=end, ids=tuple(int(place) for place in places))

"""How one version of a text became the next, and where that leaves the spans laid on it.

An edit map is the one way from an older text to a newer one: corrections, canonicalisation and withheld passages are
all edit maps, and every anchor is carried through them. Positions are Unicode code points.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import accumulate
from typing import Any

from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.spans import Span


@dataclass(frozen=True, order=True, slots=True)
class Edit:
    """`[start, end)` of the older text gives way to `replacement`; `start == end` is an insertion."""

    start: int
    end: int
    replacement: str

    @property
    def is_insertion(self) -> bool:
        return self.start == self.end

    @property
    def growth(self) -> int:
        """By how many code points the text becomes longer (negative: shorter)."""
        return len(self.replacement) - (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Carried:
    """Where a span went: None when nothing of it is left; `changed` when an edit touched its words."""

    span: Span | None
    changed: bool


@dataclass(frozen=True)
class EditMap:
    """Edits on a text of `length` code points: sorted, apart or touching, none without effect.

    Build it with `EditMap.from_edits`, which checks what this class takes for granted.
    """

    edits: tuple[Edit, ...]
    length: int

    @classmethod
    def identity(cls, length: int) -> "EditMap":
        """The map that changes nothing in a text of `length` code points."""
        return cls((), length)

    @classmethod
    def from_edits(cls, edits: Iterable[Edit], length: int) -> "EditMap":
        """The map made of `edits`, in any order, all counted on the same older text of `length` code points.

        Insertions at one place are joined in the order given.

        Raises
        ------
        Invalid
            `edits.out_of_range` for an edit outside `[0, length]` or inverted, `edits.overlap` for two that overlap.
        """
        checked: list[Edit] = []
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            if not 0 <= edit.start <= edit.end <= length:
                raise Invalid(
                    "edits.out_of_range",
                    gettext_noop("An edit from %(start)d to %(end)d does not fit a text of %(length)d characters."),
                    start=edit.start,
                    end=edit.end,
                    length=length,
                )
            if checked and edit.start < checked[-1].end:
                raise Invalid(
                    "edits.overlap",
                    gettext_noop("Two edits overlap at character %(start)d."),
                    start=edit.start,
                )
            if checked and edit.is_insertion and checked[-1].is_insertion and checked[-1].start == edit.start:
                checked[-1] = Edit(edit.start, edit.end, checked[-1].replacement + edit.replacement)
            elif not edit.is_insertion or edit.replacement:
                checked.append(edit)
        return cls(tuple(checked), length)

    @cached_property
    def new_length(self) -> int:
        """The length of the newer text."""
        return self.length + self._growth_before[-1]

    @cached_property
    def _starts(self) -> list[int]:
        return [edit.start for edit in self.edits]

    @cached_property
    def _ends(self) -> list[int]:
        return [edit.end for edit in self.edits]

    @cached_property
    def _growth_before(self) -> list[int]:
        return list(accumulate((edit.growth for edit in self.edits), initial=0))

    def apply(self, text: str) -> str:
        """The newer text.

        Raises
        ------
        Invalid
            `edits.other_text` when `text` has not the length the map was made for.
        """
        if len(text) != self.length:
            raise Invalid(
                "edits.other_text",
                gettext_noop("These edits were made on a text of %(expected)d characters, this one has %(found)d."),
                expected=self.length,
                found=len(text),
            )
        pieces: list[str] = []
        position = 0
        for edit in self.edits:
            pieces += (text[position : edit.start], edit.replacement)
            position = edit.end
        pieces.append(text[position:])
        return "".join(pieces)

    def carry_start(self, position: int) -> int:
        """Where the border before the character at `position` went; what was inserted right there stays before it.

        A border inside a replaced stretch goes behind the replacement.
        """
        passed = bisect_right(self._ends, position)
        if passed < len(self.edits) and self.edits[passed].start < position:
            passed += 1
            return self.edits[passed - 1].end + self._growth_before[passed]
        return position + self._growth_before[passed]

    def carry_end(self, position: int) -> int:
        """Where the border behind the character before `position` went; what was inserted right there stays behind it.

        A border inside a replaced stretch goes before the replacement.
        """
        passed = bisect_right(self._ends, position)
        if passed and self.edits[passed - 1].is_insertion and self.edits[passed - 1].start == position:
            passed -= 1
        elif passed < len(self.edits) and self.edits[passed].start < position:
            return self.edits[passed].start + self._growth_before[passed]
        return position + self._growth_before[passed]

    def carry(self, span: Span) -> Carried:
        """Where `span` of the older text lies in the newer one.

        Replaced words that lay wholly in the span give way to their replacement there. A replaced stretch that reaches
        beyond the span leaves it: the span shrinks, or is gone when nothing remains. Insertions strictly inside make it
        grow; insertions at its borders stay outside.

        Raises
        ------
        Invalid
            `span.out_of_range` when the span ends beyond the older text.
        """
        span.check_within(self.length)
        start, end = self.carry_start(span.start), self.carry_end(span.end)
        first = bisect_right(self._ends, span.start)
        changed = first < bisect_left(self._starts, span.end)
        return Carried(Span(start, end) if start < end else None, changed)

    def then(self, other: "EditMap") -> "EditMap":
        """The one map that does what this map and then `other` do.

        Raises
        ------
        Invalid
            `edits.other_text` when `other` was made for a text of another length than this map's newer text.
        """
        if other.length != self.new_length:
            raise Invalid(
                "edits.other_text",
                gettext_noop("These edits were made on a text of %(expected)d characters, this one has %(found)d."),
                expected=other.length,
                found=self.new_length,
            )
        return EditMap.from_edits(_composed(self, other), self.length)

    def to_json(self) -> dict[str, Any]:
        """The map as JSON values: ``{"length": 12, "edits": [[start, end, "replacement"], …]}``."""
        return {"length": self.length, "edits": [[edit.start, edit.end, edit.replacement] for edit in self.edits]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "EditMap":
        """The map that `to_json` gave.

        Raises
        ------
        Invalid
            `edits.malformed` for anything else, and the errors of `from_edits`.
        """
        try:
            length = value["length"]
            edits = [Edit(start, end, replacement) for start, end, replacement in value["edits"]]
        except (KeyError, TypeError, ValueError):
            raise _malformed() from None
        numbers = [length, *(edit.start for edit in edits), *(edit.end for edit in edits)]
        if not all(type(number) is int for number in numbers) or length < 0:
            raise _malformed()
        if not all(isinstance(edit.replacement, str) for edit in edits):
            raise _malformed()
        return cls.from_edits(edits, length)


def _malformed() -> Invalid:
    return Invalid(
        "edits.malformed",
        gettext_noop("This is not a list of edits: expected a length and [start, end, text] rows."),
    )


def _pieces(edit_map: EditMap) -> Iterator[Edit | int]:
    """The map from left to right: edits, and between them how many code points stay as they are."""
    position = 0
    for edit in edit_map.edits:
        if edit.start > position:
            yield edit.start - position
        yield edit
        position = edit.end
    if edit_map.length > position:
        yield edit_map.length - position


def _composed(first: EditMap, second: EditMap) -> Iterator[Edit]:
    """The edits of both on the text before `first`; those overlapping in the text between become one, others do not."""
    ahead, after = _pieces(first), _pieces(second)
    position = start = 0  # in the oldest text; the edit being gathered is [start, position) -> texts
    texts: list[str] = []
    untouched, put = 0, ""  # what `first` leaves, or has put, next in the text between
    kept = dropped = 0  # what `second` keeps, or drops, next of it
    while True:
        if not put and not dropped:
            if start < position or texts:
                yield Edit(start, position, "".join(texts))
            start, texts = position, []
        if not untouched and not put and (piece := next(ahead, None)) is not None:
            if isinstance(piece, int):
                untouched = piece
            else:
                position, put = position + piece.end - piece.start, piece.replacement
            continue
        if not kept and not dropped:
            if (piece := next(after, None)) is None:
                return
            if isinstance(piece, int):
                kept = piece
            else:
                texts.append(piece.replacement)
                dropped = piece.end - piece.start
            continue
        step = min(untouched or len(put), kept or dropped)
        if put:
            texts += [put[:step]] if kept else []
            put = put[step:]
        else:
            position, untouched = position + step, untouched - step
            start = position if kept else start
        kept, dropped = max(kept - step, 0), max(dropped - step, 0)


# From coarse to fine: what differs at one level is compared again at the next. A transcript's lines and sentences are
# nearly all different from each other, so that the quadratic comparison of words only meets short stretches.
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCES = re.compile(r"(?:[^.!?…]++|[.!?…]++(?!\s))*+(?:[.!?…]++\s++)?+")
_WORDS = re.compile(r"\w+|\n|[^\S\n]+|[^\w\s]")
_LEVELS = (_LINES, _SENTENCES, _WORDS)
_MOST_WORD_PAIRS = 4_000_000
_PHRASE_TOKENS = 7  # four words and the gaps between them


def diff_edits(old: str, new: str) -> list[Edit]:
    """The edits, whole words at a time, that make `new` of `old`; in order, and apart from each other.

    Over 2,000 words rewritten against as many are compared around the rare phrases that both hold; without any they
    are one edit.
    """
    return list(_differences(old, new, 0, 0))


def _differences(old: str, new: str, offset: int, level: int) -> Iterator[Edit]:
    if old == new:
        return
    if not old or not new or level == len(_LEVELS):
        yield Edit(offset, offset + len(old), new)
        return
    before, after = (list(filter(None, _LEVELS[level].findall(text))) for text in (old, new))
    same = _common_prefix(before, after)
    same_end = _common_prefix(before[same:][::-1], after[same:][::-1])
    offset += sum(map(len, before[:same]))
    before, after = before[same : len(before) - same_end], after[same : len(after) - same_end]
    finer = level + 1
    if _LEVELS[level] is _WORDS and len(before) * len(after) > _MOST_WORD_PAIRS:
        blocks, finer = _between_anchors(before, after), level
    else:
        blocks = _unequal_blocks(before, after)
    position = 0
    for start, end, new_start, new_end in blocks:
        offset += sum(map(len, before[position:start]))
        removed, added = "".join(before[start:end]), "".join(after[new_start:new_end])
        if finer == level and end - start == len(before) and new_end - new_start == len(after):
            yield Edit(offset, offset + len(removed), added)
        else:
            yield from _differences(removed, added, offset, finer)
        offset += len(removed)
        position = end


_Block = tuple[int, int, int, int]  # tokens [start, end) of the older text against [start, end) of the newer


def _unequal_blocks(before: list[str], after: list[str]) -> Iterator[_Block]:
    for tag, *block in SequenceMatcher(_joins_words, before, after).get_opcodes():
        if tag != "equal":
            start, end, new_start, new_end = block
            yield start, end, new_start, new_end


def _between_anchors(before: list[str], after: list[str]) -> Iterator[_Block]:
    """The stretches between phrases that occur exactly once in both texts and in the same order in both.

    This is "patience" comparison (Bram Cohen) on runs of tokens: the longest increasing sequence of such phrases.
    """
    old_places, new_places = _single_places(before), _single_places(after)
    tops: list[int] = []  # where in the newer text the best sequence of each length ends
    chains: list[tuple[int, int, Any]] = []  # the same as (old place, new place, the chain before)
    for phrase, place in old_places.items():
        if (new_place := new_places.get(phrase)) is not None:
            rank = bisect_left(tops, new_place)
            chain = (place, new_place, chains[rank - 1] if rank else None)
            tops[rank : rank + 1], chains[rank : rank + 1] = [new_place], [chain]
    anchors = [(len(before), len(after))]
    last: Any = chains[-1] if chains else None
    while last:
        anchors.append(last[:2])
        last = last[2]
    start = new_start = 0
    for end, new_end in reversed(anchors):
        if start < end or new_start < new_end:
            yield start, end, new_start, new_end
        start, new_start = end + 1, new_end + 1


def _single_places(tokens: list[str]) -> dict[tuple[str, ...], int]:
    """Where each phrase that occurs once begins, in order."""
    phrases = list(zip(*(tokens[shift:] for shift in range(_PHRASE_TOKENS)), strict=False))
    times = Counter(phrases)
    return {phrase: place for place, phrase in enumerate(phrases) if times[phrase] == 1}


def _joins_words(token: str) -> bool:
    """Whether a token is a mere gap between words, which says nothing of where two texts match; a line's end is not."""
    return token.isspace() and token != "\n"


def _common_prefix(left: list[str], right: list[str]) -> int:
    pairs = zip(left, right, strict=False)
    return next((index for index, (one, other) in enumerate(pairs) if one != other), min(len(left), len(right)))

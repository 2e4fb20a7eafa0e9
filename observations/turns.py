"""Laying turns out as one text, and keeping them in place when the text is corrected.

Turns partition the text: every character is in exactly one. The line feed between two turns belongs to the first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from fieldstudy.edits import EditMap
from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.spans import Span
from fieldstudy.text import is_canonical


class HasText(Protocol):
    """Anything that will be a turn: only its text matters here."""

    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PlacedTurn:
    """The stretch `[start, end)` of a source's text that one turn takes, in code points.

    `index` says which of the turns it was made from (0 for the first); it stays the same through corrections, so that
    what is known of a turn (kind, speaker, times) goes with it.
    """

    start: int
    end: int
    index: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True)
class LaidOut:
    """A source's whole text and the stretches its turns take in it, in order and without gaps."""

    text: str
    turns: tuple[PlacedTurn, ...]


def lay_out(turns: Iterable[HasText]) -> LaidOut:
    r"""One text of `turns`, each apart from the next by a line feed that ends its stretch; the last has none.

    Raises
    ------
    Invalid
        `turns.empty` for a turn without text: it would take no stretch; `turns.not_canonical` for a text that
        `fieldstudy.text.canonical` would change, on which offsets would not hold elsewhere.

    Examples
    --------
    >>> from collections import namedtuple
    >>> Turn = namedtuple("Turn", "text")
    >>> lay_out([Turn("And then?"), Turn("Then we waited.")])
    LaidOut(text='And then?\nThen we waited.', turns=(PlacedTurn(start=0, end=10, index=0), \
PlacedTurn(start=10, end=25, index=1)))
    """
    texts = [turn.text for turn in turns]
    placed: list[PlacedTurn] = []
    start = 0
    for index, text in enumerate(texts):
        if not text.strip():
            raise Invalid("turns.empty", gettext_noop("Turn %(number)d has no text."), number=index + 1)
        end = start + len(text) + (index < len(texts) - 1)
        placed.append(PlacedTurn(start, end, index))
        start = end
    text = "\n".join(texts)
    if not is_canonical(text):
        raise Invalid("turns.not_canonical", gettext_noop("The text is not in the form in which texts are kept."))
    return LaidOut(text, tuple(placed))


def partition_after_edit(turns: Sequence[PlacedTurn], edit_map: EditMap, new_text: str) -> tuple[PlacedTurn, ...]:
    r"""The turns' stretches in the text that `edit_map` leads to: again a partition of it.

    What was typed at the border of two turns belongs to the second. A line feed typed inside a turn stays inside. Where
    the line feed between two turns was taken away they become one, which keeps the first one's index. A turn left with
    nothing but white space is gone, and what remains of its stretch goes to the turn before it (to the one after it,
    when it was the first). A text of nothing but white space has no turns.

    Raises
    ------
    Invalid
        `turns.other_text` when the edit map does not lead from the turns' text to `new_text`.
    """
    if (turns[-1].end if turns else 0) != edit_map.length or len(new_text) != edit_map.new_length:
        raise Invalid("turns.other_text", gettext_noop("These edits do not belong to the text of these turns."))
    carried: list[PlacedTurn] = []
    for turn, start in zip(turns, _carried_starts(turns, edit_map, new_text), strict=True):
        if start is None or (start and new_text[start - 1] != "\n"):
            continue
        if carried and carried[-1].start == start:  # nothing is left of the turn before
            carried.pop()
        carried.append(PlacedTurn(start, len(new_text), turn.index))
    closed = [replace(turn, end=later.start) for turn, later in pairwise(carried)] + carried[-1:]
    return tuple(_without_empty(closed, new_text))


def _carried_starts(turns: Sequence[PlacedTurn], edit_map: EditMap, new_text: str) -> list[int | None]:
    """Where each turn begins now, in order; None where a rewriting took the border away.

    A rewriting that reaches over several borders is cut at its line feeds, as many as there are borders to place.
    """
    starts: list[int | None] = []
    latest_start = 0
    for turn in turns:
        earliest, latest = edit_map.carry_end(turn.start), edit_map.carry_start(turn.start)
        start: int | None = earliest
        if earliest < latest and _is_inside_an_edit(edit_map, turn.start):
            start = new_text.find("\n", max(earliest, latest_start), latest) + 1 or None
        starts.append(start)
        latest_start = max(latest_start, start or 0)
    return starts


def _is_inside_an_edit(edit_map: EditMap, position: int) -> bool:
    return any(edit.start < position < edit.end for edit in edit_map.edits)


def _without_empty(turns: Sequence[PlacedTurn], text: str) -> list[PlacedTurn]:
    kept: list[PlacedTurn] = []
    start = 0
    for turn in turns:
        if text[turn.start : turn.end].strip():
            kept.append(replace(turn, start=start))
            start = turn.end
        elif kept:
            kept[-1] = replace(kept[-1], end=turn.end)
            start = turn.end
    return kept

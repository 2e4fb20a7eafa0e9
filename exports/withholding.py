"""Leaving turns out of a text that leaves the building: each becomes "[…]", and spans follow."""

from collections.abc import Iterable
from dataclasses import dataclass

MARK = "[…]"


@dataclass(frozen=True)
class Stretch:
    """Code points `[start, end)` of a text; a line feed that ends a turn belongs to it."""

    start: int
    end: int


class Withheld:
    """A text without some of its turns.

    Parameters
    ----------
    text : str
        The whole text.
    stretches : iterable of Stretch
        The turns to leave out: apart from each other, in order.

    Attributes
    ----------
    text : str
        With `MARK` in place of each left-out turn (its final line feed kept).
    """

    def __init__(self, text: str, stretches: Iterable[Stretch]) -> None:
        self._cuts: list[tuple[int, int, int]] = []  # old start, old end, new start
        pieces: list[str] = []
        position = length = 0
        for stretch in stretches:
            end = stretch.end - 1 if text[stretch.end - 1 : stretch.end] == "\n" else stretch.end
            kept = text[position : stretch.start]
            length += len(kept)
            self._cuts.append((stretch.start, end, length))
            pieces += (kept, MARK)
            length += len(MARK)
            position = end
        pieces.append(text[position:])
        self.text = "".join(pieces)

    def carry(self, start: int, end: int) -> tuple[int, int]:
        """Where `[start, end)` stands in the shorter text; a border inside a left-out turn goes to the mark's."""
        return self._carry(start, is_end=False), self._carry(end, is_end=True)

    @property
    def lacking(self) -> int:
        """How many turns are left out."""
        return len(self._cuts)

    def touches(self, start: int, end: int) -> bool:
        """Whether a left-out turn shares a code point with `[start, end)` of the whole text."""
        return any(start < cut_end and old_start < end for old_start, cut_end, _ in self._cuts)

    def _carry(self, position: int, *, is_end: bool) -> int:
        shift = 0
        for old_start, old_end, new_start in self._cuts:
            if position < old_start or (position == old_start and is_end):
                break
            inside = position <= old_end if is_end else position < old_end
            if inside:
                return new_start + len(MARK) if is_end else new_start
            shift = new_start + len(MARK) - old_end
        return position + shift

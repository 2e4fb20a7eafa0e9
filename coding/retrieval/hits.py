"""Where in a text what was looked for stands, and the words around it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coding.retrieval.terms import WORD, Search, Slot
from coding.retrieval.words import plain

Known = Mapping[str, frozenset[int]]
AROUND = 90
FEW = 60
NOT_IN_WORD = (f"(?<!{WORD.pattern[:-1]})", f"(?!{WORD.pattern[:-1]})")


@dataclass(frozen=True)
class Hit:
    """Code points `[start, end)` of a text."""

    start: int
    end: int


def candidates(texts: Iterable[str], slots: Sequence[Slot]) -> set[str]:
    """The different words of the texts that may be an inflection of one of `slots`: they begin with the same letter.

    The database is asked about these alone. A first letter that is none of the plain Latin ones tells nothing.
    """
    firsts = {plain(slot.word)[:1] for slot in slots}
    words = set(WORD.findall("\n".join(texts)))
    if not all(first.isascii() for first in firsts):
        return words
    return {word for word in words if (first := plain(word)[:1]) in firsts or not first.isascii()}


class Finder:
    """Finds all places where what is looked for stands.

    Parameters
    ----------
    search : Search
        What is looked for.
    known : mapping of str to frozenset of int
        For each word of the texts that is one of the search's `slots`: which of them, by their place.
    """

    def __init__(self, search: Search, known: Known) -> None:
        places = {slot: place for place, slot in enumerate(search.slots)}
        self._terms = [tuple(places[slot] for slot in term.slots) for term in search.terms]
        self._known = known
        firsts = {term[0] for term in self._terms}
        beginnings = [word for word, slots in known.items() if slots & firsts]
        # Few words are found fastest by an expression of their own; many by looking at every word.
        self._few = len(beginnings) <= FEW
        joined = "|".join(sorted(beginnings, key=len, reverse=True))
        self._words = re.compile(f"{NOT_IN_WORD[0]}(?:{joined}){NOT_IN_WORD[1]}") if self._few else WORD

    def hits(self, text: str) -> list[Hit]:
        """The places in a text, in order; of places that overlap the longest."""
        found = []
        for first in self._words.finditer(text) if self._known else ():
            slots = self._known.get(first[0], frozenset())
            for term in self._terms:
                if term[0] in slots and (end := self._follow(text, first.end(), term[1:])) is not None:
                    found.append(Hit(first.start(), end))
        return _apart(found)

    def _follow(self, text: str, end: int, rest: tuple[int, ...]) -> int | None:
        """Where the last of the following words ends, None when they do not follow."""
        for slot in rest:
            word = WORD.search(text, end)
            if word is None or slot not in self._known.get(word[0], frozenset()):
                return None
            end = word.end()
        return end


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    for hit in sorted(set(hits), key=lambda one: (one.start, -one.end)):
        if kept and hit.start < kept[-1].end:
            if hit.end > kept[-1].end and hit.end - hit.start > kept[-1].end - kept[-1].start:
                kept[-1] = hit
            continue
        kept.append(hit)
    return kept


def around(text: str, hit: Hit) -> tuple[str, str, str]:
    """What stands before a hit, the hit, and what stands after it, on one line: at most `AROUND` code points a side."""
    before = text[max(0, hit.start - AROUND) : hit.start]
    after = text[hit.end : hit.end + AROUND]
    if hit.start > AROUND:
        before = f"…{before.partition(' ')[2] or before}"
    if hit.end + AROUND < len(text.rstrip()):
        after = f"{after.rpartition(' ')[0] or after}…"
    return _one_line(before), _one_line(text[hit.start : hit.end]), _one_line(after)


def _one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ")


def by_right(right: str) -> list[str]:
    """What lines are sorted by when sorted by what follows the hit: its words without accents and capitals."""
    return [plain(word) for word in WORD.findall(right)]


def by_left(left: str) -> list[str]:
    """What lines are sorted by when sorted by what comes before the hit: its words, the nearest first."""
    return by_right(left)[::-1]


def unit_around(start: int, end: int, borders: Sequence[int], text: str, origin: int) -> tuple[int, int]:
    """The stretch from the last border at or before `start` to the first at or after `end`, without edge white space.

    `borders` (ascending) and the stretch are code points of the whole text, of which `text` begins at `origin`.
    """
    first = max((border for border in borders if border <= start), default=origin)
    last = min((border for border in borders if border >= end), default=origin + len(text))
    words = text[first - origin : last - origin]
    return first + len(words) - len(words.lstrip()), last - len(words) + len(words.rstrip())

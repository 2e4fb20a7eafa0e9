"""Where first readings of one source differ, cut into disputes that a person can settle one at a time.

The rule for what one dispute is:

1. A code is compared among the readings whose codebook had it; with fewer than two of them there is nothing to compare.
2. A *place* of a code is a maximal stretch over which segments chain: each shares words with another. Where all
   readings hold the very same words of a place they agree; else the place differs. How many segments a reading holds
   these words with does not matter, and white space between words divides nothing.
3. Two differing places of different codes are one dispute when the codes stand in for each other: one reading holds the
   first and not the second, another the second and not the first, and what they hold shares at least half of the
   shorter of the two. All other differing places are disputes by themselves, because they are settled apart.

So every difference lies in exactly one dispute, and the order of readings and segments plays no part.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from coding.passages import Passage, Run, chain, overlap, runs_of

Kind = Literal["missed", "border", "sibling", "far"]
NAMESPACE: Final = uuid.UUID("0d1b7c2e-6a1f-5d3c-9a54-2f6b8f1c7e90")
SHARED: Final = 0.5
"""Codes stand in for each other from this share of the shorter passage on."""


@dataclass(frozen=True)
class Held:
    """A segment of a reading, `[start, end)` in code points; `code` is what it counts for."""

    id: uuid.UUID
    code: uuid.UUID
    start: int
    end: int


@dataclass(frozen=True)
class Voice:
    """One reading of the source: its segments, and each code its codebook had with the definition it gave (or None)."""

    reading: uuid.UUID
    codes: Mapping[uuid.UUID, uuid.UUID | None]
    segments: tuple[Held, ...] = ()


@dataclass(frozen=True)
class FoundSide:
    """What one reading holds of a dispute: the ids of its segments there, sorted; none for "nothing here"."""

    reading: uuid.UUID
    segments: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class Found:
    """A dispute: the codes it is about (sorted), its stretch of the text, and a side for every reading with a say.

    `redefined` says that the readings' codebooks defined one of the codes differently: both may then be right.
    """

    kind: Kind
    codes: tuple[uuid.UUID, ...]
    start: int
    end: int
    sides: tuple[FoundSide, ...]
    redefined: bool = False

    def key(self, source: uuid.UUID, round: int) -> uuid.UUID:
        """The same id for the same readings and segments, whatever is found before or after it."""
        readings = sorted(str(side.reading) for side in self.sides)
        segments = sorted(str(segment) for side in self.sides for segment in side.segments)
        return uuid.uuid5(NAMESPACE, " ".join([str(source), str(round), *readings, "/", *segments]))


@dataclass(frozen=True)
class Agreed:
    """A passage that all readings with a say hold alike, with the ids of the segments that hold it, sorted.

    `number` tells apart passages held by the same segments, from 0.
    """

    passage: Passage
    segments: tuple[uuid.UUID, ...]
    number: int = 0


@dataclass(frozen=True)
class Compared:
    """All that comparing the readings of one source gives, in the order of the text."""

    disputes: tuple[Found, ...]
    agreed: tuple[Agreed, ...]


@dataclass(frozen=True)
class _Place:
    """A code on a maximal chained stretch: what each reading with a say holds there, by reading."""

    code: uuid.UUID
    runs: Mapping[uuid.UUID, tuple[Run, ...]]
    segments: Mapping[uuid.UUID, tuple[uuid.UUID, ...]]

    @property
    def start(self) -> int:
        return min(start for runs in self.runs.values() for start, _ in runs)

    @property
    def end(self) -> int:
        return max(end for runs in self.runs.values() for _, end in runs)

    @property
    def is_agreed(self) -> bool:
        return len(set(self.runs.values())) == 1


def compare(voices: Iterable[Voice], *, parents: Mapping[uuid.UUID, uuid.UUID | None], text: str = "") -> Compared:
    """Disputes and agreed passages of the readings of one source and round.

    Parameters
    ----------
    voices : iterable of Voice
        One for each submitted first reading, in any order.
    parents : mapping of UUID to UUID or None
        The code above each code.
    text : str
        The source's text, by which white space between words is known; without it none is.

    Returns
    -------
    Compared
    """
    ordered = sorted(voices, key=lambda voice: str(voice.reading))
    codes = sorted({code for voice in ordered for code in voice.codes} | _used(ordered), key=str)
    places = [place for code in codes for place in _places(ordered, code, text)]
    differing = [place for place in places if not place.is_agreed]
    groups = _grouped(differing)
    disputes = [_dispute(group, ordered, parents) for group in groups]
    agreed = [each for place in places if place.is_agreed for each in _agreed(place)]
    return Compared(
        tuple(sorted(disputes, key=lambda found: (found.start, found.end, [str(code) for code in found.codes]))),
        tuple(sorted(agreed, key=lambda each: (each.passage.start, each.passage.end, str(each.passage.code)))),
    )


def _used(voices: Sequence[Voice]) -> set[uuid.UUID]:
    return {segment.code for voice in voices for segment in voice.segments}


def _has(voice: Voice, code: uuid.UUID) -> bool:
    return code in voice.codes or any(segment.code == code for segment in voice.segments)


def _places(voices: Sequence[Voice], code: uuid.UUID, text: str) -> list[_Place]:
    own = {
        voice.reading: [segment for segment in voice.segments if segment.code == code]
        for voice in voices
        if _has(voice, code)
    }
    if len(own) < 2:
        return []
    found = []
    for start, end in chain((one.start, one.end) for held in own.values() for one in held):
        here = {reading: [one for one in held if start <= one.start < end] for reading, held in own.items()}
        found.append(
            _Place(
                code,
                {reading: runs_of(((one.start, one.end) for one in held), text) for reading, held in here.items()},
                {reading: tuple(sorted((one.id for one in held), key=str)) for reading, held in here.items()},
            )
        )
    return found


def _grouped(places: Sequence[_Place]) -> list[list[_Place]]:
    """Places whose codes stand in for each other, together."""
    group = list(range(len(places)))

    def root(place: int) -> int:
        while group[place] != place:
            place = group[place]
        return place

    order = sorted(range(len(places)), key=lambda place: places[place].start)
    open_places: list[int] = []
    for place in order:
        open_places = [other for other in open_places if places[other].end > places[place].start]
        for other in open_places:
            if _stand_in(places[other], places[place]):
                group[root(place)] = root(other)
        open_places.append(place)
    together: dict[int, list[_Place]] = defaultdict(list)
    for number, place_here in enumerate(places):
        together[root(number)].append(place_here)
    return list(together.values())


def _stand_in(one: _Place, other: _Place) -> bool:
    if one.code == other.code:
        return False
    both = [reading for reading in one.runs if reading in other.runs]
    for first in both:
        for second in both:
            held, instead = one.runs[first], other.runs[second]
            if held and instead and not other.runs[first] and not one.runs[second]:
                shorter = min(sum(b - a for a, b in held), sum(b - a for a, b in instead))
                if overlap(held, instead) >= SHARED * shorter:
                    return True
    return False


def _dispute(places: Sequence[_Place], voices: Sequence[Voice], parents: Mapping[uuid.UUID, uuid.UUID | None]) -> Found:
    codes = tuple(sorted({place.code for place in places}, key=str))
    sides = [
        FoundSide(
            voice.reading,
            tuple(sorted((one for place in places for one in place.segments.get(voice.reading, ())), key=str)),
        )
        for voice in voices
        if any(voice.reading in place.runs for place in places)
    ]
    return Found(
        kind=_kind(places, codes, parents),
        codes=codes,
        start=min(place.start for place in places),
        end=max(place.end for place in places),
        sides=tuple(sides),
        redefined=any(len({voice.codes.get(code) for voice in voices if _has(voice, code)}) > 1 for code in codes),
    )


def _kind(
    places: Sequence[_Place],
    codes: Sequence[uuid.UUID],
    parents: Mapping[uuid.UUID, uuid.UUID | None],
) -> Kind:
    if len(codes) == 1:
        return "border" if all(all(place.runs.values()) for place in places) else "missed"
    return "sibling" if all(_near(one, other, parents) for one, other in combinations(codes, 2)) else "far"


def _near(one: uuid.UUID, other: uuid.UUID, parents: Mapping[uuid.UUID, uuid.UUID | None]) -> bool:
    above = parents.get(one)
    return (above is not None and above == parents.get(other)) or above == other or parents.get(other) == one


def _agreed(place: _Place) -> Iterable[Agreed]:
    runs = next(iter(place.runs.values()))
    segments = tuple(sorted((one for held in place.segments.values() for one in held), key=str))
    for number, (start, end) in enumerate(runs):
        yield Agreed(Passage(place.code, start, end), segments, number)

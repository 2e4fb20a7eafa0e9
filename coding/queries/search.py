"""Searching the words of a study: the turns the database finds, and each hit with the words around it.

The index finds turns by the stems of their words, in the language of each turn; where exactly a hit stands is found
in the turn's own text, so that no words are kept twice and every hit is exact by the code point.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from django.db import connection

from coding.retrieval.hits import Finder, around, by_left, by_right, candidates
from coding.retrieval.terms import Search, Slot, read_search, slot_expression
from observations.access import Viewer
from observations.models import Source
from observations.queries.alphabet import alphabetical

PAGE = 100
# Turns whose hits are told one by one; a search that finds more says so.
MOST_TURNS = 1_000
INFLECTIONS = ("fr", "en", "any")
SORTS = ("date", "source", "left", "right")


@dataclass(frozen=True)
class Wanted:
    """What is looked for and how it is shown: `sort` is one of `SORTS`; no kind or site leaves all in."""

    text: str
    sort: str = "date"
    page: int = 1
    kind: str = ""
    site: uuid.UUID | None = None


@dataclass(frozen=True)
class FoundTurn:
    """A turn that fits; `start` and `sentence_ends` are code points of the whole text, `inflection` how it was read."""

    source_id: uuid.UUID
    number: int
    start: int
    text: str
    speaker: str
    language: str
    inflection: str
    sentence_ends: list[int]


@dataclass(frozen=True)
class Line:
    """A hit with the words around it; `start` and `end` are code points of the source's whole text."""

    source: Source
    turn: FoundTurn
    start: int
    end: int
    left: str
    hit: str
    right: str

    @property
    def key(self) -> str:
        """What a hit is called when it is chosen to be coded."""
        return f"{self.source.pk}:{self.start}:{self.end}"


@dataclass(frozen=True)
class Found:
    """All lines in order, of at most `MOST_TURNS` of the `turns` that fit, which lie in `sources` sources."""

    lines: Sequence[Line]
    turns: int
    told: int
    sources: int

    @property
    def is_whole(self) -> bool:
        return self.told >= self.turns


def search(viewer: Viewer, wanted: Wanted) -> Found:
    """Every hit of a search, sorted. Four queries, two when nothing fits.

    Raises
    ------
    Invalid
        What `read_search` raises.
    """
    asked = read_search(wanted.text)
    sources = _sources(viewer, wanted)
    per_source = _count(viewer, asked, list(sources))
    if not per_source:
        return Found((), 0, 0, 0)
    found = _turns(asked, _first([pk for pk in sources if pk in per_source], per_source))
    finders = {name: Finder(asked, known) for name, known in _inflections(asked.slots, found).items()}
    lines = [
        Line(sources[turn.source_id], turn, turn.start + hit.start, turn.start + hit.end, *around(turn.text, hit))
        for turn in found
        for hit in finders[turn.inflection].hits(turn.text)
    ]
    if wanted.sort in ("left", "right"):
        lines.sort(
            key=(lambda line: by_left(line.left)) if wanted.sort == "left" else lambda line: by_right(line.right)
        )
    return Found(lines, sum(per_source.values()), len(found), len(per_source))


def _sources(viewer: Viewer, wanted: Wanted) -> dict[uuid.UUID, Source]:
    """The sources to search, in the order asked for."""
    rows = Source.objects.filter(study=viewer.study, revision__isnull=False).select_related("site")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.site:
        rows = rows.filter(site=wanted.site)
    by_title: Callable[[Source], Any] = lambda one: (alphabetical(one.title), str(one.pk))  # noqa: E731
    by_date: Callable[[Source], Any] = lambda one: (one.observed_on or date.max, *by_title(one))  # noqa: E731
    return {one.pk: one for one in sorted(rows, key=by_title if wanted.sort == "source" else by_date)}


def _in_each_inflection(select: str, grouped: str = "") -> str:
    """The same of the turns of each language that fit, one part for each."""
    return " UNION ALL ".join(
        f"{select} AND t.searched_as = '{name}' AND t.searched @@ to_tsquery('fieldstudy_{name}', %(asked)s) {grouped}"
        for name in INFLECTIONS
    )


COUNTS = _in_each_inflection(
    "SELECT t.source_id, count(*) AS turns FROM observations_turn t "
    "WHERE t.study_id = %(study)s AND t.source_id = ANY(%(sources)s)",
    "GROUP BY t.source_id",
)
COUNT = f"SELECT source_id, sum(turns)::int FROM ({COUNTS}) AS fitting GROUP BY source_id"
FITTING = _in_each_inflection(
    "SELECT t.source_id, t.number, t.start, t.text, t.speaker, t.language, t.searched_as, t.sentence_ends "
    "FROM observations_turn t WHERE t.source_id = ANY(%(sources)s)"
)
TURNS = f"""
SELECT t.* FROM ({FITTING}) AS t JOIN unnest(%(sources)s::uuid[]) WITH ORDINALITY AS s (id, place) ON s.id = t.source_id
ORDER BY s.place, t.number LIMIT %(most)s
"""
SAME_STEM = """
SELECT w.inflection, w.word, q.place
FROM unnest(%(inflections)s::text[], %(words)s::text[]) AS w (inflection, word),
     unnest(%(slots)s::text[]) WITH ORDINALITY AS q (asked, place)
WHERE to_tsvector(('fieldstudy_' || w.inflection)::regconfig, w.word)
   @@ to_tsquery(('fieldstudy_' || w.inflection)::regconfig, q.asked)
"""


def _count(viewer: Viewer, asked: Search, sources: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many turns fit, by source."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"study": viewer.study.pk, "sources": sources, "asked": asked.expression()})
        return dict(cursor.fetchall())


def _first(sources: list[uuid.UUID], turns: Mapping[uuid.UUID, int]) -> list[uuid.UUID]:
    """As many of the sources, in order, as hold the first `MOST_TURNS` turns."""
    before = accumulate((turns[pk] for pk in sources), initial=0)
    return [pk for pk, already in zip(sources, before, strict=False) if already < MOST_TURNS]


def _turns(asked: Search, sources: list[uuid.UUID]) -> list[FoundTurn]:
    values: dict[str, Any] = {"sources": sources, "asked": asked.expression(), "most": MOST_TURNS}
    with connection.cursor() as cursor:
        cursor.execute(TURNS, values)
        return [FoundTurn(*row) for row in cursor.fetchall()]


def _inflections(slots: Sequence[Slot], turns: Sequence[FoundTurn]) -> Mapping[str, Mapping[str, frozenset[int]]]:
    """For each way of inflecting, the words of the turns that are one of `slots` (by place). One query."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for turn in turns:
        by_name[turn.inflection].append(turn.text)
    pairs = [(name, word) for name, texts in by_name.items() for word in sorted(candidates(texts, slots))]
    values = {
        "inflections": [name for name, _ in pairs],
        "words": [word for _, word in pairs],
        "slots": [slot_expression(slot) for slot in slots],
    }
    known: dict[str, dict[str, frozenset[int]]] = {name: {} for name in INFLECTIONS}
    with connection.cursor() as cursor:
        cursor.execute(SAME_STEM, values)
        for name, word, place in cursor.fetchall():
            known[name][word] = known[name].get(word, frozenset()) | {place - 1}
    return known

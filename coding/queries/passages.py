"""Passages found, as they are shown: in order, a page at a time, with the words before and after them."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Func, OuterRef, QuerySet

from coding.models import Code, Coder, Segment
from coding.queries.retrieval import segments_matching
from coding.queries.standing import last_of
from coding.queries.workspace import codes_known_to
from observations.access import Viewer
from observations.models import Source, Turn
from observations.queries.alphabet import alphabetical, place_in

PAGE = 50
AROUND = 120
SORTS = ("date", "source", "code", "coder")


@dataclass(frozen=True)
class Shown:
    """A passage in context: its words and those of its turns before and after; `turn` is the number of its first."""

    segment: Segment
    code: Code
    turn: int
    speaker: str
    before: str
    words: str
    after: str


@dataclass(frozen=True)
class Answer:
    """One page of the passages a query finds; `first` is the number of its first one, from 1."""

    passages: Sequence[Shown]
    total: int
    sources: int
    page: int
    last_page: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.passages) - 1


def answer(viewer: Viewer, text: str, *, sort: str = "date", page: int = 1) -> Answer:
    """A page of the passages that a query finds. Five queries beside those that look up the names in it.

    Raises
    ------
    QueryProblem
        As `segments_matching`.
    """
    found = segments_matching(viewer, text)
    counted = found.aggregate(total=Count("pk"), sources=Count("source", distinct=True))
    last_page = max(1, -(-counted["total"] // PAGE))
    page = min(max(1, page), last_page)
    rows = sorted_passages(viewer, found, sort)[(page - 1) * PAGE : page * PAGE]
    return Answer(shown(viewer, list(rows)), counted["total"], counted["sources"], page, last_page)


def sorted_passages(viewer: Viewer, found: QuerySet[Segment], sort: str) -> QuerySet[Segment]:
    """Passages with coder, source and site, in the order asked for. One query to know the order, or two."""
    by_source = place_in(sources_in_order(viewer, by_title=sort == "source"), "source_id")
    order: tuple[Func, ...] = (by_source,)
    if sort == "code":
        order = (place_in(codes_in_order(viewer), "code_id"), by_source)
    elif sort == "coder":
        order = (place_in(coders_in_order(viewer), "reading__coder_id"), by_source)
    rows = found.select_related("reading__coder", "source__site", "source__revision").defer("source__revision__sealed")
    return rows.order_by(*order, "source_id", "now_start", "now_end", "id")


def sources_in_order(viewer: Viewer, *, by_title: bool) -> list[uuid.UUID]:
    """The ids of the study's sources, by title or by date. One query."""
    rows = list(Source.objects.filter(study=viewer.study).values_list("pk", "title", "observed_on"))
    rows.sort(key=lambda row: (alphabetical(row[1]), str(row[0])))
    if not by_title:
        rows.sort(key=lambda row: row[2] or date.max)
    return [row[0] for row in rows]


def coders_in_order(viewer: Viewer) -> list[uuid.UUID]:
    """The ids of the study's coders by alias. One query."""
    rows = Coder.objects.filter(study=viewer.study).values_list("pk", "alias")
    return [pk for pk, _ in sorted(rows, key=lambda row: alphabetical(row[1]))]


def codes_in_order(viewer: Viewer) -> list[uuid.UUID]:
    """The ids of the codes as the codebook has them from top to bottom. One query."""
    below: dict[uuid.UUID | None, list[uuid.UUID]] = defaultdict(list)
    rows = list(codes_known_to(viewer).values_list("pk", "parent_id"))
    known = {pk for pk, _ in rows}
    for pk, parent in rows:
        below[parent if parent in known else None].append(pk)
    ordered: list[uuid.UUID] = []
    waiting = below[None][::-1]
    while waiting:
        ordered.append(waiting.pop())
        waiting += below[ordered[-1]][::-1]
    return ordered


def shown(viewer: Viewer, segments: Sequence[Segment]) -> list[Shown]:
    """Passages with their words and those around them. Two queries."""
    codes = {code.pk: code for code in codes_known_to(viewer)}
    turns = turns_of_passages(segments)
    return [_shown(segment, standing(codes, segment.code_id), turns[segment.source_id]) for segment in segments]


def standing(codes: dict[uuid.UUID, Code], code_id: uuid.UUID) -> Code:
    """A code, or what it was merged into in the end."""
    return codes[last_of(code_id, {pk: code.merged_into_id for pk, code in codes.items() if code.merged_into_id})]


def turns_of_passages(segments: Sequence[Segment]) -> dict[uuid.UUID, list[Turn]]:
    """The turns that the passages touch, by source and in order. One query."""
    touching = Segment.objects.filter(
        pk__in=[segment.pk for segment in segments],
        source=OuterRef("source"),
        now_start__lt=OuterRef("end"),
        now_end__gt=OuterRef("start"),
    )
    rows = Turn.objects.filter(Exists(touching), source__in={segment.source_id for segment in segments})
    turns: dict[uuid.UUID, list[Turn]] = defaultdict(list)
    for turn in rows.select_related("participant").order_by("source_id", "number"):
        turns[turn.source_id].append(turn)
    return turns


def words_of(segments: Sequence[Segment]) -> dict[uuid.UUID, str]:
    """The words of each passage as they stand now. One query."""
    turns = turns_of_passages(segments)
    return {segment.pk: "".join(_own_words(segment, turns[segment.source_id])) for segment in segments}


def _own_words(segment: Segment, turns: Sequence[Turn]) -> list[str]:
    return [
        turn.text[max(0, segment.now_start - turn.start) : segment.now_end - turn.start]
        for turn in turns
        if turn.start < segment.now_end and segment.now_start < turn.end
    ]


def _shown(segment: Segment, code: Code, turns: Sequence[Turn]) -> Shown:
    own = [turn for turn in turns if turn.start < segment.now_end and segment.now_start < turn.end]
    text, origin = "".join(turn.text for turn in own), own[0].start
    start, end = segment.now_start - origin, segment.now_end - origin
    before, after = text[:start].lstrip(), text[end:].rstrip()
    if len(before) > AROUND:
        before = f"…{before[-AROUND:].partition(' ')[2]}"
    if len(after) > AROUND:
        after = f"{after[:AROUND].rpartition(' ')[0]}…"
    return Shown(segment, code, own[0].number, own[0].speaker, before, text[start:end], after)

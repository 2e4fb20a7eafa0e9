"""The passages of a code with their words, and those among them that serve as its examples."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from coding.examples import taken
from coding.models import Code, Segment
from coding.queries.passages import sources_in_order
from coding.queries.standing import counting_as, merged_codes
from coding.queries.visible import segments_visible_to
from observations.access import Viewer
from observations.models import Turn
from observations.queries.alphabet import place_in
from observations.queries.consent import Use, withheld


@dataclass(frozen=True)
class Shown:
    """A passage with its words as they stand now and the number of the turn it begins in.

    `may_quote` is False where somebody who speaks in it does not permit quoting.
    """

    segment: Segment
    words: str
    turn: int
    may_quote: bool


@dataclass(frozen=True)
class Example:
    """A passage that shows what a code is for, or with `is_counter` what it is not for."""

    passage: Shown
    is_counter: bool


def passages_of_code(viewer: Viewer, code: Code) -> QuerySet[Segment]:
    """The passages of a code and of those merged into it, of those the viewer may know of: one for each coder's place.

    Of what was coded again, in a final reading or a later round, the first counts: as many as the codebook says.
    By title of the source and place, for which one query is made.
    """
    codes = counting_as({code.pk}, merged_codes(viewer.study))
    segments = segments_visible_to(viewer).filter(code__in=codes, now_start__lt=F("now_end"))
    place = ("reading__coder", "source", "now_start", "now_end")
    first = segments.order_by(*place, "reading__round", "-reading__phase", "pk").distinct(*place)
    segments = segments.filter(pk__in=first.values("pk"))
    segments = segments.select_related("source__site", "reading__coder", "reading__codebook_version", "code_revision")
    by_title = place_in(sources_in_order(viewer, by_title=True), "source_id")
    return segments.order_by(by_title, "now_start", "pk")


def with_words(segments: Sequence[Segment], *uses: Use) -> list[Shown]:
    """The passages with their words, `may_quote` by the uses asked for (quoting, where none is). Two queries."""
    touched = Turn.objects.filter(
        Exists(
            Segment.objects.filter(pk__in=[segment.pk for segment in segments]).filter(
                source=OuterRef("source"), now_start__lt=OuterRef("end"), now_end__gt=OuterRef("start")
            )
        )
    )
    turns: dict[uuid.UUID, list[tuple[int, int, str, uuid.UUID]]] = defaultdict(list)
    rows = touched.order_by("source_id", "start").values_list("source_id", "number", "start", "text", "pk")
    for source, number, start, text, pk in rows:
        turns[source].append((number, start, text, pk))
    closed = set(withheld(touched, *(uses or (Use.QUOTE,))).values_list("pk", flat=True))
    return [_shown(segment, turns[segment.source_id], closed) for segment in segments]


def examples_of(viewer: Viewer, codes: Iterable[Code], *uses: Use) -> dict[uuid.UUID, list[Example]]:
    """The examples of each code that were taken from segments: those the viewer may know of and that may be used so.

    Three queries, none where no code has such an example.
    """
    wanted: Mapping[uuid.UUID, tuple[tuple[uuid.UUID, bool], ...]] = {
        code.pk: tuple((uuid.UUID(one.segment), one.is_counter) for one in taken(code.revision.examples))
        for code in codes
        if code.revision is not None
    }
    ids = {segment for entries in wanted.values() for segment, _ in entries}
    if not ids:
        return {}
    rows = segments_visible_to(viewer).filter(pk__in=ids, now_start__lt=F("now_end")).select_related("source__site")
    known = {shown.segment.pk: shown for shown in with_words(list(rows), *uses) if shown.may_quote}
    return {
        code: [Example(known[segment], is_counter) for segment, is_counter in entries if segment in known]
        for code, entries in wanted.items()
    }


def _shown(segment: Segment, turns: Sequence[tuple[int, int, str, uuid.UUID]], closed: set[uuid.UUID]) -> Shown:
    over = [turn for turn in turns if turn[1] < segment.now_end and segment.now_start < turn[1] + len(turn[2])]
    words = "".join(
        text[max(0, segment.now_start - start) : max(0, segment.now_end - start)] for _, start, text, _ in over
    )
    return Shown(segment, words, over[0][0] if over else 0, bool(over) and not any(turn[3] in closed for turn in over))

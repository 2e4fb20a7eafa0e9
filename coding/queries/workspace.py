"""What the coding workspace shows: a source's turns, the codes one may use, and the passages of readings on view."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from coding.models import Assignment, Code, CodebookVersion, Favourite, Reading, Segment
from coding.queries.visible import (
    codes_ever_visible_to,
    codes_visible_to,
    own_in_sight,
    readings_visible_to,
    segments_visible_to,
    waiting_for,
)
from fieldstudy.languages import pick
from observations.access import Viewer, nothing_here
from observations.models import Source, Turn
from observations.queries.alphabet import alphabetical
from observations.queries.source_list import by_date_and_title
from observations.roles import Permission


@dataclass(frozen=True)
class TurnShown:
    """A turn as it stands on the page: its words without edge white space, and where these begin.

    `start` and `ends` (of its sentences) are code points of the whole text; `ends` is written with spaces between.
    """

    number: int
    kind: str
    speaker: str
    language: str
    start_ms: int | None
    start: int
    ends: str
    words: str


@dataclass(frozen=True)
class Desk:
    """Which readings of a source lie open, and whether the viewer may change them.

    `own` is the viewer's reading worked on now (None before the first passage); `shown` those whose passages are on
    view; `others` every reading the viewer may know of, for the menu.
    """

    own: Reading | None
    shown: tuple[Reading, ...]
    others: tuple[Reading, ...]
    editable: bool

    @property
    def superseded_at(self) -> datetime | None:
        """Since when another reading stands in place of the one asked for."""
        return self.shown[0].superseded_at if len(self.shown) == 1 else None


def turns_shown(source: Source) -> list[TurnShown]:
    """The turns of a source's current text, in order. One query."""
    columns = ("number", "kind", "speaker", "language", "start_ms", "start", "sentence_ends", "text")
    rows = Turn.objects.filter(source=source).order_by("number").values_list(*columns)
    return [_shown(*row) for row in rows]


def _shown(
    number: int, kind: str, speaker: str, language: str, start_ms: int | None, start: int, ends: list[int], text: str
) -> TurnShown:
    begin = start + len(text) - len(text.lstrip())
    words = text.strip()
    last = begin + len(words)
    kept = [str(end) for end in ends if begin < end < last]
    return TurnShown(number, kind, speaker, language, start_ms, begin, " ".join([*kept, str(last)]), words)


def turns_over(source_id: uuid.UUID, start: int, end: int) -> QuerySet[Turn]:
    """The turns that share a code point with `[start, end)`, in order.

    Turns partition the text, so the one that holds `start` is the last to begin at or before it: two index look-ups,
    however long the text is.
    """
    begun = Turn.objects.filter(source=source_id, start__lte=start).order_by("-start").values("start")[:1]
    return Turn.objects.filter(source=source_id, start__gte=Subquery(begun), start__lt=end).order_by("start")


def desk_of(viewer: Viewer, source: Source, reading_id: uuid.UUID | None = None) -> Desk:
    """The readings of a source that are on view. One query, two where another than these is asked for.

    A coder sees their own current reading. Others see, of each coder, the latest reading they may know of. `reading_id`
    asks for one reading, a superseded one too; it can be changed only when it is the viewer's current one.

    Raises
    ------
    Missing
        When `reading_id` is not a reading of this source that the viewer may know of.
    """
    readings = readings_visible_to(viewer).filter(source=source).exclude(state=Reading.State.ABANDONED)
    waiting = Exists(waiting_for(viewer).filter(source=OuterRef("source")))
    readings = readings.annotate(waits=waiting).select_related("coder")
    rows = readings.order_by("-round", "phase")
    known = tuple(sorted(rows, key=lambda reading: alphabetical(reading.coder.alias)))
    codes_here = viewer.may(Permission.CODE)
    own = _worked_on([reading for reading in known if reading.coder.user_id == viewer.user.pk])
    if reading_id is not None:
        found = next((reading for reading in known if reading.pk == reading_id), None)
        asked: Reading = found or _superseded(viewer, source, reading_id)
        return Desk(own, (asked,), known, codes_here and asked is own)
    if codes_here:
        return Desk(own, (own,) if own else (), known, editable=True)
    latest: dict[uuid.UUID, Reading] = {}
    for reading in known:
        latest.setdefault(reading.coder_id, reading)
    return Desk(own, tuple(latest.values()), known, editable=False)


def _superseded(viewer: Viewer, source: Source, reading_id: uuid.UUID) -> Reading:
    """A reading that a reopened one took the place of, as earlier audits counted it. One query; raises Missing."""
    readings = readings_visible_to(viewer, with_superseded=True).filter(source=source, pk=reading_id)
    reading = readings.filter(superseded_at__isnull=False).select_related("coder").first()
    if reading is None:
        raise nothing_here()
    return reading


def beside(viewer: Viewer, desk: Desk) -> list[Reading]:
    """The readings that may be laid beside the viewer's own: those of others they may know of, their own being open.

    No query: `others` holds no reading that blindness hides.
    """
    return [reading for reading in desk.others if desk.editable and reading.coder.user_id != viewer.user.pk]


def _worked_on(own: Sequence[Any]) -> Reading | None:
    """Of the viewer's readings of a source the one that `current_reading` finds."""
    open_first = [one for one in own if one.phase == Reading.Phase.FIRST and one.state == Reading.State.OPEN]
    free = open_first or [one for one in own if not one.waits]
    return max(free, key=lambda one: (one.opened_at, one.round, one.phase == Reading.Phase.FINAL), default=None)


def passages_on(desk: Desk) -> list[tuple[Any, ...]]:
    """The standing passages of the readings on view: (id, code id, start, end, weight, version, reading id).

    Offsets are code points of the current text; ordered by start, longest first. One query.
    """
    columns = ("id", "code_id", "now_start", "now_end", "weight", "version", "reading_id")
    readings = [reading.pk for reading in desk.shown]
    segments = Segment.objects.filter(reading__in=readings, removed_at=None)
    return list(segments.order_by("now_start", "-now_end", "id").values_list(*columns))


def codes_known_to(viewer: Viewer) -> QuerySet[Code]:
    """The working codebook with the viewer's proposals, and what was retired or merged (old passages name it)."""
    return codes_ever_visible_to(viewer).select_related("revision").order_by("position", "pk")


def codebook_number(viewer: Viewer) -> int | None:
    """The number of the newest published codebook, None before the first. One query."""
    newest = CodebookVersion.objects.filter(study=viewer.study).aggregate(newest=Max("number"))["newest"]
    return None if newest is None else int(newest)


def due_on(viewer: Viewer, source: Source, round: int) -> Assignment | None:
    """The viewer's standing assignment of a source in the round worked on, if any. One query."""
    assignments = Assignment.objects.filter(source=source, withdrawn_at=None, coder__user=viewer.user)
    return assignments.filter(study=viewer.study, round=round).first()


def favourites_of(viewer: Viewer) -> dict[int, uuid.UUID]:
    """The viewer's favourite codes in this study by key, of those in use. One query."""
    rows = Favourite.objects.filter(
        study=viewer.study, user=viewer.user, code__in=codes_visible_to(viewer).values("pk")
    )
    return dict(rows.order_by("key").values_list("key", "code_id"))


def own_use_of_codes(viewer: Viewer) -> dict[uuid.UUID, tuple[int, datetime]]:
    """By code: how many of the viewer's own passages in the study have it, and when it was applied last. One query.

    Nobody else's passages are looked at: what others use most is theirs to know while readings are blind.
    """
    own = Segment.objects.filter(own_in_sight(viewer, "reading"), study=viewer.study, removed_at=None)
    rows = own.order_by().values_list("code").annotate(n=Count("pk"), last=Max("created_at"))
    return {code: (n, last) for code, n, last in rows}


def next_assigned(viewer: Viewer, source: Source) -> Source | None:
    """The next source that the viewer was given and has not submitted; None when it is the last.

    In the order of the list, where after the last comes the first. One query.
    """
    done = Reading.objects.filter(
        coder=OuterRef("coder"),
        source=OuterRef("source"),
        round=OuterRef("round"),
        phase=Reading.Phase.FIRST,
        state=Reading.State.SUBMITTED,
    )
    given = Assignment.objects.filter(study=viewer.study, coder__user=viewer.user, withdrawn_at=None)
    given = given.filter(~Exists(done) | Q(source=source))
    waiting = Source.objects.filter(study=viewer.study, pk__in=given.values("source"), revision__isnull=False)
    order = by_date_and_title(waiting.only("title", "observed_on"))
    at = next((place for place, row in enumerate(order) if row.pk == source.pk), -1)
    following = [*order[at + 1 :], *order[: max(at, 0)]]
    return following[0] if following else None


def segments_of(viewer: Viewer, source: Source, reading_id: uuid.UUID | None = None) -> QuerySet[Segment]:
    """The standing segments of a source, or of one reading of it, the viewer may know of, in the order of the text.

    Reading and coder are loaded. Of a reading that is hidden there are none, as of one that is not there.
    """
    segments = segments_visible_to(viewer).filter(source=source)
    if reading_id is not None:
        segments = segments.filter(reading=reading_id)
    return segments.select_related("reading__coder", "source").order_by("now_start", "id")


def own_or_visible_segment(viewer: Viewer, segment_id: uuid.UUID) -> Segment:
    """One segment the viewer may know of, or one of their own that was removed. One query; raises Missing."""
    known = Q(pk__in=segments_visible_to(viewer).values("pk")) | own_in_sight(viewer, "reading")
    segments = Segment.objects.filter(study=viewer.study, pk=segment_id).filter(known)
    segment = segments.select_related("reading__coder", "source").first()
    if segment is None:
        raise nothing_here()
    return segment


def quotes_of(segments: Sequence[Segment]) -> dict[uuid.UUID, str]:
    """The words of each segment of one source as they stand now. One query, of the turns they touch alone."""
    placed = [segment for segment in segments if segment.now_start < segment.now_end]
    if not placed:
        return {segment.pk: "" for segment in segments}
    first, last = min(segment.now_start for segment in placed), max(segment.now_end for segment in placed)
    rows = turns_over(placed[0].source_id, first, last).values_list("start", "text")
    stretch = list(rows)
    text, origin = "".join(words for _, words in stretch), stretch[0][0] if stretch else 0
    return {segment.pk: text[segment.now_start - origin : segment.now_end - origin] for segment in segments}


def code_record(code: Code, language: str) -> dict[str, Any]:
    """A code as the workspace's modules read it, its texts in one language."""
    meaning = code.revision
    return {
        "id": str(code.pk),
        "parent": str(code.parent_id) if code.parent_id else None,
        "sign": code.sign,
        "hue": code.hue,
        "stance": code.stance,
        "usable": code.is_codable and code.retired_at is None and code.merged_into_id is None,
        "gone": code.retired_at is not None or code.merged_into_id is not None,
        "into": str(code.merged_into_id) if code.merged_into_id else None,
        "weighs": code.asks_weight,
        "proposed": code.proposed_in_id is not None,
        "revision": str(code.revision_id),
        "name": pick(meaning.names, language) if meaning else "",
        "definition": pick(meaning.definitions, language) if meaning else "",
        "include": pick(meaning.include_when, language) if meaning else "",
        "exclude": pick(meaning.exclude_when, language) if meaning else "",
    }


def branches(codes: Sequence[Code]) -> list[dict[str, Any]]:
    """The codes in use as a tree: `{"code", "children"}`, siblings in their order."""
    present = [code for code in codes if code.retired_at is None and code.merged_into_id is None]
    ids = {code.pk for code in present}
    nodes: dict[uuid.UUID, dict[str, Any]] = {code.pk: {"code": code, "children": []} for code in present}
    for code in present:
        if code.parent_id in ids:
            nodes[code.parent_id]["children"].append(nodes[code.pk])
    return [nodes[code.pk] for code in present if code.parent_id not in ids]

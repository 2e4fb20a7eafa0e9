"""Reads of promise links and encounters: those a viewer may know of, in their latest reading, as lists and counts."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from coding.models import Coder, Encounter, Memo, PromiseLink, Reading
from coding.queries.visible import in_readings_visible_to, own_in_sight, readings_visible_to
from observations.access import Viewer, nothing_here
from observations.models import Participant, Promise, Source, SourceParticipant, SourceTool, Tool, Turn
from observations.queries.alphabet import alphabetical

M = TypeVar("M", PromiseLink, Encounter)


@dataclass(frozen=True)
class Choices:
    """What a mark of a source can name: what the source itself is about first, then the rest of the study.

    Each promise comes with its tool; `speakers` are the labels under which the source lets participants speak; the
    `near_` numbers tell how many at the head of each list are the source's own.
    """

    promises: tuple[Promise, ...]
    tools: tuple[Tool, ...]
    participants: tuple[Participant, ...]
    speakers: dict[uuid.UUID, str]
    near_promises: int
    near_tools: int
    near_participants: int


@dataclass(frozen=True)
class Passage:
    """The words a mark stands on, and the number of the turn they begin in."""

    words: str
    turn: int


def promise_links_visible_to(viewer: Viewer) -> QuerySet[PromiseLink]:
    """The standing promise links that `viewer` may know of, as they may know of the readings."""
    return marks_visible_to(viewer, PromiseLink)


def encounters_visible_to(viewer: Viewer) -> QuerySet[Encounter]:
    """The standing encounters that `viewer` may know of, as they may know of the readings."""
    return marks_visible_to(viewer, Encounter)


def marks_visible_to(viewer: Viewer, model: type[M]) -> QuerySet[M]:
    """The standing marks of one kind that `viewer` may know of."""
    marks: QuerySet[M] = model._default_manager.filter(study=viewer.study, removed_at=None)
    return marks.filter(in_readings_visible_to(viewer))


def latest_marks(viewer: Viewer, model: type[M]) -> QuerySet[M]:
    """The marks to list and count, with what their rows show: each coder's latest reading of a source, and none of
    the coders where the agreed reading has marks of the kind.

    A final reading takes the marks of the first over, so that both together would tell everything twice.
    """
    same = readings_visible_to(viewer).filter(source=OuterRef("source"))
    later = same.filter(coder=OuterRef("reading__coder")).exclude(state=Reading.State.ABANDONED)
    later = later.filter(
        Q(round__gt=OuterRef("reading__round"))
        | Q(round=OuterRef("reading__round"), phase=Reading.Phase.FINAL) & ~Q(pk=OuterRef("reading"))
    )
    agreed = marks_visible_to(viewer, model).filter(
        source=OuterRef("source"), reading__coder__kind=Coder.Kind.CONSENSUS
    )
    marks = marks_visible_to(viewer, model).exclude(reading__state=Reading.State.ABANDONED)
    marks = marks.filter(~Exists(later), Q(reading__coder__kind=Coder.Kind.CONSENSUS) | ~Exists(agreed))
    return marks.select_related("reading__coder", "source__site", *RELATED[model])


RELATED: dict[type, tuple[str, ...]] = {PromiseLink: ("promise__tool",), Encounter: ("tool", "participant")}


def marks_of(viewer: Viewer, model: type[M], source: Source) -> QuerySet[M]:
    """The standing marks of a source that the viewer may know of, with reading and coder, in the order of the text."""
    marks = marks_visible_to(viewer, model).filter(source=source)
    return marks.select_related("reading__coder", "source").order_by("now_start", "id")


def own_or_visible_mark(viewer: Viewer, model: type[M], mark_id: uuid.UUID) -> M:
    """One mark the viewer may know of, or one of their own that was removed. One query; raises Missing."""
    known = Q(pk__in=marks_visible_to(viewer, model).values("pk")) | own_in_sight(viewer, "reading")
    marks = model._default_manager.filter(study=viewer.study, pk=mark_id).filter(known)
    mark = marks.select_related("reading__coder", "source").first()
    if mark is None:
        raise nothing_here()
    return mark


def passages_of(marks: Sequence[PromiseLink | Encounter]) -> dict[uuid.UUID, Passage]:
    """The words of each mark as they stand now and the turn they begin in, whatever their sources. One query."""
    wanted = Q(pk__in=[])
    for mark in marks:
        wanted |= Q(source=mark.source_id, start__lt=mark.now_end, end__gt=mark.now_start)
    turns: dict[uuid.UUID, list[tuple[int, str, int]]] = {}
    rows = Turn.objects.filter(wanted).order_by("source_id", "start")
    for source_id, start, text, number in rows.values_list("source_id", "start", "text", "number"):
        turns.setdefault(source_id, []).append((start, text, number))
    return {mark.pk: _passage(mark, turns.get(mark.source_id, [])) for mark in marks}


def turn_numbers_of(memos: Iterable[Memo]) -> dict[uuid.UUID, int]:
    """By memo on words of a source or on a coded passage: the number of the turn these begin in. One query."""
    wanted, places = Q(pk__in=[]), {}
    for memo in memos:
        start = memo.segment.now_start if memo.segment else memo.now_start
        if memo.source_id is not None and start is not None:
            places[memo.pk] = (memo.source_id, start)
            wanted |= Q(source=memo.source_id, start__lte=start, end__gt=start)
    turns = list(Turn.objects.filter(wanted).values_list("source_id", "start", "end", "number")) if places else []
    return {
        pk: number
        for pk, (source_id, at) in places.items()
        for turn_source, start, end, number in turns
        if turn_source == source_id and start <= at < end
    }


def choices_for(viewer: Viewer, source: Source) -> Choices:
    """What can be named in a mark of this source. Five queries."""
    own_tools = set(SourceTool.objects.filter(source=source).values_list("tool_id", flat=True))
    own_people = dict(SourceParticipant.objects.filter(source=source).values_list("participant_id", "speaker"))
    tools = sorted(
        Tool.objects.filter(study=viewer.study), key=lambda tool: (tool.pk not in own_tools, alphabetical(tool.name))
    )
    order = {tool.pk: place for place, tool in enumerate(tools)}
    promises = sorted(
        Promise.objects.filter(study=viewer.study).select_related("tool"),
        key=lambda promise: (order[promise.tool_id], promise.claimed_on, str(promise.pk)),
    )
    participants = sorted(
        Participant.objects.filter(study=viewer.study),
        key=lambda person: (person.pk not in own_people, alphabetical(person.code)),
    )
    return Choices(
        tuple(promises),
        tuple(tools),
        tuple(participants),
        own_people,
        sum(promise.tool_id in own_tools for promise in promises),
        len(own_tools),
        len(own_people),
    )


def _passage(mark: PromiseLink | Encounter, turns: Sequence[tuple[int, str, int]]) -> Passage:
    words, number = "", 0
    for start, text, turn in turns:
        if start < mark.now_end and start + len(text) > mark.now_start:
            words += text[max(0, mark.now_start - start) : mark.now_end - start]
            number = number or turn
    return Passage(words, number)

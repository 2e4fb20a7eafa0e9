"""Promise links and encounters as their pages list and count them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from coding.models import Coder, Encounter, PromiseLink
from coding.queries.marks import Passage, latest_marks, passages_of
from coding.queries.passages import sources_in_order
from observations.access import Viewer
from observations.models import Participant, Site, Tool, Turn
from observations.queries.alphabet import alphabetical, place_in
from observations.queries.studies import sites_of

M = TypeVar("M", PromiseLink, Encounter)
PAGE = 50
# What the page counts by: how a promise fares, or what people did with an output.
SAID: dict[type, str] = {PromiseLink: "stance", Encounter: "response"}
TOOL: dict[type, str] = {PromiseLink: "promise__tool", Encounter: "tool"}


@dataclass(frozen=True)
class WantedMarks:
    """Which marks to list, and which page of them (from 1); None or "" for all."""

    tool: uuid.UUID | None = None
    site: uuid.UUID | None = None
    participant: uuid.UUID | None = None
    said: str = ""
    page: int = 1

    @property
    def filters(self) -> bool:
        """Whether anything is left out."""
        return bool(self.tool or self.site or self.participant or self.said)


@dataclass(frozen=True)
class ListedMarks(Generic[M]):
    """One page of marks with their words, and what all pages hold: `counts` by stance or response, in their order.

    `agreed` of the `total` are from agreed readings, the others are each one coder's.
    """

    rows: list[tuple[M, Passage]]
    total: int
    agreed: int
    counts: list[tuple[str, int]]
    page: int
    last_page: int


@dataclass(frozen=True)
class Filters:
    """What the lists can be narrowed to, by name."""

    tools: Sequence[Tool]
    sites: Sequence[Site]
    participants: Sequence[Participant]


def list_marks(viewer: Viewer, model: type[M], wanted: WantedMarks) -> ListedMarks[M]:
    """The marks the viewer may know of and asked for, by source and place in the text. Four queries."""
    marks = _narrowed(latest_marks(viewer, model), model, wanted)
    said = SAID[model]
    rows = marks.order_by().values_list(said, "reading__coder__kind").annotate(n=Count("pk"))
    by_said = dict.fromkeys(_values(model), 0)
    agreed = total = 0
    for value, kind, n in rows:
        by_said[value] += n
        if not wanted.said or value == wanted.said:
            total += n
            agreed += n if kind == Coder.Kind.CONSENSUS else 0
    shown = marks.filter(**{said: wanted.said}) if wanted.said else marks
    last = max(1, -(-total // PAGE))
    page = min(max(wanted.page, 1), last)
    by_source = place_in(sources_in_order(viewer, by_title=False), "source_id")
    ordered = shown.order_by(by_source, "now_start", "pk")
    found = list(ordered[(page - 1) * PAGE : page * PAGE])
    words = passages_of(found)
    return ListedMarks([(mark, words[mark.pk]) for mark in found], total, agreed, list(by_said.items()), page, last)


def filters_of(viewer: Viewer) -> Filters:
    """The study's tools, sites and participants. Three queries."""
    tools = Tool.objects.filter(study=viewer.study)
    people = Participant.objects.filter(study=viewer.study)
    return Filters(
        sorted(tools, key=lambda tool: alphabetical(tool.name)),
        sites_of(viewer),
        sorted(people, key=lambda person: alphabetical(person.code)),
    )


def _narrowed(marks: "QuerySet[M]", model: type[M], wanted: WantedMarks) -> "QuerySet[M]":
    if wanted.tool:
        marks = marks.filter(**{TOOL[model]: wanted.tool})
    if wanted.site:
        marks = marks.filter(source__site=wanted.site)
    if wanted.participant and model is Encounter:
        marks = marks.filter(participant=wanted.participant)
    elif wanted.participant:
        spoken = Turn.objects.filter(source=OuterRef("source"), participant=wanted.participant)
        spoken = spoken.filter(start__lt=OuterRef("now_end"), end__gt=OuterRef("now_start"))
        marks = marks.filter(Q(Exists(spoken)))
    return marks


def _values(model: type[M]) -> list[str]:
    return PromiseLink.Stance.values if SAID[model] == "stance" else Encounter.Response.values

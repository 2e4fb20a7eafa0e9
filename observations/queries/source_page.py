"""Reads of one source: who speaks in it, its tools, its revisions and the file it came from."""

import uuid
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from observations.models import Original, Participant, Revision, Source, Tool, Turn
from observations.queries.alphabet import by_name


@dataclass(frozen=True)
class Speaker:
    """A label under which someone speaks in a source, how often, and the participant behind it."""

    label: str
    turns: int
    participant_id: uuid.UUID | None
    code: str


def speakers_of(source: Source) -> list[Speaker]:
    """The labels that speak in a source's current text, by label. One query."""
    rows = (
        Turn.objects.filter(source=source)
        .exclude(speaker="")
        .order_by("speaker")
        .values_list("speaker", "participant", "participant__code")
        .annotate(n=Count("pk"))
    )
    found: dict[str, Speaker] = {}
    for label, participant, code, n in rows:
        before = found.get(label)
        turns = n + (before.turns if before else 0)
        known = before if before is not None and before.participant_id else Speaker(label, n, participant, code or "")
        found[label] = Speaker(label, turns, known.participant_id, known.code)
    return list(found.values())


def tools_in(source: Source) -> QuerySet[Tool]:
    """The tools a source is about, by name."""
    return by_name(source.tools.all())


def people_of(source: Source) -> QuerySet[Participant]:
    """The participants of a source, with their sites."""
    return by_name(source.participants.select_related("site"), "code")


def revisions_of(source: Source) -> QuerySet[Revision]:
    """The revisions of a source's text, the newest first, without their sealed content."""
    return source.revisions.select_related("made_by").defer("sealed").order_by("-number")


def original_of(source: Source) -> Original | None:
    """The file a source was imported from, without its content; None for one written here. One query."""
    return Original.objects.filter(source=source).defer("sealed").first()

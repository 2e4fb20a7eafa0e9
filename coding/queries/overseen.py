"""Readings as those see them who hand sources out: how far each is, and what would be lost with it."""

import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from coding.models import Assignment, Reading
from coding.queries.visible import own_in_sight, own_seen, readings_visible_to
from observations.access import Viewer, nothing_here
from observations.roles import Permission


@dataclass(frozen=True)
class Begun:
    """A reading and how many passages stand in it."""

    reading: Reading
    passages: int


def readings_overseen(viewer: Viewer) -> QuerySet[Reading]:
    """The readings whose state the viewer may know and change: one's own, and for whoever assigns, others'.

    Who assigns and does not code sees that a reading has begun; who codes as well learns of others' only what
    `readings_visible_to` lets them. No query of its own.
    """
    if not viewer.may(Permission.ASSIGN):
        return own_seen(viewer)
    if not viewer.may(Permission.CODE):
        return Reading.objects.filter(study=viewer.study)
    known = Q(pk__in=readings_visible_to(viewer).values("pk")) | own_in_sight(viewer)
    return Reading.objects.filter(known, study=viewer.study)


def begun(viewer: Viewer, reading_id: uuid.UUID) -> Begun:
    """A reading that the viewer oversees, with its coder, source and passages. Two queries; raises Missing."""
    reading = readings_overseen(viewer).select_related("coder__user", "source").filter(pk=reading_id).first()
    if reading is None:
        raise nothing_here()
    return Begun(reading, reading.segments.filter(removed_at=None).count())


def begun_for(viewer: Viewer, assignment: Assignment) -> Begun | None:
    """The open reading that an assignment has led to, if the viewer oversees it. Two queries."""
    readings = readings_overseen(viewer).filter(
        coder=assignment.coder_id,
        source=assignment.source_id,
        round=assignment.round,
        phase=Reading.Phase.FIRST,
        state=Reading.State.OPEN,
    )
    reading = readings.select_related("coder__user", "source").first()
    return Begun(reading, reading.segments.filter(removed_at=None).count()) if reading else None

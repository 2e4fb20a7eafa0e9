"""Readings begun in vain or submitted too soon: abandoned, taken up again, handed on, reopened on the record."""

import uuid
from datetime import datetime

from django.db.models import Q, QuerySet

from coding.actions.coders import assign, withdraw_assignment
from coding.actions.reading_copies import copy_reading
from coding.models import Assignment, CodebookVersion, Coder, Reading
from coding.queries.overseen import readings_overseen
from coding.queries.own_readings import AT_WORK, has_seen
from coding.queries.visible import not_begun
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.models import User
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.queries.sources import held
from observations.roles import Permission

MOST = 500


@write
def abandon_reading(*, viewer: Viewer, reading_id: uuid.UUID, at: datetime) -> Reading:
    """Give up a first reading that is open: its passages are kept, and nobody counts them.

    Where it took the place of a submitted one, that one counts again. Whoever assigns may do it, and its coder.

    Raises
    ------
    Missing
        When it is neither the viewer's own nor one that they may know of, as whoever assigns.
    Conflict
        `reading.not_open`.
    """
    reading = _locked(viewer, reading_id)
    if reading.state == Reading.State.ABANDONED:
        return reading
    if reading.phase != Reading.Phase.FIRST or reading.state != Reading.State.OPEN:
        raise Conflict("reading.not_open", gettext_noop("Only a first reading that is open can be abandoned."))
    return _given_up(reading)


@write
def resume_reading(*, viewer: Viewer, reading_id: uuid.UUID, at: datetime) -> Reading:
    """Take up an abandoned reading where it was left.

    Raises
    ------
    Missing
        As `abandon_reading`.
    Conflict
        `reading.begun_anew` when its coder has another reading of that round, or an open one of the source, by now.
    """
    reading = _locked(viewer, reading_id)
    if reading.state != Reading.State.ABANDONED:
        return reading
    others = Reading.objects.filter(coder=reading.coder_id, source=reading.source_id, superseded_at=None)
    others = others.exclude(state=Reading.State.ABANDONED).filter(Q(round=reading.round) | AT_WORK)
    if others.exclude(pk__in=_replaced(reading).values("pk")).exists():
        raise Conflict(
            "reading.begun_anew", gettext_noop("Its coder has begun another reading since; this one stays abandoned.")
        )
    _replaced(reading).update(superseded_at=at)
    reading.state = Reading.State.OPEN
    reading.is_blind = reading.is_blind and not has_seen(reading.coder, reading.source)
    reading.save(update_fields=["state", "is_blind"])
    return reading


@write
def hand_on(*, viewer: Viewer, assignment: Assignment, user: User, at: datetime) -> Assignment:
    """Give an assigned source to another coder instead; a reading begun for it is abandoned.

    What was submitted stays and counts.

    Raises
    ------
    Invalid
        `assignment.has_it` for a coder who has the source in that round already; what `assign` raises.
    """
    viewer.need(Permission.ASSIGN)
    same = Assignment.objects.filter(source=assignment.source_id, round=assignment.round, withdrawn_at=None)
    if same.filter(coder__user=user).exists():
        raise Invalid(
            "assignment.has_it",
            gettext_noop("This coder has the source already. Choose another."),
            beside="to",
        )
    withdraw_assignment(viewer=viewer, assignment=assignment, at=at)
    Coder.objects.select_for_update(no_key=True).get(pk=assignment.coder_id)
    begun = Reading.objects.filter(
        AT_WORK, coder=assignment.coder_id, source=assignment.source_id, round=assignment.round
    ).first()
    # Whoever hands out and codes as well may not know of it: it is abandoned all the same, and nothing is told.
    if begun is not None:
        _given_up(begun)
    handed = assign(
        viewer=viewer,
        user=user,
        sources=[assignment.source],
        due_on=assignment.due_on,
        at=at,
        round=assignment.round,
    )
    return handed[0]


@write
def reopen_reading(*, viewer: Viewer, reading_id: uuid.UUID, id: uuid.UUID, reason: str, at: datetime) -> Reading:
    """Let a coder go on with a first reading that was submitted: in a new one, which takes over what it held.

    The submitted one never changes. It and its final reading are superseded; the new one says whose place it takes and
    why. It counts as blind only if its coder cannot have seen anything since.

    Raises
    ------
    Missing
        When the viewer may know of no such reading.
    Invalid
        `reading.reason_needed`.
    Conflict
        `reading.not_submitted`; `reading.another_waits` when its coder has the source before them in some round.
    """
    viewer.need(Permission.ASSIGN)
    there = Reading.objects.filter(pk=id, study=viewer.study, reopens=reading_id).first()
    if there is not None:
        return there
    first = _locked(viewer, reading_id)
    _reopenable(viewer, first, reason)
    source = held(first.source)
    newest = CodebookVersion.objects.filter(study=viewer.study).order_by("-number").first()
    is_blind = first.is_blind and not has_seen(first.coder, source)
    _pass_of(first).update(superseded_at=at)
    assert source.revision_id is not None
    reading = Reading.objects.create(
        id=id,
        study=viewer.study,
        source=source,
        coder=first.coder,
        round=first.round,
        phase=Reading.Phase.FIRST,
        arm=first.arm,
        is_blind=is_blind,
        revision_id=source.revision_id,
        codebook_version=newest,
        opened_at=at,
        reopens=first,
        reason=reason.strip(),
        read_to=first.read_to,
        position=first.position,
    )
    copy_reading(first, reading, f"reopened as {id}")
    return reading


def _given_up(reading: Reading) -> Reading:
    reading.state = Reading.State.ABANDONED
    reading.save(update_fields=["state"])
    _replaced(reading).update(superseded_at=None)
    return reading


def _reopenable(viewer: Viewer, first: Reading, reason: str) -> None:
    if not 0 < len(reason.strip()) <= MOST:
        raise Invalid(
            "reading.reason_needed",
            gettext_noop("Say in a sentence why the reading is reopened (500 characters at most)."),
            beside="reason",
        )
    submitted = first.phase == Reading.Phase.FIRST and first.state == Reading.State.SUBMITTED
    if not submitted or first.superseded_at is not None or first.coder.kind != Coder.Kind.PERSON:
        raise Conflict("reading.not_submitted", gettext_noop("Only a first reading that is submitted can be reopened."))
    begun = Reading.objects.filter(AT_WORK, coder=first.coder_id, source=first.source_id)
    waiting = not_begun(viewer.study).filter(coder=first.coder_id, source=first.source_id)
    if begun.exists() or waiting.exists():
        raise Conflict(
            "reading.another_waits",
            gettext_noop("Its coder has this source to read in another round. Reopen it when that is submitted."),
        )


def _locked(viewer: Viewer, reading_id: uuid.UUID) -> Reading:
    """The reading, when it is the viewer's own or one they oversee; its coder's other writers wait."""
    readings = readings_overseen(viewer).select_for_update(of=("self",)).select_related("coder", "source")
    reading = readings.filter(pk=reading_id).first()
    if reading is None:
        raise nothing_here()
    Coder.objects.select_for_update(no_key=True).get(pk=reading.coder_id)
    return reading


def _pass_of(first: Reading) -> QuerySet[Reading]:
    """A first reading that stands and the final one after it."""
    same = Reading.objects.filter(coder=first.coder_id, source=first.source_id, round=first.round)
    return same.filter(superseded_at=None).exclude(state=Reading.State.ABANDONED)


def _replaced(reading: Reading) -> QuerySet[Reading]:
    """What a reopened reading took the place of: the first reading it reopens, and the final one after that."""
    if reading.reopens_id is None:
        return Reading.objects.none()
    return Reading.objects.filter(pk__in=[reading.reopens_id, uuid.uuid5(reading.reopens_id, "final reading")])

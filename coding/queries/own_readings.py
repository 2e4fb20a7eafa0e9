"""A coder's own readings of a source: which is worked on, in which round the next begins, what may have been seen."""

from typing import Any

from django.db.models import BooleanField, Case, Exists, Q, QuerySet, Subquery, Value, When

from coding.models import Coder, Reading
from coding.queries.visible import own_seen, waiting_for
from fieldstudy.models import HistoryEntry
from observations.access import Viewer
from observations.models import Membership, Source, Study
from observations.roles import Role

AT_WORK = Q(phase=Reading.Phase.FIRST, state=Reading.State.OPEN)
"""The condition on readings that they are first ones that lie open."""


def worked_on(viewer: Viewer) -> QuerySet[Reading]:
    """The viewer's readings that are, or were, worked on: of each source the one that counts now comes first.

    That is an open first reading; else, unless the source waits to be begun in another round, the one opened last.
    """
    own = own_seen(viewer).exclude(state=Reading.State.ABANDONED)
    own = own.filter(AT_WORK | ~Q(source__in=waiting_for(viewer).values("source")))
    at_work = Case(When(AT_WORK, then=Value(True)), default=Value(False), output_field=BooleanField())
    return own.annotate(at_work=at_work).order_by("-at_work", "-opened_at", "-round", "phase")


def current_reading(viewer: Viewer, source: Source, phase: str = "") -> Reading | None:
    """The viewer's reading of a source that is or was last worked on: the final one if there is one. One query.

    None too while the source waits to be begun in another round. `phase` asks for the latest first, or final one.
    """
    readings = worked_on(viewer).filter(source=source)
    return (readings.filter(phase=phase) if phase else readings).first()


def next_round(viewer: Viewer, source: Source) -> int:
    """The lowest round in which the viewer has this source to begin, or the study's own. One query."""
    waiting = waiting_for(viewer).filter(source=source).order_by("round")
    return waiting.values_list("round", flat=True).first() or 1


def has_seen(coder: Coder, source: Source) -> bool:
    """Whether a coder who begins to read a source may know of others' or the machine's view of it. One query.

    Opening the machine's view is recorded. Whoever has submitted may have looked at what others had submitted; so may
    whoever belonged to the study and did not code, or was there while it was open to all, at a time when there was
    something to see: their roles then, and the study's mode, are in the history.
    """
    own = Reading.objects.filter(coder=coder, source=source)
    theirs = Reading.objects.filter(source=source).exclude(coder=coder)
    submitted = theirs.filter(state=Reading.State.SUBMITTED)
    membership = Membership.objects.filter(study=coder.study_id, user=coder.user_id)
    roles = _entries("observations_membership", membership)
    modes = _entries("observations_study", Study.objects.filter(pk=coder.study_id))
    began_to_code = _end_of(roles, ~Q(after__roles__contains=[Role.CODER]))
    was_closed = _end_of(modes, Q(after__mode=Study.Mode.OPEN))
    seen = (
        Q(Exists(own.filter(revealed_at__isnull=False)))
        | Q(Exists(submitted)) & Q(Exists(own.filter(state=Reading.State.SUBMITTED, phase=Reading.Phase.FIRST)))
        | Q(Exists(_entries("coding_reading", submitted).filter(after__state="submitted", pk__lt=began_to_code)))
        | Q(Exists(_entries("coding_reading", theirs).filter(pk__lt=was_closed)))
        & Q(Exists(roles.filter(pk__lt=was_closed)))
    )
    return Coder.objects.filter(seen, pk=coder.pk).exists()


def _entries(table: str, rows: QuerySet[Any]) -> QuerySet[HistoryEntry]:
    """What the history says of rows that are still there."""
    return HistoryEntry.objects.filter(table=table, row__in=rows.values("pk"))


def _end_of(entries: QuerySet[HistoryEntry], state: Q) -> Subquery:
    """The entry that ended a state of a row for the last time, as an expression; no value where nothing did."""
    last = entries.filter(state, after__isnull=False).order_by("-pk").values("pk")[:1]
    return Subquery(entries.filter(pk__gt=Subquery(last)).order_by("pk").values("pk")[:1])

"""A coder's own readings of a source: which is worked on, in which round the next begins, what may have been seen."""

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from coding.models import Coder, Reading
from coding.queries.visible import own_seen, waiting_for
from observations.access import Viewer
from observations.models import Source

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
    """Whether a coder who reads a source once more may know of others' or the machine's view. At most three queries.

    Whoever has submitted may have looked at what others had submitted, and opening the machine's view is recorded.
    """
    own = Reading.objects.filter(coder=coder, source=source)
    if own.filter(revealed_at__isnull=False).exists():
        return True
    submitted = Reading.objects.filter(source=source, state=Reading.State.SUBMITTED)
    theirs = submitted.exclude(coder=coder)
    return theirs.exists() and submitted.filter(coder=coder, phase=Reading.Phase.FIRST).exists()

"""Consent as part of the query: which turns may be used for what.

No record means *denied* for quoting, machine processing and release. A turn belongs to its participant; what was said
by someone who is not linked to a participant yet is denied. A turn of nobody in particular (a question, something
observed) belongs to all participants of its source, and the strictest wins; where there are none, nobody is asked.
"""

from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from observations.models import Consent, SourceParticipant, Turn


class Use(StrEnum):
    """A use of evidence that a participant permits or not; each names a column of `Consent`."""

    QUOTE = "quote"
    MACHINE = "machine"
    RELEASE = "release"


def permitted(turns: QuerySet[Turn], *uses: Use) -> QuerySet[Turn]:
    """The turns whose people permit every one of `uses`. Adds subqueries, no query."""
    return turns.filter(_permitted(*uses))


def withheld(turns: QuerySet[Turn], *uses: Use) -> QuerySet[Turn]:
    """The turns that `permitted` leaves out."""
    return turns.exclude(_permitted(*uses))


def _permitted(*uses: Use) -> Q:
    given = Consent.objects.filter(is_current=True, **{use.value: True for use in uses})
    own = Exists(given.filter(participant=OuterRef("participant")))
    closed = SourceParticipant.objects.filter(source=OuterRef("source")).exclude(
        Exists(given.filter(participant=OuterRef("participant")))
    )
    unknown_speaker = Q(participant__isnull=True, kind=Turn.Kind.SPEECH)
    return Q(participant__isnull=False) & Q(own) | Q(participant__isnull=True) & ~unknown_speaker & ~Q(Exists(closed))

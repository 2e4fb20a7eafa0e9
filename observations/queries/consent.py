"""Consent as part of the query: which turns may be used for what, and which sites may be named.

No record means *denied* for quoting, machine processing and release. A turn belongs to its participant; what was said
by someone who is not linked to a participant yet is denied, and so are words quoted of somebody named but not linked. A
turn of nobody in particular (a question, something observed, words quoted of no one named) belongs to all participants
of its source, and the strictest wins. Where there are none, nobody is asked of what was observed, and quoted words are
denied.
"""

import uuid
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from observations.access import Viewer
from observations.models import Consent, Participant, Site, SourceParticipant, Turn


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


def site_names(viewer: Viewer) -> dict[uuid.UUID, str]:
    """What each site of the study is called in whatever leaves it. Two queries.

    By its name only where all its people permit that, else by its published alias. Its people are those who belong to
    it and those who take part in a source recorded there.
    """
    permitting = Consent.objects.filter(study=viewer.study, is_current=True, name_site=True).values("participant")
    belong = Participant.objects.filter(study=viewer.study).exclude(pk__in=permitting).values_list("site_id")
    take_part = SourceParticipant.objects.filter(source__study=viewer.study).exclude(participant__in=permitting)
    closed = {site for (site,) in belong.order_by().union(take_part.order_by().values_list("source__site_id"))}
    sites = Site.objects.filter(study=viewer.study)
    return {site.pk: site.alias if site.pk in closed else site.name for site in sites}


def _permitted(*uses: Use) -> Q:
    given = Consent.objects.filter(is_current=True, **{use.value: True for use in uses})
    own = Exists(given.filter(participant=OuterRef("participant")))
    closed = SourceParticipant.objects.filter(source=OuterRef("source")).exclude(
        Exists(given.filter(participant=OuterRef("participant")))
    )
    taking_part = Exists(SourceParticipant.objects.filter(source=OuterRef("source")))
    quoted = Q(kind=Turn.Kind.VERBATIM) & (~Q(speaker="") | ~Q(taking_part))
    unknown_speaker = Q(kind=Turn.Kind.SPEECH) | quoted
    return Q(participant__isnull=False) & Q(own) | Q(participant__isnull=True) & ~unknown_speaker & ~Q(Exists(closed))

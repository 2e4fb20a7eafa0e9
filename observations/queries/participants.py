"""Reads of participants and of what they permit."""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from observations.access import Viewer
from observations.models import Consent, Participant, SourceParticipant, Turn


@dataclass(frozen=True)
class Consequences:
    """What hangs on a participant's consent: sources they take part in, and turns that are theirs alone."""

    sources: int
    turns: int


def participants_of(viewer: Viewer) -> QuerySet[Participant]:
    """The study's participants by code, each with its site, `n_sources`, and `current`: a list of at most one consent.

    Two queries.
    """
    takes_part = SourceParticipant.objects.filter(participant=OuterRef("pk")).order_by().values("participant")
    n_sources = Subquery(takes_part.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return (
        Participant.objects.filter(study=viewer.study)
        .select_related("site")
        .annotate(n_sources=Coalesce(n_sources, 0))
        .prefetch_related(Prefetch("consents", Consent.objects.filter(is_current=True), to_attr="current"))
        .order_by("code")
    )


def consents_of(participant: Participant) -> list[Consent]:
    """All versions of what a participant permits, the newest first. One query."""
    return list(Consent.objects.filter(participant=participant).select_related("recorded_by").order_by("-version"))


def without_consent(viewer: Viewer) -> QuerySet[Participant]:
    """The participants whose consent was never recorded."""
    return Participant.objects.filter(study=viewer.study, consents=None).order_by("code")


def consequences_of_withdrawal(participant: Participant) -> Consequences:
    """What a withdrawal would close to quoting, the machine and releases. Two queries."""
    return Consequences(
        sources=SourceParticipant.objects.filter(participant=participant).count(),
        turns=Turn.objects.filter(participant=participant).count(),
    )

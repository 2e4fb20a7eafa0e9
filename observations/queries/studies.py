"""Reads of studies, their people, and where and with what their field work is done."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from fieldstudy.models import User
from observations.access import Viewer
from observations.models import (
    Import,
    Invitation,
    Membership,
    Participant,
    Promise,
    Site,
    Source,
    SourceTool,
    Study,
    Tool,
)
from observations.queries.alphabet import alphabetical


@dataclass(frozen=True)
class Numbers:
    """How much of what a study has."""

    sites: int
    tools: int
    participants: int
    sources: int
    words: int
    members: int


def studies_of(user: User) -> list[Membership]:
    """A person's memberships with their studies, by name; each study has `n_sources` and `n_members`. One query."""
    found = (
        Membership.objects.filter(user=user)
        .select_related("study")
        .annotate(n_sources=_count(Source, "study_id"), n_members=_count(Membership, "study_id"))
    )
    return sorted(found, key=lambda membership: alphabetical(membership.study.name))


def all_studies() -> list[Study]:
    """Every study by name with `n_sources` and `n_members`, and nothing of what is in it. One query."""
    found = Study.objects.annotate(n_sources=_count(Source), n_members=_count(Membership))
    return sorted(found, key=lambda study: alphabetical(study.name))


def numbers_of(viewer: Viewer) -> Numbers:
    """How much of what the viewer's study has. One query."""
    words = (
        Source.objects.filter(study=OuterRef("pk"))
        .values("study")
        .annotate(n=Coalesce(Sum("revision__words"), 0))
        .values("n")
    )
    row = (
        Study.objects.filter(pk=viewer.study.pk)
        .annotate(
            sites_=_count(Site),
            tools_=_count(Tool),
            participants_=_count(Participant),
            sources_=_count(Source),
            members_=_count(Membership),
            words_=Coalesce(Subquery(words, output_field=IntegerField()), 0),
        )
        .values_list("sites_", "tools_", "participants_", "sources_", "words_", "members_")
        .get()
    )
    return Numbers(*row)


def sites_of(viewer: Viewer) -> list[Site]:
    """The study's sites by name, with `n_sources` and `n_participants`. One query."""
    found = Site.objects.filter(study=viewer.study).annotate(
        n_sources=_count(Source, "pk", "site"), n_participants=_count(Participant, "pk", "site")
    )
    return sorted(found, key=lambda site: alphabetical(site.name))


def tools_of(viewer: Viewer) -> list[Tool]:
    """The study's tools by name with `n_sources` and their promises, oldest claim first. Two queries."""
    promises = Prefetch("promises", Promise.objects.order_by("claimed_on", "pk"))
    found = (
        Tool.objects.filter(study=viewer.study)
        .annotate(n_sources=_count(SourceTool, "pk", "tool"))
        .prefetch_related(promises)
    )
    return sorted(found, key=lambda tool: alphabetical(tool.name))


def members_of(viewer: Viewer) -> list[Membership]:
    """The people of the study by name. One query."""
    found = Membership.objects.filter(study=viewer.study).select_related("user")
    return sorted(found, key=lambda membership: alphabetical(str(membership.user)))


def open_invitations(viewer: Viewer, at: datetime) -> QuerySet[Invitation]:
    """The invitations to the study that can still be taken up, the newest first."""
    found = Invitation.objects.filter(study=viewer.study, accepted_at=None, withdrawn_at=None, expires_at__gt=at)
    return found.select_related("invited_by").order_by("-created_at")


def open_imports(viewer: Viewer) -> Sequence[Import]:
    """The imports into the study that the workers have not finished, the newest first. One query."""
    found = Import.objects.filter(study=viewer.study, job__state__in=["queued", "running"]).select_related("job")
    return list(found.order_by("-created_at")[:5])


def member_of(viewer: Viewer, user_id: uuid.UUID) -> Membership | None:
    """A person's membership in the viewer's study. One query."""
    return Membership.objects.filter(study=viewer.study, user_id=user_id).select_related("user").first()


def _count(model: Any, outer: str = "pk", column: str = "study") -> Any:
    rows = model.objects.filter(**{column: OuterRef(outer)}).order_by().values(column).annotate(n=Count("pk"))
    return Coalesce(Subquery(rows.values("n"), output_field=IntegerField()), 0)

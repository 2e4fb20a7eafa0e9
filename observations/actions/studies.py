"""Changes to a study itself: its frame, its people, its sites, its tools and what they promise."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from fieldstudy.errors import Conflict, Invalid, Missing, gettext_noop
from fieldstudy.models import User
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Invitation, Membership, Promise, Site, Study, Tool
from observations.roles import Permission, Role

M = TypeVar("M", Site, Tool)
INVITATION_LASTS = timedelta(days=14)


@write
def create_study(
    *, actor: User, id: uuid.UUID, slug: str, name: str, languages: list[str], at: datetime, **details: Any
) -> Study:
    """A new study with its creator as the lead. Raises Conflict `study.slug_taken`."""
    slug = slugify(slug or name)[:80]
    if not slug:
        raise Invalid("study.slug_empty", gettext_noop("The study needs a name with at least one letter."))
    if Study.objects.filter(slug=slug).exists():
        raise Conflict(
            "study.slug_taken",
            gettext_noop("There is a study at this address already; choose another short name."),
            beside="slug",
        )
    study = Study.objects.create(id=id, slug=slug, name=name, languages=languages, created_at=at, **details)
    Membership.objects.create(
        id=uuid.uuid5(id, str(actor.pk)), study=study, user=actor, roles=[Role.LEAD], joined_at=at
    )
    return study


@write
def update_study(*, viewer: Viewer, **details: Any) -> Study:
    """Change the study's frame (name, description, mode, policy, languages, legal matters)."""
    viewer.need(Permission.MANAGE)
    study = Study.objects.select_for_update().get(pk=viewer.study.pk)
    for name, value in details.items():
        setattr(study, name, value)
    study.save(update_fields=list(details))
    return study


@write
def set_roles(*, viewer: Viewer, user: User, roles: Iterable[str], at: datetime) -> Membership | None:
    """Give a person exactly these roles; none at all ends the membership. A study keeps at least one lead."""
    viewer.need(Permission.MANAGE)
    wanted = sorted({Role(role).value for role in roles})
    Study.objects.select_for_update().get(pk=viewer.study.pk)
    others = Membership.objects.filter(study=viewer.study, roles__contains=[Role.LEAD]).exclude(user=user)
    if Role.LEAD not in wanted and not others.exists():
        raise Conflict("membership.last_lead", gettext_noop("A study keeps at least one lead; name another one first."))
    if not wanted:
        Membership.objects.filter(study=viewer.study, user=user).delete()
        return None
    membership, _ = Membership.objects.update_or_create(
        study=viewer.study,
        user=user,
        defaults={"roles": wanted},
        create_defaults={"id": uuid.uuid5(viewer.study.pk, str(user.pk)), "roles": wanted, "joined_at": at},
    )
    return membership


@write
def invite(*, viewer: Viewer, email: str, roles: Iterable[str], at: datetime) -> tuple[Invitation, str]:
    """Offer a person roles in the study; the invitation and the token of its link, which is told only once.

    An invitation of the same person that is still open ends: only the newest link works.
    """
    viewer.need(Permission.MANAGE)
    wanted = sorted({Role(role).value for role in roles})
    if not wanted:
        raise Invalid("invitation.no_role", gettext_noop("Choose at least one role."), beside="roles")
    earlier = Invitation.objects.filter(study=viewer.study, email=email.lower(), accepted_at=None, withdrawn_at=None)
    earlier.update(withdrawn_at=at)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        study=viewer.study,
        email=email.lower(),
        roles=wanted,
        token_hash=token_hash(token),
        invited_by=viewer.user,
        created_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    return invitation, token


@write
def withdraw_invitation(*, viewer: Viewer, invitation: Invitation, at: datetime) -> None:
    """Make an invitation's link worthless."""
    viewer.need(Permission.MANAGE)
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(withdrawn_at=at)


def find_invitation(token: str, at: datetime) -> Invitation:
    """The open invitation of a link. Raises Missing `invitation.missing` when used, withdrawn, expired or unknown."""
    invitation = (
        Invitation.objects.select_related("study")
        .filter(token_hash=token_hash(token), accepted_at=None, withdrawn_at=None, expires_at__gt=at)
        .first()
    )
    if invitation is None:
        raise Missing(
            "invitation.missing",
            gettext_noop("This invitation was used, withdrawn or has run out. Ask the study's lead for a new one."),
        )
    return invitation


@write
def accept_invitation(*, actor: User, token: str, at: datetime) -> Study:
    """Join the study of an invitation, with the roles it offers added to those one has. One link, one person."""
    Invitation.objects.select_for_update().get(pk=find_invitation(token, at).pk)
    invitation = find_invitation(token, at)  # again, now that nobody else can take it up
    membership, is_new = Membership.objects.get_or_create(
        study=invitation.study,
        user=actor,
        defaults={
            "id": uuid.uuid5(invitation.study_id, str(actor.pk)),
            "roles": invitation.roles,
            "joined_at": at,
        },
    )
    if not is_new:
        membership.roles = sorted({*membership.roles, *invitation.roles})
        membership.save(update_fields=["roles"])
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    return invitation.study


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@write
def add_site(*, viewer: Viewer, id: uuid.UUID, name: str, specialty: Mapping[str, str], alias: str) -> Site:
    """A new site. Raises Conflict `site.taken` when its name or alias is in use."""
    viewer.need(Permission.MANAGE)
    return _saved(Site(id=id, study=viewer.study, name=name, specialty=dict(specialty), alias=alias), "site.taken")


@write
def add_tool(*, viewer: Viewer, id: uuid.UUID, name: str, kind: str, **details: Any) -> Tool:
    """A new AI tool under study. Raises Conflict `tool.taken` when its name is in use."""
    viewer.need(Permission.MANAGE)
    return _saved(Tool(id=id, study=viewer.study, name=name, kind=kind, **details), "tool.taken")


@write
def add_promise(*, viewer: Viewer, id: uuid.UUID, tool: Tool, text: Mapping[str, str], **details: Any) -> Promise:
    """A claim made for a tool."""
    viewer.need(Permission.MANAGE)
    return Promise.objects.create(id=id, study=viewer.study, tool=tool, text=dict(text), **details)


def _saved(row: M, code: str) -> M:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "unique_in_study" not in str(error):
            raise
        raise Conflict(code, gettext_noop("There is one of this name in the study already.")) from None
    return row

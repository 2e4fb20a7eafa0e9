"""The only way from an id in a URL to a row: through the study, as someone who may.

An outsider, and whoever asks for what is hidden from them, gets `Missing` (404); a member without the permission gets
`NotPermitted` (403).
"""

import uuid
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet

from fieldstudy.errors import Missing, NotPermitted, gettext_noop
from fieldstudy.models import User
from observations.models import Membership, Source, Study
from observations.roles import Permission, permissions_of

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Viewer:
    """Someone inside a study, with what they may do there."""

    user: User
    study: Study
    roles: tuple[str, ...]
    permissions: frozenset[Permission]

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def need(self, permission: Permission) -> None:
        """Raise NotPermitted `access.not_permitted` without the permission."""
        if permission not in self.permissions:
            raise NotPermitted(
                "access.not_permitted", gettext_noop("Your role in this study does not allow this. Ask its lead.")
            )


def enter(user: User, slug: str, need: Permission) -> Viewer:
    """The person as a member of the study at `slug`, holding `need`. One query."""
    return _viewer(Membership.objects.filter(study__slug=slug), user, need)


def enter_by_id(user: User, study_id: uuid.UUID, need: Permission) -> Viewer:
    """As `enter`, for work that knows the study by its id. One query."""
    return _viewer(Membership.objects.filter(study_id=study_id), user, need)


def get_source(viewer: Viewer, source_id: uuid.UUID) -> Source:
    """A source of the viewer's study with its current revision and site. One query."""
    source = (
        Source.objects.select_related("revision", "site")
        .defer("revision__sealed")
        .filter(study=viewer.study, pk=source_id, revision__isnull=False)
    ).first()
    if source is None:
        raise nothing_here()
    return source


def get_row(viewer: Viewer, model: type[M], row_id: uuid.UUID) -> M:
    """A row of the viewer's study; the model has a `study` column. One query."""
    row = model._default_manager.filter(study=viewer.study, pk=row_id).first()
    if row is None:
        raise nothing_here()
    return row


def nothing_here() -> Missing:
    """What anyone gets who asks for what is not there or not theirs."""
    return Missing("access.missing", gettext_noop("There is nothing at this address, or it is not for you."))


def _viewer(memberships: QuerySet[Membership], user: User, need: Permission) -> Viewer:
    membership = memberships.filter(user=user, user__is_active=True).select_related("study").first()
    if membership is None:
        raise nothing_here()
    viewer = Viewer(user, membership.study, tuple(membership.roles), permissions_of(membership.roles))
    viewer.need(need)
    return viewer

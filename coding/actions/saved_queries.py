"""Keeping questions: saving, renaming, sharing, removing, restoring."""

import uuid
from datetime import datetime

from coding.models import SavedQuery
from coding.retrieval.parser import parse
from coding.retrieval.writer import to_text
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.roles import Permission

LONGEST_NAME = 120


@write
def save_query(*, viewer: Viewer, id: uuid.UUID, name: str, text: str, is_shared: bool, at: datetime) -> SavedQuery:
    """Keep a query under a name; the same id with the same content again gives the same one back.

    Raises
    ------
    Invalid
        `saved_query.name_empty`, `saved_query.name_too_long`, and what `parse` raises.
    Conflict
        `saved_query.id_taken`.
    """
    viewer.need(Permission.NOTE)
    name, text = _name(name), to_text(parse(text))
    there = SavedQuery.objects.filter(pk=id).first()
    if there is not None:
        if (there.study_id, there.owner_id, there.name, there.text) == (viewer.study.pk, viewer.user.pk, name, text):
            return there
        raise Conflict("saved_query.id_taken", gettext_noop("Another query has this id."))
    return SavedQuery.objects.create(
        id=id,
        study=viewer.study,
        owner=viewer.user,
        name=name,
        text=text,
        is_shared=is_shared,
        created_at=at,
        changed_at=at,
    )


@write
def change_query(
    *,
    viewer: Viewer,
    query_id: uuid.UUID,
    at: datetime,
    name: str | None = None,
    text: str | None = None,
    is_shared: bool | None = None,
) -> SavedQuery:
    """Rename, reword or share a query of one's own; what is None stays. Raises as `save_query`, and Missing."""
    query = _own(viewer, query_id)
    query.name = query.name if name is None else _name(name)
    query.text = query.text if text is None else to_text(parse(text))
    query.is_shared = query.is_shared if is_shared is None else is_shared
    query.changed_at = at
    query.save(update_fields=["name", "text", "is_shared", "changed_at"])
    return query


@write
def remove_query(*, viewer: Viewer, query_id: uuid.UUID, at: datetime) -> SavedQuery:
    """Put a query of one's own away; it can be restored."""
    query = _own(viewer, query_id)
    if query.removed_at is None:
        query.removed_at = at
        query.save(update_fields=["removed_at"])
    return query


@write
def restore_query(*, viewer: Viewer, query_id: uuid.UUID) -> SavedQuery:
    """Undo a removal."""
    query = _own(viewer, query_id)
    query.removed_at = None
    query.save(update_fields=["removed_at"])
    return query


def _own(viewer: Viewer, query_id: uuid.UUID) -> SavedQuery:
    viewer.need(Permission.NOTE)
    own = SavedQuery.objects.select_for_update().filter(study=viewer.study, owner=viewer.user, pk=query_id).first()
    if own is None:
        raise nothing_here()
    return own


def _name(name: str) -> str:
    name = name.strip()
    if not name:
        raise Invalid("saved_query.name_empty", gettext_noop("Give the query a name."), beside="name")
    if len(name) > LONGEST_NAME:
        raise Invalid(
            "saved_query.name_too_long",
            gettext_noop("A name may have %(most)s characters."),
            beside="name",
            most=LONGEST_NAME,
        )
    return name

"""The only way from an id in a URL to a row: through the study, as someone who may.

An outsider, and whoever asks for what is hidden from them, gets `Missing` (404); a member without the permission gets
`NotPermitted` (403).
"""

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, cast

from django.db.models import Model, Q, QuerySet

from fieldstudy.errors import Missing, NotPermitted, gettext_noop
from fieldstudy.models import User
from fieldstudy.statements import columns_of, made_of, row_of
from observations.models import Revision, Source, Study
from observations.roles import Permission, permissions_of

M = TypeVar("M", bound=Model)
P = ParamSpec("P")
Condition = TypeVar("Condition", bound=Q | QuerySet[Any])

# Someone, by id, in a study.
_MEMBERSHIP = """
    SELECT m.roles, {columns}
    FROM observations_membership m
    JOIN fieldstudy_user u ON u.id = m.user_id AND u.is_active
    JOIN observations_study st ON st.id = m.study_id
    WHERE st.{column} = %s AND m.user_id = %s
"""
# Someone, by id, in a study, by slug, with a source of it or none.
_DOOR = """
    SELECT m.roles, st.id, st.slug, st.mode, st.policy, s.id, r.id, r.number, r.length
    FROM observations_membership m
    JOIN fieldstudy_user u ON u.id = m.user_id AND u.is_active
    JOIN observations_study st ON st.id = m.study_id
    LEFT JOIN (observations_source s JOIN observations_revision r ON r.id = s.revision_id)
        ON s.study_id = st.id AND s.id = %s
    WHERE st.slug = %s AND m.user_id = %s
"""


@dataclass(frozen=True)
class Viewer:
    """Someone inside a study, with what they may do there."""

    user: User
    study: Study
    roles: tuple[str, ...]
    permissions: frozenset[Permission]
    built: dict[Any, Q | QuerySet[Any]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `built_once` keeps for this visit."""

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def need(self, permission: Permission) -> None:
        """Raise NotPermitted `access.not_permitted` without the permission."""
        if permission not in self.permissions:
            raise NotPermitted(
                "access.not_permitted", gettext_noop("Your role in this study does not allow this. Ask its lead.")
            )


def built_once(
    build: Callable[Concatenate[Viewer, P], Condition],
) -> Callable[Concatenate[Viewer, P], Condition]:
    """Keep, with the viewer, the condition or the unasked query that `build` makes: a page asks for the same ten times.

    It depends on the viewer and on plain arguments alone, and is built anew where the study's mode or policy changed.
    Rows are never kept: each caller gets a query of its own.
    """

    @functools.wraps(build)
    def kept(viewer: Viewer, *args: P.args, **kwargs: P.kwargs) -> Condition:
        key = (build, viewer.study.mode, viewer.study.policy, args, *kwargs.items())
        condition: Any = viewer.built.get(key)
        if condition is None:
            condition = viewer.built[key] = build(viewer, *args, **kwargs)
        return cast("Condition", condition.all() if isinstance(condition, QuerySet) else condition)

    return kept


def enter(user: User, slug: str, need: Permission) -> Viewer:
    """The person as a member of the study at `slug`, holding `need`. One query."""
    return _viewer("slug", slug, user, need)


def enter_by_id(user: User, study_id: uuid.UUID, need: Permission) -> Viewer:
    """As `enter`, for work that knows the study by its id. One query."""
    return _viewer("id", study_id, user, need)


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


def enter_at(user: User, slug: str, source_id: uuid.UUID, need: Permission) -> tuple[Viewer, Source]:
    """What `enter` and `get_source` give, by one prepared statement: for what is done all day, as saving a passage.

    The study, the source and its revision hold what a save needs; anything else of them is read when it is asked for.
    """
    row = row_of(_DOOR, [source_id, slug, user.pk])
    if row is None:
        raise nothing_here()
    roles, *study, found_id, revision_id, number, length = row
    within = Study.from_db("default", ("id", "slug", "mode", "policy"), study)
    viewer = Viewer(user, within, tuple(roles), permissions_of(roles))
    viewer.need(need)
    if found_id is None:
        raise nothing_here()
    source = Source.from_db("default", ("id", "study_id", "revision_id"), (found_id, within.pk, revision_id))
    names = ("id", "study_id", "source_id", "number", "length")
    source.revision = Revision.from_db("default", names, (revision_id, within.pk, found_id, number, length))
    return viewer, source


def get_row(viewer: Viewer, model: type[M], row_id: uuid.UUID) -> M:
    """A row of the viewer's study; the model has a `study` column. One query."""
    row = model._default_manager.filter(study=viewer.study, pk=row_id).first()
    if row is None:
        raise nothing_here()
    return row


def nothing_here() -> Missing:
    """What anyone gets who asks for what is not there or not theirs."""
    return Missing("access.missing", gettext_noop("There is nothing at this address, or it is not for you."))


def _viewer(column: Literal["id", "slug"], value: Any, user: User, need: Permission) -> Viewer:
    row = row_of(_MEMBERSHIP.format(columns=columns_of(Study, "st"), column=column), [value, user.pk])
    if row is None:
        raise nothing_here()
    roles, *study = row
    viewer = Viewer(user, made_of(Study, study), tuple(roles), permissions_of(roles))
    viewer.need(need)
    return viewer

"""Handing out several sources to several coders at once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from coding.actions.coders import assign
from coding.models import Assignment
from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.models import User
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Source
from observations.roles import Permission


@write
def assign_all(
    *, viewer: Viewer, handed: Iterable[tuple[User, Sequence[Source]]], due_on: date | None, at: datetime
) -> list[Assignment]:
    """Hand each coder their sources, all or none. Raises Invalid `assignment.nothing_chosen` and what `assign` does."""
    viewer.need(Permission.ASSIGN)
    assignments = [
        assignment
        for user, sources in handed
        for assignment in assign(viewer=viewer, user=user, sources=sources, due_on=due_on, at=at)
    ]
    if not assignments:
        raise Invalid("assignment.nothing_chosen", gettext_noop("Tick at least one source for a coder."))
    return assignments

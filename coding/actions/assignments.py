"""Handing out several sources to several coders at once."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from coding.actions.coders import assign
from coding.models import Assignment, Draw
from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.models import User
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Source
from observations.roles import Permission


@dataclass(frozen=True)
class Lot:
    """How sources were drawn: by which seed, what share (in per cent) of them for how many coders each."""

    seed: int
    share: int
    readers: int


@write
def assign_all(
    *,
    viewer: Viewer,
    handed: Iterable[tuple[User, Sequence[Source]]],
    due_on: date | None,
    at: datetime,
    round: int = 1,
    lot: Lot | None = None,
) -> list[Assignment]:
    """Hand each coder their sources, all or none. Raises Invalid `assignment.nothing_chosen` and what `assign` does.

    What was drawn is kept with its `lot`, so that a methods section can say how.
    """
    viewer.need(Permission.ASSIGN)
    draw = _kept(viewer, lot, at) if lot else None
    assignments = [
        assignment
        for user, sources in handed
        for assignment in assign(
            viewer=viewer, user=user, sources=sources, due_on=due_on, at=at, round=round, draw=draw
        )
    ]
    if not assignments:
        raise Invalid("assignment.nothing_chosen", gettext_noop("Tick at least one source for a coder."))
    return assignments


def _kept(viewer: Viewer, lot: Lot, at: datetime) -> Draw:
    return Draw.objects.create(
        id=uuid.uuid4(),
        study=viewer.study,
        seed=lot.seed,
        share=lot.share,
        readers=lot.readers,
        drawn_by=viewer.user,
        drawn_at=at,
    )

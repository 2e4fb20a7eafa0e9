"""Coding the hits of a search in one's own readings, and taking that back, each as one step."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from coding.actions.readings import apply_code, remove_segment
from coding.models import Code, Segment
from coding.queries.search_coding import Stretch, plan
from coding.queries.visible import own_in_sight
from fieldstudy.writes import write
from observations.access import Viewer
from observations.roles import Permission


@write
def code_hits(*, viewer: Viewer, id: uuid.UUID, chosen: Sequence[Stretch], code: Code, at: datetime) -> int:
    """Apply a code to stretches in the viewer's own readings, opening them where there are none; how many are new.

    Stretches coded so already, and those in submitted readings, are left as they are. The same `id` again with the
    same stretches codes nothing twice.

    Raises
    ------
    Invalid, Conflict
        As `apply_code`.
    """
    viewer.need(Permission.CODE)
    made = 0
    for one in plan(viewer, chosen, code).new:
        assert one.source.revision_id is not None
        _, is_new = apply_code(
            viewer=viewer,
            source=one.source,
            id=uuid.uuid5(id, f"{one.source.pk} {one.start} {one.end}"),
            code_id=code.pk,
            start=one.start,
            end=one.end,
            revision_id=one.source.revision_id,
            at=at,
        )
        made += is_new
    return made


@write
def take_back_hits(*, viewer: Viewer, code_id: uuid.UUID, coded_at: datetime, at: datetime) -> int:
    """Undo `code_hits`: remove what it made, except what was recoded or removed since; how many.

    Raises
    ------
    Conflict
        `reading.submitted` when one of the readings was submitted since.
    """
    viewer.need(Permission.CODE)
    own = Segment.objects.filter(own_in_sight(viewer, "reading"), study=viewer.study, removed_at=None)
    made = own.filter(code=code_id, created_at=coded_at).exclude(reading__state="submitted", reading__phase="first")
    ids = list(made.values_list("pk", flat=True))
    for segment_id in ids:
        remove_segment(viewer=viewer, segment_id=segment_id, at=at)
    return len(ids)

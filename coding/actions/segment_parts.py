"""One passage made two, and several made one; code, weight and memos are kept."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from coding.actions.placing import trimmed
from coding.actions.segment_changes import Step, change_segments
from coding.models import Segment
from coding.queries.visible import own_in_sight
from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.spans import Span
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.models import Source
from observations.roles import Permission


@write
def split_segment(
    *, viewer: Viewer, source: Source, segment_id: uuid.UUID, version: int, point: int, new_id: uuid.UUID, at: datetime
) -> tuple[list[Segment], bool]:
    """Cut a passage in two at a code point of the current text; both halves keep code, definition, weight and memo.

    Raises Invalid `segment.split_outside` when the point is not inside the passage, and what `change_segments` raises.
    """
    viewer.need(Permission.CODE)
    segment = _own(viewer, source, [segment_id])[0]
    done = Segment.objects.filter(pk=new_id, reading=segment.reading_id).first()
    end = done.now_end if done else segment.now_end
    if not segment.now_start < point < end:
        raise Invalid(
            "segment.split_outside",
            gettext_noop("A passage is cut between its first and its last character."),
            beside="point",
        )
    common = {"revision_id": source.revision_id}
    steps = [
        Step("change", segment_id, version, {"start": segment.now_start, "end": point}, **common),
        Step("apply", new_id, 0, _like(segment, point, end), of=segment_id, **common),
    ]
    return change_segments(viewer=viewer, source=source, steps=steps, at=at)


@write
def merge_segments(
    *, viewer: Viewer, source: Source, segments: Sequence[tuple[uuid.UUID, int]], at: datetime
) -> tuple[list[Segment], bool]:
    """Make one passage of several of one code that touch or overlap, given as (id, version).

    The first in the text stays, with its memo and weight (the next one's weight where it has none), and reaches from
    the first border to the last; the others are removed, and their memos are linked to it. White space alone between
    two passages counts as touching.

    Raises
    ------
    Invalid
        `segments.merge_one`, `segments.merge_codes`, `segments.merge_apart`, and what `change_segments` raises.
    """
    viewer.need(Permission.CODE)
    versions = dict(segments)
    rows = sorted(_own(viewer, source, list(versions)), key=lambda row: (row.now_start, row.now_end, row.pk))
    if len(rows) < 2:
        raise Invalid("segments.merge_one", gettext_noop("It takes two passages to merge."), beside="segments")
    if len({row.code_id for row in rows}) > 1:
        raise Invalid(
            "segments.merge_codes",
            gettext_noop("Only passages of one code become one passage."),
            beside="segments",
        )
    first, reach = rows[0], rows[0].now_end
    for row in rows[1:]:
        if row.now_start > reach and _has_words(source, reach, row.now_start):
            raise Invalid(
                "segments.merge_apart",
                gettext_noop("There are words between these passages. Move a border first."),
                beside="segments",
            )
        reach = max(reach, row.now_end)
    weight = next((row.weight for row in rows if row.weight is not None), None)
    fields = {"start": first.now_start, "end": reach, "weight": weight}
    kept = Step("change", first.pk, versions[first.pk], fields, source.revision_id)
    gone = [Step("remove", row.pk, versions[row.pk], of=first.pk) for row in rows[1:]]
    return change_segments(viewer=viewer, source=source, steps=[kept, *gone], at=at)


def _own(viewer: Viewer, source: Source, ids: Sequence[uuid.UUID]) -> list[Segment]:
    """The viewer's segments of these ids; all of one reading."""
    own = own_in_sight(viewer, "reading")
    rows = list(Segment.objects.filter(own, pk__in=ids, study=viewer.study, source=source))
    if len(rows) < len(set(ids)):
        raise nothing_here()
    return rows


def _like(segment: Segment, start: int, end: int) -> dict[str, Any]:
    return {"code_id": segment.code_id, "start": start, "end": end, "weight": segment.weight}


def _has_words(source: Source, start: int, end: int) -> bool:
    try:
        trimmed(source, Span(start, end))
    except Invalid:
        return False
    return True

"""A coder's second look at passages whose code means something else by now: kept, coded anew, or removed."""

import uuid
from datetime import datetime

from coding.actions.readings import change_segment, remove_segment, restore_segment
from coding.models import Code, Reading, Segment, SegmentReview
from coding.queries.recode import earlier_code, own_due, own_reviews
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.roles import Permission

Outcome = SegmentReview.Outcome


@write
def review_segment(
    *, viewer: Viewer, segment_id: uuid.UUID, outcome: str, at: datetime, code_id: uuid.UUID | None = None
) -> SegmentReview:
    """Say of one of the viewer's own passages that it stays as it is, has another code (`code_id`), or goes.

    Raises
    ------
    Conflict
        `recode.not_due` when it is not to be looked at (again); `reading.submitted` when its reading is closed: then it
        can only be kept.
    Invalid
        `recode.no_code` when it is to be coded anew and no code is given; `segment.code_not_usable`.
    """
    viewer.need(Permission.CODE)
    segment = own_due(viewer).filter(pk=segment_id).first()
    if segment is None:
        raise Conflict("recode.not_due", gettext_noop("This passage is done with. Load the page again."))
    if outcome == Outcome.RECODED:
        if code_id is None:
            raise Invalid("recode.no_code", gettext_noop("Choose the code it gets."), beside="code")
        change_segment(viewer=viewer, segment_id=segment.pk, version=segment.version, code_id=code_id)
    elif outcome == Outcome.REMOVED:
        remove_segment(viewer=viewer, segment_id=segment.pk, at=at)
    review, _ = SegmentReview.objects.update_or_create(
        segment=segment,
        code_revision_id=segment.due,  # type: ignore[attr-defined]  # annotated by `own_due`
        defaults={"study": viewer.study, "outcome": outcome, "reviewed_by": viewer.user, "reviewed_at": at},
    )
    return review


@write
def undo_review(*, viewer: Viewer, segment_id: uuid.UUID) -> Segment:
    """Take back the viewer's latest look at a passage, and what came of it.

    Raises
    ------
    Missing
        When there is none, or the passage is not the viewer's own.
    Conflict
        `reading.submitted`, `segment.words_gone`.
    """
    viewer.need(Permission.CODE)
    own = own_reviews(viewer)
    review = own.filter(segment=segment_id).order_by("-reviewed_at", "-pk").select_related("segment").first()
    if review is None:
        raise nothing_here()
    segment = review.segment
    if review.outcome == Outcome.REMOVED:
        segment = restore_segment(viewer=viewer, segment_id=segment.pk)
    elif review.outcome == Outcome.RECODED:
        segment = _with_earlier_code(viewer, segment)
    review.delete()
    return segment


def _with_earlier_code(viewer: Viewer, segment: Segment) -> Segment:
    reading = Reading.objects.select_for_update(of=("self",)).get(pk=segment.reading_id)
    if reading.state != Reading.State.OPEN:
        raise Conflict(
            "reading.submitted", gettext_noop("This reading was submitted meanwhile; its passages stay as they are.")
        )
    earlier = earlier_code(viewer, segment)
    if earlier is None:
        raise nothing_here()
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    code = Code.objects.get(pk=earlier[0], study=viewer.study)
    segment.code, segment.code_revision_id = code, earlier[1]
    segment.version += 1
    segment.save(update_fields=["code", "code_revision", "version"])
    return segment

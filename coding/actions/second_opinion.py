"""What a coder makes of the machine's suggestions, in the final reading, once the first is in."""

import uuid
from datetime import datetime
from typing import Any

from coding.actions.readings import apply_code
from coding.models import Decision, Reading, Segment, Suggestion
from coding.queries.visible import own_in_sight, own_seen, suggestions_visible_to
from fieldstudy.errors import Conflict, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.models import Source
from observations.roles import Permission


@write
def reveal(*, viewer: Viewer, source: Source, at: datetime) -> Reading:
    """Open the machine's view of a source to its coder, and record when. Raises Conflict `opinion.closed`."""
    viewer.need(Permission.CODE)
    final = (
        Reading.objects.select_for_update(of=("self",))
        .filter(own_in_sight(viewer), source=source, phase=Reading.Phase.FINAL, study=viewer.study)
        .order_by("-opened_at", "-round")
        .first()
    )
    if final is None:
        raise Conflict(
            "opinion.closed", gettext_noop("The second opinion opens when you have submitted your first reading.")
        )
    if final.revealed_at is None and suggestions_visible_to(viewer).filter(source=source).exists():
        final.revealed_at = at
        final.save(update_fields=["revealed_at"])
    return final


@write
def decide(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    suggestion_id: uuid.UUID,
    outcome: str,
    at: datetime,
    reason: str = "",
    start: int | None = None,
    end: int | None = None,
) -> Decision:
    """Take, adjust (with other borders) or reject one suggestion. What it replaces is undone first.

    Taking or adjusting makes a segment of the coder's own, linked to the suggestion, which stays the machine's.

    Raises
    ------
    Missing
        When the suggestion is not (yet) for this person to see.
    Conflict
        `decision.id_taken`; `opinion.submitted` when the final reading is closed.
    """
    viewer.need(Permission.CODE)
    suggestion = (
        suggestions_visible_to(viewer).filter(pk=suggestion_id).select_related("source__revision", "code").first()
    )
    if suggestion is None:
        raise nothing_here()
    final = reveal(viewer=viewer, source=suggestion.source, at=at)
    there = Decision.objects.select_related("reading__coder").filter(pk=id).first()
    if there is not None:
        return _same(viewer, there, suggestion, outcome)
    if final.state != Reading.State.OPEN:
        raise _submitted()
    standing = Decision.objects.filter(suggestion=suggestion, reading=final, undone_at=None).first()
    if standing is not None:
        undo_decision(viewer=viewer, decision_id=standing.pk, at=at)
    held_before = _held(final, suggestion)
    segment = None
    if outcome != Decision.Outcome.REJECT:
        segment = _segment_for(viewer, suggestion, id, at, start, end)
    return Decision.objects.create(
        id=id,
        study=viewer.study,
        suggestion=suggestion,
        reading=final,
        outcome=outcome,
        reason=reason[:1000],
        segment=segment,
        held_before=held_before,
        held_after=_held(final, suggestion),
        decided_at=at,
    )


@write
def undo_decision(*, viewer: Viewer, decision_id: uuid.UUID, at: datetime) -> Decision:
    """Take a decision back; the segment it made is removed. Raises Conflict `opinion.submitted`."""
    own = Decision.objects.filter(pk=decision_id, study=viewer.study, reading__in=own_seen(viewer))
    # The reading first, as everywhere: it may be submitted at this very moment.
    if not Reading.objects.select_for_update(of=("self",)).filter(decisions__in=own).first():
        raise nothing_here()
    decision = own.select_for_update(of=("self",)).select_related("reading", "segment").get()
    if decision.undone_at is None:
        if decision.reading.state != Reading.State.OPEN:
            raise _submitted()
        if decision.segment is not None and decision.segment.removed_at is None:
            decision.segment.removed_at = at
            decision.segment.version += 1
            decision.segment.save(update_fields=["removed_at", "version"])
        decision.undone_at = at
        decision.save(update_fields=["undone_at"])
    return decision


def _segment_for(
    viewer: Viewer, suggestion: Suggestion, id: uuid.UUID, at: datetime, start: int | None, end: int | None
) -> Segment:
    source = suggestion.source
    assert source.revision_id is not None
    segment, _ = apply_code(
        viewer=viewer,
        source=source,
        id=uuid.uuid5(id, "segment"),
        code_id=suggestion.code_id,
        start=suggestion.now_start if start is None else start,
        end=suggestion.now_end if end is None else end,
        revision_id=source.revision_id,
        at=at,
        suggestion_id=suggestion.pk,
    )
    return segment


def _held(final: Reading, suggestion: Suggestion) -> list[dict[str, Any]]:
    """The coder's own passages of the same code that overlap the suggestion: ids and spans, no text."""
    own = Segment.objects.filter(
        reading=final,
        code=suggestion.code_id,
        removed_at=None,
        now_start__lt=suggestion.now_end,
        now_end__gt=suggestion.now_start,
    ).order_by("now_start", "now_end", "pk")
    return [{"id": str(row.pk), "start": row.now_start, "end": row.now_end} for row in own]


def _same(viewer: Viewer, there: Decision, suggestion: Suggestion, outcome: str) -> Decision:
    own = there.reading.coder.user_id == viewer.user.pk
    if own and there.suggestion_id == suggestion.pk and there.outcome == outcome:
        return there
    raise Conflict("decision.id_taken", gettext_noop("Another decision has this id."))


def _submitted() -> Conflict:
    return Conflict("opinion.submitted", gettext_noop("The final reading was submitted and stays as it is."))

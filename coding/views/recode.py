"""Passages to look at again after their code changed: one at a time, by keyboard."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from coding.actions.recode import review_segment, undo_review
from coding.forms.codebook import usable_choices
from coding.forms.recode import ReviewForm
from coding.models import Reading, SegmentReview
from coding.queries.codebook import codebook_of
from coding.queries.recode import due_shown, last_reviewed, own_due, own_queue
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import translated, user_of
from observations.access import enter
from observations.roles import Permission

MOST_LISTED = 60


@require_GET
def recode(request: HttpRequest, slug: str) -> HttpResponse:
    """The viewer's queue, opened at the passage asked for or the first."""
    viewer = enter(user_of(request), slug, Permission.CODE)
    queue = list(own_queue(viewer)[:MOST_LISTED])
    asked = request.GET.get("at", "")
    current = next((segment for segment in queue if str(segment.pk) == asked), queue[0] if queue else None)
    following = queue[queue.index(current) + 1 :] if current else []
    context = {
        "viewer": viewer,
        "here": "codebook",
        "queue": queue,
        "then": following[0].pk if following else None,
        "total": own_due(viewer).count(),
        "current": due_shown(viewer, current) if current else None,
        "is_open": current is not None and current.reading.state == Reading.State.OPEN,
        "choices": usable_choices(codebook_of(viewer)) if current else [],
        "last": last_reviewed(viewer),
    }
    return render(request, "coding/recode.html", context)


@require_POST
def recode_decide(request: HttpRequest, slug: str, segment_id: uuid.UUID) -> HttpResponse:
    """Keep, recode or remove one passage, and go on to the next."""
    viewer = enter(user_of(request), slug, Permission.CODE)
    form = ReviewForm(request.POST)
    try:
        if not form.is_valid():
            messages.error(request, gettext("Choose to keep, recode or remove it."))
        else:
            said = form.cleaned_data
            outcome = said["outcome"]
            review_segment(
                viewer=viewer, segment_id=segment_id, outcome=outcome, code_id=said["code_id"], at=timezone.now()
            )
            messages.success(request, _told(outcome))
            if said["then"]:
                return _at(slug, said["then"])
    except FieldstudyError as error:
        if error.http_status == 404:
            raise
        messages.error(request, translated(error))
    return redirect("recode", slug)


@require_POST
def recode_undo(request: HttpRequest, slug: str, segment_id: uuid.UUID) -> HttpResponse:
    """Take back a decision; the passage is the current one again."""
    viewer = enter(user_of(request), slug, Permission.CODE)
    try:
        undo_review(viewer=viewer, segment_id=segment_id)
    except FieldstudyError as error:
        if error.http_status == 404:
            raise
        messages.error(request, translated(error))
    return _at(slug, segment_id)


def _at(slug: str, segment_id: uuid.UUID) -> HttpResponse:
    response = redirect("recode", slug)
    response["Location"] += f"?at={segment_id}"
    return response


def _told(outcome: str) -> str:
    if outcome == SegmentReview.Outcome.KEPT:
        return gettext("Kept.")
    return gettext("Recoded.") if outcome == SegmentReview.Outcome.RECODED else gettext("Removed.")

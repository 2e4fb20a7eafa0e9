"""Readings that do not go on as they began: abandoned and taken up again, handed on, reopened."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from coding.actions.reopened import abandon_reading, hand_on, reopen_reading, resume_reading
from coding.forms.codebook import show_error
from coding.forms.readings import HandOnForm, ReopenForm
from coding.models import Reading
from coding.queries.assignments import assignment_at
from coding.queries.overseen import begun, begun_for
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import Viewer, enter
from observations.roles import Permission


@require_http_methods(["GET", "POST"])
def reading_abandon(request: HttpRequest, slug: str, reading_id: uuid.UUID) -> HttpResponse:
    """What is lost with an open reading, and giving it up; afterwards, taking it up again."""
    viewer = enter(user_of(request), slug, Permission.READ)
    if request.method == "POST":
        abandon_reading(viewer=viewer, reading_id=reading_id, at=timezone.now())
        return redirect("reading_abandon", slug, reading_id)
    context = {"viewer": viewer, "here": "sources", "begun": begun(viewer, reading_id)}
    return render(request, "coding/reading_abandon.html", context)


@require_POST
def reading_resume(request: HttpRequest, slug: str, reading_id: uuid.UUID) -> HttpResponse:
    """Take an abandoned reading up again."""
    viewer = enter(user_of(request), slug, Permission.READ)
    reading = resume_reading(viewer=viewer, reading_id=reading_id, at=timezone.now())
    messages.success(request, gettext("The reading is open again, with all that was in it."))
    return _back(viewer, reading)


@require_http_methods(["GET", "POST"])
def reading_reopen(request: HttpRequest, slug: str, reading_id: uuid.UUID) -> HttpResponse:
    """What reopening a submitted reading means, and why it is done."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason, at = form.cleaned_data["reason"], timezone.now()
        try:
            reading = reopen_reading(viewer=viewer, reading_id=reading_id, id=uuid.uuid4(), reason=reason, at=at)
            messages.success(request, _reopened(reading))
            return redirect("assignments", slug)
        except FieldstudyError as error:
            if error.http_status == 404:
                raise
            show_error(form, error)
    context = {"viewer": viewer, "here": "sources", "form": form, "begun": begun(viewer, reading_id)}
    return render(request, "coding/reading_reopen.html", context, status=422 if form.is_bound else 200)


def _reopened(reading: Reading) -> str:
    if reading.is_blind:
        return gettext("Reopened. The new reading is still blind, and will count in the place of the old one.")
    return gettext(
        "Reopened. Its coder may have seen others’ work since: agreement goes on counting the reading submitted first."
    )


@require_http_methods(["GET", "POST"])
def assignment_hand_on(request: HttpRequest, slug: str, assignment_id: uuid.UUID) -> HttpResponse:
    """Give an assigned source to another coder instead."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    assignment = assignment_at(viewer, assignment_id)
    form = HandOnForm(request.POST if request.method == "POST" else None, viewer=viewer, assignment=assignment)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            hand_on(viewer=viewer, assignment=assignment, user=to, at=timezone.now())
            messages.success(request, gettext("Handed on to %(who)s.") % {"who": to})
            return redirect("assignments", slug)
        except FieldstudyError as error:
            show_error(form, error)
    context = {
        "viewer": viewer,
        "here": "sources",
        "form": form,
        "assignment": assignment,
        "begun": begun_for(viewer, assignment),
    }
    return render(request, "coding/assignment_hand_on.html", context, status=422 if form.is_bound else 200)


def _back(viewer: Viewer, reading: Reading) -> HttpResponse:
    if reading.coder.user_id == viewer.user.pk:
        return redirect("workspace", viewer.study.slug, reading.source_id)
    return redirect("assignments", viewer.study.slug)

"""The page on which sources are handed to coders."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from coding.actions.assignments import assign_all
from coding.actions.coders import withdraw_assignment
from coding.forms.assignments import AssignForm
from coding.forms.codebook import show_error
from coding.models import Assignment
from coding.queries.assignments import matrix_of
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import enter, get_row
from observations.roles import Permission


@require_http_methods(["GET", "POST"])
def assignments(request: HttpRequest, slug: str) -> HttpResponse:
    """Coders by sources; several cells are handed out at once."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    matrix = matrix_of(viewer)
    form = AssignForm(request.POST if request.method == "POST" else None, matrix=matrix)
    if request.method == "POST" and form.is_valid():
        due_on = form.cleaned_data["due_on"]
        try:
            made = assign_all(viewer=viewer, handed=form.handed(), due_on=due_on, at=timezone.now())
            said = ngettext("%(n)s source handed out.", "%(n)s sources handed out.", len(made)) % {"n": len(made)}
            messages.success(request, said)
            return redirect("assignments", slug)
        except FieldstudyError as error:
            show_error(form, error)
    ticked = set(request.POST.getlist("cells"))
    context = {"viewer": viewer, "here": "sources", "matrix": matrix, "form": form, "ticked": ticked}
    return render(request, "coding/assignments.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def assignment_withdraw(request: HttpRequest, slug: str, assignment_id: uuid.UUID) -> HttpResponse:
    """Take a source back from a coder."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    withdraw_assignment(viewer=viewer, assignment=get_row(viewer, Assignment, assignment_id), at=timezone.now())
    messages.success(request, gettext("Taken back. What was coded stays."))
    return redirect("assignments", slug)

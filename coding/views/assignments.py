"""The page on which sources are handed to coders."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from coding.actions.assignments import Lot, assign_all
from coding.actions.coders import withdraw_assignment
from coding.forms.assignments import AssignForm, DrawForm
from coding.forms.codebook import show_error
from coding.models import Assignment
from coding.queries.assignments import drawn, draws_of, matrix_of
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import enter, get_row
from observations.models import Source
from observations.roles import Permission

PAGE = 100


@require_http_methods(["GET", "POST"])
def assignments(request: HttpRequest, slug: str) -> HttpResponse:
    """Coders by a page of sources; several cells are handed out at once."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    matrix = matrix_of(viewer)
    form = AssignForm(request.POST if request.method == "POST" else None, matrix=matrix)
    if request.method == "POST" and form.is_valid():
        due_on = form.cleaned_data["due_on"]
        try:
            made = assign_all(viewer=viewer, handed=form.handed(), due_on=due_on, at=timezone.now())
            said = ngettext("%(n)s source handed out.", "%(n)s sources handed out.", len(made)) % {"n": len(made)}
            messages.success(request, said)
            return redirect(request.get_full_path())
        except FieldstudyError as error:
            show_error(form, error)
    ticked = set(request.POST.getlist("cells"))
    context = {
        "viewer": viewer,
        "here": "sources",
        "matrix": matrix,
        "page": Paginator(matrix.rows, PAGE).get_page(request.GET.get("page")),
        "form": form,
        "ticked": ticked,
        "draws": draws_of(viewer),
    }
    return render(request, "coding/assignments.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def assignments_draw(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw at random who reads what: first the draw is shown, then handed out."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    matrix = matrix_of(viewer)
    if not matrix.coders or not matrix.rows:
        # That page says what to do first.
        return redirect("assignments", slug)
    # A number of the study’s own to begin with, so that the page says the same each time it is opened.
    start = {"seed": viewer.study.pk.int % 1_000_000}
    form = DrawForm(request.POST if request.method == "POST" else None, matrix=matrix, initial=start)
    context: dict[str, object] = {"viewer": viewer, "here": "sources", "matrix": matrix, "form": form}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        handed = drawn(matrix, readers=said["readers"], share=said["share"], seed=said["seed"])
        if "hand_out" in request.POST:
            lot = Lot(said["seed"], said["share"], said["readers"])
            made = assign_all(viewer=viewer, handed=handed, due_on=said["due_on"], at=timezone.now(), lot=lot)
            told = ngettext("%(n)s source handed out.", "%(n)s sources handed out.", len(made)) % {"n": len(made)}
            messages.success(request, told)
            return redirect("assignments", slug)
        context["nothing_left"] = not any(sources for _, sources in handed)
        context["handed"] = [(user, sources, _words(sources)) for user, sources in handed]
        return render(request, "coding/assignments_draw.html", context)
    return render(request, "coding/assignments_draw.html", context, status=422 if form.is_bound else 200)


def _words(sources: list[Source]) -> int:
    return sum(source.revision.words for source in sources if source.revision)


@require_POST
def assignment_withdraw(request: HttpRequest, slug: str, assignment_id: uuid.UUID) -> HttpResponse:
    """Take a source back from a coder."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    withdraw_assignment(viewer=viewer, assignment=get_row(viewer, Assignment, assignment_id), at=timezone.now())
    messages.success(request, gettext("Taken back. What was coded stays."))
    return redirect("assignments", slug)

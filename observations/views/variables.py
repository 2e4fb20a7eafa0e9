"""The variables of sources, participants and sites, in a grid."""

import uuid

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fieldstudy.errors import FieldstudyError, Invalid, gettext_noop
from fieldstudy.web import download, user_of
from observations.access import Viewer, enter, get_row, nothing_here
from observations.actions.variables import (
    add_variable,
    change_variable,
    import_table,
    plan_table,
    remove_variable,
    restore_variable,
)
from observations.forms.fields import show_error
from observations.forms.variables import SUBJECTS, TableForm, VariableForm
from observations.models import Variable
from observations.queries.alphabet import by_name
from observations.queries.variables import NEEDS, grid_of
from observations.roles import Permission
from observations.tables import read_table, table_file

SALT = "variables.table"


@require_http_methods(["GET", "POST"])
def variables(request: HttpRequest, slug: str, subject: str) -> HttpResponse:
    """The grid; a variable is added below it."""
    viewer = _enter(request, slug, subject)
    form = VariableForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_variable(viewer=viewer, id=uuid.uuid4(), subject=subject, **form.details())
            messages.success(request, gettext("Added."))
            return redirect("variables", slug, subject)
        except FieldstudyError as error:
            show_error(form, error)
    context = _context(viewer, subject) | {"form": form}
    return render(request, "observations/variables.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def variable(request: HttpRequest, slug: str, variable_id: uuid.UUID) -> HttpResponse:
    """Rename a variable or change what it may hold."""
    viewer, row = _variable(request, slug, variable_id)
    before = {"name": row.name, "kind": row.kind, "choices": "\n".join(row.choices), "note": row.note}
    form = VariableForm(request.POST if request.method == "POST" else None, initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            change_variable(viewer=viewer, variable=row, **form.details())
            messages.success(request, gettext("Saved."))
            return redirect("variables", slug, row.subject)
        except FieldstudyError as error:
            show_error(form, error)
    context = {"viewer": viewer, "variable": row, "form": form, "n_values": row.values.count()}
    return render(request, "observations/variable.html", context, status=422 if form.is_bound else 200)


@require_POST
def variable_remove(request: HttpRequest, slug: str, variable_id: uuid.UUID) -> HttpResponse:
    """Take a variable out of the grid."""
    viewer, row = _variable(request, slug, variable_id)
    remove_variable(viewer=viewer, variable=row, at=timezone.now())
    messages.success(request, gettext("Removed. Its values are kept: it can be restored below."))
    return redirect("variables", slug, row.subject)


@require_POST
def variable_restore(request: HttpRequest, slug: str, variable_id: uuid.UUID) -> HttpResponse:
    """Bring a removed variable back."""
    viewer, row = _variable(request, slug, variable_id)
    restore_variable(viewer=viewer, variable=row)
    messages.success(request, gettext("Restored with its values."))
    return redirect("variables", slug, row.subject)


@require_GET
def variables_table(request: HttpRequest, slug: str, subject: str, form: str) -> HttpResponse:
    """The grid as a file."""
    viewer = _enter(request, slug, subject)
    rows = grid_of(viewer, subject, leaves=True).table(subject)
    content, media_type = table_file(rows, form, sheet=subject)
    return download(content, file_name=f"{slug}-{subject}-variables.{form}", media_type=media_type)


@require_http_methods(["GET", "POST"])
def variables_import(request: HttpRequest, slug: str, subject: str) -> HttpResponse:
    """Bring in a table: first what it would change, then, once confirmed, the change."""
    viewer = _enter(request, slug, subject)
    if "table" in request.POST:
        plan = import_table(viewer=viewer, subject=subject, rows=_confirmed(request, viewer, subject))
        messages.success(request, gettext("%(n)s values set.") % {"n": plan.fresh + plan.replaced})
        return redirect("variables", slug, subject)
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    context = {"viewer": viewer, "subject": subject, "subject_name": dict(SUBJECTS)[subject], "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            rows = read_table(file.name, file.read())
            signed = signing.dumps([str(viewer.study.pk), subject, rows], salt=SALT, compress=True)
            context |= {"plan": plan_table(viewer, subject, rows), "table": signed}
            return render(request, "observations/variables_import.html", context)
        except FieldstudyError as error:
            show_error(form, error)
    return render(request, "observations/variables_import.html", context, status=422 if form.is_bound else 200)


def _confirmed(request: HttpRequest, viewer: Viewer, subject: str) -> list[list[str]]:
    try:
        study, of, rows = signing.loads(request.POST["table"], salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        study, of, rows = "", "", []
    if (study, of) != (str(viewer.study.pk), subject):
        raise Invalid("table.gone", gettext_noop("This table was read too long ago. Choose the file again."))
    return [[str(cell) for cell in row] for row in rows]


def _context(viewer: Viewer, subject: str) -> dict[str, object]:
    removed = Variable.objects.filter(study=viewer.study, subject=subject, removed_at__isnull=False)
    grid = grid_of(viewer, subject)
    return {
        "viewer": viewer,
        "subject": subject,
        "subjects": [(key, label) for key, label in SUBJECTS if viewer.may(NEEDS[Variable.Subject(key)])],
        "subject_name": dict(SUBJECTS)[subject],
        "grid": grid,
        "columns": [_column(row) for row in grid.variables],
        "removed": by_name(removed),
    }


def _column(row: Variable) -> dict[str, object]:
    return {"id": str(row.pk), "name": row.name, "kind": row.kind, "choices": row.choices}


def _enter(request: HttpRequest, slug: str, subject: str) -> Viewer:
    if subject not in Variable.Subject.values:
        raise nothing_here()
    return enter(user_of(request), slug, NEEDS[Variable.Subject(subject)])


def _variable(request: HttpRequest, slug: str, variable_id: uuid.UUID) -> tuple[Viewer, Variable]:
    viewer = enter(user_of(request), slug, Permission.READ)
    row = get_row(viewer, Variable, variable_id)
    viewer.need(NEEDS[Variable.Subject(row.subject)])
    return viewer, row

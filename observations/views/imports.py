"""Importing files, and how far an import has come."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from fieldstudy.errors import FieldstudyError
from fieldstudy.web import sentence, user_of
from observations.access import enter
from observations.actions.imports import accepted_suffixes, start_import
from observations.forms.capture import ImportForm
from observations.forms.fields import show_error
from observations.importers import LARGEST_FILE
from observations.models import ImportFile
from observations.queries.imports import batch_of, files_of
from observations.roles import Permission


@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose files and say what is common to them; the workers read them."""
    viewer = enter(user_of(request), slug, Permission.COLLECT)
    posted = request.method == "POST"
    form = ImportForm(request.POST if posted else None, request.FILES if posted else None, study=viewer.study)
    if posted and form.is_valid():
        try:
            batch = start_import(viewer=viewer, id=uuid.uuid4(), uploads=form.uploads(), at=timezone.now())
            return redirect("import_progress", slug, batch.pk)
        except FieldstudyError as error:
            show_error(form, error)
    context = {"viewer": viewer, "here": "sources", "form": form, "suffixes": accepted_suffixes()}
    context |= {"most": LARGEST_FILE}
    return render(request, "observations/import.html", context, status=422 if form.is_bound else 200)


@require_GET
def import_progress(request: HttpRequest, slug: str, import_id: uuid.UUID) -> HttpResponse:
    """An import file by file: what each became, or what was wrong with it and how to mend that."""
    viewer = enter(user_of(request), slug, Permission.COLLECT)
    batch = batch_of(viewer, import_id)
    files = files_of(batch)
    counts = {state: sum(file.state == state for file in files) for state in ("waiting", "imported", "refused")}
    told = [
        (file, problem | {"what": sentence(problem["message"], problem.get("values")), "advice": _advice(problem)})
        for file in files
        for problem in file.problems
    ]
    problems = [(file, problem) for file, problem in told if file.state == "refused"]
    remarks = [
        (file, problem | {"done_at": _where_done(slug, file, problem)})
        for file, problem in told
        if file.state != "refused"
    ]
    context = {"viewer": viewer, "here": "sources", "batch": batch, "job": batch.job, "files": files}
    filled = {name for _, problem in problems for name in ("line", "found", "expected") if problem.get(name)}
    context |= {"counts": counts, "problems": problems, "remarks": remarks, "filled": filled}
    template = (
        "observations/_import_files.html" if getattr(request, "htmx", False) else "observations/import_progress.html"
    )
    return render(request, template, context)


# Remarks that ask something of a person, with the page of the source where it is done.
DONE_AT = {"import.first_line_title": "source_text", "import.speaker_once": "source_edit"}


def _where_done(slug: str, file: ImportFile, problem: Mapping[str, Any]) -> str:
    page = DONE_AT.get(problem["code"])
    return reverse(page, args=[slug, file.source_id]) if page and file.source_id else ""


def _advice(problem: Mapping[str, Any]) -> str:
    """What to do about a problem of a file."""
    known = {
        "import.unknown_format": gettext("Save it in one of these formats and import that."),
        "import.other_format": gettext("Give it the ending that fits what it holds, or save it again in that format."),
        "import.password": gettext("Save it without the password."),
        "import.too_large": gettext("Split it and import the parts."),
        "import.empty": gettext("Check that it was saved; this one has nothing in it."),
        "import.damaged": gettext("Open it in the program it was made with and save it again."),
        "import.first_line_title": gettext("If it belongs to what was said or written, put it back into the text."),
        "import.speaker_once": gettext(
            "If it is a name, say whose; if not, join these words to the turn before in the text."
        ),
    }
    return known.get(problem["code"], gettext("Mend this in the file and import it again."))

"""The machine's page: start it, see how far it is, and what it cannot do."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from coding.actions.tagging import start_tagging
from coding.forms.codebook import show_error
from coding.forms.machine import StartForm
from coding.models import TaggingRun
from coding.queries.codebook import lexicon_known_to
from coding.queries.machine import codes_without_entries, language_notes, nobody_listens, readable_sources, runs_of
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import enter, get_row
from observations.roles import Permission


@require_http_methods(["GET", "POST"])
def machine(request: HttpRequest, slug: str) -> HttpResponse:
    """The runs of the machine coder, and the form that starts one."""
    viewer = enter(user_of(request), slug, Permission.TAG)
    sources = readable_sources(viewer)
    form = StartForm(request.POST if request.method == "POST" else None, sources=[one.source for one in sources])
    if request.method == "POST" and form.is_valid():
        try:
            start_tagging(viewer=viewer, id=uuid.uuid4(), sources=form.chosen(), at=timezone.now())
            return redirect("machine", slug)
        except FieldstudyError as error:
            show_error(form, error)
    context = {
        "viewer": viewer,
        "here": "machine",
        "form": form,
        "sources": sources,
        "ticked": set(request.POST.getlist("sources")),
        "runs": runs_of(viewer, timezone.now()),
        "languages": language_notes(viewer),
        "entries": lexicon_known_to(viewer).count(),
        "without": codes_without_entries(viewer),
    }
    return render(request, "coding/machine.html", context, status=422 if request.method == "POST" else 200)


@require_GET
def machine_waiting(request: HttpRequest, slug: str, run_id: uuid.UUID) -> HttpResponse:
    """The line under a running job: that nobody listens, if so; the page is loaded again when the job has ended."""
    viewer = enter(user_of(request), slug, Permission.TAG)
    run = get_row(viewer, TaggingRun, run_id)
    waiting = nobody_listens(run.job, timezone.now())
    response = render(request, "coding/machine_waiting.html", {"viewer": viewer, "run": run, "is_waiting": waiting})
    if run.job is None or not run.job.is_open:
        response["HX-Refresh"] = "true"
    return response

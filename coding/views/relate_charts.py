"""Charts of the coding and of the words, each with the table that says the same."""

import uuid
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST, require_safe

from coding import charts
from coding.actions.words import start_counting
from coding.forms.relate import asked_in, question
from coding.queries.chart_kinds import chart_of
from coding.queries.layers import layer_of
from coding.queries.machine import nobody_listens
from coding.queries.words import how_counted
from coding.views.relate import MEDIA, drawn
from fieldstudy.jobs import job_of_study
from fieldstudy.web import download, user_of
from observations.access import enter, nothing_here
from observations.roles import Permission
from observations.tables import csv_table

SHOWN = 200


@require_safe
def relate_chart(request: HttpRequest, slug: str, chart: str) -> HttpResponse:
    """A chart and its table."""
    viewer = enter(user_of(request), slug, Permission.READ)
    asked = asked_in(request.GET)
    data = chart_of(viewer, chart, asked)
    layer = data.layer or layer_of(viewer, asked.layer)
    # The drawing library writes labels as text: what was typed cannot become markup.
    picture = mark_safe(charts.inline(data.chart, chart)) if data.chart else ""
    context = {
        "viewer": viewer,
        "here": "relate",
        "tab": chart,
        "question": question(viewer, asked, layer),
        "layer": data.layer,
        "data": data,
        "rows": data.table[:SHOWN],
        "left_out": max(0, len(data.table) - SHOWN),
        "picture": picture,
        "state": how_counted(viewer) if chart == "words" else None,
    }
    return render(request, "coding/relate_chart.html", context)


@require_safe
def relate_chart_file(request: HttpRequest, slug: str, chart: str, form: str) -> HttpResponse:
    """A chart as SVG or PNG, or its table as CSV."""
    viewer = enter(user_of(request), slug, Permission.EXPORT)
    data = chart_of(viewer, chart, replace(asked_in(request.GET), leaves=True))
    if form not in MEDIA or (form != "csv" and data.chart is None):
        raise nothing_here()
    if form == "csv":
        content = csv_table([data.headings, *([str(cell) for cell in row] for row in data.table)])
    else:
        assert data.chart is not None
        content = drawn(data.chart, chart, form)
    return download(content, file_name=f"{slug}-{chart}.{form}", media_type=MEDIA[form])


@require_POST
def words_start(request: HttpRequest, slug: str) -> HttpResponse:
    """Let the workers count the words, all of them with `again`, and go back to the chart that shows them."""
    viewer = enter(user_of(request), slug, Permission.NOTE)
    start_counting(viewer=viewer, at=timezone.now(), again="again" in request.POST)
    return redirect("relate_chart", slug, "words")


@require_GET
def words_waiting(request: HttpRequest, slug: str, job_id: uuid.UUID) -> HttpResponse:
    """The line under a running count: that nobody listens, if so; the page is loaded again when it has ended."""
    viewer = enter(user_of(request), slug, Permission.READ)
    job = job_of_study(viewer.study.pk, job_id)
    waiting = nobody_listens(job, timezone.now())
    response = render(request, "coding/machine_waiting.html", {"viewer": viewer, "is_waiting": waiting})
    if not job.is_open:
        response["HX-Refresh"] = "true"
    return response

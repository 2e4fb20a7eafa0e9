"""Relating the coding to where, with what and by whom things were said: matrices, and the passages in their cells."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from coding import charts
from coding.forms.relate import asked_in, measures, query_of, question
from coding.matrices import FEW
from coding.queries.layers import ALL
from coding.queries.matrices import all_readings_hold, matrix_of
from coding.queries.matrix_grid import grid, heat_map, table
from coding.queries.matrix_passages import passages_behind
from fieldstudy.web import download, user_of
from observations.access import enter, nothing_here
from observations.roles import Permission
from observations.tables import csv_table

MEDIA = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}


@require_safe
def relate(request: HttpRequest, slug: str) -> HttpResponse:
    """A matrix whose cells open the passages behind them."""
    viewer = enter(user_of(request), slug, Permission.READ)
    asked = asked_in(request.GET)
    matrix = matrix_of(viewer, asked)
    context = {
        "viewer": viewer,
        "here": "relate",
        "tab": "matrix",
        "question": question(viewer, asked, matrix.placed.layer),
        "layer": matrix.placed.layer,
        "grid": grid(matrix),
        "measure": measures()[asked.count],
        "few": FEW,
        "fuller": urlencode(query_of(replace(asked, layer=ALL))) if all_readings_hold(viewer, matrix) else "",
    }
    return render(request, "coding/relate.html", context)


@require_safe
def relate_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The matrix as CSV, or as a heat map."""
    viewer = enter(user_of(request), slug, Permission.EXPORT)
    if form not in MEDIA:
        raise nothing_here()
    asked = replace(asked_in(request.GET), leaves=True)
    matrix = matrix_of(viewer, asked)
    name = f"{slug}-{asked.of}-by-{asked.by.partition(':')[0]}.{form}"
    content = (
        csv_table([[str(cell) for cell in row] for row in table(matrix)])
        if form == "csv"
        else drawn(heat_map(matrix), "matrix", form)
    )
    return download(content, file_name=name, media_type=MEDIA[form])


@require_safe
def relate_passages(request: HttpRequest, slug: str) -> HttpResponse:
    """The passages behind a cell, a row or a column, in context."""
    viewer = enter(user_of(request), slug, Permission.READ)
    asked = asked_in(request.GET)
    row, column, page = (request.GET.get(name, "") for name in ("row", "column", "page"))
    behind = passages_behind(viewer, asked, row, column, int(page) if page.isdecimal() and len(page) < 7 else 1)
    context = {
        "viewer": viewer,
        "here": "relate",
        "behind": behind,
        "layer": behind.placed.layer,
        "query": urlencode(query_of(asked)),
        "cell": urlencode(query_of(asked) | {"row": row, "column": column}),
    }
    return render(request, "coding/relate_passages.html", context)


def drawn(chart: charts.Chart, name: str, form: str) -> bytes:
    """A chart as a file."""
    return charts.svg(chart, name) if form == "svg" else charts.png(chart, name)

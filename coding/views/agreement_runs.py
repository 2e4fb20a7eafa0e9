"""Earlier audits: their list, and two of them side by side."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coding.queries.agreement_runs import compare_runs, comparison_table, runs_listed
from fieldstudy.web import download, user_of
from observations.access import enter
from observations.roles import Permission
from observations.tables import csv_table


@require_safe
def agreement_runs(request: HttpRequest, slug: str) -> HttpResponse:
    """The list; every run can be compared with the one before it, or with the one asked for (`with`)."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    asked = request.GET.get("with", "")
    try:
        beside = uuid.UUID(asked)
    except ValueError:
        beside = None
    runs = runs_listed(viewer, beside)
    context = {"viewer": viewer, "here": "agreement", "runs": runs, "beside": beside}
    return render(request, "coding/agreement_runs.html", context)


@require_safe
def agreement_compare(request: HttpRequest, slug: str, run_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """Two runs code by code, and what changed between them."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    comparison = compare_runs(viewer, run_id, other_id)
    context = {"viewer": viewer, "here": "agreement", "comparison": comparison}
    return render(request, "coding/agreement_compare.html", context)


@require_safe
def agreement_compare_csv(request: HttpRequest, slug: str, run_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """The same figures as a CSV file, in full precision."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    content = csv_table(comparison_table(compare_runs(viewer, run_id, other_id)))
    return download(content, file_name=f"{slug}-agreement-compared.csv", media_type="text/csv; charset=utf-8")

"""Constant comparison: a passage beside those most like it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coding.queries.likeness import compare
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission


@require_safe
def segment_like(request: HttpRequest, slug: str, segment_id: uuid.UUID) -> HttpResponse:
    """The turns most like a passage: under its code, under others, under none."""
    viewer = enter(user_of(request), slug, Permission.READ)
    found = compare(viewer, segment_id, request.GET.get("layer", ""))
    context = {"viewer": viewer, "here": "relate", "found": found, "layer": found.layer, "state": found.state}
    return render(request, "coding/likeness.html", context)

"""The study's promise links and encounters, to filter, to count and to open in their sources."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from coding.forms.marks import wanted_marks_of
from coding.models import Encounter, PromiseLink
from coding.queries.mark_lists import filters_of, list_marks
from coding.queries.mark_words import RESPONSES, STANCES
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission


@require_GET
def encounters(request: HttpRequest, slug: str) -> HttpResponse:
    """The moments in which people met a tool's output."""
    return _list(request, slug, Encounter, RESPONSES, "coding/encounters.html")


@require_GET
def promise_links(request: HttpRequest, slug: str) -> HttpResponse:
    """The passages that speak of what is claimed for the tools."""
    return _list(request, slug, PromiseLink, STANCES, "coding/promise_links.html")


def _list(request: HttpRequest, slug: str, model: Any, said: Mapping[str, Any], template: str) -> HttpResponse:
    viewer = enter(user_of(request), slug, Permission.READ)
    wanted = wanted_marks_of(request.GET, said)
    listed = list_marks(viewer, model, wanted)
    context = {
        "viewer": viewer,
        "here": "marks",
        "wanted": wanted,
        "listed": listed,
        "said": said,
        "counts": [(value, said[value], n, _address(request, said=value, page="")) for value, n in listed.counts],
        "filters": filters_of(viewer),
        "earlier": _address(request, page=listed.page - 1) if listed.page > 1 else "",
        "later": _address(request, page=listed.page + 1) if listed.page < listed.last_page else "",
        "others": listed.total - listed.agreed,
    }
    return render(request, template, context)


def _address(request: HttpRequest, **changes: Any) -> str:
    asked = {name: value for name, value in {**request.GET.dict(), **changes}.items() if value}
    return f"?{urlencode(asked)}"

"""Disputes between first readings: the worklist, one dispute at a time, and settling it."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from coding.actions.disputes import (
    Settlement,
    build_disputes,
    record_machine_shown,
    reopen,
    reveal_readers,
    settle,
)
from coding.forms.disputes import SettleForm
from coding.queries.dispute_list import Filters, Worklist, words_of, worklist
from coding.queries.dispute_page import last_settled, letters, opened
from fieldstudy.errors import Conflict, Invalid, NotPermitted
from fieldstudy.web import translated, user_of
from observations.access import Viewer, enter
from observations.queries.studies import sites_of
from observations.roles import Permission


@require_safe
def disputes(request: HttpRequest, slug: str) -> HttpResponse:
    """The worklist, narrowed to what is asked for."""
    viewer = enter(user_of(request), slug, Permission.SETTLE)
    found = worklist(viewer, Filters.asked(request.GET))
    rows, after = found.page(request.GET.get("after", ""))
    words = words_of((row.id, row.source, row.start, row.end) for row in rows)
    context = {
        "viewer": viewer,
        "here": "disputes",
        "found": found,
        "rows": [
            (row, found.sources[row.source], [found.codes[code] for code in row.codes], words[row.id]) for row in rows
        ],
        "after": after,
        "query": urlencode(found.filters.as_query),
        "sites": sites_of(viewer),
        "first": found.next_open(),
    }
    return render(request, "coding/disputes.html", context | _choices(found))


@require_POST
def disputes_build(request: HttpRequest, slug: str) -> HttpResponse:
    """Compare the first readings there are now, and go back to the list."""
    viewer = enter(user_of(request), slug, Permission.SETTLE)
    build_disputes(viewer=viewer, at=timezone.now())
    return redirect("disputes", slug)


@require_safe
def dispute(request: HttpRequest, slug: str, dispute_id: uuid.UUID) -> HttpResponse:
    """One dispute, with the one before and after it in the list it was opened from."""
    viewer = enter(user_of(request), slug, Permission.SETTLE)
    return _show(request, viewer, dispute_id, Filters.asked(request.GET))


@require_POST
def dispute_settle(request: HttpRequest, slug: str, dispute_id: uuid.UUID) -> HttpResponse:
    """Settle a dispute, and go on to the next that is open."""
    viewer = enter(user_of(request), slug, Permission.SETTLE)
    filters, form = Filters.asked(request.GET), SettleForm(request.POST)
    if not form.is_valid():
        problem = " ".join(str(message) for messages in form.errors.values() for message in messages)
        return _show(request, viewer, dispute_id, filters, problem=problem, status=422)
    try:
        page = opened(viewer, dispute_id)
        settlement: Settlement = form.settlement(letters(viewer, page.dispute), [code.pk for code in page.codes])
        settle(viewer=viewer, dispute_id=dispute_id, id=uuid.uuid4(), settlement=settlement, at=timezone.now())
    except (Conflict, Invalid, NotPermitted) as error:
        return _show(request, viewer, dispute_id, filters, problem=translated(error), status=error.http_status)
    return _go_on(request, viewer, dispute_id, filters, gettext("Settled."))


@require_POST
def dispute_reopen(request: HttpRequest, slug: str, dispute_id: uuid.UUID) -> HttpResponse:
    """Take an outcome back, and show the dispute again."""
    viewer = enter(user_of(request), slug, Permission.SETTLE)
    reopen(viewer=viewer, dispute_id=dispute_id, at=timezone.now())
    return _again(request, viewer, dispute_id, gettext("Open again; the outcome is kept in the history."))


@require_POST
def dispute_reveal(request: HttpRequest, slug: str, dispute_id: uuid.UUID) -> HttpResponse:
    """Show whose readings they are, and record that it was asked for."""
    viewer = enter(user_of(request), slug, Permission.SETTLE)
    reveal_readers(viewer=viewer, dispute_id=dispute_id)
    return _again(request, viewer, dispute_id, gettext("Names are shown; the outcome will say so."))


def _choices(found: Worklist) -> dict[str, Any]:
    codes = sorted((found.codes[code] for code in found.by["code"]), key=lambda code: code.sign)
    return {
        "codes": [(code, found.by["code"][code.pk]) for code in codes],
        "sources": [(source, found.by["source"][source.pk]) for source in found.sources.values()],
    }


def _again(request: HttpRequest, viewer: Viewer, dispute_id: uuid.UUID, told: str) -> HttpResponse:
    filters = Filters.asked(request.GET)
    address = _address(viewer, dispute_id, filters)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(address)
    response = _show(request, viewer, dispute_id, filters, told=told)
    if request.htmx.current_url_abs_path != address:  # type: ignore[attr-defined]
        response["HX-Push-Url"] = address
    return response


def _go_on(request: HttpRequest, viewer: Viewer, dispute_id: uuid.UUID, filters: Filters, told: str) -> HttpResponse:
    following = worklist(viewer, filters).next_open(dispute_id)
    address = _address(viewer, following, filters)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(address)
    if following is None:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    response = _show(request, viewer, following, filters, told=told)
    response["HX-Push-Url"] = address
    return response


def _address(viewer: Viewer, dispute_id: uuid.UUID | None, filters: Filters) -> str:
    slug = viewer.study.slug
    path = reverse("dispute", args=[slug, dispute_id]) if dispute_id else reverse("disputes", args=[slug])
    return f"{path}?{urlencode(filters.as_query)}" if filters.as_query else path


def _show(
    request: HttpRequest,
    viewer: Viewer,
    dispute_id: uuid.UUID,
    filters: Filters,
    *,
    problem: str = "",
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    page, found = opened(viewer, dispute_id), worklist(viewer, filters)
    if page.is_newly_shown_to(viewer):
        record_machine_shown(viewer=viewer, dispute_id=dispute_id)
    before, after = found.beside(dispute_id)
    context = {
        "viewer": viewer,
        "here": "disputes",
        "page": page,
        "found": found,
        "at": found.place(dispute_id),
        "before": before,
        "after": after,
        "query": urlencode(filters.as_query),
        "problem": problem,
        "told": told,
        "reason": request.POST.get("reason", "") if problem else "",
        "last": last_settled(viewer),
    }
    template = "coding/dispute_main.html" if request.htmx else "coding/dispute.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)

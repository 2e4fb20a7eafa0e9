"""Whether the coding can be trusted: the table of agreement, the passages behind its numbers, and its download."""

import uuid
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST, require_safe

from coding.actions.agreement import compute_at_once, start_agreement_run
from coding.audit_material import UNITS, Rules, Unit
from coding.audit_measures import choices
from coding.models import AgreementRun
from coding.queries.agreement_detail import detail_of, detail_table
from coding.queries.agreement_pages import audit_page, audit_table, finished_run
from coding.queries.agreement_passages import Asked, passages_behind
from coding.queries.machine import nobody_listens
from fieldstudy.web import download, user_of
from observations.access import Viewer, enter, get_row, nothing_here
from observations.models import Site
from observations.queries.studies import sites_of
from observations.roles import Permission
from observations.tables import csv_table


@require_safe
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """The latest audit by the unit and of the site asked for."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    unit, site = _unit(request.GET.get("unit")), _site(viewer, request.GET.get("site"))
    rules = Rules.of(unit, request.GET)
    page = audit_page(viewer, unit, site, measure=request.GET.get("measure", ""), rules=rules)
    context = {
        "viewer": viewer,
        "here": "agreement",
        "page": page,
        "sites": sites_of(viewer),
        "units": UNITS,
        "measures": choices(unit),
    }
    return render(request, "coding/agreement.html", context)


@require_POST
def agreement_start(request: HttpRequest, slug: str) -> HttpResponse:
    """Start an audit and go back to its page, which shows the figures, or how far it is."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    unit, site = _unit(request.POST.get("unit")), _site(viewer, request.POST.get("site"))
    rules = Rules.of(unit, request.POST)
    run = start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit=unit, site=site, at=timezone.now(), rules=rules)
    compute_at_once(run)
    asked = {"unit": unit, "site": str(site.pk) if site else "", **dict.fromkeys(rules.told, "1")}
    return redirect(f"{reverse('agreement', args=[slug])}?{urlencode(asked)}")


@require_GET
def agreement_waiting(request: HttpRequest, slug: str, run_id: uuid.UUID) -> HttpResponse:
    """The line under a running audit: that nobody listens, if so; the page is loaded again when it has ended."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    run = get_row(viewer, AgreementRun, run_id)
    if run.started_by_id != viewer.user.pk:
        raise nothing_here()
    waiting = nobody_listens(run.job, timezone.now())
    response = render(request, "coding/machine_waiting.html", {"viewer": viewer, "is_waiting": waiting})
    if run.job is None or not run.job.is_open:
        response["HX-Refresh"] = "true"
    return response


@require_safe
def agreement_passages(
    request: HttpRequest, slug: str, run_id: uuid.UUID, code_id: uuid.UUID | None = None
) -> HttpResponse:
    """The places behind a number, one laid open (`at`, from 1), of all coders or of one `pair`, of some sources."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    run = finished_run(viewer, run_id)
    behind = passages_behind(viewer, run, code_id, Asked.from_query(request.GET))
    context = {"viewer": viewer, "here": "agreement", "behind": behind}
    if getattr(request, "htmx", False):
        return render(request, "coding/agreement_panel.html", context)
    page = audit_page(viewer, cast(Unit, run.unit), run.site, run, measure=behind.asked.measure)
    context |= {"page": page, "sites": sites_of(viewer), "units": UNITS, "measures": choices(run.unit)}
    return render(request, "coding/agreement.html", context)


@require_safe
def agreement_detail(
    request: HttpRequest, slug: str, run_id: uuid.UUID, code_id: uuid.UUID | None = None
) -> HttpResponse:
    """One code in detail, or all together: by groups of sources, by every measure and unit, by kind of difference."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    detail = detail_of(viewer, finished_run(viewer, run_id), code_id)
    context = {"viewer": viewer, "here": "agreement", "detail": detail, "may_settle": viewer.may(Permission.SETTLE)}
    return render(request, "coding/agreement_detail.html", context)


@require_safe
def agreement_detail_csv(
    request: HttpRequest, slug: str, run_id: uuid.UUID, code_id: uuid.UUID | None = None
) -> HttpResponse:
    """The figures of that page as a CSV file, in full precision."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    detail = detail_of(viewer, finished_run(viewer, run_id), code_id, leaves=True)
    name = f"{slug}-agreement-{detail.code.sign.lower() if detail.code else 'all'}.csv"
    return download(csv_table(detail_table(detail)), file_name=name, media_type="text/csv; charset=utf-8")


@require_safe
def agreement_csv(request: HttpRequest, slug: str, run_id: uuid.UUID) -> HttpResponse:
    """The table of a run as a CSV file, all figures in full precision."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    run = finished_run(viewer, run_id)
    content = csv_table(audit_table(run))
    name = f"{slug}-agreement-by-{run.unit}.csv"
    return download(content, file_name=name, media_type="text/csv; charset=utf-8")


def _unit(asked: str | None) -> Unit:
    return asked if asked in UNITS else "turn"


def _site(viewer: Viewer, asked: str | None) -> Site | None:
    if not asked:
        return None
    try:
        return get_row(viewer, Site, uuid.UUID(asked))
    except ValueError:
        raise nothing_here() from None

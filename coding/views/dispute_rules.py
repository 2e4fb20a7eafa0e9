"""Beside settling one by one: settling by rule, waivers, contested passages, and what became of one's own."""

import csv
import io
import uuid
from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coding.actions.auto_settling import auto_settle, grant_waiver, undo_batch, withdraw_waiver
from coding.forms.dispute_rules import RuleForm, WaiverForm
from coding.models import Code, Waiver
from coding.queries.auto_settling import Proposal, proposals, standing_batches
from coding.queries.contested import contested as contested_passages
from coding.queries.contested import contested_table
from coding.queries.dispute_list import words_of
from coding.queries.fates import FATES, became
from fieldstudy.errors import Invalid
from fieldstudy.web import download, translated, user_of
from observations.access import Viewer, enter
from observations.roles import Permission

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def disputes_by_rule(request: HttpRequest, slug: str) -> HttpResponse:
    """What a rule would settle, before it does; and the batches settled so, each to be taken back as a whole."""
    viewer = enter(user_of(request), slug, Permission.SETTLE)
    form = RuleForm(request.POST if request.method == "POST" else request.GET or None)
    context = {"viewer": viewer, "here": "disputes", "form": form}
    if not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "coding/disputes_by_rule.html", context | _batches(viewer), status=status)
    if request.method == "POST":
        batch = form.cleaned_data["batch"] or uuid.uuid4()
        n = auto_settle(viewer=viewer, rule=form.rule(), batch=batch, at=timezone.now())
        messages.success(request, ngettext("%(n)s dispute settled.", "%(n)s disputes settled.", n) % {"n": n})
        return redirect("disputes_by_rule", slug)
    context |= {"batch": uuid.uuid4(), **_preview(proposals(viewer, form.rule()))}
    return render(request, "coding/disputes_by_rule.html", context | _batches(viewer))


@require_POST
def batch_undo(request: HttpRequest, slug: str, batch_id: uuid.UUID) -> HttpResponse:
    """Take a whole batch back."""
    viewer = enter(user_of(request), slug, Permission.SETTLE)
    n = undo_batch(viewer=viewer, batch=batch_id, at=timezone.now())
    messages.success(request, ngettext("%(n)s dispute open again.", "%(n)s disputes open again.", n) % {"n": n})
    return redirect("disputes_by_rule", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def waivers(request: HttpRequest, slug: str) -> HttpResponse:
    """Who may settle disputes over their own segments, and why."""
    viewer = enter(user_of(request), slug, Permission.MANAGE)
    form = WaiverForm(request.POST if request.method == "POST" else None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        try:
            grant_waiver(viewer=viewer, id=uuid.uuid4(), at=timezone.now(), **form.cleaned_data)
            return redirect("waivers", slug)
        except Invalid as error:
            form.add_error(None, translated(error))
    rows = Waiver.objects.filter(study=viewer.study).select_related("user", "granted_by").order_by("-granted_at")
    context = {"viewer": viewer, "here": "disputes", "form": form, "waivers": rows}
    return render(request, "coding/waivers.html", context, status=422 if form.errors else 200)


@require_POST
def waiver_withdraw(request: HttpRequest, slug: str, waiver_id: uuid.UUID) -> HttpResponse:
    """End a waiver."""
    viewer = enter(user_of(request), slug, Permission.MANAGE)
    withdraw_waiver(viewer=viewer, waiver_id=waiver_id, at=timezone.now())
    return redirect("waivers", slug)


@require_safe
def contested(request: HttpRequest, slug: str) -> HttpResponse:
    """How often people differ, by code and site."""
    viewer = enter(user_of(request), slug, Permission.SETTLE)
    context = {"viewer": viewer, "here": "disputes", "found": contested_passages(viewer)}
    return render(request, "coding/contested.html", context)


@require_safe
def contested_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Every contested passage as a CSV file."""
    viewer = enter(user_of(request), slug, Permission.SETTLE)
    viewer.need(Permission.EXPORT)
    written = io.StringIO()
    rows = contested_table(viewer, (get_language() or "en").split("-")[0])
    csv.writer(written, lineterminator="\r\n").writerows([guarded(cell) for cell in row] for row in rows)
    content = written.getvalue().encode("utf-8-sig")
    return download(content, file_name=f"{slug}-contested.csv", media_type="text/csv; charset=utf-8")


@require_safe
def my_passages(request: HttpRequest, slug: str) -> HttpResponse:
    """What became of one's passages in sources that are settled, code by code."""
    viewer = enter(user_of(request), slug, Permission.CODE)
    try:
        code_id = uuid.UUID(request.GET.get("code", ""))
    except ValueError:
        code_id = None
    found = became(viewer, code_id)
    rows = [(code, [counts.get(what, 0) for what in FATES]) for code, counts in found.rows]
    context = {"viewer": viewer, "here": "sources", "found": found, "rows": rows}
    return render(request, "coding/my_passages.html", context)


def guarded(cell: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _batches(viewer: Viewer) -> dict[str, object]:
    return {"batches": standing_batches(viewer)}


def _preview(found: list[Proposal]) -> dict[str, object]:
    disputes = [one.dispute for one in found[:SHOWN]]
    words = words_of((row.pk, row.source_id, row.now_start, row.now_end) for row in disputes)
    wanted = {passage.code for one in found[:SHOWN] for passage in one.passages}
    codes = {code.pk: code for code in Code.objects.filter(pk__in=wanted).select_related("revision")}
    return {
        "count": len(found),
        "kinds": sorted(Counter(one.dispute.kind for one in found).items()),
        "shown": [
            (one, words[one.dispute.pk], [codes[code] for code in dict.fromkeys(told.code for told in one.passages)])
            for one in found[:SHOWN]
        ],
    }

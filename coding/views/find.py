"""Searching the words of a study, and coding what was found."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from coding.actions.search_coding import code_hits, take_back_hits
from coding.forms.find import CodingForm, SearchForm
from coding.models import Code
from coding.queries.search import PAGE, Found, Line, Wanted, search
from coding.queries.search_coding import plan, stretches
from coding.queries.visible import codes_visible_to
from coding.views.kept import keep, kept
from fieldstudy.errors import FieldstudyError, Invalid, gettext_noop
from fieldstudy.web import translated, user_of
from observations.access import Viewer, enter
from observations.queries.sources import sources_of
from observations.roles import Permission

SALT = "coded hits"


@require_http_methods(["GET", "POST"])
def find(request: HttpRequest, slug: str) -> HttpResponse:
    """The lines in which words stand. They are sent and kept in the session; the address has a key for them."""
    viewer = enter(user_of(request), slug, Permission.READ)
    if request.method == "POST":
        form = SearchForm(request.POST, viewer=viewer)
        if form.is_valid():
            return redirect(f"{request.path}?{urlencode({'q': keep(request, form.asked())})}")
        return render(request, "coding/find.html", _context(viewer, form), status=422)
    key, asked = request.GET.get("q", ""), kept(request, request.GET.get("q"))
    form = SearchForm(asked or None, viewer=viewer)
    context = _context(viewer, form) | {"key": key}
    if asked and form.is_valid():
        try:
            context |= _page(viewer, form.wanted(), request.GET.get("page", "1"))
        except FieldstudyError as error:
            form.add_error("text", translated(error))
    context["undo"] = request.session.get("coded_hits") if viewer.may(Permission.CODE) else None
    return render(request, "coding/find.html", context)


def _context(viewer: Viewer, form: SearchForm) -> dict[str, Any]:
    is_bare = not form.is_bound and not sources_of(viewer.study.pk).exists()
    return {"viewer": viewer, "here": "find", "part": "words", "form": form, "is_bare": is_bare}


def _page(viewer: Viewer, wanted: Wanted, asked: str) -> dict[str, Any]:
    found = search(viewer, wanted)
    last = max(1, -(-len(found.lines) // PAGE))
    page = min(max(1, int(asked)), last) if asked.isdecimal() and len(asked) < 7 else 1
    lines = found.lines[(page - 1) * PAGE : page * PAGE]
    context = {"found": found, "lines": lines, "page": page, "last_page": last, "first": (page - 1) * PAGE + 1}
    if viewer.may(Permission.CODE) and lines:
        context["coding"] = CodingForm(viewer=viewer)
    return context


@require_POST
def find_code(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what coding the hits would do; with `confirm`, do it in the viewer's own readings."""
    viewer = enter(user_of(request), slug, Permission.CODE)
    key = request.POST.get("q", "")
    asked = SearchForm(kept(request, key) or None, viewer=viewer)
    form = CodingForm(request.POST, viewer=viewer)
    if not asked.is_valid() or not form.is_valid():
        raise _choose()
    lines = _chosen(search(viewer, asked.wanted()), form)
    code = _code(viewer, form.cleaned_data["code"])
    units = stretches(lines, form.cleaned_data["unit"])
    if "confirm" in request.POST:
        batch, now = _batch(request.POST.get("id", "")), timezone.now()
        made = code_hits(viewer=viewer, id=batch, chosen=units, code=code, at=now)
        _tell(request, made, code, now)
        return redirect(f"{reverse('find', args=[slug])}?{urlencode({'q': key})}")
    context = {"viewer": viewer, "here": "find", "part": "words", "key": key, "form": form, "code": code}
    context |= {"plan": plan(viewer, units, code), "units": len(units), "hits": len(lines), "id": uuid.uuid4()}
    return render(request, "coding/find_code.html", context)


@require_POST
def find_undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back what was coded last from a search, as one step."""
    viewer = enter(user_of(request), slug, Permission.CODE)
    try:
        code_id, coded_at = signing.loads(request.POST.get("coded", ""), salt=SALT)
    except signing.BadSignature as error:
        raise _choose() from error
    when = datetime.fromisoformat(coded_at)
    taken = take_back_hits(viewer=viewer, code_id=uuid.UUID(code_id), coded_at=when, at=timezone.now())
    request.session.pop("coded_hits", None)
    said = ngettext("%(n)s passage taken back.", "%(n)s passages taken back.", taken) % {"n": taken}
    messages.success(request, said)
    return redirect(f"{reverse('find', args=[slug])}?{urlencode({'q': request.POST.get('q', '')})}")


def _tell(request: HttpRequest, made: int, code: Code, at: datetime) -> None:
    said = ngettext("%(n)s passage coded %(sign)s.", "%(n)s passages coded %(sign)s.", made)
    messages.success(request, said % {"n": made, "sign": code.sign})
    if made:
        signed = signing.dumps([str(code.pk), at.isoformat()], salt=SALT)
        request.session["coded_hits"] = {"signed": signed, "n": made, "sign": code.sign}


def _chosen(found: Found, form: CodingForm) -> list[Line]:
    if form.cleaned_data["which"] == "all":
        return list(found.lines)
    wanted = set(form.hits())
    return [line for line in found.lines if line.key in wanted]


def _code(viewer: Viewer, code_id: str) -> Code:
    return codes_visible_to(viewer).select_related("revision").get(pk=code_id)


def _batch(sent: str) -> uuid.UUID:
    try:
        return uuid.UUID(sent)
    except ValueError:
        raise _choose() from None


def _choose() -> Invalid:
    return Invalid("search.nothing_to_code", gettext_noop("Search first, then choose hits, a code and what to code."))

"""Asking for coded passages: the query by clicks or typed, and what it finds."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from coding.forms.find import PieceForm
from coding.queries.passages import SORTS, answer
from coding.queries.saved_queries import saved_by_name, saved_query
from coding.retrieval.building import JOINS, added, parts_of, related, without
from coding.retrieval.nodes import CodeIs, Distance, Or, Query, Relation, Unit
from coding.retrieval.parser import parse
from coding.retrieval.tokens import QueryProblem
from coding.retrieval.writer import to_text
from coding.views.kept import keep, kept
from fieldstudy.web import translated, user_of
from observations.access import Viewer, enter, nothing_here
from observations.roles import Permission


@require_http_methods(["GET", "POST"])
def passages(request: HttpRequest, slug: str) -> HttpResponse:
    """The query, and the passages it finds. It is sent and kept in the session; the address has a key for it."""
    viewer = enter(user_of(request), slug, Permission.READ)
    if request.method == "POST":
        text = request.POST.get("text", "")
        problem = _problem(text)
        if problem is None:
            return redirect(f"{request.path}?{urlencode({'q': keep(request, {'query': text})})}")
        context = _context(viewer) | _query(viewer, text, problem)
        return render(request, "coding/passages.html", context, status=problem.http_status)
    named, key, text = _asked(request, viewer)
    context = _context(viewer) | {"named": named, "key": key}
    problem = _problem(text) if text else None
    if text and problem is None:
        try:
            context |= _answer(viewer, text, request.GET.get("sort", ""), request.GET.get("page", "1"))
        except QueryProblem as error:
            problem = error
    context |= _query(viewer, text, problem)
    return render(request, "coding/passages.html", context, status=problem.http_status if problem else 200)


@require_POST
def passages_build(request: HttpRequest, slug: str) -> HttpResponse:
    """The query with a piece added or taken away, shown to be changed further or run."""
    viewer = enter(user_of(request), slug, Permission.READ)
    text = where = request.POST.get("text", "")
    form = PieceForm(request.POST, viewer=viewer)
    problem = None
    try:
        query = parse(text) if text.strip() else None
        where = _condition(request, form) if form.is_valid() else ""
        built = _built(query, request, form, where) if form.is_valid() else query
        text = to_text(built) if built else ""
    except QueryProblem as error:
        problem = error
    context = _context(viewer) | _query(viewer, text, problem, where) | {"building": True}
    if form.errors:
        context["piece"] = form
    is_part = getattr(request, "htmx", False)
    return render(request, "coding/passages_query.html" if is_part else "coding/passages.html", context)


def _context(viewer: Viewer) -> dict[str, Any]:
    saved = saved_by_name(viewer)
    return {"viewer": viewer, "here": "find", "part": "passages", "saved": saved, "piece": PieceForm(viewer=viewer)}


def _asked(request: HttpRequest, viewer: Viewer) -> tuple[str, str, str]:
    """How the address names the query (by "saved" or "q"), the name, and the query's text."""
    saved = request.GET.get("saved")
    if saved is None:
        key = request.GET.get("q", "")
        return "q", key, kept(request, key).get("query", "")
    try:
        return "saved", saved, saved_query(viewer, uuid.UUID(saved)).text
    except ValueError:
        raise nothing_here() from None


def _answer(viewer: Viewer, text: str, sort: str, page: str) -> dict[str, Any]:
    sort = sort if sort in SORTS else "date"
    found = answer(viewer, text, sort=sort, page=int(page) if page.isdecimal() and len(page) < 7 else 1)
    return {"found": found, "sort": sort, "page": found.page, "last_page": found.last_page}


def _problem(text: str) -> QueryProblem | None:
    try:
        parse(text)
    except QueryProblem as error:
        return error
    return None


def _query(viewer: Viewer, text: str, problem: QueryProblem | None, where: str | None = None) -> dict[str, Any]:
    """What the form of the query shows: its text and parts, or what is wrong and where, in it or in a piece of it."""
    if problem is None:
        return {"text": text, "parts": _parts(parse(text)) if text.strip() else []}
    where = text if where is None else where
    start, end = problem.place.start, max(problem.place.end, problem.place.start + 1)
    wrong = (where[:start], where[start:end] or " ", where[end:])
    parts = _parts(parse(text)) if text.strip() and where != text else []
    return {"text": text, "parts": parts, "problem": translated(problem), "wrong": wrong}


def _parts(query: Query) -> list[str]:
    join = "OR " if isinstance(query, Or) else ""
    return [f"{join if place else ''}{to_text(part)}" for place, part in enumerate(parts_of(query))]


def _condition(request: HttpRequest, form: PieceForm) -> str:
    """The condition or comparison that was chosen, as it is typed; "" where none was."""
    data = form.cleaned_data
    if "add_condition" in request.POST:
        return str(data["condition"])
    if "add_comparison" in request.POST and data["compared"] and data["value"]:
        quoted = data["value"].replace('"', "")
        return f'{data["compared"]} {data["operator"] or "="} "{quoted}"'
    return ""


def _built(query: Query | None, request: HttpRequest, form: PieceForm, condition: str) -> Query | None:
    data, how = form.cleaned_data, form.cleaned_data["how"] or "and"
    away = request.POST.get("take_away", "")
    if away.isdecimal() and len(away) < 4 and query is not None:
        return without(query, int(away))
    if condition:
        return added(query, "and", parse(condition))
    if "add_code" not in request.POST or not data["code"]:
        return query
    code = CodeIs(data["code"], data["subtree"])
    if how in JOINS:
        return added(query, how, code)
    number = 1 if data["distance"] is None else data["distance"]
    distance = Distance(number, Unit(data["unit"] or Unit.TURNS))
    return related(query, Relation(how), code, distance, any_reading=data["any_reading"])

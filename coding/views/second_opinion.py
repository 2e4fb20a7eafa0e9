"""The second opinion: the machine's reading beside one's own, difference by difference."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coding.actions.readings import submit_reading
from coding.actions.second_opinion import decide, reveal, undo_decision
from coding.forms.opinion import DecisionForm
from coding.queries.opinion import Line, Opinion, evidence_of, opinion_on, own_readings, records_on
from coding.record_chart import chart
from fieldstudy.errors import Conflict, Invalid
from fieldstudy.web import translated, user_of
from observations.access import Viewer, enter, get_source, nothing_here
from observations.models import Source
from observations.roles import Permission


@require_GET
def second_opinion(request: HttpRequest, slug: str, source_id: uuid.UUID) -> HttpResponse:
    """The machine's view of a source, once the first reading is in; that it opened is recorded."""
    viewer = enter(user_of(request), slug, Permission.CODE)
    source = get_source(viewer, source_id)
    if own_readings(viewer, source) is None:
        context = {"viewer": viewer, "here": "sources", "source": source}
        return render(request, "coding/second_opinion_closed.html", context)
    reveal(viewer=viewer, source=source, at=timezone.now())
    return _show(request, viewer, source, key=request.GET.get("at", ""))


@require_POST
def opinion_decide(request: HttpRequest, slug: str, source_id: uuid.UUID, suggestion_id: uuid.UUID) -> HttpResponse:
    """Take, adjust or reject one suggestion, and go on to the next."""
    viewer = enter(user_of(request), slug, Permission.CODE)
    source = get_source(viewer, source_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        problem = " ".join(str(message) for messages in form.errors.values() for message in messages)
        return _show(request, viewer, source, key=str(suggestion_id), problem=problem, status=422)
    try:
        decide(viewer=viewer, id=uuid.uuid4(), suggestion_id=suggestion_id, at=timezone.now(), **form.cleaned_data)
    except (Conflict, Invalid) as error:
        status = error.http_status
        return _show(request, viewer, source, key=str(suggestion_id), problem=translated(error), status=status)
    return _go_on(request, viewer, source, after=str(suggestion_id))


@require_POST
def opinion_undo(request: HttpRequest, slug: str, source_id: uuid.UUID, decision_id: uuid.UUID) -> HttpResponse:
    """Take a decision back."""
    viewer = enter(user_of(request), slug, Permission.CODE)
    source = get_source(viewer, source_id)
    decision = undo_decision(viewer=viewer, decision_id=decision_id, at=timezone.now())
    return _go_on(request, viewer, source, at=str(decision.suggestion_id))


@require_http_methods(["GET", "POST"])
def opinion_close(request: HttpRequest, slug: str, source_id: uuid.UUID) -> HttpResponse:
    """Say what closing the final reading means, then do it."""
    viewer = enter(user_of(request), slug, Permission.CODE)
    source = get_source(viewer, source_id)
    opinion = _opinion(viewer, source)
    if request.method == "POST":
        submit_reading(viewer=viewer, reading=opinion.final, at=timezone.now())
        return redirect("second_opinion", slug, source.pk)
    context = {"viewer": viewer, "here": "sources", "source": source, "opinion": opinion}
    return render(request, "coding/second_opinion_close.html", context)


def _opinion(viewer: Viewer, source: Source) -> Opinion:
    readings = own_readings(viewer, source)
    if readings is None:
        raise nothing_here()
    return opinion_on(viewer, source, *readings)


def _go_on(request: HttpRequest, viewer: Viewer, source: Source, *, after: str = "", at: str = "") -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        key = at or _opinion(viewer, source).after(after)
        return redirect(reverse("second_opinion", args=[viewer.study.slug, source.pk]) + f"?at={key}")
    opinion = _opinion(viewer, source)
    return _show(request, viewer, source, key=at or opinion.after(after), opinion=opinion)


def _show(
    request: HttpRequest,
    viewer: Viewer,
    source: Source,
    *,
    key: str,
    opinion: Opinion | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    opinion = opinion or _opinion(viewer, source)
    current = opinion.current(key)
    context = {
        "viewer": viewer,
        "here": "sources",
        "source": source,
        "opinion": opinion,
        "current": current,
        "problem": problem,
        "last": _last_decided(opinion),
    }
    if current is not None and current.suggestion is not None:
        context |= _reasons(viewer, source, opinion, current)
    template = "coding/second_opinion_review.html" if request.htmx else "coding/second_opinion.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _reasons(viewer: Viewer, source: Source, opinion: Opinion, current: Line) -> dict[str, Any]:
    assert current.suggestion is not None
    evidence = evidence_of(viewer, source, current.suggestion)
    here, elsewhere = records_on(viewer, source, current.suggestion)
    return {
        "why": [(entry, _words(opinion, places)) for entry, places in evidence],
        "found": " ".join(f"{start}-{end}" for _, places in evidence for start, end in places),
        "record": here,
        "elsewhere": elsewhere,
        "chart": chart(here),
    }


def _words(opinion: Opinion, places: list[tuple[int, int]]) -> list[str]:
    return [
        turn.words[start - turn.start : end - turn.start]
        for start, end in places
        for turn in opinion.turns
        if turn.start <= start < turn.start + len(turn.words)
    ]


def _last_decided(opinion: Opinion) -> Line | None:
    decided = [line for line in opinion.to_settle if line.decision is not None]
    return max(decided, key=lambda line: line.decision.decided_at, default=None) if opinion.is_open else None  # type: ignore[union-attr]

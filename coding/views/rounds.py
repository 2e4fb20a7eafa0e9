"""Rounds: to calibrate until coders agree, and to read sources again blind."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coding.actions.agreement import compute_at_once, start_agreement_run
from coding.actions.rounds import Aim, close_round, open_calibration, reopen_round, serve_again
from coding.forms.codebook import show_error
from coding.forms.rounds import AgainForm, CalibrationForm, ticked
from coding.models import Round
from coding.queries.rounds import (
    aims_of,
    drawn,
    over_time,
    passes_in,
    pending_run,
    progress_in,
    readable_again,
    results_of,
    round_at,
    rounds_of,
    sources_in,
)
from fieldstudy.errors import Conflict, FieldstudyError
from fieldstudy.web import translated, user_of
from observations.access import enter
from observations.roles import Permission


@require_safe
def rounds(request: HttpRequest, slug: str) -> HttpResponse:
    """All rounds, and what the codes reached from one calibration to the next."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    found = rounds_of(viewer)
    context = {"viewer": viewer, "here": "agreement", "rounds": found, "table": over_time(viewer, found)}
    return render(request, "coding/rounds.html", context)


@require_http_methods(["GET", "POST"])
def round_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a calibration round."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    form = CalibrationForm(request.POST if request.method == "POST" else None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            round = open_calibration(
                viewer=viewer,
                id=uuid.uuid4(),
                handed=form.handed(),
                aim=Aim(said["target"], said["targets"]),
                due_on=said["due_on"],
                note=said["note"],
                at=timezone.now(),
            )
            return redirect("round", slug, round.number)
        except FieldstudyError as error:
            show_error(form, error)
    context = {"viewer": viewer, "here": "agreement", "form": form}
    return render(request, "coding/round_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def round_again(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve coders again what they coded weeks ago: first the draw is shown, then what is ticked is handed out."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    start = {"seed": viewer.study.pk.int % 1_000_000}
    form = AgainForm(request.POST if request.method == "POST" else None, initial=start)
    context: dict[str, object] = {"viewer": viewer, "here": "agreement", "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, "coding/round_again.html", context, status=422 if form.is_bound else 200)
    said, now = form.cleaned_data, timezone.now()
    eligible = readable_again(viewer, weeks=said["weeks"], now=now)
    lot = {one.key for one in drawn(eligible, each=said["each"], seed=said["seed"])}
    context |= {"eligible": eligible, "drawn": lot, "asked": True}
    if "hand_out" not in request.POST:
        return render(request, "coding/round_again.html", context)
    cells = request.POST.getlist("cells")
    try:
        round = serve_again(
            viewer=viewer,
            id=uuid.uuid4(),
            handed=ticked(eligible, cells),
            weeks=said["weeks"],
            seed=said["seed"] if set(cells) == lot else None,
            due_on=said["due_on"],
            note=said["note"],
            at=now,
        )
    except FieldstudyError as error:
        show_error(form, error)
        return render(request, "coding/round_again.html", context, status=422)
    return redirect("round", slug, round.number)


@require_safe
def round_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One round: how far its coders are, and what it has given so far."""
    viewer = enter(user_of(request), slug, Permission.READ)
    round = round_at(viewer, number)
    context = {
        "viewer": viewer,
        "here": "agreement",
        "round": round,
        "sources": sources_in(viewer, round),
        "aims": aims_of(round),
        "progress": progress_in(viewer, round),
    }
    if round.purpose == Round.Purpose.AGAIN:
        context["passes"] = passes_in(viewer, round)
    elif viewer.may(Permission.AUDIT):
        context |= {"results": results_of(viewer, round), "pending": pending_run(viewer, round)}
    return render(request, "coding/round.html", context)


@require_POST
def round_compute(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Start the audit of a calibration round."""
    viewer = enter(user_of(request), slug, Permission.AUDIT)
    round = round_at(viewer, number)
    try:
        run = start_agreement_run(
            viewer=viewer, id=uuid.uuid4(), unit="turn", site=None, at=timezone.now(), round=round.number
        )
        compute_at_once(run)
    except Conflict as error:
        messages.error(request, translated(error))
    return redirect("round", slug, number)


@require_POST
def round_close(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Let nobody begin a reading of a round any more."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    close_round(viewer=viewer, round=round_at(viewer, number), at=timezone.now())
    messages.success(request, gettext("Closed. What is open can still be submitted; nothing new is begun."))
    return redirect("round", slug, number)


@require_POST
def round_reopen(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Let what is assigned in a closed round be begun again."""
    viewer = enter(user_of(request), slug, Permission.ASSIGN)
    reopen_round(viewer=viewer, round=round_at(viewer, number))
    return redirect("round", slug, number)

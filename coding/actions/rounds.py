"""Rounds besides the study's own: to calibrate by, or to read sources again blind; closed, and opened again."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max

from coding.actions.assignments import assign_all
from coding.models import Code, Reading, Round
from coding.queries.rounds import known_to_have_seen, readable_again
from coding.rounds import TARGET
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.models import User
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Source, Study
from observations.roles import Permission

Handed = Sequence[tuple[User, Sequence[Source]]]


@dataclass(frozen=True)
class Aim:
    """What a calibration round is to reach: alpha of every code, but for those with a target of their own."""

    target: float = TARGET
    targets: Mapping[uuid.UUID, float] = field(default_factory=dict)


@write
def open_calibration(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    handed: Handed,
    aim: Aim,
    due_on: date | None,
    note: str,
    at: datetime,
) -> Round:
    """Begin a calibration round: hand its sources to its coders under the next number.

    The same id gives the same round back.

    Raises
    ------
    Invalid
        `round.target_out_of_range`, `round.code_unknown`, `round.too_few_coders`, `round.seen_before`, and what
        `assign_all` raises.
    """
    viewer.need(Permission.ASSIGN)
    there = Round.objects.filter(pk=id, study=viewer.study).first()
    if there is not None:
        return there
    _check(viewer, aim)
    if len([sources for _, sources in handed if sources]) < 2:
        raise Invalid(
            "round.too_few_coders",
            gettext_noop("Calibrating takes two coders or more on the same sources."),
            beside="coders",
        )
    _check_unseen(viewer, handed)
    targets = {str(code): value for code, value in aim.targets.items()}
    round = _next(viewer, id, Round.Purpose.CALIBRATION, note, at, target=aim.target, targets=targets)
    assign_all(viewer=viewer, handed=handed, due_on=due_on, at=at, round=round.number)
    return round


@write
def serve_again(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    handed: Handed,
    weeks: int,
    seed: int | None,
    due_on: date | None,
    note: str,
    at: datetime,
) -> Round:
    """Hand coders sources again that they have submitted, to be read without their earlier coding in sight.

    `seed` is kept when they were drawn by it. The same id gives the same round back.

    Raises
    ------
    Invalid
        `round.not_readable` for what `readable_again` does not give; what `assign_all` raises.
    """
    viewer.need(Permission.ASSIGN)
    there = Round.objects.filter(pk=id, study=viewer.study).first()
    if there is not None:
        return there
    # What the viewer may not know to be submitted is refused just like what is not.
    readable = {(one.coder.user_id, one.source.pk) for one in readable_again(viewer, weeks=weeks, now=at)}
    if not all((user.pk, source.pk) in readable for user, sources in handed for source in sources):
        raise Invalid(
            "round.not_readable",
            gettext_noop("Only what a coder has submitted, so many weeks ago, can be read again by them."),
            beside="sources",
        )
    round = _next(viewer, id, Round.Purpose.AGAIN, note, at, weeks=weeks, seed=seed)
    assign_all(viewer=viewer, handed=handed, due_on=due_on, at=at, round=round.number)
    return round


@write
def close_round(*, viewer: Viewer, round: Round, at: datetime) -> Round:
    """Let nobody begin a reading of a round any more; those that are open can still be submitted."""
    viewer.need(Permission.ASSIGN)
    if round.closed_at is None:
        round.closed_at = at
        round.save(update_fields=["closed_at"])
    return round


@write
def reopen_round(*, viewer: Viewer, round: Round) -> Round:
    """Let what is assigned in a closed round be begun again."""
    viewer.need(Permission.ASSIGN)
    if round.closed_at is not None:
        round.closed_at = None
        round.save(update_fields=["closed_at"])
    return round


def _next(viewer: Viewer, id: uuid.UUID, purpose: str, note: str, at: datetime, **more: object) -> Round:
    # Numbers are given one at a time.
    Study.objects.select_for_update(no_key=True).get(pk=viewer.study.pk)
    if Round.objects.filter(pk=id).exists():
        raise Conflict("round.id_taken", gettext_noop("Another round has this id."))
    last = Round.objects.filter(study=viewer.study).aggregate(last=Max("number"))["last"] or 1
    read = Reading.objects.filter(study=viewer.study).aggregate(last=Max("round"))["last"] or 1
    return Round.objects.create(
        id=id,
        study=viewer.study,
        number=max(last, read) + 1,
        purpose=purpose,
        note=note,
        opened_by=viewer.user,
        opened_at=at,
        **more,
    )


def _check_unseen(viewer: Viewer, handed: Handed) -> None:
    """Refuse sources on which no figure could ever be computed: agreement counts nobody who saw what others say."""
    if viewer.study.mode != Study.Mode.BLIND:
        return
    sources = [source for _, given in handed for source in given]
    seen = known_to_have_seen(viewer, sources)
    fresh = Counter(source.pk for user, given in handed for source in given if (user.pk, source.pk) not in seen)
    if seen and any(fresh[source.pk] < 2 for source in sources):
        raise Invalid(
            "round.seen_before",
            gettext_noop(
                "A source chosen was read before: fewer than two of these coders can still read it without having seen "
                "what others say of it. Calibrate on one they have not read."
            ),
            beside="sources",
        )


def _check(viewer: Viewer, aim: Aim) -> None:
    if not all(0 < value <= 1 for value in (aim.target, *aim.targets.values())):
        raise Invalid(
            "round.target_out_of_range",
            gettext_noop("A target is above 0 and at most 1."),
            beside="target",
        )
    if Code.objects.filter(study=viewer.study, pk__in=list(aim.targets)).count() < len(aim.targets):
        raise Invalid("round.code_unknown", gettext_noop("A target is set for a code that is not in the codebook."))

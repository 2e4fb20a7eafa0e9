"""How far the coding is: what is next for a coder, and how many sources each coder has done."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef

from coding.models import Assignment, Code, CodebookVersion, Coder, Decision, Reading
from coding.queries.own_readings import AT_WORK
from coding.queries.visible import not_begun, own_in_sight, suggestions_visible_to, waiting_for
from observations.access import Viewer
from observations.models import Membership, Source
from observations.queries.alphabet import alphabetical
from observations.roles import Permission, Role


@dataclass(frozen=True)
class Step:
    """One thing to do next: on which source, what, and until when."""

    kind: str  # "resume", "begin" or "compare"
    source: Source
    due_on: date | None = None
    left: int = 0


def lacking(viewer: Viewer) -> list[str]:
    """What must be there before anybody codes, and is not: "codes", "version", "coders", "assignments". Five queries.

    Nothing where the study has no source yet: then that comes first. "coders" also where there is only one: agreement
    needs two.
    """
    study = viewer.study
    if not Source.objects.filter(study=study, revision__isnull=False).exists():
        return []
    has_codes = Code.objects.filter(study=study, retired_at=None, proposed_in=None).exists()
    coders = Membership.objects.filter(study=study, roles__contains=[Role.CODER], user__is_active=True).count()
    facts = {
        "codes": has_codes,
        "version": not has_codes or CodebookVersion.objects.filter(study=study).exists(),
        "coders": coders > 1,
        "assignments": not coders or Assignment.objects.filter(study=study, withdrawn_at=None).exists(),
    }
    return [name for name, is_there in facts.items() if not is_there]


def next_steps(viewer: Viewer) -> list[Step]:
    """A coder's open readings, then what is assigned and not begun, then machine views to settle. Five queries."""
    if not viewer.may(Permission.CODE):
        return []
    given = Assignment.objects.filter(coder__user=viewer.user, study=viewer.study, withdrawn_at=None)
    due = {(source, round): due_on for source, round, due_on in given.values_list("source_id", "round", "due_on")}
    begun = Reading.objects.filter(AT_WORK, coder__user=viewer.user, study=viewer.study)
    steps = [
        Step("resume", reading.source, due.get((reading.source_id, reading.round)))
        for reading in begun.select_related("source").order_by("opened_at")
    ]
    # A source is begun in one round after the other.
    lowest = {row.source_id: row for row in waiting_for(viewer).select_related("source").order_by("-round")}
    at_work = {step.source.pk for step in steps}
    steps += [
        Step("begin", row.source, row.due_on)
        for row in sorted(lowest.values(), key=lambda row: (str(row.due_on), alphabetical(row.source.title)))
        if row.source_id not in at_work
    ]
    return steps + _to_compare(viewer)


def _to_compare(viewer: Viewer) -> list[Step]:
    final = Reading.objects.filter(
        own_in_sight(viewer), study=viewer.study, phase=Reading.Phase.FINAL, state=Reading.State.OPEN
    )
    decided = Decision.objects.filter(
        suggestion=OuterRef("pk"),
        reading__coder__user=viewer.user,
        reading__superseded_at=None,
        undone_at=None,
    )
    waiting: dict[Any, int] = dict(
        suggestions_visible_to(viewer)
        .filter(source__in=final.values("source"))
        .exclude(Exists(decided))
        .values_list("source_id")
        .annotate(n=Count("pk"))
    )
    sources = Source.objects.filter(pk__in=list(waiting)).order_by("observed_on", "pk")
    return [Step("compare", source, left=waiting[source.pk]) for source in sources]


@dataclass(frozen=True)
class Progress:
    """A coder’s sources: submitted, in reading, still to read of those assigned; `late` of them are past their day."""

    coder: Coder
    submitted: int
    open: int
    waiting: int
    late: int = 0

    @property
    def marks(self) -> list[str]:
        """One mark per source, done first."""
        return ["done"] * self.submitted + ["open"] * self.open + ["waiting"] * self.waiting


def progress_of_coders(viewer: Viewer, today: date) -> list[Progress]:
    """Each coder's progress, for those who hand out or audit; a coder sees their own alone. Four queries.

    In the study's own round: what is read to calibrate, or again, is told with its round.
    """
    overseer = viewer.may(Permission.ASSIGN) or viewer.may(Permission.AUDIT)
    coders = Coder.objects.filter(study=viewer.study, kind=Coder.Kind.PERSON).select_related("user")
    if not overseer or viewer.may(Permission.CODE):
        coders = coders.filter(user=viewer.user)
    readings = Reading.objects.filter(study=viewer.study, phase=Reading.Phase.FIRST, round=1, superseded_at=None)
    states = {
        (coder, state): n
        for coder, state, n in readings.values_list("coder_id", "state").annotate(n=Count("pk")).order_by()
    }
    done = Reading.objects.filter(
        coder=OuterRef("coder"),
        source=OuterRef("source"),
        round=1,
        phase=Reading.Phase.FIRST,
        state=Reading.State.SUBMITTED,
        superseded_at=None,
    )
    given = Assignment.objects.filter(study=viewer.study, round=1, withdrawn_at=None, due_on__lt=today)
    late = dict(given.exclude(Exists(done)).values_list("coder_id").annotate(n=Count("pk")))
    waiting = dict(not_begun(viewer.study).filter(round=1).values_list("coder_id").annotate(n=Count("pk")))
    return [
        Progress(
            coder,
            states.get((coder.pk, Reading.State.SUBMITTED), 0),
            states.get((coder.pk, Reading.State.OPEN), 0),
            waiting.get(coder.pk, 0),
            late.get(coder.pk, 0),
        )
        for coder in sorted(coders, key=lambda one: alphabetical(one.alias))
    ]

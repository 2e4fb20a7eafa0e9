"""How far the coding is: what is next for a coder, and how many sources each coder has done."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef

from coding.models import Assignment, Code, CodebookVersion, Coder, Decision, Reading
from coding.queries.visible import suggestions_visible_to
from observations.access import Viewer
from observations.models import Membership, Source
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
    """A coder's open readings, then what is assigned and not begun, then machine views to settle. Four queries."""
    if not viewer.may(Permission.CODE):
        return []
    own = Reading.objects.filter(coder__user=viewer.user, study=viewer.study)
    assignments = {
        row.source_id: row
        for row in Assignment.objects.filter(
            coder__user=viewer.user, study=viewer.study, withdrawn_at=None
        ).select_related("source")
    }
    due = {source_id: row.due_on for source_id, row in assignments.items()}
    first = own.filter(phase=Reading.Phase.FIRST).select_related("source").order_by("opened_at")
    begun = {reading.source_id: reading for reading in first}
    steps = [
        Step("resume", reading.source, due.get(source_id))
        for source_id, reading in begun.items()
        if reading.state == Reading.State.OPEN
    ]
    steps += [
        Step("begin", row.source, row.due_on)
        for source_id, row in sorted(assignments.items(), key=lambda item: (str(item[1].due_on), item[1].source.title))
        if source_id not in begun
    ]
    return steps + _to_compare(viewer)


def _to_compare(viewer: Viewer) -> list[Step]:
    final = Reading.objects.filter(
        coder__user=viewer.user, study=viewer.study, phase=Reading.Phase.FINAL, state=Reading.State.OPEN
    )
    decided = Decision.objects.filter(suggestion=OuterRef("pk"), reading__coder__user=viewer.user, undone_at=None)
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
    """A coder's sources: submitted, in reading, and still to read of those assigned."""

    coder: Coder
    submitted: int
    open: int
    waiting: int

    @property
    def marks(self) -> list[str]:
        """One mark per source, done first."""
        return ["done"] * self.submitted + ["open"] * self.open + ["waiting"] * self.waiting


def progress_of_coders(viewer: Viewer) -> list[Progress]:
    """Each coder's progress, for those who hand out or audit; a coder sees their own alone. Three queries."""
    overseer = viewer.may(Permission.ASSIGN) or viewer.may(Permission.AUDIT)
    coders = Coder.objects.filter(study=viewer.study, kind=Coder.Kind.PERSON).select_related("user").order_by("alias")
    if not overseer or viewer.may(Permission.CODE):
        coders = coders.filter(user=viewer.user)
    readings = Reading.objects.filter(study=viewer.study, phase=Reading.Phase.FIRST)
    states = {
        (coder, state): n
        for coder, state, n in readings.values_list("coder_id", "state").annotate(n=Count("pk")).order_by()
    }
    begun = readings.filter(coder=OuterRef("coder"), source=OuterRef("source"))
    waiting = dict(
        Assignment.objects.filter(study=viewer.study, withdrawn_at=None)
        .exclude(Exists(begun))
        .values_list("coder_id")
        .annotate(n=Count("pk"))
    )
    return [
        Progress(
            coder,
            states.get((coder.pk, Reading.State.SUBMITTED), 0),
            states.get((coder.pk, Reading.State.OPEN), 0),
            waiting.get(coder.pk, 0),
        )
        for coder in coders
    ]

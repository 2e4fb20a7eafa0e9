"""Who has been given what to code, and how far each is."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from coding.allotment import Work, allot
from coding.models import Assignment, Draw, Reading
from coding.queries.counted import MAIN
from coding.queries.overseen import readings_overseen
from fieldstudy.models import User
from observations.access import Viewer, nothing_here
from observations.models import Membership, Source
from observations.queries.alphabet import alphabetical
from observations.queries.source_list import by_date_and_title
from observations.queries.sources import sources_of
from observations.roles import Role


@dataclass(frozen=True)
class Cell:
    """A coder and a source: "unassigned", "assigned", "reading" or "submitted" in the study's own round.

    `elsewhere` is the last other round in which the source is handed to the coder.
    """

    user: User
    source: Source
    state: str
    assignment: Assignment | None
    reading: Reading | None = None
    elsewhere: int | None = None

    @property
    def key(self) -> str:
        return f"{self.user.pk}:{self.source.pk}"


@dataclass(frozen=True)
class Overlap:
    """Of `sources`, how many two coders or more are to read, and how many two have submitted.

    What is handed out in another round alone, to calibrate by, is not among them.
    """

    given: int
    submitted: int
    sources: int

    @property
    def share(self) -> int:
        """What two have submitted, in per cent."""
        return round(100 * self.submitted / self.sources) if self.sources else 0


@dataclass(frozen=True)
class Matrix:
    """Coders by sources: a row for each source with a cell for each coder."""

    coders: list[User]
    rows: list[tuple[Source, list[Cell]]]

    def cells(self) -> Iterable[Cell]:
        return (cell for _, cells in self.rows for cell in cells)

    @property
    def overlap(self) -> Overlap:
        """How many sources two coders or more have been handed or have begun, and how many two have submitted."""
        own = [cells for _, cells in self.rows if not is_apart(cells)]
        given = [[cell.state for cell in cells if cell.state != "unassigned"] for cells in own]
        submitted = [states.count("submitted") for states in given]
        return Overlap(sum(len(one) > 1 for one in given), sum(n > 1 for n in submitted), len(own))


def is_apart(cells: Iterable[Cell]) -> bool:
    """Whether a source is nobody's in the study's own round and somebody's in another."""
    cells = list(cells)
    return all(cell.state == "unassigned" for cell in cells) and any(cell.elsewhere for cell in cells)


def matrix_of(viewer: Viewer) -> Matrix:
    """Every coder's state on every source in the study's own round. Six queries, however many there are.

    Someone who codes as well learns of others' readings only what `readings_visible_to` lets them; someone who does
    not code sees that a reading has begun, and nothing of what is in it.
    """
    memberships = Membership.objects.filter(study=viewer.study, roles__contains=[Role.CODER], user__is_active=True)
    coders = [row.user for row in memberships.select_related("user")]
    coders.sort(key=lambda user: (alphabetical(user.name), user.email))
    standing, elsewhere = {}, {}
    for row in assignments_of(viewer).order_by("round"):
        key = (row.coder.user_id, row.source_id)
        if row.round == MAIN:
            standing[key] = row
        else:
            elsewhere[key] = row.round
    readings = _readings_of(viewer)
    rows = []
    for source in by_date_and_title(sources_of(viewer.study.pk)):
        cells = [_cell(user, source, standing, readings, elsewhere) for user in coders]
        rows.append((source, cells))
    return Matrix(coders, rows)


def drawn(matrix: Matrix, *, readers: int, share: int, seed: int) -> list[tuple[User, list[Source]]]:
    """Whom the lot gives which sources, beyond what each has; `share` in per cent. No query of its own.

    What is read to calibrate by alone is left out: whoever has submitted it may have seen others’ readings of it.
    """
    rows = [source for source, cells in matrix.rows if not is_apart(cells)]
    sources = {source.pk: source for source in rows}
    works = [Work(source.pk, source.revision.words if source.revision else 0) for source in rows]
    held: dict[UUID, set[UUID]] = {}
    for cell in matrix.cells():
        if cell.state != "unassigned":
            held.setdefault(cell.user.pk, set()).add(cell.source.pk)
    coders = {user.pk: user for user in matrix.coders}
    given = allot(works, list(coders), readers=readers, share=share / 100, seed=seed, held=held)
    return [(coders[coder], [sources[pk] for pk in pks]) for coder, pks in given.items()]


def assignments_of(viewer: Viewer) -> QuerySet[Assignment]:
    """The standing assignments of the study, with coder and user."""
    return Assignment.objects.filter(study=viewer.study, withdrawn_at=None).select_related("coder__user")


def assignment_at(viewer: Viewer, assignment_id: UUID) -> Assignment:
    """One standing assignment of the study, with coder, user and source. One query; raises Missing."""
    assignment = assignments_of(viewer).select_related("coder__user", "source").filter(pk=assignment_id).first()
    if assignment is None:
        raise nothing_here()
    return assignment


def free_for(viewer: Viewer, assignment: Assignment) -> QuerySet[User]:
    """Who codes and has not been handed an assignment's source in its round. No query of its own."""
    coders = Membership.objects.filter(study=viewer.study, roles__contains=[Role.CODER], user__is_active=True)
    have = assignments_of(viewer).filter(source=assignment.source_id, round=assignment.round)
    return User.objects.filter(pk__in=coders.values("user")).exclude(pk__in=have.values("coder__user"))


def _cell(
    user: User,
    source: Source,
    standing: dict[tuple[UUID | None, UUID], Assignment],
    readings: dict[tuple[UUID | None, UUID], Reading],
    elsewhere: dict[tuple[UUID | None, UUID], int],
) -> Cell:
    assignment = standing.get((user.pk, source.pk))
    reading = readings.get((user.pk, source.pk))
    names = {Reading.State.OPEN.value: "reading", Reading.State.SUBMITTED.value: "submitted"}
    shown = names[reading.state] if reading else "assigned" if assignment else "unassigned"
    return Cell(user, source, shown, assignment, reading, elsewhere.get((user.pk, source.pk)))


def _readings_of(viewer: Viewer) -> dict[tuple[UUID | None, UUID], Reading]:
    firsts = readings_overseen(viewer).filter(phase=Reading.Phase.FIRST, round=MAIN, superseded_at=None)
    firsts = firsts.exclude(state=Reading.State.ABANDONED).select_related("coder", "reopens")
    return {(reading.coder.user_id, reading.source_id): reading for reading in firsts}


def draws_of(viewer: Viewer) -> list[Draw]:
    """The draws of the study, newest first, each with `n`: how many of its assignments still stand. One query."""
    draws = Draw.objects.filter(study=viewer.study).select_related("drawn_by").order_by("-drawn_at", "pk")
    return list(draws.annotate(n=Count("assignments", filter=Q(assignments__withdrawn_at=None))))

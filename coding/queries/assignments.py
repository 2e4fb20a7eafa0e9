"""Who has been given what to code, and how far each is."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from coding.allotment import Work, allot
from coding.models import Assignment, Reading
from coding.queries.visible import readings_visible_to
from fieldstudy.models import User
from observations.access import Viewer
from observations.models import Membership, Source
from observations.queries.source_list import by_date_and_title
from observations.queries.sources import sources_of
from observations.roles import Permission, Role


@dataclass(frozen=True)
class Cell:
    """A coder and a source: "unassigned", "assigned", "reading" or "submitted"."""

    user: User
    source: Source
    state: str
    assignment: Assignment | None

    @property
    def key(self) -> str:
        return f"{self.user.pk}:{self.source.pk}"


@dataclass(frozen=True)
class Matrix:
    """Coders by sources: a row for each source with a cell for each coder."""

    coders: list[User]
    rows: list[tuple[Source, list[Cell]]]

    def cells(self) -> Iterable[Cell]:
        return (cell for _, cells in self.rows for cell in cells)


def matrix_of(viewer: Viewer) -> Matrix:
    """Every coder's state on every source. Six queries, however many there are.

    Someone who codes as well learns of others' readings only what `readings_visible_to` lets them; someone who does
    not code sees that a reading has begun, and nothing of what is in it.
    """
    memberships = Membership.objects.filter(study=viewer.study, roles__contains=[Role.CODER], user__is_active=True)
    coders = [row.user for row in memberships.select_related("user").order_by("user__name", "user__email")]
    standing = {(row.coder.user_id, row.source_id): row for row in assignments_of(viewer)}
    states = _reading_states(viewer)
    rows = []
    for source in by_date_and_title(sources_of(viewer.study.pk)):
        cells = [_cell(user, source, standing, states) for user in coders]
        rows.append((source, cells))
    return Matrix(coders, rows)


def drawn(matrix: Matrix, *, readers: int, share: int, seed: int) -> list[tuple[User, list[Source]]]:
    """Whom the lot gives which sources, beyond what each has; `share` in per cent. No query of its own."""
    sources = {source.pk: source for source, _ in matrix.rows}
    works = [Work(source.pk, source.revision.words if source.revision else 0) for source, _ in matrix.rows]
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


def _cell(
    user: User,
    source: Source,
    standing: dict[tuple[UUID | None, UUID], Assignment],
    states: dict[tuple[UUID | None, UUID], str],
) -> Cell:
    assignment = standing.get((user.pk, source.pk))
    state = states.get((user.pk, source.pk))
    names = {Reading.State.OPEN.value: "reading", Reading.State.SUBMITTED.value: "submitted"}
    shown = names[state] if state else "assigned" if assignment else "unassigned"
    return Cell(user, source, shown, assignment)


def _reading_states(viewer: Viewer) -> dict[tuple[UUID | None, UUID], str]:
    readings = Reading.objects.filter(study=viewer.study)
    if viewer.may(Permission.CODE):
        readings = readings_visible_to(viewer)
    firsts = readings.filter(phase=Reading.Phase.FIRST).exclude(state=Reading.State.ABANDONED).order_by("round")
    return {(user, source): state for user, source, state in firsts.values_list("coder__user", "source", "state")}

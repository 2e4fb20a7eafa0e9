"""Reads of variables and of what they are for each source, participant or site."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from observations.access import Viewer
from observations.models import Participant, Site, Source, Value, Variable
from observations.queries.alphabet import alphabetical
from observations.queries.consent import site_names
from observations.roles import Permission
from observations.typed_values import Typed, as_text

# Who may change the variables of what, in the grid.
NEEDS = {
    Variable.Subject.SOURCE: Permission.COLLECT,
    Variable.Subject.PARTICIPANT: Permission.PROTECT,
    Variable.Subject.SITE: Permission.MANAGE,
}
# Who may compare by them: what is known of participants is for those who protect them.
SEES = {
    Variable.Subject.SOURCE: Permission.READ,
    Variable.Subject.PARTICIPANT: Permission.PROTECT,
    Variable.Subject.SITE: Permission.READ,
}
_NAMES: dict[str, tuple[Any, str]] = {
    "source": (Source, "title"),
    "participant": (Participant, "code"),
    "site": (Site, "name"),
}


@dataclass(frozen=True)
class GridRow:
    """One source, participant or site with its values as text, in the order of the variables."""

    id: uuid.UUID
    name: str
    cells: tuple[tuple[Variable, str], ...]


@dataclass(frozen=True)
class Grid:
    variables: tuple[Variable, ...]
    rows: tuple[GridRow, ...]

    def table(self, subject: str) -> list[list[str]]:
        """Header and rows of text, the subject's name first."""
        header = [subject, *(variable.name for variable in self.variables)]
        return [header, *([row.name, *(text for _, text in row.cells)] for row in self.rows)]


def variables_of(viewer: Viewer, subject: str) -> QuerySet[Variable]:
    return Variable.objects.filter(study=viewer.study, subject=subject, removed_at=None).order_by("position", "pk")


def variables_known_to(viewer: Viewer) -> QuerySet[Variable]:
    """The study's standing variables that the viewer may compare by, in their order. No query of its own."""
    seen = [subject for subject, permission in SEES.items() if viewer.may(permission)]
    standing = Variable.objects.filter(study=viewer.study, subject__in=seen, removed_at=None)
    return standing.order_by("subject", "position", "pk")


def subjects_of(viewer: Viewer, subject: str, *, leaves: bool = False) -> list[tuple[uuid.UUID, str]]:
    """Id and name of every source, participant or site of the study, by name: that for what `leaves` it, where asked.

    One query, two for the sites of what leaves.
    """
    if leaves and subject == "site":
        return sorted(site_names(viewer).items(), key=lambda row: alphabetical(row[1]))
    model, name = _NAMES[subject]
    rows = model.objects.filter(study=viewer.study)
    rows = rows.filter(revision__isnull=False) if subject == "source" else rows
    return sorted(rows.values_list("pk", name), key=lambda row: alphabetical(row[1]))


def grid_of(viewer: Viewer, subject: str, *, leaves: bool = False) -> Grid:
    """Its variables with their values, to look at or, with `leaves`, to take out. Three or four queries."""
    variables = tuple(variables_of(viewer, subject))
    known = {
        (getattr(value, f"{subject}_id"), value.variable_id): as_text(value_of(value))
        for value in Value.objects.filter(variable__in=variables)
    }
    rows = tuple(
        GridRow(pk, name, tuple((variable, known.get((pk, variable.pk), "")) for variable in variables))
        for pk, name in subjects_of(viewer, subject, leaves=leaves)
    )
    return Grid(variables, rows)


def value_of(value: Value) -> Typed | None:
    """The one of a value's columns that is set."""
    for held in (value.text, value.number, value.truth, value.day):
        if held is not None:
            return held
    return None

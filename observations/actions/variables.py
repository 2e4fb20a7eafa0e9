"""Variables of sources, participants and sites: what they are called, what they may hold, and what they hold."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.models import Site, Study, Value, Variable
from observations.queries.variables import NEEDS, subjects_of, value_of, variables_of
from observations.typed_values import Typed, as_text, guessed_kind, typed

LONGEST_NAME = 80

MOST_VARIABLES = 200
MOST_AT_ONCE = 20_000


@dataclass(frozen=True)
class Cell:
    """What somebody wrote for one variable of one source, participant or site; empty text takes the value away."""

    variable: uuid.UUID
    subject: uuid.UUID
    text: str


@write
def add_variable(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    subject: str,
    name: str,
    kind: str,
    choices: Sequence[str] = (),
    note: str = "",
) -> Variable:
    """A new variable, last of its subject's. Raises Conflict `variable.taken`; Invalid `variable.choices`,
    `variable.too_many`."""
    viewer.need(NEEDS[Variable.Subject(subject)])
    Study.objects.select_for_update(no_key=True).get(pk=viewer.study.pk)
    others = variables_of(viewer, subject)
    if len(others) >= MOST_VARIABLES:
        raise Invalid("variable.too_many", gettext_noop("At most %(most)s variables are kept."), most=MOST_VARIABLES)
    position = max((other.position for other in others), default=-1) + 1
    variable = Variable(id=id, refi_guid=id, study=viewer.study, subject=subject, kind=kind, position=position)
    return _described(variable, name, choices, note)


@write
def change_variable(
    *, viewer: Viewer, variable: Variable, name: str, kind: str, choices: Sequence[str], note: str
) -> Variable:
    """Rename a variable, or give it another kind or choices, if all its values can be read as that.

    Raises
    ------
    Conflict
        `variable.taken`; `variable.values_do_not_fit` with how many do not.
    """
    viewer.need(NEEDS[Variable.Subject(variable.subject)])
    variable = Variable.objects.select_for_update(no_key=True).get(pk=variable.pk)
    values = list(Value.objects.filter(variable=variable))
    converted: list[Value] = []
    unfit = 0
    for value in values:
        try:
            _hold(value, typed(kind, as_text(value_of(value)), choices))
            converted.append(value)
        except Invalid:
            unfit += 1
    if unfit:
        raise Conflict(
            "variable.values_do_not_fit",
            gettext_noop("%(unfit)s of %(total)s values cannot be read so. Change these values first."),
            unfit=unfit,
            total=len(values),
        )
    variable.kind = kind
    _described(variable, name, choices, note)
    Value.objects.bulk_update(converted, ["text", "number", "truth", "day"], batch_size=1000)
    return variable


@write
def remove_variable(*, viewer: Viewer, variable: Variable, at: datetime) -> Variable:
    """Take a variable out of the grid. Its values are kept, and come back when it is restored."""
    viewer.need(NEEDS[Variable.Subject(variable.subject)])
    variable.removed_at = at
    variable.save(update_fields=["removed_at"])
    return variable


@write
def restore_variable(*, viewer: Viewer, variable: Variable) -> Variable:
    """Bring a removed variable back with its values. Raises Conflict `variable.taken`."""
    viewer.need(NEEDS[Variable.Subject(variable.subject)])
    variable = Variable.objects.select_for_update(no_key=True).get(pk=variable.pk)
    variable.removed_at = None
    return _saved(variable)


@write
def set_values(*, viewer: Viewer, subject: str, cells: Sequence[Cell]) -> list[Cell]:
    """Set many values at once, all or none; gives the cells as they are kept.

    Raises
    ------
    Invalid
        `value.unreadable` with a message for each cell at fault, under "variable:subject"; `value.too_many`.
    Missing
        When a variable or subject is not of this study.
    """
    viewer.need(NEEDS[Variable.Subject(subject)])
    if len(cells) > MOST_AT_ONCE:
        message = gettext_noop("At most %(most)s values are saved at once.")
        raise Invalid("value.too_many", message, most=MOST_AT_ONCE)
    # One writer of a variable at a time: two people filling the same empty cell do not make two values, and nobody
    # changes its kind between reading a cell and keeping it.
    touched = variables_of(viewer, subject).filter(pk__in={cell.variable for cell in cells})
    variables = {variable.pk: variable for variable in touched.order_by("pk").select_for_update(no_key=True)}
    known = {pk for pk, _ in subjects_of(viewer, subject)}
    if any(cell.variable not in variables or cell.subject not in known for cell in cells):
        raise nothing_here()
    wanted = {(cell.variable, cell.subject): value for cell, value in _typed_cells(cells, variables)}
    _write(viewer, subject, wanted)
    return [Cell(variable, pk, as_text(value)) for (variable, pk), value in wanted.items()]


def _write(viewer: Viewer, subject: str, wanted: dict[tuple[uuid.UUID, uuid.UUID], Typed | None]) -> None:
    column = f"{subject}_id"
    there = {
        (value.variable_id, getattr(value, column)): value
        for value in Value.objects.filter(variable__in={variable for variable, _ in wanted})
    }
    gone = [there[key].pk for key, value in wanted.items() if value is None and key in there]
    changed = [there[key] for key, value in wanted.items() if value is not None and key in there]
    for held in changed:
        _hold(held, wanted[held.variable_id, getattr(held, column)])
    fresh = []
    for key, value in wanted.items():
        if value is not None and key not in there:
            made = Value(study=viewer.study, variable_id=key[0], **{column: key[1]})
            _hold(made, value)
            fresh.append(made)
    Value.objects.filter(pk__in=gone).delete()
    Value.objects.bulk_update(changed, ["text", "number", "truth", "day"], batch_size=1000)
    Value.objects.bulk_create(fresh, batch_size=1000)


def _typed_cells(cells: Iterable[Cell], variables: dict[uuid.UUID, Variable]) -> list[tuple[Cell, Typed | None]]:
    read: list[tuple[Cell, Typed | None]] = []
    problems: dict[str, list[str]] = {}
    for cell in cells:
        variable = variables[cell.variable]
        try:
            read.append((cell, typed(variable.kind, cell.text, variable.choices)))
        except Invalid as error:
            problems[f"{cell.variable}:{cell.subject}"] = [error.message]
    if problems:
        raise Invalid(
            "value.unreadable",
            gettext_noop("Values that do not fit their variables: %(count)s. Nothing was saved."),
            fields=problems,
            count=len(problems),
        )
    return read


def _hold(value: Value, said: Typed | None) -> None:
    value.text = said if isinstance(said, str) else None
    value.truth = said if isinstance(said, bool) else None
    value.number = said if isinstance(said, Decimal) else None
    value.day = said if isinstance(said, date) else None


def _described(variable: Variable, name: str, choices: Sequence[str], note: str) -> Variable:
    variable.name, variable.note = name.strip(), note.strip()
    if not variable.name:
        raise Invalid("variable.name_empty", gettext_noop("A variable needs a name."))
    listed = list(dict.fromkeys(choice.strip() for choice in choices if choice.strip()))
    if variable.kind == Variable.Kind.CHOICE and len({choice.casefold() for choice in listed}) < 2:
        raise Invalid("variable.choices", gettext_noop("A choice needs at least two different things to choose from."))
    variable.choices = listed if variable.kind == Variable.Kind.CHOICE else []
    return _saved(variable)


def _saved(variable: Variable) -> Variable:
    try:
        with transaction.atomic():
            variable.save()
    except IntegrityError:
        raise Conflict("variable.taken", gettext_noop("Another variable has this name; choose another.")) from None
    return variable


@dataclass(frozen=True)
class Plan:
    """What bringing in a table would do."""

    new_variables: tuple[tuple[str, str], ...]
    fresh: int
    replaced: int
    same: int
    unknown: tuple[str, ...]


def plan_table(viewer: Viewer, subject: str, rows: Sequence[Sequence[str]]) -> Plan:
    """What `import_table` would make and change. Raises Invalid as it does. Empty cells change nothing."""
    header, body = rows[0], rows[1:]
    names = _by_name(viewer, subject)
    _check_table(header, [names.get(row[0].casefold()) for row in body])
    unknown = tuple(dict.fromkeys(row[0] for row in body if row[0].casefold() not in names))
    variables = {variable.name.casefold(): variable for variable in variables_of(viewer, subject)}
    new = tuple(
        (name, guessed_kind(row[column] for row in body))
        for column, name in enumerate(header)
        if column and name.casefold() not in variables
    )
    held = {
        (value.variable_id, getattr(value, f"{subject}_id")): value_of(value)
        for value in Value.objects.filter(variable__in=list(variables.values()))
    }
    fresh = replaced = same = 0
    for row in body:
        for name, text in zip(header[1:], row[1:], strict=True):
            pk = names.get(row[0].casefold())
            if not text or pk is None:
                continue
            variable = variables.get(name.casefold())
            before = held.get((variable.pk, pk)) if variable else None
            if before is None:
                fresh += 1
            elif variable and before == typed(variable.kind, text, variable.choices):
                same += 1
            else:
                replaced += 1
    return Plan(new, fresh, replaced, same, unknown)


def _check_table(header: Sequence[str], subjects: Sequence[uuid.UUID | None]) -> None:
    """Refuse columns whose names are too long to be kept, and a second row for one subject."""
    for column, name in enumerate(header, start=1):
        if column > 1 and len(name) > LONGEST_NAME:
            raise Invalid(
                "variable.name_too_long",
                gettext_noop("The name of column %(column)s is longer than %(most)s characters. Shorten it."),
                column=column,
                most=LONGEST_NAME,
            )
    rows: dict[uuid.UUID, int] = {}
    for row, subject in enumerate(subjects, start=2):
        if subject is not None and rows.setdefault(subject, row) != row:
            raise Invalid(
                "variable.subject_twice",
                gettext_noop("Rows %(first)s and %(second)s name the same. Keep one of them."),
                first=rows[subject],
                second=row,
            )


@write
def import_table(*, viewer: Viewer, subject: str, rows: Sequence[Sequence[str]]) -> Plan:
    """Set the values of a table whose first column names the subject and whose others are variables.

    A column that is no variable yet becomes one, of the kind its cells can be read as. All or nothing.

    Raises
    ------
    Invalid
        `variable.subject_unknown` with how many rows name nothing known, and what `set_values` raises.
    """
    viewer.need(NEEDS[Variable.Subject(subject)])
    plan = plan_table(viewer, subject, rows)
    if plan.unknown:
        raise Invalid(
            "variable.subject_unknown",
            gettext_noop("%(count)s rows name nothing in this study. The first column must hold the name as shown."),
            count=len(plan.unknown),
        )
    for name, kind in plan.new_variables:
        add_variable(viewer=viewer, id=_id_for(viewer, subject, name), subject=subject, name=name, kind=kind)
    names = _by_name(viewer, subject)
    variables = {variable.name.casefold(): variable.pk for variable in variables_of(viewer, subject)}
    cells = [
        Cell(variables[name.casefold()], names[row[0].casefold()], text)
        for row in rows[1:]
        for name, text in zip(rows[0][1:], row[1:], strict=True)
        if text
    ]
    set_values(viewer=viewer, subject=subject, cells=cells)
    return plan


def _id_for(viewer: Viewer, subject: str, name: str) -> uuid.UUID:
    """An id made from what the variable is, so that one table gives the same ids everywhere; any, if that is taken."""
    made = uuid.uuid5(viewer.study.pk, f"variable {subject} {name}")
    return uuid.uuid4() if Variable.objects.filter(pk=made).exists() else made


def _by_name(viewer: Viewer, subject: str) -> dict[str, uuid.UUID]:
    """Ids by their names, and those of sites also by the aliases that a table taken out may have."""
    named: dict[str, uuid.UUID] = {}
    aliases = Site.objects.filter(study=viewer.study).values_list("pk", "alias") if subject == "site" else ()
    for pk, name in (*subjects_of(viewer, subject), *aliases):
        if named.get(name.casefold(), pk) != pk:
            raise Conflict(
                "variable.name_ambiguous",
                gettext_noop(
                    "Two of them have the same name, so that a table cannot tell them apart. Rename one first."
                ),
            )
        named[name.casefold()] = pk
    return named

"""What the names in a query stand for: codes with what was merged into them, sites, tools, people, variables."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from coding.models import Code
from coding.queries.standing import last_of
from coding.queries.workspace import codes_known_to
from coding.retrieval.nodes import And, CodeIs, FieldIs, Not, Or, Place, Query, Related
from coding.retrieval.tokens import QueryProblem
from coding.retrieval.words import plain
from fieldstudy.errors import gettext_noop
from observations.access import Viewer
from observations.models import Participant, Site, Source, SourceTool, Tool, Value, Variable
from observations.queries.variables import variables_known_to

Ids = frozenset[Any]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


@dataclass(frozen=True)
class Names:
    """Ids by what a query says.

    `codes` by name and whether with those below; `sources` by field, operator and value; `people` by field and value;
    `variables` by name, operator and value: the sources and the participants of which it is so.
    """

    codes: dict[tuple[str, bool], Ids] = field(default_factory=dict)
    sources: dict[tuple[str, str, str], Ids] = field(default_factory=dict)
    people: dict[tuple[str, str], Ids] = field(default_factory=dict)
    variables: dict[tuple[str, str, str], tuple[Ids, Ids]] = field(default_factory=dict)


def leaves(query: Query) -> Iterator[CodeIs | FieldIs]:
    """All codes and fields of a query."""
    match query:
        case CodeIs() | FieldIs():
            yield query
        case Not(part):
            yield from leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Related(left=left, right=right):
            yield from leaves(left)
            yield from leaves(right)


def names_for(viewer: Viewer, query: Query) -> Names:
    """What the names in a query stand for. One query for its codes, and up to two for each field that names something.

    Raises
    ------
    QueryProblem
        `query.code_unknown`, `query.name_unknown`, `query.value_not_comparable`.
    """
    names = Names()
    asked = list(leaves(query))
    _look_up_codes(viewer, [leaf for leaf in asked if isinstance(leaf, CodeIs)], names)
    for leaf in asked:
        if isinstance(leaf, FieldIs):
            _look_up_field(viewer, leaf, names)
    return names


def _look_up_field(viewer: Viewer, leaf: FieldIs, names: Names) -> None:
    if leaf.name in ("kind", "source", "date", "site", "tool"):
        names.sources[leaf.name, leaf.operator, leaf.value] = _sources(viewer, leaf)
    elif leaf.name in ("participant", "role"):
        names.people[leaf.name, leaf.value] = _people(viewer, leaf)
    elif leaf.name == "var":
        names.variables[leaf.variable, leaf.operator, leaf.value] = _of_variable(viewer, leaf)


def _look_up_codes(viewer: Viewer, asked: list[CodeIs], names: Names) -> None:
    if not asked:
        return
    codes = list(codes_known_to(viewer))
    for leaf in asked:
        found = _code_named(codes, leaf)
        names.codes[leaf.name, leaf.subtree] = carriers_of(codes, found, subtree=leaf.subtree)


def _code_named(codes: list[Code], leaf: CodeIs) -> Code:
    """The code of this sign, else of this name; one in use before one that is not."""
    wanted = plain(leaf.name)
    by_sign = [code for code in codes if plain(code.sign) == wanted]
    by_name = [
        code for code in codes if code.revision and any(plain(name) == wanted for name in code.revision.names.values())
    ]
    found = sorted(
        [*by_sign, *by_name], key=lambda code: (code.merged_into_id is not None, code.retired_at is not None)
    )
    if not found:
        message = gettext_noop("No code has the sign or name at character %(at)s.")
        raise QueryProblem("query.code_unknown", message, leaf.place)
    return found[0]


def carriers_of(codes: Iterable[Code], code: Code, *, subtree: bool) -> Ids:
    """The ids under which a code's passages may be kept: its own, those merged into it, on request of all below it."""
    rows = {row.pk: row for row in codes}
    into = {pk: row.merged_into_id for pk, row in rows.items()}
    stands_for = {pk: last_of(pk, into) for pk in rows}
    below: dict[uuid.UUID | None, list[uuid.UUID]] = defaultdict(list)
    for row in rows.values():
        if row.merged_into_id is None:
            below[row.parent_id].append(row.pk)
    wanted, waiting = set(), [stands_for.get(code.pk, code.pk)]
    while waiting:
        one = waiting.pop()
        if one not in wanted:
            wanted.add(one)
            waiting += below[one] if subtree else []
    return frozenset(pk for pk, standing in stands_for.items() if standing in wanted)


def _sources(viewer: Viewer, leaf: FieldIs) -> Ids:
    sources = Source.objects.filter(study=viewer.study)
    match leaf.name:
        case "kind":
            return frozenset(sources.filter(kind=leaf.value).values_list("pk", flat=True))
        case "date":
            dated = sources.filter(observed_on__isnull=False).values_list("pk", "observed_on")
            wanted = date.fromisoformat(leaf.value)
            operator = "=" if leaf.operator == "!=" else leaf.operator  # the condition as a whole is turned round
            return frozenset(pk for pk, day in dated if COMPARE[operator](day, wanted))
        case "source":
            return _known(leaf, ((pk, title) for pk, title in sources.values_list("pk", "title")))
        case "site":
            sites = Site.objects.filter(study=viewer.study).values_list("pk", "name", "alias")
            of_site = _known(leaf, ((pk, name) for pk, *both in sites for name in both))
            return frozenset(sources.filter(site__in=of_site).values_list("pk", flat=True))
        case _:
            of_tool = _known(leaf, Tool.objects.filter(study=viewer.study).values_list("pk", "name"))
            links = SourceTool.objects.filter(study=viewer.study, tool__in=of_tool)
            return frozenset(links.values_list("source_id", flat=True))


def _people(viewer: Viewer, leaf: FieldIs) -> Ids:
    people = Participant.objects.filter(study=viewer.study)
    if leaf.name == "role":
        return frozenset(people.filter(role=leaf.value).values_list("pk", flat=True))
    return _known(leaf, people.values_list("pk", "code"))


def _known(leaf: FieldIs, named: Iterable[tuple[Any, str]]) -> Ids:
    wanted = plain(leaf.value)
    found = frozenset(pk for pk, name in named if plain(name) == wanted)
    if not found:
        raise QueryProblem(
            "query.name_unknown", gettext_noop("The study has nothing of the name at character %(at)s."), leaf.place
        )
    return found


def _of_variable(viewer: Viewer, leaf: FieldIs) -> tuple[Ids, Ids]:
    """The sources and the participants of which a variable is as said; a site's variable is that of its sources."""
    named = variables_known_to(viewer)
    variables = {one.pk: one for one in named if plain(one.name) == plain(leaf.variable)}
    if not variables:
        raise QueryProblem(
            "query.name_unknown", gettext_noop("The study has nothing of the name at character %(at)s."), leaf.place
        )
    wanted = {pk: _typed(variable, leaf) for pk, variable in variables.items()}
    sources, people, sites = set(), set(), set()
    for value in Value.objects.filter(variable__in=list(variables)):
        held = _held(variables[value.variable_id], value)
        if wanted[value.variable_id] is None or not COMPARE[leaf.operator](held, wanted[value.variable_id]):
            continue
        sources.add(value.source_id)
        people.add(value.participant_id)
        sites.add(value.site_id)
    at_sites = Source.objects.filter(study=viewer.study, site__in=sites - {None}).values_list("pk", flat=True)
    return frozenset(sources | set(at_sites)) - {None}, frozenset(people) - {None}


def _held(variable: Variable, value: Value) -> Any:
    match variable.kind:
        case Variable.Kind.INTEGER | Variable.Kind.DECIMAL:
            return value.number
        case Variable.Kind.BOOLEAN:
            return value.truth
        case Variable.Kind.DATE:
            return value.day
        case _:
            return plain(value.text or "")


YES = frozenset({"yes", "true", "oui", "vrai", "1"})
NO = frozenset({"no", "false", "non", "faux", "0"})


def _typed(variable: Variable, leaf: FieldIs) -> Any:
    """The value asked for, as the variable keeps it."""
    try:
        match variable.kind:
            case Variable.Kind.INTEGER | Variable.Kind.DECIMAL:
                number = Decimal(leaf.value.replace(",", "."))
                return number if number.is_finite() else _not_comparable(leaf.place)
            case Variable.Kind.DATE:
                return date.fromisoformat(leaf.value)
            case Variable.Kind.BOOLEAN:
                said = plain(leaf.value)
                return said in YES if said in YES | NO else _not_comparable(leaf.place)
            case _:
                return plain(leaf.value)
    except (InvalidOperation, ValueError):
        return _not_comparable(leaf.place)


def _not_comparable(place: Place) -> NoReturn:
    message = gettext_noop(
        "The variable at character %(at)s holds values of another kind than the one it is compared to."
    )
    raise QueryProblem("query.value_not_comparable", message, place)

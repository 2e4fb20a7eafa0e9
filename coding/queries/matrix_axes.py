"""What passages can be set against: the rows and columns of matrices, and which source or person belongs where."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from coding.matrices import Ints
from coding.models import Code
from coding.queries.standing import merged_codes
from coding.queries.visible import codes_ever_visible_to
from coding.queries.workspace import branches as branches_of
from fieldstudy.languages import pick
from observations.access import Viewer, nothing_here
from observations.models import Participant, Source, SourceTool, Tool, Value, Variable
from observations.queries.alphabet import alphabetical
from observations.queries.variables import variables_known_to

NONE = "none"
MOST_NUMBERS = 8
RANGES = 4


@dataclass(frozen=True)
class Heading:
    """A row or column: its key in addresses, its name in the reader's language, and its code where it is one."""

    key: str
    label: str
    code: Code | None = None
    depth: int = 0
    group: str = ""


@dataclass(frozen=True)
class Axis:
    """Columns, and the pairs that say which source (or participant, `of_people`) belongs in which.

    `nobody` is the column of passages in which no participant speaks.
    """

    headings: list[Heading]
    things: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    columns: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    of_people: bool = False
    nobody: int = -1


def code_rows(viewer: Viewer, *, branches: bool) -> tuple[list[Heading], dict[uuid.UUID, int]]:
    """The codes in the order of the tree, then those out of use; and the row of every code. Two queries.

    A code merged into another is counted in that one's row. With `branches`, all codes of a branch share a row.
    """
    known = list(codes_ever_visible_to(viewer).filter(merged_into=None).select_related("revision"))
    known.sort(key=lambda code: (code.position, str(code.pk)))
    shown = list(_walked(branches_of(known), 0))
    shown += [(code, 0) for code in sorted(known, key=lambda code: code.sign) if code.retired_at is not None]
    headings: list[Heading] = []
    rows: dict[uuid.UUID, int] = {}
    for code, depth in shown:
        if not branches or not depth:
            headings.append(Heading(str(code.pk), name_of(code), code, depth))
        rows[code.pk] = len(headings) - 1
    merged = merged_codes(viewer.study)
    return headings, rows | {old: rows[into] for old, into in merged.items() if into in rows}


def _walked(nodes: list[dict[str, Any]], depth: int) -> Iterator[tuple[Code, int]]:
    for node in nodes:
        yield node["code"], depth
        yield from _walked(node["children"], depth + 1)


def name_of(code: Code) -> str:
    """A code's name in the reader's language."""
    return pick(code.revision.names, get_language() or "en") if code.revision else code.sign


def site_axis(sources: Sequence[Source], outside: Mapping[uuid.UUID, str] | None = None) -> Axis:
    """By site, under the names it goes by `outside` where they are given."""
    sites = {source.site_id: source.site for source in sources if source.site}
    names = {site.pk: outside[site.pk] if outside else site.name for site in sites.values()}
    named = sorted(names.items(), key=lambda item: alphabetical(item[1]))
    return _of_sources(named, [(source.site_id,) for source in sources])


def source_axis(sources: Sequence[Source]) -> Axis:
    """By source, in their order."""
    place = np.arange(len(sources))
    return Axis([Heading(str(source.pk), source.title) for source in sources], place, place)


def kind_axis(sources: Sequence[Source]) -> Axis:
    """By kind of source."""
    names = {"interview": gettext("Interview"), "field_note": gettext("Field note"), "document": gettext("Document")}
    return _of_sources(list(names.items()), [(source.kind,) for source in sources])


def tool_axis(viewer: Viewer, sources: Sequence[Source]) -> Axis:
    """By tool spoken of in the source; a source may have several. Two queries."""
    tools = sorted(Tool.objects.filter(study=viewer.study), key=lambda tool: alphabetical(tool.name))
    held = tools_of_sources(viewer)
    return _of_sources([(tool.pk, tool.name) for tool in tools], [sorted(held.get(one.pk, ())) for one in sources])


def tools_of_sources(viewer: Viewer) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The tools of each source. One query."""
    held: dict[uuid.UUID, set[uuid.UUID]] = {}
    for source, tool in SourceTool.objects.filter(study=viewer.study).values_list("source_id", "tool_id"):
        held.setdefault(source, set()).add(tool)
    return held


def person_axis(people: Sequence[Participant]) -> Axis:
    """By participant."""
    headings = [Heading(str(person.pk), person.code) for person in people]
    place = np.arange(len(people))
    return Axis([*headings, Heading(NONE, gettext("Nobody in particular"))], place, place, True, len(people))


def role_axis(people: Sequence[Participant]) -> Axis:
    """By the role of who speaks."""
    names = {
        "professional": gettext("Professional"),
        "patient": gettext("Patient"),
        "maker": gettext("Maker"),
        "manager": gettext("Manager"),
        "other": gettext("Other"),
    }
    present = [role for role in names if any(person.role == role for person in people)]
    headings = [Heading(role, names[role]) for role in present]
    column = np.array([present.index(person.role) for person in people], dtype=np.int64)
    last = Heading(NONE, gettext("Nobody in particular"))
    return Axis([*headings, last], np.arange(len(people)), column, True, len(present))


def variable_axis(
    viewer: Viewer, variable_id: str, sources: Sequence[Source], people: Sequence[Participant]
) -> tuple[Variable, Axis]:
    """By the value of a variable of sources, sites or participants; many numbers are put into ranges. Two queries.

    Raises Missing for a variable that is not there.
    """
    variable = variables_known_to(viewer).filter(pk=_uuid(variable_id)).first()
    if variable is None:
        raise nothing_here()
    values = list(Value.objects.filter(variable=variable))
    shown = _shown_values(variable, values)
    if variable.subject == Variable.Subject.PARTICIPANT:
        subjects: list[Any] = [person.pk for person in people]
        of = {value.participant_id: text for value, text in zip(values, shown, strict=True)}
    elif variable.subject == Variable.Subject.SITE:
        subjects = [source.site_id for source in sources]
        of = {value.site_id: text for value, text in zip(values, shown, strict=True)}
    else:
        subjects = [source.pk for source in sources]
        of = {value.source_id: text for value, text in zip(values, shown, strict=True)}
    texts = dict.fromkeys(text for text, _ in sorted(set(shown), key=lambda one: one[1]))
    axis = _of_sources(
        [(_key(text), text) for text in texts],
        [(_key(of[subject][0]) if subject in of else None,) for subject in subjects],
    )
    if variable.subject != Variable.Subject.PARTICIPANT:
        return variable, axis
    headings = [*axis.headings, Heading("nobody", gettext("Nobody in particular"))]
    return variable, Axis(headings, axis.things, axis.columns, True, len(axis.headings))


def people_of(viewer: Viewer) -> list[Participant]:
    """The study's participants, by code. One query."""
    return sorted(Participant.objects.filter(study=viewer.study), key=lambda person: alphabetical(person.code))


def _of_sources(named: Iterable[tuple[Any, str]], held: Sequence[Iterable[Any]]) -> Axis:
    """Columns of these names, and one more for what has none of them, if anything has none."""
    headings = [Heading(str(key), label) for key, label in named]
    place = {heading.key: column for column, heading in enumerate(headings)}
    pairs: list[tuple[int, int]] = []
    for thing, keys in enumerate(held):
        columns = [place[str(key)] for key in keys if key is not None]
        pairs += [(thing, column) for column in columns or [len(headings)]]
    if any(column == len(headings) for _, column in pairs):
        headings.append(Heading(NONE, gettext("Not recorded")))
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Axis(headings, table[:, 0], table[:, 1])


def _shown_values(variable: Variable, values: Sequence[Value]) -> list[tuple[str, Any]]:
    """Each value as it is shown, and what it is sorted by."""
    if variable.kind in (Variable.Kind.INTEGER, Variable.Kind.DECIMAL):
        return _numbers([value.number or Decimal(0) for value in values])
    if variable.kind == Variable.Kind.BOOLEAN:
        return [(gettext("Yes"), 0) if value.truth else (gettext("No"), 1) for value in values]
    if variable.kind == Variable.Kind.DATE:
        return [(date_format(value.day, "j F Y"), value.day) if value.day else ("", None) for value in values]
    if variable.kind == Variable.Kind.CHOICE:
        order = {choice: place for place, choice in enumerate(variable.choices)}
        return [(value.text or "", order.get(value.text or "", len(order))) for value in values]
    return [(value.text or "", alphabetical(value.text or "")) for value in values]


def _numbers(numbers: Sequence[Decimal]) -> list[tuple[str, Any]]:
    """Numbers as they are; more than `MOST_NUMBERS` different ones as ranges that hold about as many each."""
    different = sorted(set(numbers))
    if len(different) <= MOST_NUMBERS:
        return [(_plain(number), number) for number in numbers]
    ordered = sorted(numbers)
    borders = sorted({ordered[len(ordered) * part // RANGES] for part in range(1, RANGES)} - {different[0]})
    lows = [different[0], *borders]
    highs = [max(number for number in different if number < border) for border in borders] + [different[-1]]
    place = [sum(number >= border for border in borders) for number in numbers]
    return [(f"{_plain(lows[one])}–{_plain(highs[one])}", lows[one]) for one in place]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _key(text: str) -> str:
    """A value's name in addresses, which never hold what was written."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise nothing_here() from None

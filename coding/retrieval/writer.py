"""Writing a query's tree as text, the way the language is documented."""

import re

from coding.retrieval.nodes import (
    MEASURED,
    NEXT_TURN,
    And,
    CodeIs,
    Distance,
    FieldIs,
    Not,
    Or,
    Query,
    Related,
    Unit,
)
from coding.retrieval.words import KEYWORDS, plain

_BARE = re.compile(r"""[^\s()",:<>=!“”«»+-][^\s()",:<>=!“”«»]*""")


def to_text(query: Query) -> str:
    """The query as text, which `parse` reads to an equal tree."""
    match query:
        case CodeIs(name=name, subtree=subtree):
            return _code(name, subtree)
        case FieldIs(name="var", operator=operator, value=value, variable=variable):
            return f"var.{_quoted(variable)} {operator} {_name(value)}"
        case FieldIs(name=name, operator="=", value=value):
            return f"{name}:{_name(value)}"
        case FieldIs(name=name, operator=operator, value=value):
            return f"{name} {operator} {_name(value)}"
        case Not(part):
            return f"NOT {_grouped(part)}"
        case And(parts):
            return " AND ".join(_in_and(part) for part in parts)
        case Or(parts):
            return " OR ".join(f"({to_text(part)})" if isinstance(part, Or) else to_text(part) for part in parts)
        case Related():
            return _related(query)


def _code(name: str, subtree: bool) -> str:
    if not _BARE.fullmatch(name) or name.endswith("+") or plain(name) in KEYWORDS or plain(name).startswith("var."):
        return f"under:{_quoted(name)}" if subtree else f"code:{_quoted(name)}"
    return f"{name}+" if subtree else name


def _related(query: Related) -> str:
    said = []
    if query.distance is not None and query.distance != NEXT_TURN and query.relation in MEASURED:
        said.append(_distance(query.distance))
    if query.any_reading:
        said.append("any reading")
    relation = f"not {query.relation}" if query.negated else str(query.relation)
    left = to_text(query.left) if isinstance(query.left, Related) else _grouped(query.left)
    written = f"{left} {relation} {_grouped(query.right)}"
    return f"{written} ({', '.join(said)})" if said else written


def _distance(distance: Distance) -> str:
    if distance.unit == Unit.TURNS and distance.number == 0:
        return "same turn"
    unit = str(distance.unit)
    return f"{distance.number} {unit.removesuffix('s') if distance.number == 1 else unit}"


def _in_and(part: Query) -> str:
    return f"({to_text(part)})" if isinstance(part, And | Or) else to_text(part)


def _grouped(part: Query) -> str:
    return to_text(part) if isinstance(part, CodeIs | FieldIs) else f"({to_text(part)})"


def _name(value: str) -> str:
    return value if _BARE.fullmatch(value) and plain(value) not in KEYWORDS else _quoted(value)


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text else f"“{text}”" if "”" not in text else f"«{text}»"

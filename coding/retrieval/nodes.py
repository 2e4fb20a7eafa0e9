"""A question put to a study's passages, as a tree.

What a tree finds is written down in `docs/retrieval.md`. In short: a code finds the passages that carry it; a field, or
what is negated, is a condition on a passage; in a conjunction the first part that finds passages says which come back,
and every other part must hold of them, a code by a passage of the same reading that shares a character.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Relation(StrEnum):
    """How a passage stands to another of the same source."""

    OVERLAPPING = "overlapping"
    WITHIN = "within"
    CONTAINING = "containing"
    NEAR = "near"
    FOLLOWED_BY = "followed by"
    PRECEDED_BY = "preceded by"


class Unit(StrEnum):
    """What a distance is counted in."""

    TURNS = "turns"
    CHARACTERS = "characters"


@dataclass(frozen=True)
class Place:
    """Code points `[start, end)` of the query's text."""

    start: int
    end: int


@dataclass(frozen=True)
class Distance:
    """At most so many turns or code points from one passage to the next; 0 turns is the same turn."""

    number: int
    unit: Unit


NEXT_TURN = Distance(1, Unit.TURNS)
MEASURED = frozenset({Relation.NEAR, Relation.FOLLOWED_BY, Relation.PRECEDED_BY})


@dataclass(frozen=True)
class CodeIs:
    """Passages that carry a code (named by its sign or name), or one below it in the tree."""

    name: str
    subtree: bool = False
    place: Place = field(default=Place(0, 0), compare=False)


@dataclass(frozen=True)
class FieldIs:
    """A condition on a passage's reading, source or speakers; `variable` is the name when the field is a variable."""

    name: str
    operator: str
    value: str
    variable: str = ""
    place: Place = field(default=Place(0, 0), compare=False)


@dataclass(frozen=True)
class Not:
    """What does not hold of a passage."""

    part: "Query"


@dataclass(frozen=True)
class And:
    """All of at least two parts."""

    parts: tuple["Query", ...]


@dataclass(frozen=True)
class Or:
    """Any of at least two parts."""

    parts: tuple["Query", ...]


@dataclass(frozen=True)
class Related:
    """Passages of `left` that stand so to a passage of `right`; `distance` only where the relation is measured.

    The other passage is of the same reading, or (`any_reading`) of whichever reading one may see.
    """

    left: "Query"
    relation: Relation
    right: "Query"
    distance: Distance | None = None
    negated: bool = False
    any_reading: bool = False


Query = CodeIs | FieldIs | Not | And | Or | Related


def finds(query: Query) -> bool:
    """Whether it finds passages of its own, by a code, rather than being a condition on passages."""
    match query:
        case CodeIs() | Related():
            return True
        case And(parts) | Or(parts):
            return any(finds(part) for part in parts)
        case _:
            return False


def finder_first(query: And) -> tuple[Query, tuple[Query, ...]]:
    """The part of a conjunction that says which passages come back, and the conditions on them."""
    at = next((index for index, part in enumerate(query.parts) if finds(part)), 0)
    return query.parts[at], query.parts[:at] + query.parts[at + 1 :]


def fields_in(query: Query) -> frozenset[str]:
    """The names of all fields the query speaks of."""
    match query:
        case FieldIs(name=name):
            return frozenset({name})
        case CodeIs():
            return frozenset()
        case Not(part):
            return fields_in(part)
        case And(parts) | Or(parts):
            return frozenset().union(*(fields_in(part) for part in parts))
        case Related(left=left, right=right):
            return fields_in(left) | fields_in(right)


def codes_named(query: Query) -> int:
    """How many times the query names a code."""
    match query:
        case CodeIs():
            return 1
        case FieldIs():
            return 0
        case Not(part):
            return codes_named(part)
        case And(parts) | Or(parts):
            return sum(map(codes_named, parts))
        case Related(left=left, right=right):
            return codes_named(left) + codes_named(right)

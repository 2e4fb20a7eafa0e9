"""What a query finds, by comparing every passage with every other in plain Python, to hold the database against."""

from dataclasses import dataclass
from typing import Any

from coding.retrieval.nodes import (
    And,
    CodeIs,
    FieldIs,
    Not,
    Or,
    Query,
    Related,
    Relation,
    Unit,
    fields_in,
    finder_first,
    finds,
)


@dataclass(frozen=True)
class Spoken:
    """A turn: its borders, its language, and who speaks ("" for nobody known)."""

    start: int
    end: int
    language: str
    person: str


@dataclass(frozen=True)
class Text:
    """A source: what is known of it, its turns, and the people who take part."""

    facts: dict[str, str]
    turns: tuple[Spoken, ...]
    people: tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """A passage with all that a query may ask of it; `code` is what its code was merged into in the end."""

    id: Any
    source: str
    start: int
    end: int
    code: str
    reading: Any
    coder: str
    layer: str
    phase: str
    round: int
    version: int | None
    weight: int | None


@dataclass(frozen=True)
class World:
    """`parents` leads from a code to the one above it, `roles` from a person to their role."""

    passages: tuple[Passage, ...]
    texts: dict[str, Text]
    parents: dict[str, str]
    roles: dict[str, str]
    years: dict[str, int]


def found(world: World, query: Query) -> set[Any]:
    """The ids of the passages that the query finds."""
    base = list(world.passages)
    if "phase" not in fields_in(query):
        final = {(one.source, one.coder, one.round) for one in world.passages if one.phase == "final"}
        base = [one for one in base if one.phase == "final" or (one.source, one.coder, one.round) not in final]
    oracle = Oracle(world, base)
    return {one.id for one in base if oracle.finds(query, one)}


class Oracle:
    def __init__(self, world: World, base: list[Passage]) -> None:
        self.world = world
        self.base = base

    def finds(self, query: Query, one: Passage) -> bool:
        match query:
            case CodeIs(name=name, subtree=subtree):
                return one.code == name or (subtree and name in self._above(one.code))
            case FieldIs():
                return self._field(query, one)
            case Not(part):
                return not self.holds(part, one)
            case Or(parts):
                return any(self.finds(part, one) for part in parts)
            case And():
                finder, conditions = finder_first(query)
                return self.finds(finder, one) and all(self.holds(part, one) for part in conditions)
            case Related(left, relation, right, distance, negated, any_reading):
                there = any(
                    self.finds(right, other)
                    for other in self.base
                    if other.id != one.id
                    and other.source == one.source
                    and (any_reading or other.reading == one.reading)
                    and _stands(relation, one, other)
                    and (distance is None or self._gap(one, other, distance.unit) <= distance.number)
                )
                return self.finds(left, one) and there != negated

    def holds(self, query: Query, one: Passage) -> bool:
        if not finds(query):
            return self.finds(query, one)
        return any(
            self.finds(query, other) for other in self.base if other.reading == one.reading and _overlap(one, other)
        )

    def _above(self, code: str) -> list[str]:
        above = []
        while code in self.world.parents:
            code = self.world.parents[code]
            above.append(code)
        return above

    def _touched(self, one: Passage) -> list[int]:
        turns = self.world.texts[one.source].turns
        return [number for number, turn in enumerate(turns) if turn.start < one.end and one.start < turn.end]

    def _gap(self, one: Passage, other: Passage, unit: Unit) -> int:
        if unit == Unit.CHARACTERS:
            return max(0, other.start - one.end, one.start - other.end)
        mine, theirs = self._touched(one), self._touched(other)
        return min(abs(a - b) for a in mine for b in theirs)

    def _people(self, one: Passage) -> set[str]:
        text = self.world.texts[one.source]
        speaking = {text.turns[number].person for number in self._touched(one)} - {""}
        return speaking or set(text.people)

    def _field(self, query: FieldIs, one: Passage) -> bool:
        text = self.world.texts[one.source]
        match query.name:
            case "phase":
                said = query.value in ("any", one.phase)
            case "coder" | "layer":
                said = getattr(one, query.name) == query.value
            case "weight" | "version" | "round":
                held = getattr(one, query.name)
                operator = "=" if query.operator == "!=" else query.operator
                said = held is not None and _compare(held, operator, int(query.value))
            case "language":
                said = any(text.turns[number].language == query.value for number in self._touched(one))
            case "participant":
                said = query.value in self._people(one)
            case "role":
                said = any(self.world.roles[person] == query.value for person in self._people(one))
            case "var":
                years = [self.world.years[person] for person in self._people(one) if person in self.world.years]
                return any(_compare(held, query.operator, int(query.value)) for held in years)
            case name:
                said = text.facts.get(name) == query.value
        return not said if query.operator == "!=" else said


def _compare(one: int, operator: str, other: int) -> bool:
    return {
        "=": one == other,
        "!=": one != other,
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
    }[operator]


def _overlap(one: Passage, other: Passage) -> bool:
    return other.start < one.end and one.start < other.end


def _stands(relation: Relation, one: Passage, other: Passage) -> bool:
    match relation:
        case Relation.OVERLAPPING:
            return _overlap(one, other)
        case Relation.WITHIN:
            return other.start <= one.start and one.end <= other.end
        case Relation.CONTAINING:
            return one.start <= other.start and other.end <= one.end
        case Relation.FOLLOWED_BY:
            return other.start >= one.end
        case Relation.PRECEDED_BY:
            return other.end <= one.start
        case Relation.NEAR:
            return True

"""Putting a query together piece by piece, as one does by clicking."""

from coding.retrieval.nodes import (
    MEASURED,
    And,
    Distance,
    Not,
    Or,
    Query,
    Related,
    Relation,
    finder_first,
    finds,
)

JOINS = ("and", "and not", "or")


def added(query: Query | None, how: str, part: Query) -> Query:
    """The query with one more part, joined by one of `JOINS`; a first part stands alone, negated or not."""
    part = Not(part) if how == "and not" else part
    if query is None:
        return part
    if how == "or":
        return Or((*query.parts, part)) if isinstance(query, Or) else Or((query, part))
    return And((*query.parts, part)) if isinstance(query, And) else And((query, part))


def related(
    query: Query | None, relation: Relation, part: Query, distance: Distance, *, any_reading: bool = False
) -> Query:
    """The query, what it finds standing so to `part`; the conditions on it stay beside it."""
    if query is None:
        return part
    measured = distance if relation in MEASURED else None
    if isinstance(query, And) and finds(query):
        finder, _ = finder_first(query)
        narrowed = Related(finder, relation, part, measured, any_reading=any_reading)
        return And(tuple(narrowed if one is finder else one for one in query.parts))
    return Related(query, relation, part, measured, any_reading=any_reading)


def parts_of(query: Query) -> tuple[Query, ...]:
    """The parts that can be taken away one by one: what must hold together, or the alternatives."""
    return query.parts if isinstance(query, And | Or) else (query,)


def without(query: Query, place: int) -> Query | None:
    """The query without its part at `place`, None when nothing is left."""
    kept = tuple(part for at, part in enumerate(parts_of(query)) if at != place)
    if len(kept) < 2:
        return kept[0] if kept else None
    return Or(kept) if isinstance(query, Or) else And(kept)

"""From a query to the passages it finds: one statement of the database, over the passages that a person may know of.

What each part means is written down in `docs/retrieval.md`. A part becomes a condition on the passages of its own
level; what asks for another passage is a subquery on the same visible passages, so that nothing hidden is ever counted.
"""

from dataclasses import dataclass

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from coding.models import Reading, Segment
from coding.queries.retrieval_names import Ids, Names, names_for
from coding.queries.visible import readings_visible_to, segments_visible_to
from coding.retrieval.nodes import (
    And,
    CodeIs,
    Distance,
    FieldIs,
    Not,
    Or,
    Query,
    Related,
    Relation,
    Unit,
    codes_named,
    fields_in,
    finder_first,
    finds,
)
from coding.retrieval.parser import parse
from observations.access import Viewer
from observations.models import SourceParticipant, Turn


def segments_matching(viewer: Viewer, query: str | Query) -> QuerySet[Segment]:
    """The passages a query finds, of those `viewer` may know of: one statement, after one look-up of the names in it.

    Unless the query speaks of a phase, each coder's last word counts: what stands in a final reading replaces what
    stood in the first one. Not ordered.

    Raises
    ------
    QueryProblem
        As `parse`, and `query.code_unknown`, `query.name_unknown` with the place of what nobody knows.
    """
    tree = parse(query) if isinstance(query, str) else query
    return matching(viewer, tree, names_for(viewer, tree))


def matching(viewer: Viewer, tree: Query, names: Names) -> QuerySet[Segment]:
    """As `segments_matching`, with the names looked up already. No query of its own."""
    passages = last_words(viewer) if "phase" not in fields_in(tree) else all_phases(viewer)
    there = Exists if codes_named(tree) <= MOST_JOINED else _Apart
    return passages.filter(_Compiler(passages, names, there).found(tree))


def all_phases(viewer: Viewer) -> QuerySet[Segment]:
    """The standing passages, in first and final readings, that a query may find."""
    return segments_visible_to(viewer).exclude(reading__state=Reading.State.ABANDONED)


def last_words(viewer: Viewer) -> QuerySet[Segment]:
    """Of `all_phases`, what stands in each coder's last reading of a source in a round that `viewer` may know of."""
    final = readings_visible_to(viewer).filter(phase=Reading.Phase.FINAL).exclude(state=Reading.State.ABANDONED)
    replaced = Exists(
        final.filter(source=OuterRef("source"), coder=OuterRef("reading__coder"), round=OuterRef("reading__round"))
    )
    return all_phases(viewer).exclude(Q(reading__phase=Reading.Phase.FIRST) & Q(replaced))


# Up to so many codes the planner may join their passages as it likes; the time it takes to choose grows like a power.
MOST_JOINED = 6


class _Apart(Exists):
    """As `Exists`, asked row by row: a condition of this shape is not joined, so a long query is planned in no time."""

    template = "(EXISTS(%(subquery)s) IS TRUE)"


@dataclass(frozen=True)
class _Compiler:
    passages: QuerySet[Segment]
    names: Names
    there: type[Exists]

    def found(self, query: Query) -> Q:
        """The condition by which a passage is one that the query finds."""
        match query:
            case CodeIs():
                return Q(code__in=self.names.codes[query.name, query.subtree])
            case FieldIs():
                return self._field(query)
            case Not(part):
                return ~self.holds(part)
            case Or(parts):
                return _any(self.found(part) for part in parts)
            case And():
                finder, conditions = finder_first(query)
                return _all([self.found(finder), *(self.holds(part) for part in conditions)])
            case Related():
                return self._related(query)

    def holds(self, query: Query) -> Q:
        """The condition by which a query holds of a passage: by itself, or by one that shares a character with it."""
        if not finds(query):
            return self.found(query)
        beside = self._beside(query).filter(reading=OuterRef("reading"), span__overlap=OuterRef("span"))
        return Q(self.there(beside))

    def _beside(self, query: Query) -> QuerySet[Segment]:
        return self.passages.filter(self.found(query), source=OuterRef("source"))

    def _related(self, query: Related) -> Q:
        others = self._beside(query.right).exclude(pk=OuterRef("pk"))
        if not query.any_reading:
            others = others.filter(reading=OuterRef("reading"))
        others = others.filter(_stands(query.relation))
        if query.distance is not None:
            others = others.filter(_is_near(query.distance))
        there = Q(self.there(others))
        return self.found(query.left) & (~there if query.negated else there)

    def _field(self, query: FieldIs) -> Q:
        differs = query.operator == "!="
        condition = self._said(query)
        return ~condition if differs and query.name != "var" else condition

    def _said(self, query: FieldIs) -> Q:
        value = query.value
        match query.name:
            case "phase" | "coder" | "layer" | "made":
                return _of_reading(query.name, value)
            case "weight" | "version" | "round":
                return _compared(FIGURES[query.name], query.operator, int(value))
            case "language":
                return Q(Exists(_turns_touched().filter(language__iexact=value)))
            case "participant" | "role":
                return _of_people(self.names.people[query.name, value])
            case "var":
                return self._variable(query)
            case _:
                return Q(source__in=self.names.sources[query.name, query.operator, value])

    def _variable(self, query: FieldIs) -> Q:
        sources, people = self.names.variables[query.variable, query.operator, query.value]
        return Q(source__in=sources) | _of_people(people)


FIGURES = {"weight": "weight", "version": "reading__codebook_version__number", "round": "reading__round"}


def _of_reading(name: str, value: str) -> Q:
    match name:
        case "phase":
            return Q(reading__phase__in=Reading.Phase.values if value == "any" else [value])
        case "coder":
            return Q(reading__coder__alias__iexact=value)
        case "layer":
            return Q(reading__coder__kind=value)
        case _:
            return Q(suggestion__isnull=value == "hand")


def _stands(relation: Relation) -> Q:
    """How the other passage (of the inner query) stands to the passage (of the outer one)."""
    match relation:
        case Relation.OVERLAPPING:
            return Q(span__overlap=OuterRef("span"))
        case Relation.WITHIN:
            return Q(now_start__lte=OuterRef("now_start"), now_end__gte=OuterRef("now_end"))
        case Relation.CONTAINING:
            return Q(now_start__gte=OuterRef("now_start"), now_end__lte=OuterRef("now_end"))
        case Relation.FOLLOWED_BY:
            return Q(now_start__gte=OuterRef("now_end"))
        case Relation.PRECEDED_BY:
            return Q(now_end__lte=OuterRef("now_start"))
        case Relation.NEAR:
            return Q()


def _is_near(distance: Distance) -> Q:
    if distance.unit == Unit.CHARACTERS:
        return Q(
            now_start__lte=OuterRef("now_end") + Value(distance.number),
            now_end__gte=OuterRef("now_start") - Value(distance.number),
        )
    # Turns partition the text: a passage at most n turns away is one that touches the window of n turns more each way.
    return Q(now_end__gt=_window_start(distance.number), now_start__lt=_window_end(distance.number))


def _turn_number(border: str, *, is_end: bool) -> Subquery:
    """The number of the turn that holds the first or last code point of the passage two levels further out."""
    own = Turn.objects.filter(source=OuterRef(OuterRef(OuterRef("source"))))
    before = {"start__lt" if is_end else "start__lte": OuterRef(OuterRef(OuterRef(border)))}
    return Subquery(own.filter(**before).order_by("-start").values("number")[:1], output_field=IntegerField())


def _window_start(turns: int) -> Coalesce:
    first = _turn_number("now_start", is_end=False)
    own = Turn.objects.filter(source=OuterRef(OuterRef("source")), number__gte=first - Value(turns))
    return Coalesce(Subquery(own.order_by("start").values("start")[:1]), Value(0))


def _window_end(turns: int) -> Coalesce:
    last = _turn_number("now_end", is_end=True)
    own = Turn.objects.filter(source=OuterRef(OuterRef("source")), number__lte=last + Value(turns))
    return Coalesce(Subquery(own.order_by("-start").values("end")[:1]), Value(0))


def _turns_touched() -> QuerySet[Turn]:
    """The turns that share a code point with the passage of the outer query."""
    begun = Turn.objects.filter(
        source=OuterRef(OuterRef("source")), start__lte=OuterRef(OuterRef("now_start"))
    ).order_by("-start")
    return Turn.objects.filter(
        source=OuterRef("source"), start__gte=Subquery(begun.values("start")[:1]), start__lt=OuterRef("now_end")
    )


def _of_people(people: Ids) -> Q:
    """Whether one of these participants speaks in the passage; where nobody known does, takes part in the source."""
    speaks = Exists(_turns_touched().filter(participant__in=people))
    is_told = Exists(_turns_touched().filter(participant__isnull=False))
    takes_part = Exists(SourceParticipant.objects.filter(source=OuterRef("source"), participant__in=people))
    return Q(speaks) | (~Q(is_told) & Q(takes_part))


def _compared(column: str, operator: str, value: int) -> Q:
    """The comparison as something that is true or false also where there is nothing to compare."""
    lookup = {"=": "", "!=": "", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte"}[operator]
    return Q(**{f"{column}__isnull": False, f"{column}{lookup}": value})


def _any(conditions: object) -> Q:
    joined = Q(pk__in=[])
    for condition in conditions:  # type: ignore[attr-defined]
        joined |= condition
    return joined


def _all(conditions: list[Q]) -> Q:
    joined = Q()
    for condition in conditions:
        joined &= condition
    return joined

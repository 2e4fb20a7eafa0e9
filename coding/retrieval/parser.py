"""Reading a query: its text into a tree, or what is wrong with it and where."""

import re
from collections.abc import Callable
from datetime import date

from coding.retrieval.nodes import (
    MEASURED,
    NEXT_TURN,
    And,
    CodeIs,
    Distance,
    FieldIs,
    Not,
    Or,
    Place,
    Query,
    Related,
    Relation,
    Unit,
)
from coding.retrieval.tokens import QueryProblem, Token, tokens_of
from coding.retrieval.words import (
    AND,
    ANY_READING,
    EXCEPT,
    FIELDS,
    FIRST_WORDS,
    KEYWORDS,
    NOT,
    NUMBERS,
    OR,
    ORDERED,
    RELATIONS,
    SAME_READING,
    SAME_TURN,
    UNITS,
    VALUES,
    plain,
)
from fieldstudy.errors import gettext_noop

DEEPEST = 40
FARTHEST = 1_000_000
MOST_PARTS = 100
_NUMBER = re.compile(r"[-+−]?\d+(?:[.,]\d+)?")
COMPARISONS = frozenset({":", "=", "!=", "<", "<=", ">", ">="})


def parse(text: str) -> Query:
    """The tree of a query.

    Raises
    ------
    QueryProblem
        Naming the place: `query.empty`, `query.incomplete`, `query.unexpected`, `query.unclosed`, `query.too_deep`,
        `query.too_many`, `query.field_unknown`, `query.value_unknown`, `query.not_a_number`, `query.not_a_date`,
        `query.not_ordered`, `query.distance`, `query.not_measured`, and what `tokens_of` raises.
    """
    reader = _Reader(tokens_of(text))
    if reader.now.kind == "end":
        message = gettext_noop("There is nothing to look for yet. Name a code by its sign, or a condition.")
        raise QueryProblem("query.empty", message, Place(0, 0))
    query = reader.any_of()
    if reader.now.kind != "end":
        raise _unexpected(reader.now)
    return query


class _Reader:
    """Reads tokens from left to right; each method reads one kind of phrase."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.parts = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.now
        self.at += token.kind != "end"
        return token

    def ahead(self, distance: int) -> Token:
        return self.tokens[min(self.at + distance, len(self.tokens) - 1)]

    def is_word(self, among: frozenset[str], distance: int = 0) -> bool:
        token = self.ahead(distance)
        names_a_field = self.ahead(distance + 1).text in COMPARISONS and self.ahead(distance + 1).kind == "sign"
        return token.kind == "word" and plain(token.text) in among and not names_a_field

    def is_sign(self, sign: str) -> bool:
        return self.now.kind == "sign" and self.now.text == sign

    def any_of(self) -> Query:
        parts = [self.all_of()]
        while self.is_word(OR):
            self.take()
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def all_of(self) -> Query:
        parts = [self.negation()]
        while True:
            if self.is_word(AND):
                self.take()
                parts.append(self.negation())
            elif self.is_word(EXCEPT):
                self.take()
                parts.append(Not(self.negation()))
            elif self.now.kind == "end" or self.is_word(OR) or self.is_sign(")"):
                return parts[0] if len(parts) == 1 else And(tuple(parts))
            else:
                parts.append(self.negation())

    def negation(self) -> Query:
        if self.is_word(NOT):
            self.take()
            return Not(self._deeper(self.negation))
        if self.now.kind == "word" and self.now.text.startswith("-") and len(self.now.text) > 1:
            token, shorter = self.now, self.now.text[1:]
            self.tokens[self.at] = Token("word", shorter, Place(token.place.start + 1, token.place.end))
            return Not(self.related())
        return self.related()

    def related(self) -> Query:
        left = self.primary()
        while True:
            negated = self.is_word(NOT) and self.is_word(FIRST_WORDS, 1)
            if not negated and not self.is_word(FIRST_WORDS):
                return left
            if negated:
                self.take()
            relation = self._relation()
            right = self.primary()
            distance, any_reading = self._measure(relation)
            left = Related(left, relation, right, distance, negated, any_reading)

    def primary(self) -> Query:
        token = self.take()
        if token.kind == "sign" and token.text == "(":
            query = self._deeper(self.any_of)
            if not self.is_sign(")"):
                message = gettext_noop("The parenthesis at character %(at)s is never closed.")
                raise QueryProblem("query.unclosed", message, token.place)
            self.take()
            return query
        if token.kind == "end":
            message = gettext_noop("The query breaks off at character %(at)s; a code or a condition is expected there.")
            raise QueryProblem("query.incomplete", message, token.place)
        if token.kind == "sign":
            raise _unexpected(token)
        self._count(token)
        if token.kind == "word" and (self._starts_field(token)):
            return self._field(token)
        if token.kind == "word" and plain(token.text) in KEYWORDS:
            raise _unexpected(token)
        return _code(token)

    def _starts_field(self, token: Token) -> bool:
        follows = self.now.kind == "sign" and self.now.text in COMPARISONS
        return follows or plain(token.text).startswith("var.")

    def _count(self, token: Token) -> None:
        self.parts += 1
        if self.parts > MOST_PARTS:
            message = gettext_noop(
                "At most 100 codes and conditions stand in a query; at character %(at)s is one more."
            )
            raise QueryProblem("query.too_many", message, token.place)

    def _deeper(self, read: Callable[[], Query]) -> Query:
        self.depth += 1
        if self.depth > DEEPEST:
            message = gettext_noop("Too many parentheses in each other at character %(at)s.")
            raise QueryProblem("query.too_deep", message, self.now.place)
        query = read()
        self.depth -= 1
        return query

    def _relation(self) -> Relation:
        first = self.take()
        for words, relation in RELATIONS.items():
            if plain(first.text) == words[0] and all(
                self.ahead(step).kind == "word" and plain(self.ahead(step).text) == word
                for step, word in enumerate(words[1:])
            ):
                self.at += len(words) - 1
                return relation
        raise _unexpected(first)

    def _measure(self, relation: Relation) -> tuple[Distance | None, bool]:
        """The distance and the readings said in parentheses after a relation; without, the next turn at the most."""
        distance = NEXT_TURN if relation in MEASURED else None
        any_reading = False
        if not self._is_measure():
            return distance, any_reading
        self.take()
        while True:
            words, place = self._words_said()
            if words in ANY_READING or words in SAME_READING:
                any_reading = words in ANY_READING
            elif relation in MEASURED:
                distance = _distance(words, place)
            else:
                message = gettext_noop("The relation before character %(at)s knows no distance.")
                raise QueryProblem("query.not_measured", message, place)
            closing = self.take()
            if closing.text == ")" and closing.kind == "sign":
                return distance, any_reading
            if closing.text != ",":
                raise _unexpected(closing)

    def _is_measure(self) -> bool:
        if not self.is_sign("(") or self.ahead(1).kind != "word" or self.ahead(2).kind != "word":
            return False
        pair = (plain(self.ahead(1).text), plain(self.ahead(2).text))
        if pair in SAME_TURN | SAME_READING | ANY_READING:
            return True
        return _NUMBER.fullmatch(pair[0]) is not None and pair[1] not in KEYWORDS

    def _words_said(self) -> tuple[tuple[str, ...], Place]:
        start = self.now.place.start
        words: list[str] = []
        end = start
        while self.now.kind == "word":
            token = self.take()
            words.append(plain(token.text))
            end = token.place.end
        return tuple(words), Place(start, max(end, start + 1))

    def _field(self, token: Token) -> Query:
        name, variable = plain(token.text), ""
        if name.startswith("var."):
            name, variable = "var", token.text[4:]
            if not variable and self.now.kind == "name":
                variable = self.take().text
        field = FIELDS.get(name)
        if field is None or (field == "var" and not variable):
            message = gettext_noop("There is no field of the name at character %(at)s.")
            raise QueryProblem("query.field_unknown", message, token.place)
        operator = self.take()
        if operator.kind != "sign" or operator.text not in COMPARISONS:
            raise _unexpected(operator)
        value = self.take()
        if value.kind not in ("word", "name"):
            message = gettext_noop("A value is missing at character %(at)s.")
            raise QueryProblem("query.incomplete", message, value.place)
        place = Place(token.place.start, value.place.end)
        if field in ("code", "under"):
            return CodeIs(value.text, field == "under", place) if operator.text in (":", "=") else _refuse(operator)
        said = _value(field, operator, value)
        return FieldIs(field, "=" if operator.text == ":" else operator.text, said, variable, place)


def _code(token: Token) -> CodeIs:
    subtree = token.kind == "word" and token.text.endswith("+") and len(token.text) > 1
    return CodeIs(token.text[:-1] if subtree else token.text, subtree, token.place)


def _value(field: str, operator: Token, value: Token) -> str:
    """The value as the platform knows it."""
    if operator.text in ("<", "<=", ">", ">=") and field not in ORDERED:
        _refuse(operator)
    if field in NUMBERS and not (value.text.isascii() and value.text.isdecimal() and len(value.text) < 9):
        message = gettext_noop("A whole number is expected at character %(at)s.")
        raise QueryProblem("query.not_a_number", message, value.place)
    if field == "date":
        try:
            return date.fromisoformat(value.text).isoformat()
        except ValueError:
            message = gettext_noop("A date like 2026-03-14 is expected at character %(at)s.")
            raise QueryProblem("query.not_a_date", message, value.place) from None
    if field in VALUES:
        known = VALUES[field].get(plain(value.text))
        if known is None:
            message = gettext_noop("The field knows no value like the one at character %(at)s.")
            raise QueryProblem("query.value_unknown", message, value.place)
        return known
    return value.text


def _refuse(operator: Token) -> CodeIs:
    message = gettext_noop("What is compared at character %(at)s is the same or is not; it is not more or less.")
    raise QueryProblem("query.not_ordered", message, operator.place)


def _distance(words: tuple[str, ...], place: Place) -> Distance:
    if words in SAME_TURN:
        return Distance(0, Unit.TURNS)
    if len(words) == 2 and words[0].isdecimal() and words[1] in UNITS and int(words[0]) <= FARTHEST:
        return Distance(int(words[0]), UNITS[words[1]])
    message = gettext_noop(
        "A distance like “same turn”, “3 turns” or “200 characters” is expected at character %(at)s."
    )
    raise QueryProblem("query.distance", message, place)


def _unexpected(token: Token) -> QueryProblem:
    if token.kind == "end":
        message = gettext_noop("The query breaks off at character %(at)s; a code or a condition is expected there.")
        return QueryProblem("query.incomplete", message, token.place)
    message = gettext_noop("What stands at character %(at)s does not fit there.")
    return QueryProblem("query.unexpected", message, token.place)

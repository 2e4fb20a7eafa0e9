"""A query's text cut into words, quoted names and signs, each with its place."""

import re
from dataclasses import dataclass

from coding.retrieval.nodes import Place
from fieldstudy.errors import Invalid, gettext_noop

LONGEST = 4000
OPENING = {'"': '"', "“": "”", "«": "»"}
_TOKEN = re.compile(r"""\s*(?:(?P<sign>[(),:]|[<>!]=|[<>=])|(?P<word>[^\s()",:<>=!“”«»]+)|(?P<quote>["“«]))""")
_BLANK = re.compile(r"\s*$")


@dataclass(frozen=True)
class Token:
    """`kind` is "word", "name" (quoted), "sign" or "end"; `text` what it says, without quotation marks."""

    kind: str
    text: str
    place: Place


class QueryProblem(Invalid):
    """A query that cannot be read, with the place that is to be put right."""

    def __init__(self, code: str, message: str, place: Place) -> None:
        super().__init__(code, message, fields={"query": [f"{place.start}-{place.end}"]}, at=place.start + 1)
        self.place = place


def tokens_of(text: str) -> list[Token]:
    """The tokens of a query, closed by one of kind "end".

    Raises
    ------
    QueryProblem
        `query.too_long`, `query.unclosed_quote`, `query.unreadable`.
    """
    if len(text) > LONGEST:
        message = gettext_noop("A query may have 4,000 characters; this one goes on after character %(at)s.")
        raise QueryProblem("query.too_long", message, Place(LONGEST, len(text)))
    found: list[Token] = []
    at = 0
    while not _BLANK.match(text, at):
        token, at = _next(text, at)
        found.append(token)
    return [*found, Token("end", "", Place(len(text), len(text)))]


def _next(text: str, at: int) -> tuple[Token, int]:
    match = _TOKEN.match(text, at)
    if match is None:
        at += len(text[at:]) - len(text[at:].lstrip())
        message = gettext_noop("The sign at character %(at)s has no place in a query.")
        raise QueryProblem("query.unreadable", message, Place(at, at + 1))
    kind = match.lastgroup or ""
    start = match.start(kind)
    if kind != "quote":
        return Token(kind, match[kind], Place(start, match.end())), match.end()
    end = text.find(OPENING[match["quote"]], match.end())
    if end < 0:
        message = gettext_noop("The quotation mark at character %(at)s is never closed.")
        raise QueryProblem("query.unclosed_quote", message, Place(start, len(text)))
    return Token("name", text[match.end() : end].strip(), Place(start, end + 1)), end + 1

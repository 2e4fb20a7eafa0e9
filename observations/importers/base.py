"""What every importer gives back: a source with its turns, or the problems that kept it from being read."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.text import canonical

_BEFORE = re.compile(r"\A[\s\ufeff]+")

TurnKind = Literal["speech", "question", "observed", "verbatim", "interpretation", "heading"]
SourceKind = Literal["interview", "field_note", "document"]


@dataclass(frozen=True)
class ParsedTurn:
    """One stretch of a source as its file holds it.

    `text` is canonical, without white space at its edges, never empty; `speaker` is the label in the file; `language`
    is empty where it is the source's; times are milliseconds from the start of the recording.
    """

    text: str
    kind: TurnKind = "speech"
    speaker: str = ""
    language: str = ""
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True)
class ImportProblem:
    """One thing about a file that its owner should know: what was found, where, and what was expected.

    `message` is English, marked for the catalogue, with `%(name)s` places for `values`. `found` and `expected` are
    technical (a file type, a time, a number), never words of the evidence. `line` and `column` count from 1.
    """

    code: str
    message: str
    found: str = ""
    expected: str = ""
    line: int | None = None
    column: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True)
class ParsedSource:
    """A source as its file holds it: `language` is "fr", "en" or "" where it cannot be told."""

    title: str
    kind: SourceKind
    turns: tuple[ParsedTurn, ...]
    language: str = ""
    warnings: tuple[ImportProblem, ...] = ()


class ImportFailed(Invalid):
    """A file could not be read; `problems` (at least one) say why. The error's own code is the first problem's."""

    def __init__(self, problems: Iterable[ImportProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.code, first.message, **first.values)


@dataclass(frozen=True)
class ImportFormat:
    """A kind of file that can be imported.

    `suffixes` are lower case with their dot; `read` takes the file's bytes and its bare name, and gives the source or
    raises `ImportFailed`.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    media_types: tuple[str, ...]
    read: Callable[[bytes, str], ParsedSource]


def failed(code: str, message: str, *, found: str = "", expected: str = "", **values: Any) -> ImportFailed:
    """The failure with one problem; `found` and `expected` are also values for the places of its message."""
    values |= {name: value for name, value in (("found", found), ("expected", expected)) if value}
    return ImportFailed([ImportProblem(code, message, found=found, expected=expected, values=values)])


def unreadable(expected: str) -> ImportFailed:
    """The failure of a file of the right kind that is damaged inside."""
    return failed(
        "import.damaged",
        gettext_noop("The file is damaged or incomplete: it says it is %(expected)s, but cannot be read as such."),
        expected=expected,
    )


def canonical_text(raw: str) -> str:
    """Canonical text without white space at its edges.

    Raises
    ------
    ImportFailed
        `text.nul`, `text.surrogate`.
    """
    try:
        return without_edges(canonical(raw)[0])
    except Invalid as error:
        raise ImportFailed([ImportProblem(error.code, error.message, values=error.values)]) from None


def without_edges(text: str) -> str:
    """Text without white space at its edges, nor a byte order mark that would now begin it: still canonical."""
    return _BEFORE.sub("", text).rstrip()

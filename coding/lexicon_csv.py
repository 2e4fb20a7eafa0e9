"""A lexicon as a CSV table: `sign,language,kind,expression,note`, a row for each phrase or pattern of a code."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from coding.csv_rows import Row, read_rows
from coding.tagging.lexicon import parse_expression
from fieldstudy.errors import Invalid, gettext_noop
from observations.importers.base import ImportFailed, ImportProblem

NEEDED = ("sign", "kind", "expression")
COLUMNS = ("sign", "language", "kind", "expression", "note")
LONGEST_EXPRESSION = 2_000
LONGEST_NOTE = 300
_LANGUAGE = re.compile(r"([a-z]{2,3})?")


@dataclass(frozen=True)
class LexiconRow:
    """One entry of the table; `language` is "" for every language."""

    line: int
    sign: str
    language: str
    kind: str
    expression: str
    note: str


def read_lexicon(content: bytes, *, known_signs: Collection[str]) -> list[LexiconRow]:
    """The entries of a table, in its order; a repeated line counts once.

    Parameters
    ----------
    content : bytes
        The CSV file.
    known_signs : collection of str
        Signs of the codes an entry can speak for.

    Raises
    ------
    ImportFailed
        With every problem and its line: what `read_rows` raises; `lexicon.sign_unknown`, `lexicon.language`,
        `lexicon.too_long`, and what `parse_expression` raises.
    """
    rows = read_rows(content, needed=NEEDED, known=lambda name: name in COLUMNS)
    problems = [problem for row in rows for problem in _problems(row, known_signs)]
    if not rows:
        problems = [ImportProblem("lexicon.empty", gettext_noop("There is no entry in the file."))]
    if problems:
        raise ImportFailed(problems)
    entries = {_identity(entry): entry for entry in reversed([_entry(row) for row in rows])}
    return sorted(entries.values(), key=lambda entry: entry.line)


def _identity(entry: LexiconRow) -> tuple[str, str, str, str]:
    return entry.sign, entry.language, entry.kind, entry.expression


def _entry(row: Row) -> LexiconRow:
    cells = row.cells
    return LexiconRow(
        line=row.line,
        sign=cells["sign"].upper(),
        language=cells.get("language", "").lower(),
        kind=cells["kind"],
        expression=cells["expression"],
        note=cells.get("note", ""),
    )


def _problems(row: Row, known_signs: Collection[str]) -> list[ImportProblem]:
    entry = _entry(row)
    problems: list[ImportProblem] = []
    if entry.sign not in known_signs:
        message = gettext_noop("No code that can be applied has the sign %(found)s.")
        problems.append(row.problem("lexicon.sign_unknown", message, found=entry.sign[:40]))
    if not _LANGUAGE.fullmatch(entry.language):
        message = gettext_noop("The language is %(found)s; expected is a code such as %(expected)s, or nothing.")
        problems.append(row.problem("lexicon.language", message, found=entry.language[:40], expected="en"))
    if len(entry.expression) > LONGEST_EXPRESSION or len(entry.note) > LONGEST_NOTE:
        message = gettext_noop("The expression or its note is too long.")
        expected = f"{LONGEST_EXPRESSION}, {LONGEST_NOTE}"
        problems.append(row.problem("lexicon.too_long", message, expected=expected))
    try:
        parse_expression(entry.kind, entry.expression)
    except Invalid as error:
        problems.append(ImportProblem(error.code, error.message, line=row.line, values=error.values))
    return problems

"""Rows of a CSV table with a header, each with its line, as the codebook and the lexicon are brought in."""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.text import canonical, decode
from observations.cells import unguard
from observations.importers.base import ImportFailed, ImportProblem
from observations.tables import read_table

SEPARATORS = (",", ";", "\t")
ZIP = b"PK\x03\x04"
_SEPARATOR_LINE = re.compile(r"\s*sep=([,;\t])\n", re.IGNORECASE)
MOST_ROWS = 5_000
LONGEST_CELL = 20_000


@dataclass(frozen=True)
class Row:
    """One row: the line it begins on (from 1) and its cells by column, without white space at their edges."""

    line: int
    cells: dict[str, str]

    def problem(self, code: str, message: str, *, found: str = "", expected: str = "") -> ImportProblem:
        """A problem of this row; `found` and `expected` are also values for the places of the message."""
        values = {"found": found, "expected": expected}
        return ImportProblem(code, message, found=found, expected=expected, line=self.line, values=values)


@dataclass(frozen=True)
class Table:
    """A table as it was read: the header in small letters, then each row's line and cells."""

    header: list[str]
    lines: list[tuple[int, list[str]]]
    is_workbook: bool


def read_rows(content: bytes, *, needed: Sequence[str], known: Callable[[str], bool]) -> list[Row]:
    """The rows of a table whose columns are known by their names; empty rows are left out.

    Parameters
    ----------
    content : bytes
        A file as `read_table_of` reads it.
    needed : sequence of str
        Columns the header must have.
    known : callable
        Whether a column may be there.

    Raises
    ------
    ImportFailed
        `csv.column_missing`, `csv.column_unknown`, and what `read_table_of` and `rows_of` raise.
    """
    table = read_table_of(content)
    missing = [name for name in needed if name not in table.header]
    check_columns(missing, [name for name in table.header if not known(name)])
    return rows_of(table, table.header)


def read_table_of(content: bytes) -> Table:
    """A CSV file separated by comma, semicolon or tab, whichever the header uses, or a workbook's first sheet.

    Parameters
    ----------
    content : bytes
        In any encoding `fieldstudy.text.decode` can tell, or a workbook (.xlsx), whose rows count as lines.

    Raises
    ------
    ImportFailed
        `csv.empty`, `csv.column_twice`, `csv.quotes`, and what decoding raises.
    """
    is_workbook = content.startswith(ZIP)
    header, lines = _without_empty_columns(
        *(_from_workbook(content) if is_workbook else _header_and_lines(_text(content)))
    )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise ImportFailed(
            [_column("csv.column_twice", gettext_noop("The column %(found)s is there twice."), name) for name in twice]
        )
    return Table(header, lines, is_workbook)


def rows_of(table: Table, names: Sequence[str]) -> list[Row]:
    """The rows of a table, empty ones left out, under the names of its columns; those named "" are left out.

    Raises
    ------
    ImportFailed
        `csv.cells`, `csv.too_long`.
    """
    rows: list[Row] = []
    problems: list[ImportProblem] = []
    for line, cells in table.lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            problems.append(_wrong_number(line, len(cells), len(names)))
            continue
        # Cells of a workbook are text and need no guard; those of a CSV file have one.
        said = [cell.strip() if table.is_workbook else unguard(cell.strip()) for cell in cells]
        rows.append(Row(line, {name: cell for name, cell in zip(names, said, strict=True) if name}))
    if len(rows) > MOST_ROWS or any(len(cell) > LONGEST_CELL for row in rows for cell in row.cells.values()):
        problems.append(_too_long())
    if problems:
        raise ImportFailed(problems)
    return rows


def _text(content: bytes) -> str:
    try:
        return canonical(decode(content)[0])[0]
    except Invalid as error:
        raise ImportFailed([ImportProblem(error.code, error.message, values=error.values)]) from None


def _from_workbook(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        table = read_table("table.xlsx", content)
    except Invalid as error:
        raise ImportFailed([ImportProblem(error.code, error.message, values=error.values)]) from None
    return [cell.strip().lower() for cell in table[0]], [(line, row) for line, row in enumerate(table[1:], start=2)]


def _header_and_lines(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    if not text.strip():
        message = gettext_noop("The file is empty; a header and rows were expected.")
        raise ImportFailed([ImportProblem("csv.empty", message)])
    said = _SEPARATOR_LINE.match(text)  # a line that some spreadsheets write
    text = "\n" + text[said.end() :] if said else text
    first = text.lstrip("\n").partition("\n")[0]
    separator = said[1] if said else max(SEPARATORS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            lines.append((before + 1, cells))
            before = reader.line_num
    except csv.Error:
        problem = ImportProblem(
            "csv.quotes",
            gettext_noop("From this line on the quotation marks do not match: a cell is opened and never closed."),
            line=before + 1,
        )
        raise ImportFailed([problem]) from None
    while not any(cell.strip() for cell in lines[0][1]):
        lines.pop(0)
    return [cell.strip().lower() for cell in lines[0][1]], lines[1:]


def _without_empty_columns(
    header: list[str], lines: list[tuple[int, list[str]]]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The table without the columns at its end that hold nothing at all, as spreadsheets leave them behind."""
    width = max((place for place, name in enumerate(header, start=1) if name), default=0)
    kept = [
        (line, cells[:width] if not any(cell.strip() for cell in cells[width:]) else cells) for line, cells in lines
    ]
    return (header[:width], kept) if all(len(cells) <= width for _, cells in kept) else (header, lines)


def check_columns(missing: Iterable[str], unknown: Iterable[str]) -> None:
    """Refuse a header that lacks columns, or has some that nobody knows: all of them at once.

    Raises
    ------
    ImportFailed
        `csv.column_missing`, `csv.column_unknown`.
    """
    told = {
        "csv.column_missing": (gettext_noop("The column %(found)s is missing."), missing),
        "csv.column_unknown": (gettext_noop("The column %(found)s is not known."), unknown),
    }
    problems = [_column(code, message, name) for code, (message, names) in told.items() for name in names]
    if problems:
        raise ImportFailed(problems)


def _column(code: str, message: str, name: str) -> ImportProblem:
    return ImportProblem(code, message, found=name[:40], line=1, values={"found": name[:40]})


def _wrong_number(line: int, found: int, expected: int) -> ImportProblem:
    return ImportProblem(
        "csv.cells",
        gettext_noop("The row has %(found)s cells; the header has %(expected)s."),
        found=str(found),
        expected=str(expected),
        line=line,
        values={"found": found, "expected": expected},
    )


def _too_long() -> ImportProblem:
    return ImportProblem(
        "csv.too_long",
        gettext_noop("At most %(rows)s rows with cells of %(cell)s characters are read at once."),
        values={"rows": MOST_ROWS, "cell": LONGEST_CELL},
    )

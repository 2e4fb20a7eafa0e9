"""Rows of a coding table in CSV, and errors that name the line at fault."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.text import decode

_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)


class TableError(Invalid):
    """A coding table that cannot be read as it is; the message names the line where one is to blame."""


@dataclass(frozen=True)
class Row:
    """One line of a coding table: where it begins in the file (from 1) and its cells by column."""

    line: int
    cells: Mapping[str, str]

    def problem(self, code: str, message: str, **values: Any) -> TableError:
        """An error about this line."""
        return TableError(code, message, line=self.line, **values)

    def filled(self, column: str) -> str:
        """The text in a column that must not be empty."""
        if not self.cells[column]:
            raise self.problem(
                "table.empty_cell", gettext_noop("Line %(line)s: column %(column)s is empty."), column=column
            )
        return self.cells[column]

    def whole(self, column: str) -> int:
        """The whole number in a column."""
        text = self.cells[column]
        if not _WHOLE.fullmatch(text):
            raise self.problem(
                "table.not_a_whole_number",
                gettext_noop("Line %(line)s: column %(column)s holds %(found)s where a whole number is expected."),
                column=column,
                found=repr(text[:40]),
            )
        return int(text)


def decoded(content: bytes) -> str:
    """The text of a CSV file, in UTF-8 or another encoding that `fieldstudy.text.decode` can tell.

    Raises
    ------
    TableError
        `table.encoding`, naming the line of the first byte that cannot be read; `table.not_text`; `table.empty`.
    """
    try:
        text, _ = decode(content)
    except Invalid as error:
        raise _unreadable(content, error) from error
    if not text.strip():
        raise TableError("table.empty", gettext_noop("The file is empty."))
    return text


def _unreadable(content: bytes, error: Invalid) -> TableError:
    if "position" in error.values:
        return TableError(
            "table.encoding",
            gettext_noop("Line %(line)s is not UTF-8 text. Save the file as CSV in UTF-8."),
            line=content.count(b"\n", 0, error.values["position"]) + 1,
        )
    return TableError(
        "table.not_text",
        gettext_noop("The file is not a table in plain text, or its encoding cannot be told. Save it as CSV in UTF-8."),
    )


def read_rows(text: str) -> tuple[tuple[str, ...], list[Row]]:
    """Column names (lower case) and rows of a table separated by commas, semicolons or tabs.

    Rows without any text are skipped, and cells without text to the right of the last column: spreadsheets leave both.

    Raises
    ------
    TableError
        `table.columns` for an empty or repeated column name, `table.cells` for a row with too many or too few cells,
        `table.csv` for broken quoting, `table.no_rows`.
    """
    reader = _numbered(text)
    _, names = next(reader, (1, []))
    header = tuple(name.strip().lower() for name in _without_blank_end(names, 0))
    if "" in header or len(set(header)) < len(header):
        raise TableError("table.columns", gettext_noop("Line 1: every column needs a name of its own."))
    rows = []
    for line, row in reader:
        cells = _without_blank_end(row, len(header))
        if len(cells) != len(header):
            raise TableError(
                "table.cells",
                gettext_noop("Line %(line)s has %(found)s cells where %(expected)s are expected."),
                line=line,
                found=len(cells),
                expected=len(header),
            )
        rows.append(Row(line, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    if not rows:
        raise TableError("table.no_rows", gettext_noop("The file has a header and no rows."))
    return header, rows


def _without_blank_end(cells: list[str], width: int) -> list[str]:
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with some text in them, each with the line it begins on."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise TableError(
            "table.csv", gettext_noop("Line %(line)s cannot be read as CSV; check its quotes."), line=begins
        ) from error


def check_columns(header: Sequence[str], needed: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Refuse a header that lacks a needed column or has an unknown one, with `table.columns`."""
    lacking = [name for name in needed if name not in header]
    unknown = [name for name in header if name not in (*needed, *optional)]
    if lacking or unknown:
        raise TableError(
            "table.columns",
            gettext_noop(
                "Line 1: the columns are %(found)s. Fixed units want unit,coder,code; spans want coder,start,end,code, "
                "and may add source,length,begin."
            ),
            found=",".join(header),
        )

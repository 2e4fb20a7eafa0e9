"""Tables from and for spreadsheets: CSV and XLSX files as rows of text, and back, safe to open."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.text import canonical, decode
from observations.cells import guard, unguard, write_rows
from observations.importers.archive import ZIP_FAILURES, Archive
from observations.importers.base import ImportFailed

MOST_ROWS = 20_000
MOST_COLUMNS = 300
MOST_BYTES = 20 * 1024 * 1024
SEPARATORS = (",", ";", "\t")
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII)
_QUOTED = re.compile(r'"[^"]*"')
LONGEST_HEADER = 100_000
_FIXED = (1980, 1, 1, 0, 0, 0)

Table = list[list[str]]


def read_table(name: str, content: bytes) -> Table:
    """The rows of a CSV or XLSX file as text, empty ones left out, all as long as the first, which is the header.

    Dates become ISO days, whole numbers lose their ".0", truth becomes "true" or "false"; of an XLSX file the first
    sheet is read, with the values its formulas had when it was saved.

    Raises
    ------
    Invalid
        `table.empty`, `table.unreadable`, `table.too_large`, `table.uneven`, `table.column_twice`, and what decoding
        raises.
    """
    if len(content) > MOST_BYTES:
        raise _too_large()
    rows = _from_workbook(content) if name.lower().endswith(".xlsx") else _from_text(content)
    rows = [row for row in rows if any(row)]
    if len(rows) < 2:
        raise Invalid("table.empty", gettext_noop("The table is empty; a header and at least one row were expected."))
    header = list(rows[0])
    while header and not header[-1]:
        header.pop()
    if len(rows) > MOST_ROWS or len(header) > MOST_COLUMNS:
        raise _too_large()
    folded = [cell.casefold() for cell in header]
    if len(set(folded)) < len(folded) or "" in folded:
        raise Invalid("table.column_twice", gettext_noop("Every column needs a name of its own in the first row."))
    return [header, *(_fitted(row, len(header), line) for line, row in enumerate(rows[1:], start=2))]


def csv_table(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as CSV (RFC 4180, UTF-8); what a spreadsheet would run gets an apostrophe in front, a number none."""
    written = io.BytesIO()
    write_rows(written, [[cell if _NUMBER.fullmatch(cell) else guard(cell) for cell in row] for row in rows])
    return written.getvalue()


def xlsx_table(rows: Iterable[Sequence[str]], *, sheet: str) -> bytes:
    """The rows as an XLSX workbook of text cells with a fixed header; the same rows give the same bytes."""
    # Here, because pages and commands that write no workbook shall not wait for the library.
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet[:31])
    page.freeze_panes = "B2"
    for row in rows:
        page.append([_text_cell(page, cell) for cell in row])
    book.properties.created = book.properties.modified = datetime(1980, 1, 1)
    made = io.BytesIO()
    book.save(made)
    return _with_fixed_times(made.getvalue())


def table_file(rows: Iterable[Sequence[str]], form: str, *, sheet: str) -> tuple[bytes, str]:
    """The rows as a file of the form "csv" or "xlsx", and its media type."""
    return (xlsx_table(rows, sheet=sheet), XLSX) if form == "xlsx" else (csv_table(rows), CSV)


def _text_cell(page: Any, text: str) -> object:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", text))
    # Text stays text: a cell that begins with "=" is not a formula.
    cell.data_type = "s"
    return cell


def _with_fixed_times(packed: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                start, end = content.find(b"<dcterms:modified"), content.find(b"</dcterms:modified>")
                content = content[:start] + content[end + len(b"</dcterms:modified>") :] if start >= 0 else content
            new.writestr(zipfile.ZipInfo(entry.filename, _FIXED), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _from_text(content: bytes) -> Table:
    text = canonical(decode(content)[0])[0]
    # What stands in quotation marks separates nothing.
    header = _QUOTED.sub("", text[:LONGEST_HEADER]).lstrip("\n").partition("\n")[0]
    separator = max(SEPARATORS, key=header.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return [[unguard(cell.strip()) for cell in row] for row in rows]
    except csv.Error:
        raise _unreadable() from None


def _from_workbook(content: bytes) -> Table:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        checked = Archive.open(content, "Excel (.xlsx)").only(lambda name: name.endswith((".xml", ".rels")))
        book = openpyxl.load_workbook(io.BytesIO(checked), read_only=True, data_only=True)
        page = book.worksheets[0]
        rows = page.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 2, values_only=True)
        return [[_as_text(cell) for cell in row] for row in rows]
    except (ImportFailed, InvalidFileException, KeyError, IndexError, TypeError, SyntaxError, *ZIP_FAILURES):
        raise _unreadable() from None


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return canonical(str(cell))[0].strip()


def _fitted(row: Sequence[str], width: int, line: int) -> list[str]:
    if any(row[width:]):
        raise Invalid(
            "table.uneven",
            gettext_noop("Row %(line)s has more cells than the header has columns. Give every column a name."),
            line=line,
        )
    return [*row[:width], *[""] * (width - len(row))]


def _unreadable() -> Invalid:
    return Invalid(
        "table.unreadable",
        gettext_noop("This file cannot be read as a table. Save it again as CSV (UTF-8) or as Excel (.xlsx)."),
    )


def _too_large() -> Invalid:
    return Invalid(
        "table.too_large",
        gettext_noop("At most %(rows)s rows and %(columns)s columns are read at once. Split the file."),
        rows=MOST_ROWS,
        columns=MOST_COLUMNS,
    )

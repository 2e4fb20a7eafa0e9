"""Passages that a query found, as a table: CSV or a spreadsheet."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from typing import BinaryIO

from observations.cells import guard, write_rows
from observations.tables import xlsx_table


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage as it leaves the building: offsets are code points of the numbered revision; `quote` as permitted."""

    segment: str
    source: str
    source_kind: str
    site: str
    observed_on: str
    turn: int
    participant: str
    code: str
    code_name: str
    coder: str
    coder_kind: str
    phase: str
    start: int
    end: int
    weight: int | str
    quote: str
    revision: int


COLUMNS = tuple(field.name for field in fields(PassageRow))


def write_csv(rows: Iterable[PassageRow], target: BinaryIO) -> None:
    """Write a header and a line for each passage; `target` stays open."""
    write_rows(target, [COLUMNS])
    write_rows(target, ([_cell(cell) for cell in astuple(row)] for row in rows))


def write_xlsx(rows: Iterable[PassageRow], target: BinaryIO) -> None:
    """Write one sheet with a header row; `target` stays open."""
    target.write(xlsx_table([COLUMNS, *([str(cell) for cell in astuple(row)] for row in rows)], sheet="passages"))


def _cell(cell: str | int) -> str | int:
    return guard(cell) if isinstance(cell, str) else cell

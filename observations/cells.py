"""Cells and rows of CSV files: RFC 4180, UTF-8 without a byte order mark, and safe to open in a spreadsheet.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, also after a tab or a carriage
return, and in some locales takes the full-width forms for the same. Such a cell gets one apostrophe in front, and so
does a cell that begins with an apostrophe itself: taking one leading apostrophe off every cell that has one restores
every cell.
"""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import BinaryIO

_GUARD = "'"
_GUARDED = frozenset("=+-@\t\r＝＋－＠" + _GUARD)


def guard(cell: str) -> str:
    """The cell as it is written: with one apostrophe in front where a spreadsheet would run or swallow it."""
    return _GUARD + cell if cell[:1] in _GUARDED else cell


def unguard(cell: str) -> str:
    """The cell as it was before `guard`; a leading apostrophe that guards nothing, as in "'tis", stays."""
    return cell[1:] if cell.startswith(_GUARD) and cell[1:2] in _GUARDED and len(cell) > 1 else cell


def write_rows(target: BinaryIO, rows: Iterable[Iterable[str | int]]) -> None:
    """Write each row on its own line, all rows of one call at once; `target` stays open."""
    lines = StringIO(newline="")
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    target.write(lines.getvalue().encode("utf-8"))

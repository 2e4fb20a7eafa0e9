"""Codes whose place a table tells by a path, as MAXQDA does: "Norms > Strict" is the code "Strict" below "Norms".

Source: MAXQDA 2022 manual, "Import codes and code memos from an Excel table": columns `Code` and `Memo`; a ">" in the
former parts a subcode from the code above, and codes above that have no row of their own are made.
"""

import re
from collections.abc import Collection, Sequence

from coding.codebook_columns import text_of
from coding.csv_rows import Row

_BETWEEN = re.compile(r"\s+>\s+")
_MAXQDA = frozenset(("code", "memo"))


def by_paths(rows: Sequence[Row], header: Collection[str]) -> tuple[list[Row], int]:
    """The rows under their own names, with `place` and `parent` as paths; and how many stand below others by them.

    Names are paths only where the table names no parent and no sign, and every code above has a row: then a name parted
    by ">" cannot be meant as one. In a table with MAXQDA's columns, codes above that have no row are made. Otherwise
    the rows stay as they are.
    """
    paths = [_path(row) for row in rows]
    there, below = set(paths), sum(len(path) > 1 for path in paths)
    missing: dict[tuple[str, ...], Row] = {}
    for row, path in zip(rows, paths, strict=True):
        for length in range(1, len(path)):
            if path[:length] not in there:
                missing.setdefault(path[:length], row)
    is_told = any(row.cells.get("parent") or row.cells.get("sign") for row in rows)
    if not below or is_told or (missing and not _MAXQDA.issubset(header)):
        return list(rows), 0
    above = [Row(row.line, {_named(row)[0]: path[-1]} | _place(path)) for path, row in missing.items()]
    told = [
        Row(row.line, row.cells | {_named(row)[0]: path[-1]} | _place(path)) if path else row
        for row, path in zip(rows, paths, strict=True)
    ]
    return [*above, *told], below


def _path(row: Row) -> tuple[str, ...]:
    """A row's name as a path, the topmost code first; () for a row without a name."""
    named = _named(row)
    parts = tuple(_BETWEEN.split(row.cells[named[0]])) if len(named) == 1 else ()
    return parts if parts and all(parts) else tuple(row.cells[column] for column in named[:1])


def _named(row: Row) -> list[str]:
    """The columns with a name of the row's code."""
    return [column for column, cell in row.cells.items() if cell and text_of(column) == "name"]


def _place(path: tuple[str, ...]) -> dict[str, str]:
    return {"place": " > ".join(path), "parent": " > ".join(path[:-1])}

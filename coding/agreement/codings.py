"""Codings made elsewhere, from the rows of a table: fixed units or free spans."""

import math
import re
from collections.abc import Collection, Sequence

import numpy as np

from coding.agreement.ratings import MISSING, FloatArray, Ratings
from coding.agreement.sets import SetRatings
from coding.agreement.spans import Continua, Spans
from coding.agreement.tables import Row, TableError
from fieldstudy.errors import gettext_noop

UNIT_COLUMNS = ("unit", "coder", "code")
SPAN_COLUMNS = ("coder", "start", "end", "code")
SPAN_OPTIONS = ("source", "length", "begin")

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def read_units(rows: Sequence[Row]) -> Ratings | SetRatings:
    """Ratings of fixed units from `unit, coder, code` rows.

    A (unit, coder) pair without a row is missing; an empty code is the decision "nothing", a category with the empty
    label; a pair with several codes makes every decision of the table a set.

    Raises
    ------
    TableError
        `table.empty_cell` for an empty unit or coder; `table.nothing_beside_code` for a pair that says both.
    """
    cells: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        pair = (row.filled("unit"), row.filled("coder"))
        chosen = cells.setdefault(pair, set())
        chosen.add(row.cells["code"])
        if "" in chosen and len(chosen) > 1:
            raise row.problem(
                "table.nothing_beside_code",
                gettext_noop("Line %(line)s: this coder gives this unit both a code and an empty code."),
            )
    units = {unit: place for place, unit in enumerate(dict.fromkeys(unit for unit, _ in cells))}
    coders = {coder: place for place, coder in enumerate(sorted({coder for _, coder in cells}))}
    if any(len(chosen) > 1 for chosen in cells.values()):
        table: list[list[set[str] | None]] = [[None] * len(coders) for _ in units]
        for (unit, coder), chosen in cells.items():
            table[units[unit]][coders[coder]] = chosen - {""}
        return SetRatings.from_table(table)
    spellings = {code for chosen in cells.values() for code in chosen}
    index, labels, numbers = _categories(spellings)
    values = np.full((len(units), len(coders)), MISSING, dtype=np.int64)
    for (unit, coder), chosen in cells.items():
        values[units[unit], coders[coder]] = index[next(iter(chosen))]
    return Ratings(values=values, categories=labels, numbers=numbers)


def are_numbers(codes: Collection[str]) -> bool:
    """Whether all codes are finite decimal numbers, and not the names 1.1 and 1.10 of a numbered codebook."""
    if not all(_NUMBER.fullmatch(code) and math.isfinite(float(code)) for code in codes):
        return False
    fractions = [float(code) for code in codes if not float(code).is_integer()]
    return len(fractions) == len(set(fractions))


def _categories(spellings: set[str]) -> tuple[dict[str, int], tuple[str, ...], FloatArray | None]:
    """Place of each spelling, labels and numbers of the categories; as numbers, 1 and 1.0 are one category."""
    if not are_numbers(spellings):
        labels = tuple(sorted(spellings))
        return {label: place for place, label in enumerate(labels)}, labels, None
    ordered = sorted({float(code) for code in spellings})
    index = {code: ordered.index(float(code)) for code in spellings}
    shortest = sorted(spellings, key=lambda code: (len(code), code), reverse=True)
    named = {index[code]: code for code in shortest}
    return index, tuple(named[place] for place in range(len(ordered))), np.array(ordered)


def read_spans(rows: Sequence[Row], *, length: int | None = None, begin: int | None = None) -> Continua:
    """Segments from `coder, start, end, code` rows, with `source`, `length` and `begin` as optional columns.

    Every coder with a row on a source finished it; a row with empty start, end and code says so for one who applied
    nothing. A coder without a row on a source is missing there.

    Parameters
    ----------
    length, begin : int, optional
        Extent of the one source of the table; where the table has the columns too, they must agree.

    Raises
    ------
    TableError
        `table.half_empty_span`, `table.empty_cell`, `table.not_a_whole_number`, `table.empty_span`,
        `table.span_out_of_range`, `table.extent_conflict`, `table.no_length`, `table.several_sources`.
    """
    extents = _Extents(rows, length, begin)
    coders = {name: place for place, name in enumerate(sorted({row.filled("coder") for row in rows}))}
    labels = _ordered_labels({row.cells["code"] for row in rows if row.cells["code"]})
    codes = {label: place for place, label in enumerate(labels)}
    finished = np.zeros((len(extents.sources), len(coders)), dtype=np.bool_)
    found = []
    for row in rows:
        source, coder = extents.sources[row.cells.get("source", "")], coders[row.cells["coder"]]
        finished[source, coder] = True
        empty = [not row.cells[column] for column in ("start", "end", "code")]
        if all(empty):
            continue
        if any(empty):
            raise row.problem(
                "table.half_empty_span",
                gettext_noop("Line %(line)s: start, end and code go together, all filled or all empty."),
            )
        found.append((source, coder, codes[row.cells["code"]], *extents.span(row, source)))
    return Continua(
        given=Spans.from_rows(found),
        begins=np.array(extents.begins, dtype=np.int64),
        lengths=np.array(extents.lengths, dtype=np.int64),
        finished=finished,
        codes=labels,
    )


def _ordered_labels(labels: set[str]) -> tuple[str, ...]:
    if are_numbers(labels):
        return tuple(sorted(labels, key=lambda label: (float(label), label)))
    return tuple(sorted(labels))


class _Extents:
    """Where each source of a span table begins and how long it is, from its columns or from the options."""

    def __init__(self, rows: Sequence[Row], length: int | None, begin: int | None) -> None:
        self.sources: dict[str, int] = {}
        for row in rows:
            name = row.filled("source") if "source" in row.cells else ""
            self.sources.setdefault(name, len(self.sources))
        if len(self.sources) > 1 and (length is not None or begin is not None):
            raise TableError(
                "table.several_sources",
                gettext_noop("The table has several sources: give their extent in the columns length and begin."),
            )
        self.lengths = self._stated(rows, "length", length, None)
        self.begins = self._stated(rows, "begin", begin, 0)

    def _stated(self, rows: Sequence[Row], column: str, option: int | None, default: int | None) -> list[int]:
        stated: list[int | None] = [option] * len(self.sources)
        for row in rows:
            if row.cells.get(column, ""):
                source, value = self.sources[row.cells.get("source", "")], row.whole(column)
                if stated[source] not in (None, value):
                    raise row.problem(
                        "table.extent_conflict",
                        gettext_noop(
                            "Line %(line)s: %(column)s is %(found)s, but %(other)s was given for this source."
                        ),
                        column=column,
                        found=value,
                        other=stated[source],
                    )
                stated[source] = value
        known = [default if value is None else value for value in stated]
        if any(value is None or (column == "length" and value < 1) for value in known):
            raise TableError(
                "table.no_length",
                gettext_noop("The length of every source is needed, 1 or more: by --length or in a column length."),
            )
        return [value for value in known if value is not None]

    def span(self, row: Row, source: int) -> tuple[int, int]:
        """The offsets of a row, checked against its source."""
        start, end = row.whole("start"), row.whole("end")
        if start >= end:
            raise row.problem(
                "table.empty_span",
                gettext_noop("Line %(line)s: start %(start)s is not before end %(end)s."),
                start=start,
                end=end,
            )
        first, last = self.begins[source], self.begins[source] + self.lengths[source]
        if start < first or end > last:
            raise row.problem(
                "table.span_out_of_range",
                gettext_noop("Line %(line)s: [%(start)s, %(end)s) lies outside the source, [%(first)s, %(last)s)."),
                start=start,
                end=end,
                first=first,
                last=last,
            )
        return start, end

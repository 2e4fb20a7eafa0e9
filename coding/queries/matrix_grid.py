"""A matrix laid out for a page, a file or the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from coding.charts import Dots
from coding.queries.matrices import Matrix
from coding.queries.matrix_axes import Heading

MOST_COLUMNS = 60


@dataclass(frozen=True)
class Cell:
    """A number, how strong it is drawn (0 nothing, 1 most, 7 least), whether it is few, and the key of its column."""

    n: int
    step: int
    is_few: bool
    column: str


@dataclass(frozen=True)
class Line:
    heading: Heading
    cells: list[Cell]
    total: int
    is_group_start: bool
    is_heading: bool


@dataclass(frozen=True)
class Grid:
    """What fits on a page: all rows, and columns up to `MOST_COLUMNS`; `left_out` of them stand only in the file."""

    matrix: Matrix
    columns: list[tuple[Heading, int | None]]
    groups: list[tuple[str, int]]
    lines: list[Line]
    left_out: int

    @property
    def is_empty(self) -> bool:
        return not self.matrix.passages


def grid(matrix: Matrix) -> Grid:
    """The matrix as lines of cells."""
    placed = matrix.placed
    kept = [
        at
        for at, column in enumerate(placed.columns)
        if not (placed.is_meeting and (_is_bare(matrix, at) or _is_past(matrix, at)))
    ]
    shown = kept[:MOST_COLUMNS]
    counts = matrix.counts.tolist()
    lines, group = [], ""
    for row, heading in enumerate(placed.rows):
        if _is_past(matrix, row):
            continue
        cells = [
            Cell(counts[row][at], matrix.steps[row][at], matrix.few[row][at], placed.columns[at].key) for at in shown
        ]
        starts = bool(heading.group) and heading.group != group
        lines.append(Line(heading, cells, matrix.row_totals[row], starts, _is_bare(matrix, row)))
        group = heading.group
    totals: list[int | None] = [None if placed.is_meeting else matrix.column_totals[at] for at in shown]
    headings = [placed.columns[at] for at in shown]
    return Grid(matrix, list(zip(headings, totals, strict=True)), _groups(headings), lines, len(kept) - len(shown))


def _is_bare(matrix: Matrix, row: int) -> bool:
    """Whether a row is a mere heading of the codebook, under which codes stand and which nobody can apply."""
    code = matrix.placed.rows[row].code
    return code is not None and not code.is_codable and not matrix.row_totals[row]


def _is_past(matrix: Matrix, row: int) -> bool:
    """Whether a row is a code out of use that has nothing here."""
    code = matrix.placed.rows[row].code
    return code is not None and code.retired_at is not None and not matrix.row_totals[row]


def _groups(headings: list[Heading]) -> list[tuple[str, int]]:
    """The groups of neighbouring columns, with how many each holds."""
    groups: list[tuple[str, int]] = []
    for heading in headings:
        if heading.group and groups and groups[-1][0] == heading.group:
            groups[-1] = (heading.group, groups[-1][1] + 1)
        elif heading.group:
            groups.append((heading.group, 1))
    return groups


def table(matrix: Matrix) -> Iterator[list[Any]]:
    """The whole matrix as rows of a file, with a row of headings and totals."""
    placed = matrix.placed
    yield [gettext("Row"), *(_full(column) for column in placed.columns), gettext("All together")]
    for row, heading in enumerate(placed.rows):
        yield [_full(heading), *matrix.counts[row].tolist(), matrix.row_totals[row]]
    if matrix.column_totals:
        yield [gettext("All together"), *matrix.column_totals, ""]


def heat_map(matrix: Matrix) -> Dots:
    """The matrix as a heat map, without rows and columns that hold nothing."""
    placed = matrix.placed
    rows = [row for row in range(len(placed.rows)) if matrix.counts[row].any()]
    columns = [column for column in range(len(placed.columns)) if matrix.counts[:, column].any()]
    return Dots(
        tuple(_full(placed.rows[row]) for row in rows),
        tuple(_full(placed.columns[column]) for column in columns),
        tuple(tuple(float(matrix.counts[row, column]) for column in columns) for row in rows),
        tuple(tuple(matrix.few[row][column] for column in columns) for row in rows),
    )


def _full(heading: Heading) -> str:
    """A heading in one line: the sign with a code, the group with what belongs to one."""
    if heading.code is not None:
        return f"{heading.code.sign} {heading.label}"
    return f"{heading.group}: {heading.label}" if heading.group else heading.label

"""A codebook as a CSV table: a row per code, its texts in every language side by side.

The header is `sign,parent,codable,hue,stance,asks_weight` and, for each language, `name_en`, `definition_en`,
`include_en`, `exclude_en`, `example_en`. A row names its parent by sign or name; parents may stand below their
children. A code without a sign gets one made from its name. The table the platform exports is read as well: its columns
have other names, and it names a parent by its code's id; and so are tables of other programs, with one name and one
definition for each code (`coding/codebook_columns.py`).
"""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from coding.codebook_columns import TEXTS, columns_of, text_of
from coding.codebook_parents import KnownCode, Place, placed
from coding.codebook_paths import by_paths
from coding.csv_rows import Row, check_columns, read_table_of, rows_of
from fieldstudy.errors import gettext_noop
from observations.importers.base import ImportFailed, ImportProblem

STANCES = ("strength", "limit", "neither")
HUES = range(1, 9)
# The look's eight branch hues (light), as sRGB for programs that know no OKLCH.
HUE_COLORS = ("#2f5dc0", "#a34e12", "#009691", "#873a84", "#a68306", "#43107f", "#7f1f00", "#0b4d44")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_YES = ("1", "yes", "true", "oui", "vrai")
_NO = ("0", "no", "false", "non", "faux")
_YES_NO = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
_IN_FRENCH = {"atout": "strength", "limite": "limit", "ni l'un ni l'autre": "neither", "ni l’un ni l’autre": "neither"}


@dataclass(frozen=True)
class CodeRow:
    """One code of the table; `parent` is a sign or "", `hue` None where the branch's next free one will do.

    `guid` is its identity in exchange with other programs, where the table has one, and `color` one that is no hue.
    `is_made` says that its sign was made from its name, `is_there` that the codebook has it already.

    `texts` leads from `names`, `definitions`, `include_when`, `exclude_when` and `examples` to a text by language.
    """

    line: int
    sign: str
    parent: str
    is_codable: bool
    hue: int | None
    stance: str
    asks_weight: bool
    texts: dict[str, dict[str, str]]
    guid: str = ""
    color: str = ""
    is_made: bool = False
    is_there: bool = False


@dataclass(frozen=True)
class CodeTable:
    """The codes of a table, every parent before its children.

    `left_out` are the columns that have no place here, `retired` the number of rows whose code is out of use, `by_path`
    that of codes whose names told their place (`coding.codebook_paths`).
    """

    codes: tuple[CodeRow, ...]
    left_out: tuple[str, ...] = ()
    retired: int = 0
    by_path: int = 0


def read_codebook(content: bytes, *, known: Collection[KnownCode] = (), language: str = "en") -> CodeTable:
    """The codes of a table, every parent before its children and otherwise in the order of the file.

    Parameters
    ----------
    content : bytes
        The CSV file, or an Excel workbook (.xlsx) whose first sheet holds the table.
    known : collection of KnownCode
        The codes of the codebook the table is added to: they may be parents, and no sign may come again.
    language : str
        That of the texts whose columns do not say theirs.

    Raises
    ------
    ImportFailed
        With every problem and its line: what `read_table_of`, `check_columns`, `rows_of` and `placed` tell;
        `code.name_empty`, `codebook.cell`, `codebook.empty`.
    """
    table = read_table_of(content)
    columns = columns_of(table.header, language)
    check_columns([] if columns.has_names else ["name"], columns.unknown)
    held = _as_here(rows_of(table, columns.names))
    rows = [row for row in held if row.cells.get("retired", "").lower() not in _YES]
    retired = len(held) - len(rows)
    problems: list[ImportProblem] = []
    if not rows:
        problems.append(ImportProblem("codebook.empty", gettext_noop("There is no code in the file.")))
    rows, by_path = by_paths(rows, table.header)
    places, misplaced = placed(rows, known)
    codes = [_code(place, problems) for place in places]
    if problems := [*problems, *misplaced]:
        raise ImportFailed(sorted(problems, key=lambda problem: problem.line or 0))
    return CodeTable(tuple(codes), columns.left_out, retired, by_path)


def _as_here(rows: list[Row]) -> list[Row]:
    """The rows with the sign of the parent where its id was given, and the hue where its colour was."""
    signs = {row.cells["code"]: row.cells["sign"] for row in rows if row.cells.get("code")}
    told = []
    for row in rows:
        cells = dict(row.cells)
        cells["parent"] = signs.get(cells.get("parent", ""), cells.get("parent", ""))
        color = cells.get("hue_color", "").lower()
        if color in HUE_COLORS and not cells.get("hue"):
            cells["hue"] = str(HUE_COLORS.index(color) + 1)
        told.append(Row(row.line, cells))
    return told


def _code(place: Place, problems: list[ImportProblem]) -> CodeRow:
    row, cells = place.row, place.row.cells
    texts: dict[str, dict[str, str]] = {name: {} for name in TEXTS.values()}
    for column, text in cells.items():
        if text and text_of(column):
            texts[TEXTS[text_of(column)]][column.rpartition("_")[2]] = text
    if not texts["names"]:
        problems.append(row.problem("code.name_empty", gettext_noop("A code needs a name."), expected="name"))
    hue = cells.get("hue", "")
    if hue and not (hue.isascii() and hue.isdigit() and int(hue) in HUES):
        problems.append(_cell(row, "hue", "1–8"))
        hue = ""
    stance = cells.get("stance", "").lower() or "neither"
    stance = _IN_FRENCH.get(stance, stance)
    if stance not in STANCES:
        problems.append(_cell(row, "stance", ", ".join(STANCES)))
    return CodeRow(
        line=row.line,
        sign=place.sign,
        parent=place.parent,
        is_codable=_yes_no(row, "codable", True, problems),
        hue=int(hue) if hue else None,
        stance=stance,
        asks_weight=_yes_no(row, "asks_weight", False, problems),
        texts=texts,
        guid=_guid(row, problems),
        color=_own_color(cells.get("hue_color", "")),
        is_made=place.is_made,
        is_there=place.is_there,
    )


def _guid(row: Row, problems: list[ImportProblem]) -> str:
    cell = row.cells.get("refi_guid", "")
    try:
        return str(uuid.UUID(cell)) if cell else ""
    except ValueError:
        problems.append(_cell(row, "refi_guid", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"))
        return ""


def _own_color(color: str) -> str:
    color = color.lower()
    return color if _COLOR.fullmatch(color) and color not in HUE_COLORS else ""


def _yes_no(row: Row, column: str, default: bool, problems: list[ImportProblem]) -> bool:
    cell = row.cells.get(column, "").lower()
    if not cell:
        return default
    if cell not in _YES_NO:
        problems.append(_cell(row, column, "0, 1"))
    return _YES_NO.get(cell, default)


def _cell(row: Row, column: str, expected: str) -> ImportProblem:
    found = f"{column}: {row.cells[column][:40]}"
    return row.problem(
        "codebook.cell", gettext_noop("%(found)s was found; expected is %(expected)s."), found=found, expected=expected
    )

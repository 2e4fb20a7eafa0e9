"""A codebook as a CSV table: a row per code, its texts in every language side by side.

The header is `sign,parent,codable,hue,stance,asks_weight` and, for each language, `name_en`, `definition_en`,
`include_en`, `exclude_en`, `example_en`. A row names its parent by sign; parents may stand below their children. The
table the platform exports is read as well: its columns have other names, and it names a parent by its code's id.
"""

import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from coding.csv_rows import Row, read_rows
from fieldstudy.errors import gettext_noop
from observations.importers.base import ImportFailed, ImportProblem

NEEDED = ("sign",)
COLUMNS = ("sign", "parent", "codable", "hue", "stance", "asks_weight")
TEXTS = {
    "name": "names",
    "definition": "definitions",
    "include": "include_when",
    "exclude": "exclude_when",
    "example": "examples",
}
STANCES = ("strength", "limit", "neither")
HUES = range(1, 9)
EXPORTED = {"is_codable": "codable", "include_when": "include", "exclude_when": "exclude", "examples": "example"}
EXPORTED_ALONE = ("code", "refi_guid", "position", "path", "hue_color")
# The look's eight branch hues (light), as sRGB for programs that know no OKLCH.
HUE_COLORS = ("#2f5dc0", "#a34e12", "#009691", "#873a84", "#a68306", "#43107f", "#7f1f00", "#0b4d44")
_TEXT_COLUMN = re.compile(rf"({'|'.join([*TEXTS, 'include_when', 'exclude_when', 'examples'])})_([a-z]{{2,3}})")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_SIGN = re.compile(r"[^\W_]{2,4}")
_YES = ("1", "yes", "true", "oui", "vrai")
_NO = ("0", "no", "false", "non", "faux")
_YES_NO = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
_IN_FRENCH = {"atout": "strength", "limite": "limit", "ni l'un ni l'autre": "neither", "ni l’un ni l’autre": "neither"}


@dataclass(frozen=True)
class CodeRow:
    """One code of the table; `parent` is a sign or "", `hue` None where the branch's next free one will do.

    `guid` is its identity in exchange with other programs, where the table has one, and `color` one that is no hue.

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


def read_codebook(content: bytes, *, known_signs: Collection[str] = ()) -> list[CodeRow]:
    """The codes of a table, every parent before its children and otherwise in the order of the file.

    Parameters
    ----------
    content : bytes
        The CSV file, or an Excel workbook (.xlsx) whose first sheet holds the table.
    known_signs : collection of str
        Signs of the codebook the table is added to: they may be parents and may not come again.

    Raises
    ------
    ImportFailed
        With every problem and its line: what `read_rows` raises; `code.sign_malformed`, `code.sign_taken`,
        `code.name_empty`, `codebook.sign_twice`, `codebook.parent_unknown`, `codebook.parents_in_circle`,
        `codebook.cell`, `codebook.empty`.
    """
    rows = _by_sign(read_rows(content, needed=NEEDED, known=_is_known))
    problems: list[ImportProblem] = []
    codes = [_code(row, problems) for row in rows]
    if not rows:
        problems.append(ImportProblem("codebook.empty", gettext_noop("There is no code in the file.")))
    problems += _sign_problems(rows, known_signs)
    if problems:
        raise ImportFailed(sorted(problems, key=lambda problem: problem.line or 0))
    return _parents_first(codes, known_signs)


def _is_known(column: str) -> bool:
    return column in (*COLUMNS, *EXPORTED, *EXPORTED_ALONE) or bool(_TEXT_COLUMN.fullmatch(column))


def _by_sign(rows: list[Row]) -> list[Row]:
    """The rows under the columns' own names, with the sign of the parent where its id was given."""
    signs = {row.cells["code"]: row.cells["sign"] for row in rows if row.cells.get("code")}
    told = []
    for row in rows:
        cells = {_own(column): cell for column, cell in row.cells.items()}
        cells["parent"] = signs.get(cells.get("parent", ""), cells.get("parent", ""))
        color = cells.get("hue_color", "").lower()
        if color in HUE_COLORS and not cells.get("hue"):
            cells["hue"] = str(HUE_COLORS.index(color) + 1)
        told.append(Row(row.line, cells))
    return told


def _own(column: str) -> str:
    found = _TEXT_COLUMN.fullmatch(column)
    name, language = (found[1], f"_{found[2]}") if found else (column, "")
    return EXPORTED.get(name, name) + language


def _code(row: Row, problems: list[ImportProblem]) -> CodeRow:
    cells = row.cells
    texts: dict[str, dict[str, str]] = {name: {} for name in TEXTS.values()}
    for column, text in cells.items():
        if text and (found := _TEXT_COLUMN.fullmatch(column)):
            texts[TEXTS[found[1]]][found[2]] = text
    if not texts["names"]:
        problems.append(row.problem("code.name_empty", gettext_noop("A code needs a name."), expected="name_en"))
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
        sign=cells["sign"].upper(),
        parent=cells.get("parent", "").upper(),
        is_codable=_yes_no(row, "codable", True, problems),
        hue=int(hue) if hue else None,
        stance=stance,
        asks_weight=_yes_no(row, "asks_weight", False, problems),
        texts=texts,
        guid=_guid(row, problems),
        color=_own_color(cells.get("hue_color", "")),
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


def _sign_problems(rows: Iterable[Row], known_signs: Collection[str]) -> list[ImportProblem]:
    rows = list(rows)
    signs = [row.cells["sign"].upper() for row in rows]
    problems: list[ImportProblem] = []
    for place, (row, sign) in enumerate(zip(rows, signs, strict=True)):
        parent = row.cells.get("parent", "").upper()
        found = sign[:40]
        if not _SIGN.fullmatch(sign):
            message = gettext_noop("A sign is two to four letters or digits.")
            problems.append(row.problem("code.sign_malformed", message, found=found))
        elif sign in known_signs:
            message = gettext_noop("The codebook has a code with the sign %(found)s already.")
            problems.append(row.problem("code.sign_taken", message, found=found))
        elif sign in signs[:place]:
            message = gettext_noop("The sign %(found)s is there twice.")
            problems.append(row.problem("codebook.sign_twice", message, found=found))
        if parent and parent not in signs and parent not in known_signs:
            message = gettext_noop("No code has the sign %(found)s, which is named as the parent.")
            problems.append(row.problem("codebook.parent_unknown", message, found=parent[:40]))
    return problems


def _parents_first(codes: Sequence[CodeRow], known_signs: Collection[str]) -> list[CodeRow]:
    placed = {"", *known_signs}
    ordered: list[CodeRow] = []
    waiting = list(codes)
    while waiting:
        ready = [code for code in waiting if code.parent in placed]
        if not ready:
            problem = ImportProblem(
                "codebook.parents_in_circle",
                gettext_noop("These codes are each other's parents: %(found)s."),
                found=", ".join(code.sign for code in waiting),
                line=waiting[0].line,
                values={"found": ", ".join(code.sign for code in waiting)},
            )
            raise ImportFailed([problem])
        ordered += ready
        placed |= {code.sign for code in ready}
        waiting = [code for code in waiting if code.sign not in placed]
    return ordered

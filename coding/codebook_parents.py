"""Where the codes of a table stand: each one's sign and its parent's, as far as the table tells them, and the order.

A table names a code by its sign, or by its name alone: then a code of the same name in the codebook is that code, and
any other gets a sign made from its name. A parent may be named by either, and may stand below its children. Where rows
have a `place`, a path that is theirs alone (`coding/codebook_paths.py`), parents are named by theirs.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from coding.codebook_columns import text_of
from coding.csv_rows import Row
from coding.retrieval.words import plain
from coding.signs import sign_for
from fieldstudy.errors import gettext_noop
from observations.importers.base import ImportProblem

_SIGN = re.compile(r"[^\W_]{2,4}")


@dataclass(frozen=True)
class KnownCode:
    """A code the codebook has: its sign, its names in all languages, and the sign of the code above or ""."""

    sign: str
    names: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True)
class Place:
    """A row with its code's sign and its parent's or "".

    `is_made` says that the sign was made from the name, `is_there` that the codebook has the code.
    """

    row: Row
    sign: str
    parent: str
    is_made: bool = False
    is_there: bool = False


def placed(rows: Sequence[Row], known: Collection[KnownCode]) -> tuple[list[Place], list[ImportProblem]]:
    """The rows in their places, every parent before its children and otherwise in the order of the file; and problems.

    Problems are `code.sign_malformed`, `code.sign_taken`, `codebook.sign_twice`, `codebook.name_twice`,
    `codebook.parent_unknown`, `codebook.parent_unclear`, `codebook.parents_in_circle`.
    """
    problems = _sign_problems(rows, {code.sign for code in known}) + _name_problems(rows)
    above = [_above(row, rows, known, problems) for row in rows]
    taken = {code.sign for code in known} | {_sign(row) for row in rows}
    places: dict[int, Place] = {}
    waiting = list(range(len(rows)))
    while waiting:
        ready = [at for at in waiting if not isinstance(above[at], int) or above[at] in places]
        if not ready:
            problems.append(_circle([rows[at] for at in waiting]))
            break
        for at in ready:
            higher = above[at]
            parent = places[higher].sign if isinstance(higher, int) else higher
            places[at] = _place(rows[at], parent, known, taken)
            taken.add(places[at].sign)
        waiting = [at for at in waiting if at not in places]
    return list(places.values()), problems


def _place(row: Row, parent: str, known: Collection[KnownCode], taken: set[str]) -> Place:
    if _sign(row):
        return Place(row, _sign(row), parent)
    names = _names(row)
    for code in known:
        parents = (code.parent,) if "place" in row.cells else ("", code.parent)
        if names & {plain(name) for name in code.names} and parent in parents:
            return Place(row, code.sign, parent, is_there=True)
    return Place(row, sign_for(next(iter(_written(row)), ""), taken), parent, is_made=True)


def _above(row: Row, rows: Sequence[Row], known: Collection[KnownCode], problems: list[ImportProblem]) -> int | str:
    """The parent: the place of a row in the file, or a sign of the codebook, "" for none."""
    said = row.cells.get("parent", "")
    if not said:
        return ""
    signs: list[int | str] = [at for at, other in enumerate(rows) if _sign(other) == said.upper()]
    signs = signs[:1] or [code.sign for code in known if code.sign == said.upper()]
    names: list[int | str] = [at for at, other in enumerate(rows) if plain(said) in _called(other)]
    names = names or [code.sign for code in known if plain(said) in map(plain, code.names)]
    found = (signs or names) if _sign(row) else (names or signs)
    if not found:
        message = gettext_noop("No code has the sign or the name %(found)s, which is named as the parent.")
        problems.append(row.problem("codebook.parent_unknown", message, found=said[:40]))
    elif len(found) > 1:
        message = gettext_noop("Several codes have the name %(found)s, which is named as the parent.")
        problems.append(row.problem("codebook.parent_unclear", message, found=said[:40]))
    return found[0] if found else ""


def _sign(row: Row) -> str:
    return row.cells.get("sign", "").upper()


def _written(row: Row) -> list[str]:
    return [cell for column, cell in row.cells.items() if cell and text_of(column) == "name"]


def _names(row: Row) -> set[str]:
    return {plain(name) for name in _written(row)}


def _called(row: Row) -> set[str]:
    """What other rows call a row's code when they name it as their parent."""
    return {plain(row.cells["place"])} if "place" in row.cells else _names(row)


def _sign_problems(rows: Iterable[Row], known_signs: Collection[str]) -> list[ImportProblem]:
    problems: list[ImportProblem] = []
    seen: set[str] = set()
    for row in rows:
        sign = _sign(row)
        found = sign[:40]
        if sign and not _SIGN.fullmatch(sign):
            message = gettext_noop("A sign is two to four letters or digits.")
            problems.append(row.problem("code.sign_malformed", message, found=found))
        elif sign in known_signs:
            message = gettext_noop("The codebook has a code with the sign %(found)s already.")
            problems.append(row.problem("code.sign_taken", message, found=found))
        elif sign in seen:
            message = gettext_noop("The sign %(found)s is there twice.")
            problems.append(row.problem("codebook.sign_twice", message, found=found))
        seen |= {sign} - {""}
    return problems


def _name_problems(rows: Iterable[Row]) -> list[ImportProblem]:
    problems: list[ImportProblem] = []
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if _sign(row):
            continue
        named = {(plain(row.cells.get("parent", "")), name) for name in _names(row)}
        if named & seen:
            message = gettext_noop("The name %(found)s is there twice.")
            problems.append(row.problem("codebook.name_twice", message, found=_written(row)[0][:40]))
        seen |= named
    return problems


def _circle(rows: Sequence[Row]) -> ImportProblem:
    found = ", ".join(_sign(row) or next(iter(_written(row)), "") for row in rows)[:200]
    return ImportProblem(
        "codebook.parents_in_circle",
        gettext_noop("These codes are each other's parents: %(found)s."),
        found=found,
        line=rows[0].line,
        values={"found": found},
    )

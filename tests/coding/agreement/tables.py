"""Small builders of coding tables for the tests of agreement."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from coding.agreement.ratings import MISSING, Coefficient, Ratings
from coding.agreement.spans import Continua, Spans

Cell = int | str | None


def make_ratings(*coders: Sequence[Cell]) -> Ratings:
    """Ratings from one sequence per coder; None is missing; numbers keep their values."""
    used = sorted(
        {cell for row in coders for cell in row if cell is not None}, key=lambda cell: (str(type(cell)), cell)
    )
    values = [[MISSING if cell is None else used.index(cell) for cell in row] for row in coders]
    numbers = np.array(used, dtype=np.float64) if all(not isinstance(cell, str) for cell in used) else None
    return Ratings(
        values=np.array(values, dtype=np.int64).reshape(len(coders), -1).T.copy(),
        categories=tuple(str(cell) for cell in used),
        numbers=numbers,
    )


def make_continua(segments: Mapping[str, Iterable[tuple[int, int, str]]], length: int = 20, begin: int = 0) -> Continua:
    """One source coded by the named coders, each of whom finished it."""
    codes = tuple(sorted({code for own in segments.values() for _, _, code in own}))
    rows = [
        (0, coder, codes.index(code), start, end)
        for coder, own in enumerate(segments.values())
        for start, end, code in own
    ]
    return Continua(
        given=Spans.from_rows(rows),
        begins=np.array([begin]),
        lengths=np.array([length]),
        finished=np.ones((1, len(segments)), dtype=np.bool_),
        codes=codes,
    )


def csv_of_units(coders: Sequence[Sequence[Cell | Sequence[str]]]) -> bytes:
    """A units table; a list is a set of codes, an empty list the decision "nothing", None no row."""
    lines = ["unit,coder,code"]
    for coder, row in enumerate(coders):
        for unit, cell in enumerate(row):
            codes = [] if cell is None else (cell or [""]) if isinstance(cell, list | tuple) else [cell]
            lines += [f"u{unit},c{coder},{code}" for code in codes]
    return "\n".join(lines).encode()


def by_name(found: Coefficient | tuple[Coefficient, ...]) -> dict[str, Coefficient]:
    """Coefficients by their names."""
    return {each.name: each for each in (found if isinstance(found, tuple) else (found,))}

"""Many rows as columns of whole numbers, in one binary stream: a million passages in about a second."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from coding.matrices import Ints

# The stream begins with an 11-byte signature, four bytes of flags and the length of an extension, which is 0.
_HEADER = 19
_END = 2


def int_columns(
    rows: QuerySet[Any], columns: Sequence[str], numbered: Mapping[str, Sequence[uuid.UUID]]
) -> tuple[Ints, ...]:
    """The named columns of `rows`, in no order. One query, none where there can be no row.

    A column in `numbered` holds ids and is given as their place in that list, -1 for an id that is not there; every
    other column holds whole numbers, and none is -1.
    """
    try:
        picked, values = rows.order_by().values_list(*columns).query.sql_with_params()
    except EmptyResultSet:
        return tuple(np.zeros(0, dtype=np.int64) for _ in columns)
    chosen, joined = [], []
    for place, column in enumerate(columns):
        name = f"picked.c{place}"
        if column in numbered:
            joined.append(f"LEFT JOIN unnest(%s::uuid[]) WITH ORDINALITY AS n{place}(id, n) ON n{place}.id = {name}")
            values = (*values, list(numbered[column]))
            name = f"n{place}.n - 1"
        chosen.append(f"coalesce({name}, -1)::int4")
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    query = f"SELECT {', '.join(chosen)} FROM ({picked}) AS picked({names}) {' '.join(joined)}"
    return _parsed(_streamed(query, values), len(columns))


def _streamed(query: str, values: Sequence[Any]) -> bytes:
    with connection.cursor() as cursor:
        # Only the names of columns are written into the query; values are put in by the driver.
        statement: Any = cursor.mogrify(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", values)
        with cursor.copy(statement) as stream:
            return b"".join(stream)


def _parsed(stream: bytes, width: int) -> tuple[Ints, ...]:
    """The columns of a binary stream of rows of `width` four-byte numbers, each with its length before it."""
    fields: Any = [("n", ">i2"), *((f"{kind}{place}", ">i4") for place in range(width) for kind in ("l", "v"))]
    shape = np.dtype(fields)
    rows = np.frombuffer(stream, dtype=shape, count=(len(stream) - _HEADER - _END) // shape.itemsize, offset=_HEADER)
    return tuple(rows[f"v{place}"].astype(np.int64) for place in range(width))

"""The order of names in lists, which is never the database's: that knows no accents."""

import re
import unicodedata
import uuid
from collections.abc import Sequence
from typing import TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, IntegerField, Model, QuerySet, UUIDField, Value

M = TypeVar("M", bound=Model)
_NUMBERS = re.compile(r"([0-9]+)")


def alphabetical(text: str) -> tuple[tuple[tuple[str, int], ...], str]:
    """A key that sorts "Écho" between "dossier" and "fin", and "Entretien 2" before "Entretien 10".

    Letters without accents and case first, numbers by what they say, then as written.
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    parts = _NUMBERS.split(plain.casefold())
    words, numbers = parts[::2], [*(int(digits) for digits in parts[1::2]), -1]
    return tuple(zip(words, numbers, strict=True)), text


def by_name(rows: "QuerySet[M]", *columns: str) -> "QuerySet[M]":
    """Rows in the order of their names, or of other columns one after the other. One query."""
    found = rows.order_by().values_list("pk", *(columns or ("name",)))
    ordered = sorted(found, key=lambda row: ([alphabetical(text) for text in row[1:]], str(row[0])))
    return rows.order_by(place_in([row[0] for row in ordered], "pk"))


def place_in(ids: Sequence[uuid.UUID], column: str) -> Func:
    """Where a column's id stands among these, to order rows by."""
    known = Value(list(ids), output_field=ArrayField(UUIDField()))
    return Func(known, F(column), function="array_position", output_field=IntegerField())

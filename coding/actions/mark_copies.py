"""What a reading takes over from the one before it besides coded passages: its promise links and encounters."""

import uuid
from typing import TypeVar

from coding.models import Encounter, PromiseLink, Reading

M = TypeVar("M", PromiseLink, Encounter)


def copy_marks(before: Reading, reading: Reading, name: str) -> None:
    """Give a reading the standing marks of the one before, under ids made from theirs. At most four queries."""
    _copy(PromiseLink, before, reading, name)
    _copy(Encounter, before, reading, name)


def _copy(model: type[M], before: Reading, reading: Reading, name: str) -> None:
    plain = [field.attname for field in model._meta.concrete_fields]
    copies = []
    for mark in model._default_manager.filter(reading=before, removed_at=None):
        values = {name: getattr(mark, name) for name in plain}
        values |= {"id": uuid.uuid5(mark.pk, name), "reading_id": reading.pk, "version": 1}
        copies.append(model(**values))
    model._default_manager.bulk_create(copies, batch_size=2000)

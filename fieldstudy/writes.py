"""The frame of every change of state: one transaction, one named actor, and the study's lock."""

import functools
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

from fieldstudy.statements import row_of

P = ParamSpec("P")
R = TypeVar("R")
_frame: ContextVar[tuple[object, object | None] | None] = ContextVar("frame", default=None)


def write(action: Callable[P, R]) -> Callable[P, R]:
    """Run a keyword-only action in one transaction that the history ascribes to the person acting.

    The action has a keyword `viewer` (someone let into a study: the study's lock is then shared with other writers and
    kept from cuts) or, where there is no study yet, `actor`.
    """

    @functools.wraps(action)
    def recorded(*args: P.args, **kwargs: P.kwargs) -> R:
        viewer: Any = kwargs.get("viewer")
        actor: Any = viewer.user if viewer is not None else kwargs["actor"]
        with _framed(actor.pk, viewer.study.pk if viewer is not None else None):
            return action(*args, **kwargs)

    return recorded


@contextmanager
def _framed(actor_id: object, study_id: object | None) -> Iterator[None]:
    """The transaction with its actor and lock; an action called within another of the same frame shares it."""
    if _frame.get() == (actor_id, study_id):
        yield
        return
    token = _frame.set((actor_id, study_id))
    try:
        with transaction.atomic():
            if study_id is None:
                row_of("SELECT set_config('fieldstudy.actor', %s, true)", [str(actor_id)])
            else:
                row_of(
                    "SELECT set_config('fieldstudy.actor', %s, true), pg_advisory_xact_lock_shared(%s)",
                    [str(actor_id), _key(study_id)],
                )
            yield
    finally:
        _frame.reset(token)


def cut(study_id: object) -> int:
    """Hold the study's lock alone until the transaction ends, and return the last history id: one consistent cut."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(study_id)])
        cursor.execute("SELECT coalesce(max(id), 0) FROM history WHERE study = %s", [str(study_id)])
        return int(cursor.fetchone()[0])


@contextmanager
def at_one_moment() -> Iterator[None]:
    """What is read inside is as it was at one moment, whatever is written meanwhile; nobody waits for it.

    Inside a transaction that began before, that one's rules hold.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _key(study_id: object) -> int:
    return int.from_bytes(hashlib.sha256(str(study_id).encode()).digest()[:8], signed=True)

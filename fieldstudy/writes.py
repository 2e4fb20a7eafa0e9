"""The frame of every change of state: one transaction, one named actor, and the study's lock."""

import functools
import hashlib
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")


def write(action: Callable[P, R]) -> Callable[P, R]:
    """Run a keyword-only action in one transaction that the history ascribes to the person acting.

    The action has a keyword `viewer` (someone let into a study: the study's lock is then shared with other writers and
    kept from cuts) or, where there is no study yet, `actor`.
    """

    @functools.wraps(action)
    def recorded(*args: P.args, **kwargs: P.kwargs) -> R:
        viewer = kwargs.get("viewer")
        actor = viewer.user if viewer is not None else kwargs["actor"]  # type: ignore[attr-defined]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('fieldstudy.actor', %s, true)", [str(actor.pk)])  # type: ignore[attr-defined]
            if viewer is not None:
                cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_key(viewer.study.pk)])  # type: ignore[attr-defined]
            return action(*args, **kwargs)

    return recorded


def cut(study_id: object) -> int:
    """Hold the study's lock alone until the transaction ends, and return the last history id: one consistent cut."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(study_id)])
        cursor.execute("SELECT coalesce(max(id), 0) FROM history WHERE study = %s", [str(study_id)])
        return int(cursor.fetchone()[0])


def _key(study_id: object) -> int:
    return int.from_bytes(hashlib.sha256(str(study_id).encode()).digest()[:8], signed=True)

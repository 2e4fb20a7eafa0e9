"""What this room adds to a study's overview (what to do next, how far the coding is) and to a source's page (memos)."""

from typing import Any

from django.utils import timezone

from coding.queries.marks import turn_numbers_of
from coding.queries.memos import memos_of_source
from coding.queries.progress import lacking, next_steps, progress_of_coders
from coding.queries.recode import due_by_code, open_due
from coding.queries.rounds import own_rounds
from observations.access import Viewer
from observations.models import Source
from observations.roles import Permission

MOST_MEMOS = 20


def next_panel(viewer: Viewer) -> dict[str, Any] | None:
    """A coder's next steps."""
    if not viewer.may(Permission.CODE):
        return None
    steps = next_steps(viewer)
    shown = {"first": steps[0] if steps else None, "others": steps[1:6], "more": max(0, len(steps) - 6)}
    return shown | {"rounds": own_rounds(viewer)}


def setup_panel(viewer: Viewer) -> dict[str, Any] | None:
    """What a study that has sources still lacks before anybody can code, for whoever can mend it."""
    lacks = lacking(viewer) if viewer.may(Permission.CODEBOOK) and viewer.may(Permission.ASSIGN) else ()
    return {"lacks": lacks} if lacks else None


def progress_panel(viewer: Viewer) -> dict[str, Any] | None:
    """The coders' progress, where there is any."""
    progress = [row for row in progress_of_coders(viewer, timezone.localdate()) if row.marks]
    return {"progress": progress} if progress else None


def recode_panel(viewer: Viewer) -> dict[str, Any] | None:
    """Passages to look at again: a coder's own, and for whoever writes the codebook all they may know of."""
    own = open_due(viewer).count() if viewer.may(Permission.CODE) else 0
    everyone = sum(n for _, n, _ in due_by_code(viewer)) if viewer.may(Permission.CODEBOOK) else 0
    return {"own": own, "everyone": everyone} if own or everyone else None


def memos_panel(viewer: Viewer, source: Source) -> dict[str, Any] | None:
    """The memos on a source, its words and its passages that the viewer may know of, and the way to another."""
    memos = list(memos_of_source(viewer, source)[: MOST_MEMOS + 1])
    if not memos and not viewer.may(Permission.NOTE):
        return None
    shown = memos[:MOST_MEMOS]
    return {"source": source, "memos": shown, "turns": turn_numbers_of(shown), "more": len(memos) > MOST_MEMOS}

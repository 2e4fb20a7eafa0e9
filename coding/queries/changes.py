"""The changes to the tree of codes: what each did, to which codes, and whether it can still be undone."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet

from coding.models import Code, CodebookChange, Coder
from coding.queries.standing import merged_codes, standing_code
from coding.queries.visible import codes_hidden_from, segments_visible_to
from observations.access import Viewer
from observations.roles import Permission

Codes = Mapping[str, Code]


@dataclass(frozen=True)
class ChangeShown:
    """A change with its codes: `made` came about by it, `target` is what others were merged into or moved below."""

    change: CodebookChange
    codes: tuple[Code, ...]
    target: Code | None
    can_undo: bool


@dataclass(frozen=True)
class Extent:
    """How much a change touches, of what its maker may know: passages, and the coders who made them.

    The agreed reading is nobody's, and no coder.
    """

    passages: int
    coders: int


def changes_of(viewer: Viewer) -> QuerySet[CodebookChange]:
    """The changes to the codebook, latest first; without those to proposals that the viewer may not know of."""
    hidden = ArraySubquery(codes_hidden_from(viewer).values("pk"))
    changes = CodebookChange.objects.filter(study=viewer.study).exclude(codes__overlap=hidden)
    return changes.select_related("made_by").order_by("-made_at", "-pk")


def last_move_of(viewer: Viewer, code: Code) -> CodebookChange | None:
    """The latest change to the codebook, if it moved this code and stands. One query."""
    change = changes_of(viewer).first()
    if change is None or change.kind != CodebookChange.Kind.MOVE or change.undone_at or code.pk not in change.codes:
        return None
    return change


def changes_shown(viewer: Viewer, changes: Sequence[CodebookChange]) -> list[ChangeShown]:
    """The changes of one page with their codes. One query."""
    ids = {code for change in changes for code in change.codes} | {
        uuid.UUID(values[name])
        for change in changes
        for values in change.after.values()
        for name in ("merged_into_id", "parent_id")
        if values.get(name)
    }
    rows = Code.objects.filter(study=viewer.study, pk__in=ids).select_related("revision")
    codes = {str(code.pk): code for code in rows}
    return [
        ChangeShown(
            change,
            tuple(sorted((codes[pk] for pk in _foremost(change) if pk in codes), key=_split_first)),
            codes.get(_target(change)),
            change.undone_at is None and viewer.may(Permission.CODEBOOK) and not later_touched(change, codes),
        )
        for change in changes
    ]


def later_touched(change: CodebookChange, codes: Codes) -> bool:
    """Whether a column this change wrote has another value by now. Places among siblings shift and do not count."""
    return any(
        pk not in codes or (name != "position" and _now(codes[pk], name) != value)
        for pk, values in change.after.items()
        for name, value in values.items()
    )


def extent_of(viewer: Viewer, codes: Sequence[Code]) -> Extent:
    """How many passages of these codes, merged ones among them, by how many coders, the viewer may know of.

    A passage is one coder's code on one place: what a final reading took over counts once. Three queries.
    """
    merged = merged_codes(viewer.study)
    rows = segments_visible_to(viewer).annotate(counts_as=standing_code(merged))
    rows = rows.filter(counts_as__in=[code.pk for code in codes]).order_by()
    places = rows.values("reading__coder", "source", "now_start", "now_end", "counts_as").distinct()
    coders = rows.exclude(reading__coder__kind=Coder.Kind.CONSENSUS).values("reading__coder").distinct()
    return Extent(places.count(), coders.count())


def _foremost(change: CodebookChange) -> list[str]:
    """The codes a change is about; codes that only followed their parent are left out."""
    if change.kind == CodebookChange.Kind.MERGE:
        return [pk for pk, values in change.after.items() if values.get("merged_into_id")]
    return [str(pk) for pk in change.codes]


def _split_first(code: Code) -> tuple[bool, int, str]:
    return code.split_from_id is not None, code.position, code.sign


def _target(change: CodebookChange) -> str:
    if change.kind == CodebookChange.Kind.MERGE:
        return next((values["merged_into_id"] for values in change.after.values() if values.get("merged_into_id")), "")
    if change.kind == CodebookChange.Kind.MOVE:
        return next((values["parent_id"] for values in change.after.values() if values.get("parent_id")), "")
    return ""


def _now(code: Code, name: str) -> Any:
    value = getattr(code, name)
    if value is None or isinstance(value, int | str):
        return value
    return value.isoformat() if name == "retired_at" else str(value)

"""Changes to the tree of codes, written down so that they can be undone: columns before and after, never a text."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from coding.models import Code, CodebookChange, CodebookEntry
from coding.queries.changes import changes_of, later_touched
from coding.queries.visible import segments_visible_to
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.models import Study
from observations.roles import Permission

STATE = (
    "parent_id",
    "position",
    "hue",
    "sign",
    "stance",
    "asks_weight",
    "revision_id",
    "merged_into_id",
    "split_from_id",
    "retired_at",
    "proposed_in_id",
)
State = dict[str, Any]


def state_of(code: Code) -> State:
    """The columns of a code that a change can touch, as JSON can hold them."""
    values = {name: getattr(code, name) for name in STATE}
    return {name: value if isinstance(value, int | str | None) else _told(value) for name, value in values.items()}


def record_change(
    *,
    viewer: Viewer,
    kind: str,
    before: dict[uuid.UUID, State],
    codes: Iterable[Code],
    at: datetime,
    note: str = "",
) -> CodebookChange | None:
    """Write down what `codes` have become; None, and nothing written, where no column differs.

    `before` holds each code's `state_of` from before; for a code made by the change, what undoing makes of it.
    """
    held: dict[str, State] = {}
    became: dict[str, State] = {}
    for code in codes:
        now = state_of(code)
        differs = [name for name, value in before[code.pk].items() if now[name] != value]
        if differs:
            held[str(code.pk)] = {name: before[code.pk][name] for name in differs}
            became[str(code.pk)] = {name: now[name] for name in differs}
    if not held:
        return None
    return CodebookChange.objects.create(
        id=uuid.uuid4(),
        study=viewer.study,
        kind=kind,
        codes=[uuid.UUID(code) for code in held],
        before=held,
        after=became,
        note=note,
        made_by=viewer.user,
        made_at=at,
    )


@write
def undo_change(*, viewer: Viewer, change_id: uuid.UUID, at: datetime) -> CodebookChange:
    """Put back what a change did, as long as nothing later touched the same; undone already, it stays so.

    Raises
    ------
    Missing
        Also for a change to a proposal that the viewer may not know of.
    Conflict
        `codebook.changed_since`; of an import `codebook.import_coded` and `codebook.import_published` when its codes
        are in use, as far as the viewer may know; `code.sign_taken` and `codebook.parent_gone` when the way back is
        taken; `code.has_children` when codes came below one that goes out of use.
    """
    viewer.need(Permission.CODEBOOK)
    Study.objects.select_for_update().get(pk=viewer.study.pk)
    change = changes_of(viewer).filter(pk=change_id).first()
    if change is None:
        raise nothing_here()
    if change.undone_at is not None:
        return change
    codes = {str(code.pk): code for code in Code.objects.select_for_update().filter(pk__in=change.codes)}
    if later_touched(change, codes):
        raise Conflict(
            "codebook.changed_since",
            gettext_noop("A later change touched the same codes. Undo that one first."),
        )
    if change.kind == CodebookChange.Kind.IMPORT:
        _check_unused(viewer, change)
    # What goes out of use goes first: what comes back may want its sign.
    for pk, values in sorted(change.before.items(), key=lambda item: item[1].get("retired_at") is None):
        _put_back(codes[pk], values)
    for code in codes.values():
        _check_place(code)
    if change.kind == CodebookChange.Kind.IMPORT:
        _free_identities(codes.values())
    change.undone_at = at
    change.save(update_fields=["undone_at"])
    return change


def free_sign(viewer: Viewer, sign: str) -> str:
    """A sign as it is kept, when no code in use has it. Raises `code.sign_malformed` and `code.sign_taken`."""
    sign = sign.strip().upper()
    if not 2 <= len(sign) <= 4 or not sign.isalnum():
        raise Invalid(
            "code.sign_malformed",
            gettext_noop("A sign is two to four letters or digits."),
            beside="sign",
        )
    if Code.objects.filter(study=viewer.study, sign=sign, retired_at=None).exists():
        raise sign_taken(sign)
    return sign


def sign_taken(sign: str) -> Conflict:
    return Conflict("code.sign_taken", gettext_noop("Another code has the sign %(sign)s."), beside="sign", sign=sign)


def place(code: Code, parent: Code | None, position: int) -> None:
    """Put a code below `parent` at a position among its siblings, in the branch's hue with all that is below it."""
    siblings = _beside(code, parent)
    left = [] if code.parent == parent else _beside(code, code.parent)
    code.parent = parent
    siblings.insert(max(0, min(position, len(siblings))), code)
    for group in (siblings, left):
        for number, row in enumerate(group):
            row.position = number
    code.hue = parent.hue if parent else code.hue
    Code.objects.bulk_update([row for row in (*siblings, *left) if row.pk != code.pk], ["position"])
    code.save(update_fields=["hue", "parent", "position"])
    _hue_below(code)


def _beside(code: Code, parent: Code | None) -> list[Code]:
    """The other codes below `parent`, without proposals: these may not be known to whoever moves the code."""
    siblings = Code.objects.filter(study_id=code.study_id, parent=parent, proposed_in=None)
    return [row for row in siblings.order_by("position", "pk") if row.pk != code.pk]


def has_children() -> Conflict:
    return Conflict("code.has_children", gettext_noop("Move or retire the codes below it first."))


def _check_unused(viewer: Viewer, change: CodebookChange) -> None:
    """Nothing that the viewer may know of is coded with what an import brought, and no version holds it."""
    if segments_visible_to(viewer).filter(code__in=change.codes).exists():
        raise Conflict(
            "codebook.import_coded",
            gettext_noop(
                "Passages are coded with codes that this import brought. Retire or merge those that are not wanted."
            ),
        )
    if CodebookEntry.objects.filter(study=viewer.study, code__in=change.codes).exists():
        raise Conflict(
            "codebook.import_published",
            gettext_noop(
                "A published version holds codes that this import brought. Retire or merge those that are not wanted."
            ),
        )


def _free_identities(codes: Iterable[Code]) -> None:
    """Codes of an import that is undone give up the identities of other programs: the same file can come again."""
    for code in codes:
        code.refi_guid = uuid.uuid5(code.pk, "undone")
        code.save(update_fields=["refi_guid"])


def _put_back(code: Code, values: State) -> None:
    comes_back = "retired_at" in values and values["retired_at"] is None
    sign = values.get("sign", code.sign)
    if comes_back or sign != code.sign:
        others = Code.objects.filter(study_id=code.study_id, sign=sign, retired_at=None).exclude(pk=code.pk)
        if others.exists():
            raise sign_taken(sign)
    for name, value in values.items():
        if name not in ("parent_id", "position"):
            setattr(code, name, datetime.fromisoformat(value) if name == "retired_at" and value else value)
    code.save()
    if code.proposed_in_id is not None and "position" in values:
        code.position = values["position"]
        code.save(update_fields=["position"])
    elif "parent_id" in values or "position" in values:
        parent_id = values.get("parent_id", str(code.parent_id) if code.parent_id else None)
        place(code, Code.objects.get(pk=parent_id) if parent_id else None, values.get("position", code.position))


def _check_place(code: Code) -> None:
    """A code in use has a parent in use, and one out of use has nothing in use below it."""
    code.refresh_from_db()
    if code.retired_at is not None:
        if Code.objects.filter(parent=code, retired_at=None).exists():
            raise has_children()
        return
    above, seen = code.parent, {code.pk}
    while above is not None:
        if above.retired_at is not None or above.pk in seen:
            raise Conflict(
                "codebook.parent_gone",
                gettext_noop("The place it came from is no longer in the codebook. Undo that change first."),
            )
        seen.add(above.pk)
        above = above.parent


def _hue_below(code: Code) -> None:
    for child in Code.objects.filter(parent=code):
        if child.hue != code.hue:
            child.hue = code.hue
            child.save(update_fields=["hue"])
        _hue_below(child)


def _told(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

"""Changes to the tree of codes: moving, retiring, restoring, merging, splitting. No segment is rewritten by any."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from coding.actions.codebook_changes import free_sign, has_children, place, record_change, state_of
from coding.actions.codebooks import Meaning, add_code, next_revision
from coding.examples import taken, written
from coding.models import Code, CodebookChange
from coding.signs import sign_for
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.languages import pick
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Study
from observations.roles import Permission

Kept = Literal["into", "from"]
FEWEST_PARTS, MOST_PARTS = 2, 8


@dataclass(frozen=True)
class Part:
    """One of the codes that a code is split into."""

    id: uuid.UUID
    sign: str
    meaning: Meaning


@write
def move_code(*, viewer: Viewer, code: Code, parent: Code | None, position: int, at: datetime) -> Code:
    """Put a code elsewhere in the tree. Raises Invalid `code.under_itself`."""
    viewer.need(Permission.CODEBOOK)
    code = _locked(viewer, code)
    if parent is not None and _is_within(parent, code):
        raise Invalid("code.under_itself", gettext_noop("A code cannot stand below itself."))
    before = {code.pk: state_of(code)}
    place(code, parent, position)
    record_change(viewer=viewer, kind=CodebookChange.Kind.MOVE, before=before, codes=[code], at=at)
    return code


@write
def retire_code(*, viewer: Viewer, code: Code, at: datetime) -> Code:
    """Take a code out of use; its segments stay and it can be restored. Raises Conflict `code.has_children`.

    A proposal that is declined this way stays part of the reading it was made in: who may not know of that, never does.
    """
    viewer.need(Permission.CODEBOOK)
    code = _locked(viewer, code)
    before = {code.pk: state_of(code)}
    if Code.objects.filter(parent=code, retired_at=None).exists():
        raise has_children()
    if code.retired_at is None:
        code.retired_at = at
        code.save(update_fields=["retired_at"])
    record_change(viewer=viewer, kind=CodebookChange.Kind.RETIRE, before=before, codes=[code], at=at)
    return code


@write
def restore_code(*, viewer: Viewer, code: Code, at: datetime) -> Code:
    """Bring a retired code back. Raises Conflict `code.sign_taken` when its sign went to another meanwhile.

    Raises
    ------
    Conflict
        Also `code.was_merged`: a merge is undone, not restored.
    """
    viewer.need(Permission.CODEBOOK)
    code = _locked(viewer, code)
    if code.merged_into_id is not None:
        raise Conflict(
            "code.was_merged",
            gettext_noop("This code was merged into another. Undo the merge on the page of changes to have it back."),
        )
    if code.retired_at is None:
        return code
    before = {code.pk: state_of(code)}
    # One that was declined has no sign of the codebook yet, and is adopted by this.
    code.sign = free_sign(viewer, code.sign if code.sign.isalnum() else own_sign(code))
    code.retired_at, code.proposed_in = None, None
    code.save(update_fields=["retired_at", "sign", "proposed_in"])
    record_change(viewer=viewer, kind=CodebookChange.Kind.RESTORE, before=before, codes=[code], at=at)
    return code


@write
def merge_codes(
    *, viewer: Viewer, code: Code, into: Code, keeps: Kept, at: datetime, note: str = ""
) -> CodebookChange | None:
    """Let `code` count as `into` from now on, wherever its segments are read; the codes below it move below `into`.

    Parameters
    ----------
    keeps : str
        Whose definition stays: that of `into`, or with "from" the one of `code`, as the next revision of `into`.

    Raises
    ------
    Conflict
        `code.gone` when either is out of use, `code.merge_below` when `into` stands below `code`.
    Invalid
        `code.merge_itself`.
    """
    viewer.need(Permission.CODEBOOK)
    code, into = _locked(viewer, code), _locked(viewer, into)
    _check_merge(code, into)
    below = list(Code.objects.filter(parent=code).order_by("position", "pk"))
    touched = [code, into, *below]
    before = {row.pk: state_of(row) for row in touched}
    if keeps == "from":
        into.revision = next_revision(viewer=viewer, code=into, meaning=_meaning_of(code), at=at)
        into.stance, into.asks_weight = code.stance, code.asks_weight
        into.save(update_fields=["revision", "stance", "asks_weight"])
    for child in below:
        place(child, into, Code.objects.filter(parent=into).count())
    code.merged_into, code.retired_at = into, at
    code.save(update_fields=["merged_into", "retired_at"])
    return record_change(viewer=viewer, kind=CodebookChange.Kind.MERGE, before=before, codes=touched, at=at, note=note)


@write
def split_code(*, viewer: Viewer, code: Code, parts: Sequence[Part], at: datetime, note: str = "") -> list[Code]:
    """Make two or more codes of one and take it out of use; what was coded with it waits to be coded again.

    The new codes stand where it stood, with its stance, and know what they were split from.

    Raises
    ------
    Invalid
        `code.split_parts` unless there are two to eight; what `add_code` raises.
    Conflict
        `code.has_children`, `code.gone`, `code.sign_taken`.
    """
    viewer.need(Permission.CODEBOOK)
    if not FEWEST_PARTS <= len(parts) <= MOST_PARTS:
        raise Invalid("code.split_parts", gettext_noop("A code is split into two to eight codes."))
    code = _locked(viewer, code)
    _check_in_use(code)
    if Code.objects.filter(parent=code, retired_at=None).exists():
        raise has_children()
    before = {code.pk: state_of(code)}
    code.retired_at = at
    code.save(update_fields=["retired_at"])
    made = [_add_part(viewer, code, part, number, at) for number, part in enumerate(parts, start=1)]
    undone = {"retired_at": at.isoformat(), "split_from_id": None}
    before |= {part.pk: undone for part in made}
    record_change(viewer=viewer, kind=CodebookChange.Kind.SPLIT, before=before, codes=[code, *made], at=at, note=note)
    return made


@write
def adopt_code(*, viewer: Viewer, code: Code, at: datetime, sign: str = "") -> Code:
    """Take a coder's proposal into the codebook, last of its branch, under a sign: that given, or one from its name.

    Raises
    ------
    Conflict
        `code.gone` when it is out of use, `code.sign_taken`.
    Invalid
        `code.sign_malformed`.
    """
    viewer.need(Permission.CODEBOOK)
    code = _locked(viewer, code)
    _check_in_use(code)
    before = {code.pk: state_of(code)}
    if code.proposed_in_id is not None:
        code.sign = free_sign(viewer, sign or own_sign(code))
        code.proposed_in = None
        code.save(update_fields=["proposed_in", "sign"])
        place(code, code.parent, Code.objects.filter(study=viewer.study, parent=code.parent).count())
    record_change(viewer=viewer, kind=CodebookChange.Kind.ADOPT, before=before, codes=[code], at=at)
    return code


def own_sign(code: Code) -> str:
    """A free sign made from a code's name."""
    taken = set(Code.objects.filter(study_id=code.study_id, retired_at=None).values_list("sign", flat=True))
    return sign_for(pick(code.revision.names if code.revision else {}, "en"), taken)


def _locked(viewer: Viewer, code: Code) -> Code:
    Study.objects.select_for_update().get(pk=viewer.study.pk)
    return Code.objects.select_for_update(of=("self",)).select_related("revision").get(pk=code.pk, study=viewer.study)


def _check_merge(code: Code, into: Code) -> None:
    if code.pk == into.pk:
        raise Invalid("code.merge_itself", gettext_noop("A code cannot be merged into itself. Choose another."))
    _check_in_use(code)
    _check_in_use(into)
    if into.proposed_in_id is not None:
        raise Conflict("code.is_proposal", gettext_noop("That code is only proposed. Adopt it first."))
    if code.is_codable and not into.is_codable:
        raise Conflict(
            "code.is_heading", gettext_noop("That is a heading, which no passage can have. Choose a code instead.")
        )
    if _is_within(into, code):
        raise Conflict(
            "code.merge_below",
            gettext_noop("A code cannot be merged into one that stands below it. Move that one first."),
        )


def _check_in_use(code: Code) -> None:
    if code.retired_at is not None or code.merged_into_id is not None:
        raise Conflict("code.gone", gettext_noop("This code is out of use already. Load the codebook again."))


def _is_within(code: Code, branch: Code) -> bool:
    above: Code | None = code
    while above is not None:
        if above.pk == branch.pk:
            return True
        above = above.parent
    return False


def _add_part(viewer: Viewer, code: Code, part: Part, number: int, at: datetime) -> Code:
    made = add_code(
        viewer=viewer,
        id=part.id,
        sign=part.sign,
        meaning=part.meaning,
        at=at,
        parent=code.parent,
        hue=code.hue,
        stance=code.stance,
        is_codable=code.is_codable,
        asks_weight=code.asks_weight,
    )
    made.split_from = code
    made.save(update_fields=["split_from"])
    code.refresh_from_db(fields=["position"])
    place(made, made.parent, code.position + number)
    return made


def _meaning_of(code: Code) -> Meaning:
    held = code.revision
    assert held is not None
    return Meaning(
        names=held.names,
        definitions=held.definitions,
        include_when=held.include_when,
        exclude_when=held.exclude_when,
        examples=written(held.examples),
        passages=taken(held.examples),
    )

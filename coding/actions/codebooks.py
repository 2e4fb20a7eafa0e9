"""Changes to the codebook and to the machine's lexicon."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from coding.models import Code, CodebookEntry, CodebookVersion, CodeRevision, LexiconEntry
from coding.tagging.lexicon import parse_expression
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Study
from observations.roles import Permission

Texts = Mapping[str, str]
HUES = 8


@dataclass(frozen=True)
class Meaning:
    """What a code means, each in the study's languages (language code to text)."""

    names: Texts
    definitions: Texts = field(default_factory=dict)
    include_when: Texts = field(default_factory=dict)
    exclude_when: Texts = field(default_factory=dict)
    examples: Texts = field(default_factory=dict)


@write
def add_code(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    sign: str,
    meaning: Meaning,
    at: datetime,
    parent: Code | None = None,
    hue: int | None = None,
    stance: str = Code.Stance.NEITHER,
    is_codable: bool = True,
    asks_weight: bool = False,
    position: int | None = None,
) -> Code:
    """A new code under `parent` (or a new branch), last among its siblings, in its branch's hue.

    Raises
    ------
    Invalid
        `code.sign_malformed`, `code.name_empty`.
    Conflict
        `code.sign_taken` when another code of the study has this sign.
    """
    viewer.need(Permission.CODEBOOK)
    Study.objects.select_for_update().get(pk=viewer.study.pk)
    siblings = Code.objects.filter(study=viewer.study, parent=parent)
    last = siblings.aggregate(last=Max("position"))["last"]
    code = Code.objects.create(
        id=id,
        refi_guid=id,
        study=viewer.study,
        parent=parent,
        position=position if position is not None else (0 if last is None else last + 1),
        sign=_free_sign(viewer, sign),
        hue=parent.hue if parent else hue or _next_hue(viewer),
        stance=stance,
        is_codable=is_codable,
        asks_weight=asks_weight,
    )
    code.revision = _revise(code, viewer, meaning, number=1, at=at)
    code.save(update_fields=["revision"])
    return code


@write
def redefine_code(
    *, viewer: Viewer, code: Code, sign: str, meaning: Meaning, stance: str, asks_weight: bool, at: datetime
) -> Code:
    """Change what a code means, as its next revision; segments keep the revision they were made under."""
    viewer.need(Permission.CODEBOOK)
    code = Code.objects.select_for_update(of=("self",)).select_related("revision").get(pk=code.pk)
    code.sign = code.sign if sign == code.sign else _free_sign(viewer, sign)
    code.stance, code.asks_weight = stance, asks_weight
    held = code.revision
    assert held is not None
    now = {name: dict(getattr(meaning, name)) for name in _MEANING}
    if any(now[name] != getattr(held, name) for name in _MEANING):
        code.revision = _revise(code, viewer, meaning, number=held.number + 1, at=at)
    code.save(update_fields=["sign", "stance", "asks_weight", "revision"])
    return code


@write
def move_code(*, viewer: Viewer, code: Code, parent: Code | None, position: int) -> Code:
    """Put a code elsewhere in the tree. Raises Invalid `code.under_itself`."""
    viewer.need(Permission.CODEBOOK)
    Study.objects.select_for_update().get(pk=viewer.study.pk)
    above = parent
    while above is not None:
        if above.pk == code.pk:
            raise Invalid("code.under_itself", gettext_noop("A code cannot stand below itself."))
        above = above.parent
    siblings = list(Code.objects.filter(study=viewer.study, parent=parent).order_by("position", "pk"))
    siblings = [row for row in siblings if row.pk != code.pk]
    code.parent = parent
    siblings.insert(max(0, min(position, len(siblings))), code)
    for place, row in enumerate(siblings):
        row.position = place
    code.hue = parent.hue if parent else code.hue
    Code.objects.bulk_update(siblings, ["position", "parent"])
    code.save(update_fields=["hue"])
    _hue_below(code)
    return code


@write
def retire_code(*, viewer: Viewer, code: Code, at: datetime) -> Code:
    """Take a code out of use; its segments stay and it can be restored. Raises Conflict `code.has_children`."""
    viewer.need(Permission.CODEBOOK)
    if Code.objects.filter(parent=code, retired_at=None).exists():
        raise Conflict("code.has_children", gettext_noop("Move or retire the codes below it first."))
    code.retired_at = at
    code.save(update_fields=["retired_at"])
    return code


@write
def restore_code(*, viewer: Viewer, code: Code) -> Code:
    """Bring a retired code back. Raises Conflict `code.sign_taken` when its sign went to another meanwhile."""
    viewer.need(Permission.CODEBOOK)
    _free_sign(viewer, code.sign)
    code.retired_at = None
    code.save(update_fields=["retired_at"])
    return code


@write
def publish_codebook(*, viewer: Viewer, id: uuid.UUID, note: str, at: datetime) -> CodebookVersion:
    """Fix the working codebook as the next numbered version. Raises Invalid `codebook.empty`."""
    viewer.need(Permission.CODEBOOK)
    Study.objects.select_for_update().get(pk=viewer.study.pk)
    codes = list(Code.objects.filter(study=viewer.study, retired_at=None, merged_into=None, proposed_in=None))
    if not codes:
        raise Invalid("codebook.empty", gettext_noop("There is no code to publish yet."))
    last = CodebookVersion.objects.filter(study=viewer.study).aggregate(last=Max("number"))["last"] or 0
    version = CodebookVersion.objects.create(
        id=id, study=viewer.study, number=last + 1, note=note, published_by=viewer.user, published_at=at
    )
    CodebookEntry.objects.bulk_create(
        [
            CodebookEntry(
                id=uuid.uuid5(id, str(code.pk)),
                study=viewer.study,
                version=version,
                code=code,
                revision_id=code.revision_id,  # type: ignore[misc]  # every code has one once it is added
                parent_id=code.parent_id,
                position=code.position,
                sign=code.sign,
                stance=code.stance,
                is_codable=code.is_codable,
            )
            for code in codes
        ]
    )
    return version


@write
def add_lexicon_entry(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    code: Code,
    language: str,
    kind: str,
    expression: str,
    at: datetime,
    note: str = "",
) -> LexiconEntry:
    """A phrase or pattern by which the machine recognises a code. Raises Invalid `lexicon.*` when it cannot be read."""
    viewer.need(Permission.CODEBOOK)
    parse_expression(kind, expression)
    same = LexiconEntry.objects.filter(code=code, language=language, kind=kind, expression=expression, retired_at=None)
    if same.exists():
        raise Conflict("lexicon.there_already", gettext_noop("This code has this entry already."))
    return LexiconEntry.objects.create(
        id=id,
        study=viewer.study,
        code=code,
        language=language,
        kind=kind,
        expression=expression,
        note=note,
        made_by=viewer.user,
        made_at=at,
    )


@write
def retire_lexicon_entry(*, viewer: Viewer, entry: LexiconEntry, at: datetime) -> None:
    """Take an entry out of the lexicon; earlier suggestions keep it as their evidence."""
    viewer.need(Permission.CODEBOOK)
    LexiconEntry.objects.filter(pk=entry.pk, retired_at=None).update(retired_at=at)


_MEANING = ("names", "definitions", "include_when", "exclude_when", "examples")


def _revise(code: Code, viewer: Viewer, meaning: Meaning, *, number: int, at: datetime) -> CodeRevision:
    if not any(name.strip() for name in meaning.names.values()):
        raise Invalid("code.name_empty", gettext_noop("A code needs a name."), fields={"names": ["required"]})
    return CodeRevision.objects.create(
        id=uuid.uuid5(code.pk, f"revision {number}"),
        study_id=code.study_id,
        code=code,
        number=number,
        made_by=viewer.user,
        made_at=at,
        **{name: dict(getattr(meaning, name)) for name in _MEANING},
    )


def _free_sign(viewer: Viewer, sign: str) -> str:
    sign = sign.strip().upper()
    if not 2 <= len(sign) <= 4 or not sign.isalnum():
        raise Invalid(
            "code.sign_malformed",
            gettext_noop("A sign is two to four letters or digits."),
            fields={"sign": ["malformed"]},
        )
    if Code.objects.filter(study=viewer.study, sign=sign, retired_at=None).exists():
        raise Conflict(
            "code.sign_taken",
            gettext_noop("Another code has the sign %(sign)s."),
            fields={"sign": ["taken"]},
            sign=sign,
        )
    return sign


def _next_hue(viewer: Viewer) -> int:
    branches = Code.objects.filter(study=viewer.study, parent=None, retired_at=None)
    used = list(branches.order_by("position").values_list("hue", flat=True))
    free = [hue for hue in range(1, HUES + 1) if hue not in used]
    return free[0] if free else used[-1] % HUES + 1


def _hue_below(code: Code) -> None:
    for child in Code.objects.filter(parent=code):
        if child.hue != code.hue:
            child.hue = code.hue
            child.save(update_fields=["hue"])
        _hue_below(child)

"""Codes written and rewritten, versions of the codebook published, and the machine's lexicon."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max

from coding.actions.codebook_changes import free_sign, record_change, state_of
from coding.examples import Taken, taken, together
from coding.models import Code, CodebookChange, CodebookEntry, CodebookVersion, CodeRevision, LexiconEntry
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
    """What a code means, each in the study's languages (language code to text).

    `passages` are the examples taken from segments; None keeps those the code has.
    """

    names: Texts
    definitions: Texts = field(default_factory=dict)
    include_when: Texts = field(default_factory=dict)
    exclude_when: Texts = field(default_factory=dict)
    examples: Texts = field(default_factory=dict)
    passages: tuple[Taken, ...] | None = None


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
    color: str = "",
    refi_guid: uuid.UUID | None = None,
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
    siblings = Code.objects.filter(study=viewer.study, parent=parent, proposed_in=None)
    last = siblings.aggregate(last=Max("position"))["last"]
    code = Code.objects.create(
        id=id,
        refi_guid=refi_guid or id,
        study=viewer.study,
        parent=parent,
        position=position if position is not None else (0 if last is None else last + 1),
        sign=free_sign(viewer, sign),
        hue=parent.hue if parent else hue or _next_hue(viewer),
        color=color,
        stance=stance,
        is_codable=is_codable,
        asks_weight=asks_weight,
    )
    code.revision = _revise(code, viewer, meaning, at=at)
    code.save(update_fields=["revision"])
    return code


@write
def redefine_code(
    *,
    viewer: Viewer,
    code: Code,
    sign: str,
    meaning: Meaning,
    stance: str,
    asks_weight: bool,
    at: datetime,
    based_on: uuid.UUID | None = None,
) -> Code:
    """Change what a code means, as its next revision; segments keep the revision they were made under.

    Raises Conflict `code.changed_meanwhile` when `based_on`, where it is given, is not the current revision.
    """
    viewer.need(Permission.CODEBOOK)
    code = Code.objects.select_for_update(of=("self",)).select_related("revision").get(pk=code.pk)
    if based_on not in (None, code.revision_id):
        raise Conflict(
            "code.changed_meanwhile",
            gettext_noop(
                "Somebody changed this code meanwhile: look at what its page says now. What you wrote is still here; "
                "saving again puts it in the place of theirs."
            ),
        )
    before = {code.pk: state_of(code)}
    code.sign = code.sign if sign == code.sign else free_sign(viewer, sign)
    code.stance, code.asks_weight = stance, asks_weight
    code.revision = next_revision(viewer=viewer, code=code, meaning=meaning, at=at)
    code.save(update_fields=["sign", "stance", "asks_weight", "revision"])
    record_change(viewer=viewer, kind=CodebookChange.Kind.REDEFINE, before=before, codes=[code], at=at)
    return code


def next_revision(*, viewer: Viewer, code: Code, meaning: Meaning, at: datetime) -> CodeRevision:
    """What a code means from now on: the revision it has, where that says the same, else a new one."""
    held = code.revision
    assert held is not None
    now = _texts(meaning, held)
    if all(now[name] == getattr(held, name) for name in now):
        return held
    return _revise(code, viewer, meaning, at=at)


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


_MEANING = ("names", "definitions", "include_when", "exclude_when")


def _revise(code: Code, viewer: Viewer, meaning: Meaning, *, at: datetime) -> CodeRevision:
    if not any(name.strip() for name in meaning.names.values()):
        raise Invalid("code.name_empty", gettext_noop("A code needs a name."), beside="names")
    number = (CodeRevision.objects.filter(code=code).aggregate(last=Max("number"))["last"] or 0) + 1
    return CodeRevision.objects.create(
        id=uuid.uuid5(code.pk, f"revision {number}"),
        study_id=code.study_id,
        code=code,
        number=number,
        made_by=viewer.user,
        made_at=at,
        **_texts(meaning, code.revision),
    )


def _texts(meaning: Meaning, held: CodeRevision | None) -> dict[str, dict[str, Any]]:
    passages = meaning.passages if meaning.passages is not None else taken(held.examples) if held else ()
    texts = {name: dict(getattr(meaning, name)) for name in _MEANING}
    return texts | {"examples": together(meaning.examples, passages)}


def _next_hue(viewer: Viewer) -> int:
    branches = Code.objects.filter(study=viewer.study, parent=None, retired_at=None, proposed_in=None)
    used = list(branches.order_by("position").values_list("hue", flat=True))
    free = [hue for hue in range(1, HUES + 1) if hue not in used]
    return free[0] if free else used[-1] % HUES + 1

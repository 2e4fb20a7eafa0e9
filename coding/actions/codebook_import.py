"""Bringing in a codebook and a lexicon written elsewhere, as a whole or not at all."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from coding.actions.codebook_changes import State, record_change
from coding.actions.codebooks import Meaning, add_code
from coding.codebook_csv import CodeRow, read_codebook
from coding.codebook_parents import KnownCode
from coding.codebook_qdc import read_qdc
from coding.lexicon_csv import LexiconRow, read_lexicon
from coding.models import Code, CodebookChange, LexiconEntry
from fieldstudy.errors import Conflict, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Study
from observations.roles import Permission


@dataclass(frozen=True)
class Brought:
    """What a file brought in, how many were there already, and what is left out: sets, columns, codes out of use.

    `by_path` is the number of codes whose names told where they stand (`coding.codebook_paths`).
    `change` is what undoes it, None where nothing came in.
    """

    codes: tuple[Code, ...]
    change: CodebookChange | None = None
    there: int = 0
    sets: int = 0
    columns: tuple[str, ...] = ()
    retired: int = 0
    by_path: int = 0

    @property
    def added(self) -> int:
        return len(self.codes)


def bring_in_codes(*, viewer: Viewer, content: bytes, language: str, at: datetime) -> Brought:
    """Add the codes of a file to the codebook, whichever of the kinds of file it is: a table, or a REFI-QDA codebook.

    `language` is that of names that do not say theirs. Raises what `import_codebook` and `import_qdc` raise.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return import_qdc(viewer=viewer, content=content, language=language, at=at)
    return import_codebook(viewer=viewer, content=content, language=language, at=at)


@write
def import_codebook(*, viewer: Viewer, content: bytes, at: datetime, language: str = "en") -> Brought:
    """Add the codes of a CSV or Excel table to the codebook, parents first.

    Texts whose columns do not say their language are in `language`. A code that the table names by its name alone
    stays as it is where the codebook has it. A code's id is made from the study and the sign the table gives it; the
    identity it has for other programs is kept where none of the study's codes has it.

    Raises
    ------
    ImportFailed
        With every problem and its line: see `coding.codebook_csv.read_codebook`.
    Conflict
        `codebook.sign_was_used` when a retired or renamed code was brought in under one of the signs.
    """
    viewer.need(Permission.CODEBOOK)
    Study.objects.select_for_update().get(pk=viewer.study.pk)
    codes = {code.sign: code for code in _in_use(viewer).select_related("revision", "parent")}
    table = read_codebook(content, known=[_known(code) for code in codes.values()], language=language)
    new = [row for row in table.codes if not row.is_there]
    undone = _undone(viewer)
    _check_ids_free(viewer, [row.sign for row in new if not row.is_made], undone)
    taken = set(Code.objects.filter(study=viewer.study).values_list("refi_guid", flat=True))
    added: list[Code] = []
    for row in new:
        guid = uuid.UUID(row.guid) if row.guid and uuid.UUID(row.guid) not in taken else None
        is_free = not row.is_made and code_id(viewer.study, row.sign) not in undone
        id = code_id(viewer.study, row.sign) if is_free else _made_id(viewer.study, row.sign, at)
        codes[row.sign] = _add(viewer, row, id, codes.get(row.parent), guid, at)
        taken.add(codes[row.sign].refi_guid)
        added.append(codes[row.sign])
    there, change = len(table.codes) - len(new), _record(viewer, added, at)
    return Brought(
        tuple(added), change, there=there, columns=table.left_out, retired=table.retired, by_path=table.by_path
    )


@write
def import_qdc(*, viewer: Viewer, content: bytes, language: str, at: datetime) -> Brought:
    """Add the codes of a REFI-QDA codebook, whose texts are in `language`; those that are there stay as they are.

    Raises
    ------
    ImportFailed
        With every problem and its line: see `coding.codebook_qdc.read_qdc`.
    """
    viewer.need(Permission.CODEBOOK)
    Study.objects.select_for_update().get(pk=viewer.study.pk)
    there = {code.refi_guid: code for code in Code.objects.filter(study=viewer.study, proposed_in=None)}
    known = {guid: code.sign for guid, code in there.items()}
    signs = {code.sign for code in _in_use(viewer)}
    qdc = read_qdc(content, language=language, known=known, signs=signs)
    by_sign: dict[str, Code] = {}
    undone = _undone(viewer)
    added: list[Code] = []
    for one in qdc.codes:
        code = there.get(one.guid)
        if code is None:
            id = uuid.uuid5(viewer.study.pk, f"code {one.guid}")
            id = _made_id(viewer.study, str(one.guid), at) if id in undone else id
            code = _add(viewer, one.row, id, by_sign.get(one.row.parent), one.guid, at)
            added.append(code)
        by_sign[one.row.sign] = code
    return Brought(tuple(added), _record(viewer, added, at), len(qdc.codes) - len(added), qdc.sets)


def _record(viewer: Viewer, added: list[Code], at: datetime) -> CodebookChange | None:
    """Write down that an import brought these codes: undone, they go out of use."""
    before: dict[uuid.UUID, State] = {code.pk: {"retired_at": at.isoformat()} for code in added}
    return record_change(viewer=viewer, kind=CodebookChange.Kind.IMPORT, before=before, codes=added, at=at)


def _undone(viewer: Viewer) -> set[uuid.UUID]:
    """The codes of imports that were undone: their signs can come again, as other codes. One query."""
    undone = CodebookChange.objects.filter(study=viewer.study, kind=CodebookChange.Kind.IMPORT, undone_at__isnull=False)
    return {code for codes in undone.values_list("codes", flat=True) for code in codes}


def _known(code: Code) -> KnownCode:
    names = tuple(code.revision.names.values()) if code.revision else ()
    return KnownCode(code.sign, names, code.parent.sign if code.parent else "")


def _made_id(study: Study, sign: str, at: datetime) -> uuid.UUID:
    """An id that no code brought in at another time has: its sign may have been given up since."""
    return uuid.uuid5(study.pk, f"code {sign} {at.isoformat()}")


def _in_use(viewer: Viewer) -> QuerySet[Code]:
    return Code.objects.filter(study=viewer.study, retired_at=None, proposed_in=None)


def _add(
    viewer: Viewer, row: CodeRow, id: uuid.UUID, parent: Code | None, guid: uuid.UUID | None, at: datetime
) -> Code:
    return add_code(
        viewer=viewer,
        id=id,
        sign=row.sign,
        meaning=Meaning(
            names=row.texts["names"],
            definitions=row.texts["definitions"],
            include_when=row.texts["include_when"],
            exclude_when=row.texts["exclude_when"],
            examples=row.texts["examples"],
        ),
        at=at,
        parent=parent if parent is None or parent.retired_at is None else None,
        hue=row.hue,
        stance=row.stance,
        is_codable=row.is_codable,
        asks_weight=row.asks_weight,
        color=row.color,
        refi_guid=guid,
    )


@write
def import_lexicon(*, viewer: Viewer, content: bytes, at: datetime) -> int:
    """Add the entries of a CSV table to the lexicon and say how many were new; those there already stay as they are.

    Raises
    ------
    ImportFailed
        With every problem and its line: see `coding.lexicon_csv.read_lexicon`.
    """
    viewer.need(Permission.CODEBOOK)
    Study.objects.select_for_update().get(pk=viewer.study.pk)
    usable = Code.objects.filter(study=viewer.study, retired_at=None, merged_into=None, proposed_in=None)
    codes = {code.sign: code for code in usable.filter(is_codable=True)}
    rows = read_lexicon(content, known_signs=codes)
    standing = LexiconEntry.objects.filter(study=viewer.study, retired_at=None)
    there = set(standing.values_list("code_id", "language", "kind", "expression"))
    new = [row for row in rows if (codes[row.sign].pk, row.language, row.kind, row.expression) not in there]
    LexiconEntry.objects.bulk_create([_entry(viewer, codes[row.sign], row, at) for row in new], batch_size=500)
    return len(new)


def code_id(study: Study, sign: str) -> uuid.UUID:
    """The id of the code that an import brings into a study under a sign: the same every time."""
    return uuid.uuid5(study.pk, f"code {sign}")


def _entry(viewer: Viewer, code: Code, row: LexiconRow, at: datetime) -> LexiconEntry:
    identity = json.dumps([row.language, row.kind, row.expression, at.isoformat()])
    return LexiconEntry(
        id=uuid.uuid5(code.pk, identity),
        study=viewer.study,
        code=code,
        language=row.language,
        kind=row.kind,
        expression=row.expression,
        note=row.note,
        made_by=viewer.user,
        made_at=at,
    )


def _check_ids_free(viewer: Viewer, signs: list[str], undone: set[uuid.UUID]) -> None:
    ids = {code_id(viewer.study, sign): sign for sign in signs if code_id(viewer.study, sign) not in undone}
    taken = Code.objects.filter(pk__in=ids).values_list("pk", flat=True)
    if used := sorted(ids[pk] for pk in taken):
        raise Conflict(
            "codebook.sign_was_used",
            gettext_noop("Codes brought in as %(signs)s were retired or renamed since. Restore those instead."),
            signs=", ".join(used),
        )

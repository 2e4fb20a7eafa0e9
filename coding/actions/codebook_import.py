"""Bringing in a codebook and a lexicon written elsewhere, as a whole or not at all."""

import json
import uuid
from datetime import datetime

from coding.actions.codebooks import Meaning, add_code
from coding.codebook_csv import read_codebook
from coding.lexicon_csv import LexiconRow, read_lexicon
from coding.models import Code, LexiconEntry
from fieldstudy.errors import Conflict, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Study
from observations.roles import Permission


@write
def import_codebook(*, viewer: Viewer, content: bytes, at: datetime) -> list[Code]:
    """Add the codes of a CSV table to the codebook, parents first; a code's id is made from the study and its sign.

    Raises
    ------
    ImportFailed
        With every problem and its line: see `coding.codebook_csv.read_codebook`.
    Conflict
        `codebook.sign_was_used` when a retired or renamed code was brought in under one of the signs.
    """
    viewer.need(Permission.CODEBOOK)
    Study.objects.select_for_update().get(pk=viewer.study.pk)
    codes = {code.sign: code for code in Code.objects.filter(study=viewer.study, retired_at=None)}
    rows = read_codebook(content, known_signs=codes)
    _check_ids_free(viewer, [row.sign for row in rows])
    added: list[Code] = []
    for row in rows:
        codes[row.sign] = add_code(
            viewer=viewer,
            id=code_id(viewer.study, row.sign),
            sign=row.sign,
            meaning=Meaning(**row.texts),
            at=at,
            parent=codes[row.parent] if row.parent else None,
            hue=row.hue,
            stance=row.stance,
            is_codable=row.is_codable,
            asks_weight=row.asks_weight,
        )
        added.append(codes[row.sign])
    return added


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


def _check_ids_free(viewer: Viewer, signs: list[str]) -> None:
    ids = {code_id(viewer.study, sign): sign for sign in signs}
    taken = Code.objects.filter(pk__in=ids).values_list("pk", flat=True)
    if used := sorted(ids[pk] for pk in taken):
        raise Conflict(
            "codebook.sign_was_used",
            gettext_noop("Codes brought in as %(signs)s were retired or renamed since. Restore those instead."),
            signs=", ".join(used),
        )

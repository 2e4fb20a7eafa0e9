"""Codes that a coder proposes while coding: nobody else knows of one before its reading is submitted."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.utils.crypto import salted_hmac

from coding.actions.reading_locks import changeable, lock, lock_current
from coding.actions.readings import open_reading
from coding.models import Code, CodebookChange, CodeRevision, Segment
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.models import Source
from observations.roles import Permission

# No code of the codebook has this in its sign: a proposal never takes a sign from it, nor betrays itself by one.
MARK = "~"
# Proposals stand behind all codes of the codebook and take no place among them.
LAST = 2_000_000_000
HUES = 8
_SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@write
def propose_code(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    source: Source,
    names: Mapping[str, str],
    at: datetime,
    definitions: Mapping[str, str] | None = None,
) -> tuple[Code, bool]:
    """A code of the viewer's own, to code this source with at once; the lead may adopt it later.

    It belongs to the viewer's reading of the source, which is opened if there is none, and is seen by its author alone
    until that reading may be seen. Its sign is drawn from its id. The same id with the same names gives the same code,
    also one that was withdrawn meanwhile.

    Parameters
    ----------
    names, definitions : mapping of str to str
        Text by language code.

    Returns
    -------
    tuple of Code and bool
        The code, and whether it was made just now.

    Raises
    ------
    Invalid
        `code.name_empty`.
    Conflict
        `code.id_taken`, `reading.submitted`.
    """
    viewer.need(Permission.CODE)
    names = {language: name.strip() for language, name in names.items() if name.strip()}
    if not names:
        raise Invalid("code.name_empty", gettext_noop("A code needs a name."), beside="names")
    there = Code.objects.filter(pk=id).select_related("revision", "proposed_in__coder").first()
    if there is not None:
        return _again(viewer, _same(viewer, there, names)), False
    reading = lock_current(viewer, source)
    if reading is None:
        reading = open_reading(viewer=viewer, source=source, id=uuid.uuid5(id, "reading"), at=at)
    changeable(reading)
    code = Code.objects.create(
        id=id,
        refi_guid=id,
        study=viewer.study,
        position=LAST,
        sign=_sign(viewer, id),
        hue=id.int % HUES + 1,
        proposed_in=reading,
    )
    code.revision = CodeRevision.objects.create(
        id=uuid.uuid5(id, "revision 1"),
        study=viewer.study,
        code=code,
        number=1,
        names=names,
        definitions=dict(definitions or {}),
        made_by=viewer.user,
        made_at=at,
    )
    code.save(update_fields=["revision"])
    return code, True


@write
def withdraw_proposal(*, viewer: Viewer, code_id: uuid.UUID, at: datetime) -> None:
    """Take back a proposal of one's own that one codes nothing with. Raises Conflict `code.in_use`, or Missing.

    Passages of others stay as they are, and are not asked for: that would tell of readings one may not know of.
    """
    viewer.need(Permission.CODE)
    own = Code.objects.filter(study=viewer.study, proposed_in__coder__user=viewer.user)
    code = own.select_for_update(of=("self",)).filter(pk=code_id).first()
    if code is None:
        raise nothing_here()
    if Segment.objects.filter(code=code, removed_at=None, reading__coder__user=viewer.user).exists():
        raise Conflict("code.in_use", gettext_noop("You coded passages with it. Recode or remove them first."))
    if code.retired_at is None:
        code.retired_at = at
        code.save(update_fields=["retired_at"])


def _same(viewer: Viewer, there: Code, names: Mapping[str, str]) -> Code:
    own = there.proposed_in is not None and there.proposed_in.coder.user_id == viewer.user.pk
    if own and there.study_id == viewer.study.pk and there.revision and there.revision.names == names:
        return there
    raise Conflict("code.id_taken", gettext_noop("Another code has this id."))


def _again(viewer: Viewer, there: Code) -> Code:
    # One that the lead declined, or merged into another, is in the changes to the codebook, and stays as it is.
    settled = CodebookChange.objects.filter(study=viewer.study, codes__contains=[there.pk])
    if there.retired_at is not None and there.proposed_in is not None and not settled.exists():
        lock(viewer, there.proposed_in.pk)
        there.retired_at, there.sign = None, _sign(viewer, there.pk)
        there.save(update_fields=["retired_at", "sign"])
    return there


def _sign(viewer: Viewer, id: uuid.UUID) -> str:
    """The first sign drawn from the id that no proposal in use has."""
    return next(
        sign for sign in _signs(id) if not Code.objects.filter(study=viewer.study, sign=sign, retired_at=None).exists()
    )


def _signs(id: uuid.UUID) -> Iterator[str]:
    """Signs drawn with the installation's key: nobody can tell from theirs whether another proposal had the first."""
    for number in range(100_000):
        drawn = salted_hmac("coding.proposals", f"{id} {number}", algorithm="sha256").digest()
        yield MARK + "".join(_SIGNS[byte % len(_SIGNS)] for byte in drawn[:3])

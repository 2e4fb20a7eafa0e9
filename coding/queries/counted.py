"""Which of a coder's readings of a source counts as independent, and which codes count at all."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Min, Q

from coding.models import Code, CodebookChange, Reading
from observations.models import Study

MAIN = 1
"""The study's own round: what is read to calibrate, or again, is not mixed into its figures."""


def is_independent(reading: Reading) -> bool:
    """Whether a reading was made without knowing of the others' or of the machine's."""
    return reading.is_blind and reading.arm != Study.Policy.FIRST_OPINION


def latest_counted(readings: Iterable[Reading], *, with_seen: bool) -> list[Reading]:
    """Of each source, coder and round the reading that counts: the one opened last of those that are independent.

    So a reopened reading whose coder had seen others' work leaves the original in its place. Where none is independent,
    or on request (`with_seen`), the last of all. No query of its own.
    """

    def rank(reading: Reading) -> tuple[bool, bool, float]:
        return with_seen or is_independent(reading), reading.superseded_at is None, reading.opened_at.timestamp()

    latest = {(one.source_id, one.coder_id, one.round): one for one in sorted(readings, key=rank)}
    return [latest[key] for key in sorted(latest)]


def codes_counted(code: str = "") -> Q:
    """The condition on codes, or on rows of codes found under `code`, that readings are compared on them.

    These are the codebook's, with those merged into them, and the proposals made in readings that are submitted.
    """
    prefix = f"{code}__" if code else ""
    return (
        Q(**{f"{prefix}proposed_in": None})
        | Q(**{f"{prefix}merged_into__isnull": False})
        | Q(**{f"{prefix}proposed_in__state": Reading.State.SUBMITTED})
    )


def codebook_since(study: Study) -> dict[uuid.UUID, datetime]:
    """Since when each code that can be applied has been in the codebook that all share: made, or adopted, then.

    A code only proposed is in no codebook but its author's: readings it was used in bring it with them. Two queries.
    """
    codes = Code.objects.filter(study=study, is_codable=True, proposed_in=None)
    since = dict(codes.annotate(at=Min("revisions__made_at")).values_list("pk", "at"))
    adopting = CodebookChange.objects.filter(
        study=study, kind__in=(CodebookChange.Kind.ADOPT, CodebookChange.Kind.RESTORE), undone_at=None
    )
    for before, at in adopting.order_by("made_at").values_list("before", "made_at"):
        adopted = (uuid.UUID(code) for code, was in before.items() if was.get("proposed_in_id"))
        since |= {code: at for code in adopted if code in since}
    return since

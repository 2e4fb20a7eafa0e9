"""One supervisor's adjudication in the demonstration: two sources settled whole, part of a third, and one rule."""

import csv
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from coding.actions.auto_settling import auto_settle
from coding.actions.disputes import Settlement, build_disputes, settle
from coding.models import Adjudication, Code, Dispute, DisputeSide
from coding.passages import Passage
from coding.queries.auto_settling import Rule
from fieldstudy.errors import Invalid, gettext_noop
from observations.access import Viewer
from observations.models import Source
from observations.queries.sources import text_of

BUILT = datetime(2025, 5, 22, 9, 0, tzinfo=UTC)
OUTCOMES = Path(__file__).parent / "outcomes.csv"
RULE = Rule("overlap")

Keys = Callable[..., uuid.UUID]
Progress = Callable[[str, Iterable[Any], int], Iterable[Any]]


def settle_some(viewer: Viewer, key_id: Keys, progress: Progress) -> None:
    """Build the disputes and settle those of the table, then what the rule settles. What is done already stays."""
    if not Dispute.objects.filter(study=viewer.study).exists():
        build_disputes(viewer=viewer, at=BUILT)
    with OUTCOMES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    done = set(Adjudication.objects.filter(study=viewer.study).values_list("pk", flat=True))
    todo = [(n, row) for n, row in enumerate(rows) if key_id("adjudication", str(n)) not in done]
    codes = {code.sign: code for code in Code.objects.filter(study=viewer.study)}
    texts: dict[str, str] = {}
    for number, row in progress("Settling", todo, len(todo)) if todo else ():
        source = Source.objects.get(pk=key_id("source", row["source"]))
        text = texts.setdefault(row["source"], text_of(source))
        dispute = _dispute(source, text, row, codes)
        settle(
            viewer=viewer,
            dispute_id=dispute.pk,
            id=key_id("adjudication", str(number)),
            settlement=Settlement(
                outcome=row["outcome"],
                side=_side(dispute, row, key_id),
                passages=_passages(dispute, text, row, codes),
                reason=row["reason"],
            ),
            at=BUILT + timedelta(minutes=10 + 3 * number),
        )
    auto_settle(viewer=viewer, rule=RULE, batch=key_id("batch"), at=BUILT + timedelta(hours=3))


def _dispute(source: Source, text: str, row: Mapping[str, str], codes: Mapping[str, Code]) -> Dispute:
    """The dispute of a row: of its source and code, beginning with its words."""
    disputes = Dispute.objects.filter(source=source, codes__contains=[codes[row["sign"]].pk]).order_by("pk")
    found = [dispute for dispute in disputes if text.startswith(row["start"], dispute.now_start)]
    if len(found) != 1:
        raise Invalid(
            "demo.dispute_not_found",
            gettext_noop("An outcome for %(sign)s is not of exactly one dispute in %(source)s."),
            sign=row["sign"],
            source=row["source"],
        )
    return found[0]


def _side(dispute: Dispute, row: Mapping[str, str], key_id: Keys) -> DisputeSide | None:
    if not row["reading"]:
        return None
    return DisputeSide.objects.get(dispute=dispute, reading=key_id("reading", row["reading"], row["source"]))


def _passages(dispute: Dispute, text: str, row: Mapping[str, str], codes: Mapping[str, Code]) -> tuple[Passage, ...]:
    if not row["code"]:
        return ()
    start = text.index(row["from"], dispute.now_start)
    end = text.index(row["to"], start) + len(row["to"])
    return (Passage(codes[row["code"]].pk, start, end),)

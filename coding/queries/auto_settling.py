"""What a rule would settle by itself: the preview of a batch, and the batches there were."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef

from coding.models import Adjudication, Dispute, DisputeSide
from coding.passages import Passage, majority, overlapping, plain, unanimous
from coding.queries.disputes import sides_of, standing_waiver
from coding.queries.visible import disputes_visible_to
from fieldstudy.errors import Invalid, gettext_noop
from observations.access import Viewer

LEAST_OVERLAP = 0.5
USUAL_OVERLAP = 0.8


@dataclass(frozen=True)
class Rule:
    """A rule by which disputes are settled without looking; `threshold` in [0.5, 1], for "overlap" alone."""

    name: str
    threshold: float = USUAL_OVERLAP


@dataclass(frozen=True)
class Proposal:
    """What a rule would make of one dispute."""

    dispute: Dispute
    outcome: str
    side_id: uuid.UUID | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Batch:
    """Disputes settled by a rule in one go, still standing."""

    id: uuid.UUID
    rule: str
    reason: str
    at: datetime
    settled: int


def proposals(viewer: Viewer, rule: Rule) -> list[Proposal]:
    """What the rule would settle now, in the order of sources and text. Six queries or fewer.

    Left out are disputes that come from changed definitions, which people have to look at, and those over a reading of
    the viewer's own without a waiver.

    Raises
    ------
    Invalid
        `dispute.rule_unknown`, `dispute.threshold_out_of_range`.
    """
    if rule.name not in Adjudication.Rule.values:
        raise Invalid("dispute.rule_unknown", gettext_noop("There is no such rule."), beside="rule")
    if not LEAST_OVERLAP <= rule.threshold <= 1:
        raise Invalid(
            "dispute.threshold_out_of_range",
            gettext_noop("The overlap goes from 50% to 100%."),
            beside="threshold",
        )
    disputes = disputes_visible_to(viewer).exclude(redefined=True)
    disputes = disputes.filter(~Exists(Adjudication.objects.filter(dispute=OuterRef("pk"), undone_at=None)))
    if standing_waiver(viewer) is None:
        own = DisputeSide.objects.filter(dispute=OuterRef("pk"), reading__coder__user=viewer.user)
        disputes = disputes.filter(~Exists(own))
    rows = list(disputes.select_related("source").order_by("source_id", "now_start", "pk"))
    sides = list(DisputeSide.objects.filter(dispute__in=rows).order_by("pk"))
    held = sides_of(viewer.study, {side.pk: side.segments for side in sides})
    by_dispute: dict[uuid.UUID, dict[uuid.UUID, Sequence[Passage]]] = {row.pk: {} for row in rows}
    for side in sides:
        by_dispute[side.dispute_id][side.pk] = held[side.pk]
    found = [_propose(row, by_dispute[row.pk], rule) for row in rows]
    return [proposal for proposal in found if proposal is not None]


def standing_batches(viewer: Viewer) -> list[Batch]:
    """The batches whose outcomes stand, newest first. One query."""
    rows = Adjudication.objects.filter(
        study=viewer.study, batch__isnull=False, undone_at=None, dispute__in=disputes_visible_to(viewer)
    )
    grouped = rows.values("batch", "rule", "reason", "settled_at").annotate(n=Count("pk")).order_by("-settled_at")
    return [
        Batch(row["batch"], row["rule"], row["reason"], row["settled_at"], row["n"]) for row in grouped if row["batch"]
    ]


def _propose(dispute: Dispute, sides: dict[uuid.UUID, Sequence[Passage]], rule: Rule) -> Proposal | None:
    if rule.name == Adjudication.Rule.MAJORITY:
        side = majority(sides)
        return None if side is None else Proposal(dispute, Adjudication.Outcome.SIDE, side, plain(sides[side]))
    if rule.name == Adjudication.Rule.UNANIMOUS:
        common = unanimous(sides)
        return None if common is None else Proposal(dispute, Adjudication.Outcome.EDITED, None, common)
    merged = overlapping(sides, rule.threshold)
    return None if merged is None else Proposal(dispute, Adjudication.Outcome.MERGED, None, merged)

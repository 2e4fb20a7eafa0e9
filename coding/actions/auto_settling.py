"""Settling by rule: many disputes in one go, taken back in one go; and the leave to settle over one's own segments."""

import uuid
from datetime import datetime

from coding.actions.consensus import consensus_reading, keep_outcomes, write_outcome
from coding.models import Adjudication, Dispute, DisputeSide, Reading, Waiver
from coding.queries.auto_settling import Rule, proposals
from coding.queries.disputes import standing_waiver
from coding.queries.visible import disputes_visible_to
from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.models import User
from fieldstudy.writes import write
from observations.access import Viewer, get_row, nothing_here
from observations.models import Membership
from observations.roles import Permission, permissions_of


@write
def auto_settle(*, viewer: Viewer, rule: Rule, batch: uuid.UUID, at: datetime) -> int:
    """Settle what the rule settles now, as one batch; how many. The same batch again settles nothing more.

    Raises what `proposals` does.
    """
    viewer.need(Permission.SETTLE)
    if Adjudication.objects.filter(study=viewer.study, batch=batch).exists():
        return 0
    found = proposals(viewer, rule)
    # Whoever settles one of them meanwhile waits here, and then finds it settled; so do two batches.
    list(Dispute.objects.select_for_update().filter(pk__in=[one.dispute.pk for one in found]).order_by("pk"))
    settled = set(
        Adjudication.objects.filter(undone_at=None, dispute__in=[one.dispute.pk for one in found]).values_list(
            "dispute_id", flat=True
        )
    )
    found = [one for one in found if one.dispute.pk not in settled]
    waiver = standing_waiver(viewer)
    own = DisputeSide.objects.filter(dispute__in=[one.dispute.pk for one in found], reading__coder__user=viewer.user)
    mine = set(own.values_list("dispute_id", flat=True))
    reason = f"≥ {rule.threshold:.0%}" if rule.name == Adjudication.Rule.OVERLAP else ""
    made = [
        Adjudication(
            id=uuid.uuid5(batch, str(one.dispute.pk)),
            study=viewer.study,
            dispute=one.dispute,
            outcome=one.outcome,
            side_id=one.side_id,
            reason=reason,
            rule=rule.name,
            batch=batch,
            waiver=waiver if one.dispute.pk in mine else None,
            settled_by=viewer.user,
            settled_at=at,
        )
        for one in found
    ]
    Adjudication.objects.bulk_create(made, batch_size=2000)
    readings: dict[tuple[uuid.UUID, int], Reading] = {}
    for one, adjudication in zip(found, made, strict=True):
        place = (one.dispute.source_id, one.dispute.round)
        if place not in readings:
            readings[place] = consensus_reading(viewer, one.dispute.source, one.dispute.round, at)
        write_outcome(adjudication, one.passages, one.dispute.source, readings[place])
    return len(made)


@write
def undo_batch(*, viewer: Viewer, batch: uuid.UUID, at: datetime) -> int:
    """Take a batch back: all its outcomes that still stand; how many there were. Outcomes people gave since stay."""
    viewer.need(Permission.SETTLE)
    rows = Adjudication.objects.select_related("dispute__source").filter(study=viewer.study, batch=batch)
    rows = rows.filter(undone_at=None, dispute__in=disputes_visible_to(viewer))
    places: dict[tuple[uuid.UUID, int], Dispute] = {}
    for row in rows:
        places[row.dispute.source_id, row.dispute.round] = row.dispute
    if not places and not Adjudication.objects.filter(study=viewer.study, batch=batch).exists():
        raise nothing_here()
    undone = Adjudication.objects.filter(pk__in=[row.pk for row in rows]).update(undone_at=at, undone_by=viewer.user)
    for dispute in places.values():
        keep_outcomes(consensus_reading(viewer, dispute.source, dispute.round, at), at)
    return undone


@write
def grant_waiver(*, viewer: Viewer, id: uuid.UUID, user: User, reason: str, at: datetime) -> Waiver:
    """Let somebody else settle disputes over their own segments; it is recorded with its reason.

    Raises
    ------
    Invalid
        `waiver.for_oneself`, `waiver.not_a_settler`, `waiver.reason_missing`.
    """
    viewer.need(Permission.MANAGE)
    if user.pk == viewer.user.pk:
        raise Invalid("waiver.for_oneself", gettext_noop("Nobody grants a waiver to themselves: ask another lead."))
    member = Membership.objects.filter(study=viewer.study, user=user).first()
    if member is None or Permission.SETTLE not in permissions_of(member.roles):
        raise Invalid(
            "waiver.not_a_settler", gettext_noop("A waiver is for leads and supervisors: they settle disputes.")
        )
    if not reason.strip():
        raise Invalid(
            "waiver.reason_missing",
            gettext_noop("Say why: the reason is kept with every outcome the waiver allows."),
            beside="reason",
        )
    there = Waiver.objects.filter(study=viewer.study, user=user, withdrawn_at=None).first()
    return there or Waiver.objects.create(
        id=id, study=viewer.study, user=user, reason=reason.strip(), granted_by=viewer.user, granted_at=at
    )


@write
def withdraw_waiver(*, viewer: Viewer, waiver_id: uuid.UUID, at: datetime) -> Waiver:
    """End a waiver. What was settled under it stays, and says so."""
    viewer.need(Permission.MANAGE)
    waiver = get_row(viewer, Waiver, waiver_id)
    if waiver.withdrawn_at is None:
        waiver.withdrawn_at = at
        waiver.save(update_fields=["withdrawn_at"])
    return waiver

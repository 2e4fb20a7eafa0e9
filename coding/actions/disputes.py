"""Disputes between first readings: building them, settling one, taking an outcome back."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from coding.actions.consensus import consensus_reading, keep_agreed, keep_outcomes, write_outcome
from coding.actions.placing import trimmed
from coding.disputes import Compared, Found
from coding.models import Adjudication, Code, Dispute, DisputeSide, Waiver
from coding.passages import Passage, plain, union_of
from coding.queries.disputes import Comparison, comparisons, sides_of, standing_waiver
from coding.queries.visible import codes_visible_to, disputes_visible_to, free_to_see
from fieldstudy.errors import Conflict, Invalid, NotPermitted, gettext_noop
from fieldstudy.spans import Span
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.models import Source
from observations.roles import Permission


@dataclass(frozen=True)
class Built:
    """What building gave: disputes there are now, how many are new, and how many are gone since the last time."""

    disputes: int
    new: int
    gone: int


@dataclass(frozen=True)
class Settlement:
    """What a person decides on a dispute.

    `side` is for outcome "side"; `passages` for "edited" (other borders) and "new" (another code), in code points of
    the current text.
    """

    outcome: str
    side: DisputeSide | None = None
    passages: tuple[Passage, ...] = ()
    reason: str = ""


@write
def build_disputes(*, viewer: Viewer, at: datetime, sources: Iterable[Source] | None = None) -> Built:
    """Find the disputes of all sources that have two comparable readings (or of these), and renew their consensus.

    Building again changes nothing where readings did not change. What is not found any more is marked as gone, with its
    outcome out of force; when it is found again, it and its outcome stand again.
    """
    viewer.need(Permission.SETTLE)
    limited = None if sources is None else list(sources)
    found = comparisons(viewer, limited)
    wanted = {each.key(one.source.pk, one.round): (one, each) for one in found for each in one.compared.disputes}
    known = disputes_visible_to(viewer) | Dispute.objects.filter(pk__in=wanted, study=viewer.study)
    if limited is not None:
        known = known.filter(source__in=[source.pk for source in limited])
    there = {dispute.pk: dispute for dispute in Dispute.objects.select_for_update().filter(pk__in=known.values("pk"))}
    gone = [dispute for key, dispute in there.items() if key not in wanted]
    _mark_gone(gone, at)
    for key, dispute in there.items():
        if key in wanted:
            _refresh(dispute, wanted[key][1].start, wanted[key][1].end)
    new = [key for key in wanted if key not in there]
    _create(viewer, {key: wanted[key] for key in new}, at)
    for one in found:
        keep_agreed(viewer, one, at)
    left = {(dispute.source_id, dispute.round) for dispute in gone} - {(one.source.pk, one.round) for one in found}
    for source_id, round in sorted(left):
        nothing = Comparison(Source.objects.get(pk=source_id), round, (), Compared((), ()))
        keep_agreed(viewer, nothing, at)
    return Built(len(wanted), len(new), len(gone))


@write
def settle(
    *, viewer: Viewer, dispute_id: uuid.UUID, id: uuid.UUID, settlement: Settlement, at: datetime
) -> Adjudication:
    """Settle a dispute, and write its outcome into the consensus. The same id and outcome give the same back.

    Raises
    ------
    Missing
        When the viewer may not know of all readings in dispute.
    NotPermitted
        `dispute.own_segment` over a reading of one's own without a waiver.
    Conflict
        `dispute.settled` when somebody settled it already; `dispute.gone` when its readings differ no more.
    Invalid
        `dispute.reason_missing`, `dispute.outcome_unknown`, `dispute.side_unknown`, `dispute.no_passage`,
        `dispute.elsewhere`, `dispute.code_not_disputed`, `segment.code_not_usable`, and what `trimmed` raises.
    """
    dispute = locked_dispute(viewer, dispute_id)
    there = Adjudication.objects.filter(dispute=dispute, undone_at=None).first()
    if there is not None:
        if there.pk == id and there.outcome == settlement.outcome and there.settled_by_id == viewer.user.pk:
            return there
        raise Conflict("dispute.settled", gettext_noop("This was settled meanwhile. Reopen it to decide otherwise."))
    waiver = leave_to_settle(viewer, dispute)
    reason = settlement.reason.strip()
    if viewer.study.settling_needs_reason and not reason:
        raise Invalid(
            "dispute.reason_missing",
            gettext_noop("This study asks for a reason with every outcome."),
            beside="reason",
        )
    passages = _passages(viewer, dispute, settlement)
    adjudication = Adjudication.objects.create(
        id=id,
        study=viewer.study,
        dispute=dispute,
        outcome=settlement.outcome,
        side=settlement.side,
        reason=reason,
        saw_machine=viewer.user.pk in dispute.machine_shown_to,
        saw_identities=viewer.user.pk in dispute.revealed_to,
        waiver=waiver,
        settled_by=viewer.user,
        settled_at=at,
    )
    write_outcome(adjudication, passages, dispute.source, consensus_reading(viewer, dispute.source, dispute.round, at))
    return adjudication


@write
def reopen(*, viewer: Viewer, dispute_id: uuid.UUID, at: datetime) -> Dispute:
    """Take the outcome of a dispute back: it is kept as undone, and its passages leave the consensus."""
    dispute = locked_dispute(viewer, dispute_id)
    leave_to_settle(viewer, dispute)
    undone = Adjudication.objects.filter(dispute=dispute, undone_at=None).update(undone_at=at, undone_by=viewer.user)
    if undone:
        keep_outcomes(consensus_reading(viewer, dispute.source, dispute.round, at), at)
    return dispute


@write
def reveal_readers(*, viewer: Viewer, dispute_id: uuid.UUID) -> Dispute:
    """Let the viewer see whose readings a dispute is between, and record that they saw it."""
    return _with_viewer(viewer, dispute_id, "revealed_to")


@write
def record_machine_shown(*, viewer: Viewer, dispute_id: uuid.UUID) -> Dispute:
    """Record that the viewer was shown what the machine says where readings differ, whatever the study shows later."""
    return _with_viewer(viewer, dispute_id, "machine_shown_to")


def _with_viewer(viewer: Viewer, dispute_id: uuid.UUID, field: str) -> Dispute:
    """The dispute with the viewer among the people that a field of it lists."""
    dispute = locked_dispute(viewer, dispute_id)
    listed = getattr(dispute, field)
    if viewer.user.pk not in listed:
        setattr(dispute, field, [*listed, viewer.user.pk])
        dispute.save(update_fields=[field])
    return dispute


def locked_dispute(viewer: Viewer, dispute_id: uuid.UUID) -> Dispute:
    """A dispute that the viewer may settle, locked until the transaction ends."""
    viewer.need(Permission.SETTLE)
    # Who may know of it is asked first: a lock cannot be taken on what such a question joins.
    known = Dispute.objects.filter(free_to_see(viewer), study=viewer.study, pk=dispute_id).only("gone_at").first()
    if known is None:
        raise nothing_here()
    if known.gone_at is not None:
        raise Conflict("dispute.gone", gettext_noop("The readings do not differ here any more. Go back to the list."))
    disputes = Dispute.objects.select_for_update(of=("self",)).select_related("source__revision")
    return disputes.defer("source__revision__sealed").get(pk=dispute_id)


def leave_to_settle(viewer: Viewer, dispute: Dispute) -> Waiver | None:
    """The waiver by which the viewer settles a dispute their own reading is in; None where it is between others."""
    if not DisputeSide.objects.filter(dispute=dispute, reading__coder__user=viewer.user).exists():
        return None
    waiver = standing_waiver(viewer)
    if waiver is None:
        raise NotPermitted(
            "dispute.own_segment",
            gettext_noop(
                "Your own reading is in this dispute: somebody else settles it, or a lead grants you a waiver."
            ),
        )
    return waiver


def _passages(viewer: Viewer, dispute: Dispute, settlement: Settlement) -> Sequence[Passage]:
    """What a settlement writes into the consensus."""
    outcome = settlement.outcome
    if outcome == Adjudication.Outcome.NOBODY:
        return ()
    if outcome in (Adjudication.Outcome.SIDE, Adjudication.Outcome.MERGED):
        sides = {side.pk: side.segments for side in DisputeSide.objects.filter(dispute=dispute)}
        held = sides_of(viewer.study, sides)
        if outcome == Adjudication.Outcome.MERGED:
            return union_of(held)
        if settlement.side is None or settlement.side.pk not in held:
            raise Invalid("dispute.side_unknown", gettext_noop("Choose one of the readings in this dispute."))
        return plain(held[settlement.side.pk])
    if outcome not in (Adjudication.Outcome.EDITED, Adjudication.Outcome.NEW):
        raise Invalid("dispute.outcome_unknown", gettext_noop("A dispute cannot be settled in this way."))
    return _chosen(viewer, dispute, settlement)


def _chosen(viewer: Viewer, dispute: Dispute, settlement: Settlement) -> Sequence[Passage]:
    if not settlement.passages:
        raise Invalid("dispute.no_passage", gettext_noop("Choose the words and the code that the agreed reading gets."))
    wanted = {passage.code for passage in settlement.passages}
    if settlement.outcome == Adjudication.Outcome.EDITED and not wanted <= set(dispute.codes):
        raise Invalid(
            "dispute.code_not_disputed",
            gettext_noop("Other borders keep a code that is in dispute. For another code, choose “New code”."),
        )
    usable = codes_visible_to(viewer).filter(pk__in=wanted, is_codable=True, proposed_in=None)
    if Code.objects.filter(pk__in=usable).count() != len(wanted):
        raise Invalid(
            "segment.code_not_usable",
            gettext_noop("This code cannot be applied: it is a heading, or is not in the codebook any more."),
            beside="code",
        )
    return plain(_placed(dispute, passage) for passage in settlement.passages)


def _placed(dispute: Dispute, passage: Passage) -> Passage:
    if not 0 <= passage.start < passage.end or passage.start >= dispute.now_end or passage.end <= dispute.now_start:
        raise Invalid(
            "dispute.elsewhere",
            gettext_noop("The words chosen lie outside the passage in dispute."),
            beside="start",
        )
    span = trimmed(dispute.source, Span(passage.start, passage.end))
    return Passage(passage.code, span.start, span.end)


def _mark_gone(disputes: Iterable[Dispute], at: datetime) -> None:
    Dispute.objects.filter(pk__in=[dispute.pk for dispute in disputes]).update(gone_at=at)


def _refresh(dispute: Dispute, start: int, end: int) -> None:
    if (dispute.gone_at, dispute.now_start, dispute.now_end) != (None, start, end):
        dispute.gone_at, dispute.now_start, dispute.now_end = None, start, end
        dispute.save(update_fields=["gone_at", "now_start", "now_end"])


def _create(viewer: Viewer, wanted: dict[uuid.UUID, tuple[Comparison, Found]], at: datetime) -> None:
    Dispute.objects.bulk_create(
        [
            Dispute(
                id=key,
                study=viewer.study,
                source=one.source,
                round=one.round,
                kind=found.kind,
                redefined=found.redefined,
                codes=list(found.codes),
                revision_id=one.source.revision_id or one.readings[0].revision_id,
                start=found.start,
                end=found.end,
                now_start=found.start,
                now_end=found.end,
                built_at=at,
                built_by=viewer.user,
            )
            for key, (one, found) in wanted.items()
        ],
        batch_size=2000,
    )
    DisputeSide.objects.bulk_create(
        [
            DisputeSide(
                id=uuid.uuid5(key, str(side.reading)),
                study=viewer.study,
                dispute_id=key,
                reading_id=side.reading,
                segments=list(side.segments),
            )
            for key, (_, found) in wanted.items()
            for side in found.sides
        ],
        batch_size=2000,
    )

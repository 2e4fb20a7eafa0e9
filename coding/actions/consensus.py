"""The consensus reading of a source: what its first readings agree on, and what disputes over the rest came to.

It is kept by one rule. Passages that all readings hold alike are written when disputes are built; the passages of an
outcome when a dispute is settled. A passage of the consensus stands as long as what it stands on does: the agreement is
still found, the outcome was not undone, the dispute is not gone. What is not settled yet is not in it.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from coding.disputes import Agreed
from coding.models import Adjudication, Code, Coder, Reading, Segment
from coding.passages import Passage
from coding.queries.disputes import Comparison
from observations.access import Viewer
from observations.models import Source, Study

ALIAS = "consensus"


def consensus_coder(viewer: Viewer) -> Coder:
    """The study's consensus as a coder, made on first need. Called inside an action."""
    key = uuid.uuid5(viewer.study.pk, "consensus coder")
    there = Coder.objects.filter(pk=key).first()
    if there is not None:
        return there
    told = {"study": viewer.study, "refi_guid": key, "kind": Coder.Kind.CONSENSUS, "alias": _free_alias(viewer)}
    coder, _ = Coder.objects.get_or_create(pk=key, defaults=told)
    return coder


def consensus_reading(viewer: Viewer, source: Source, round: int, at: datetime) -> Reading:
    """The consensus on a source in one round, made on first need. It counts as submitted, and says what is settled."""
    coder = consensus_coder(viewer)
    there = Reading.objects.filter(coder=coder, source=source, round=round, phase=Reading.Phase.FINAL).first()
    if there is not None:
        return there
    assert source.revision_id is not None
    return Reading.objects.create(
        id=uuid.uuid5(coder.pk, f"{source.pk} {round}"),
        study=viewer.study,
        source=source,
        coder=coder,
        round=round,
        phase=Reading.Phase.FINAL,
        arm=Study.Policy.FIRST_OPINION if viewer.study.settling_shows_machine else Study.Policy.NEVER,
        is_blind=False,
        revision_id=source.revision_id,
        codebook_version_id=_newest_version(source, round),
        state=Reading.State.SUBMITTED,
        opened_at=at,
        submitted_at=at,
    )


def keep_agreed(viewer: Viewer, comparison: Comparison, at: datetime) -> Reading:
    """Bring the consensus of a source up to date with what its readings agree on and with the outcomes that stand."""
    reading = consensus_reading(viewer, comparison.source, comparison.round, at)
    wanted = {_agreed_id(reading, each): each.passage for each in comparison.compared.agreed}
    there = Segment.objects.filter(reading=reading, adjudication=None).in_bulk()
    changed = []
    for key, segment in there.items():
        passage = wanted.pop(key, None)
        before = (segment.removed_at, segment.now_start, segment.now_end)
        if passage is None:
            segment.removed_at = segment.removed_at or at
        else:
            segment.removed_at, segment.now_start, segment.now_end = None, passage.start, passage.end
        if before != (segment.removed_at, segment.now_start, segment.now_end):
            segment.version += 1
            changed.append(segment)
    Segment.objects.bulk_update(changed, ["removed_at", "now_start", "now_end", "version"], batch_size=1000)
    write_passages(reading, comparison.source, wanted, at=at)
    keep_outcomes(reading, at)
    return reading


def write_passages(
    reading: Reading,
    source: Source,
    passages: dict[uuid.UUID, Passage],
    *,
    at: datetime,
    adjudication: Adjudication | None = None,
) -> None:
    """Write passages into the consensus under the ids given, as they stand in the source's current text."""
    wanted = Code.objects.filter(pk__in={passage.code for passage in passages.values()}, revision__isnull=False)
    revisions: dict[uuid.UUID, Any] = dict(wanted.values_list("pk", "revision_id"))
    assert source.revision_id is not None
    Segment.objects.bulk_create(
        [
            Segment(
                id=key,
                refi_guid=key,
                study_id=reading.study_id,
                source=source,
                reading=reading,
                code_id=passage.code,
                code_revision_id=revisions[passage.code],
                revision_id=source.revision_id,
                start=passage.start,
                end=passage.end,
                now_start=passage.start,
                now_end=passage.end,
                adjudication=adjudication,
                created_at=at,
            )
            for key, passage in passages.items()
        ],
        batch_size=2000,
    )


def write_outcome(adjudication: Adjudication, passages: Iterable[Passage], source: Source, reading: Reading) -> None:
    """Write what a dispute came to into the consensus."""
    keyed = {
        uuid.uuid5(adjudication.pk, f"{passage.code} {passage.start} {passage.end}"): passage for passage in passages
    }
    write_passages(reading, source, keyed, at=adjudication.settled_at, adjudication=adjudication)


def keep_outcomes(reading: Reading, at: datetime) -> None:
    """Take out of a consensus what outcomes undone or of disputes gone left there, and put back what stands again."""
    ruled = Segment.objects.filter(reading=reading, adjudication__isnull=False)
    stands = Q(adjudication__undone_at=None, adjudication__dispute__gone_at=None)
    fallen = ruled.filter(removed_at=None).exclude(pk__in=ruled.filter(stands).values("pk"))
    fallen.update(removed_at=at, version=F("version") + 1)
    back = ruled.filter(stands, now_start__lt=F("now_end")).exclude(removed_at=None)
    back.update(removed_at=None, version=F("version") + 1)


def _agreed_id(reading: Reading, agreed: Agreed) -> uuid.UUID:
    held = " ".join(str(segment) for segment in agreed.segments)
    return uuid.uuid5(reading.pk, f"{agreed.passage.code} {agreed.number} {held}")


def _newest_version(source: Source, round: int) -> uuid.UUID | None:
    firsts = Reading.objects.filter(source=source, round=round, phase=Reading.Phase.FIRST)
    firsts = firsts.filter(state=Reading.State.SUBMITTED, codebook_version__isnull=False)
    return firsts.order_by("-codebook_version__number").values_list("codebook_version_id", flat=True).first()


def _free_alias(viewer: Viewer) -> str:
    taken = Coder.objects.filter(study=viewer.study, alias__startswith=ALIAS).exclude(kind=Coder.Kind.CONSENSUS)
    names = set(taken.values_list("alias", flat=True))
    return next(name for name in (ALIAS, *(f"{ALIAS} {n}" for n in range(2, 1000))) if name not in names)

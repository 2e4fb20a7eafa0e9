"""Promise links, encounters and memos as records, without what repeats words that may not leave.

What a coder wrote about a withheld passage may repeat it, so it is left out with the passage; what a memo says of a
source goes when anything of that source is withheld. Private memos are their authors' alone and never leave.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from coding.models import Coder, Encounter, Memo, PromiseLink, Reading
from coding.queries.memos import links_from, memos_visible_to
from coding.queries.standing import Merged, standing
from exports.records import EncounterRecord, MemoRecord, PromiseLinkRecord
from exports.withholding import MARK, Withheld
from observations.access import Viewer

Texts = Mapping[object, Withheld]


def promise_link_records(readings: Sequence[Reading], texts: Texts) -> tuple[PromiseLinkRecord, ...]:
    """The standing promise links of the readings, by id. One query."""
    coders = {reading.pk: str(reading.coder_id) for reading in readings}
    rows = PromiseLink.objects.filter(reading__in=list(coders), removed_at=None).select_related("promise__tool")
    records = []
    for row in rows.order_by("pk"):
        text = texts[row.source_id]
        start, end = text.carry(row.now_start, row.now_end)
        closed = text.touches(row.now_start, row.now_end)
        records.append(
            PromiseLinkRecord(
                id=str(row.pk),
                reading_id=str(row.reading_id),
                source_id=str(row.source_id),
                coder_id=coders[row.reading_id],
                start=start,
                end=end,
                tool=row.promise.tool.name,
                promise=row.promise.text,
                stance=row.stance,
                note=_said(row.note, closed=closed),
                created_at=_time(row.created_at),
            )
        )
    return tuple(records)


def encounter_records(readings: Sequence[Reading], texts: Texts) -> tuple[EncounterRecord, ...]:
    """The standing encounters of the readings, by id. One query."""
    coders = {reading.pk: str(reading.coder_id) for reading in readings}
    rows = Encounter.objects.filter(reading__in=list(coders), removed_at=None).select_related("tool", "participant")
    records = []
    for row in rows.order_by("pk"):
        text = texts[row.source_id]
        start, end = text.carry(row.now_start, row.now_end)
        closed = text.touches(row.now_start, row.now_end)
        records.append(
            EncounterRecord(
                id=str(row.pk),
                reading_id=str(row.reading_id),
                source_id=str(row.source_id),
                coder_id=coders[row.reading_id],
                start=start,
                end=end,
                tool=row.tool.name,
                participant=row.participant.code if row.participant else "",
                task=_said(row.task, closed=closed),
                read_first=row.read_first,
                response=row.response,
                consequence=_said(row.consequence, closed=closed),
                note=_said(row.note, closed=closed),
                created_at=_time(row.created_at),
            )
        )
    return tuple(records)


def memo_records(viewer: Viewer, readings: Sequence[Reading], texts: Texts, merged: Merged) -> tuple[MemoRecord, ...]:
    """The shared memos the viewer may know of, by id. Three queries."""
    memos = list(memos_visible_to(viewer).filter(is_shared=True).select_related("segment").order_by("pk"))
    links = links_from(viewer, memos)
    shared = {memo.pk for memo in memos}
    coders = {coder.user_id: coder for coder in Coder.objects.filter(study=viewer.study, user__isnull=False)}
    among = {reading.coder_id for reading in readings}
    led: dict[object, list[str]] = defaultdict(list)
    for memo in memos:
        led[memo.pk] = sorted(
            str(link.to_memo_id or link.to_segment_id)
            for link in links[memo.pk]
            if link.to_memo_id is None or link.to_memo_id in shared
        )
    return tuple(_memo(memo, texts, coders.get(memo.author_id), among, tuple(led[memo.pk]), merged) for memo in memos)


def _memo(
    memo: Memo, texts: Texts, coder: Coder | None, among: set[uuid.UUID], links: tuple[str, ...], merged: Merged
) -> MemoRecord:
    text = texts.get(memo.source_id)
    start = memo.now_start if memo.segment is None else memo.segment.now_start
    end = memo.now_end if memo.segment is None else memo.segment.now_end
    on_words = start is not None and end is not None and start < end
    closed = text is not None and (text.touches(start, end) if on_words else bool(text.lacking))  # type: ignore[arg-type]
    place: tuple[int, int] | tuple[None, None] = (None, None)
    if memo.about == Memo.About.SPAN and on_words and text is not None:
        place = text.carry(start, end)  # type: ignore[arg-type]
    return MemoRecord(
        id=str(memo.pk),
        refi_guid=str(memo.refi_guid),
        about=memo.about,
        author=coder.alias if coder else "",
        text=_said(memo.text, closed=closed),
        title=_said(memo.title, closed=closed),
        coder_id=str(coder.pk) if coder and coder.pk in among else None,
        source_id=_id(memo.source_id),
        code_id=_id(standing(memo.code_id, merged) if memo.code_id else None),
        segment_id=_id(memo.segment_id),
        start=place[0],
        end=place[1],
        day=memo.day.isoformat() if memo.day else "",
        created_at=_time(memo.created_at),
        links=links,
    )


def _said(words: str, *, closed: bool) -> str:
    return MARK if closed and words else words


def _id(key: object) -> str | None:
    return str(key) if key is not None else None


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

"""A coder's work: opening a reading, applying codes, taking them away again, submitting."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from coding.actions.coders import coder_of
from coding.models import Code, CodebookVersion, Coder, Reading, Segment
from coding.queries.visible import codes_visible_to
from coding.queries.workspace import turns_over
from fieldstudy.edits import EditMap
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.spans import Span
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.models import Revision, Source, Study
from observations.queries.sources import as_of, held, sealed_content
from observations.roles import Permission


@write
def open_reading(*, viewer: Viewer, source: Source, id: uuid.UUID, at: datetime) -> Reading:
    """The reading in which the viewer codes this source now: the one there is, or a new first reading."""
    viewer.need(Permission.CODE)
    current = current_reading(viewer, source)
    if current is not None:
        return current
    coder = coder_of(viewer=viewer)
    # Two tabs may begin at the same moment: the second waits here, and then finds the reading of the first.
    Coder.objects.select_for_update(no_key=True).get(pk=coder.pk)
    current = current_reading(viewer, source)
    if current is not None:
        return current
    source = held(source)
    assert source.revision_id is not None
    newest = CodebookVersion.objects.filter(study=viewer.study).order_by("-number").first()
    return Reading.objects.create(
        id=id,
        study=viewer.study,
        source=source,
        coder=coder,
        phase=Reading.Phase.FIRST,
        arm=viewer.study.policy,
        is_blind=viewer.study.mode == Study.Mode.BLIND,
        revision_id=source.revision_id,
        codebook_version=newest,
        opened_at=at,
    )


def current_reading(viewer: Viewer, source: Source, phase: str = "") -> Reading | None:
    """The viewer's reading of a source that is or was last worked on: the final one if there is one. One query.

    `phase` asks for the latest first, or the latest final one.
    """
    readings = Reading.objects.filter(coder__user=viewer.user, source=source, study=viewer.study)
    readings = readings.filter(phase=phase) if phase else readings
    return readings.exclude(state=Reading.State.ABANDONED).order_by("-round", "phase").first()


@write
def submit_reading(*, viewer: Viewer, reading: Reading, at: datetime) -> Reading:
    """Fix a reading as it is: turns left uncoded now count as "nothing here". It cannot be taken back.

    After a first reading, the final one opens with the same passages, and the machine may speak if the policy lets it.
    """
    reading = _locked(viewer, reading.pk)
    if reading.state == Reading.State.SUBMITTED and reading.phase == Reading.Phase.FINAL:
        return reading
    _changeable(reading)
    held(reading.source)
    reading.state, reading.submitted_at = Reading.State.SUBMITTED, at
    reading.save(update_fields=["state", "submitted_at"])
    if reading.phase == Reading.Phase.FIRST:
        _open_final(viewer, reading, at)
    return reading


def _open_final(viewer: Viewer, first: Reading, at: datetime) -> Reading:
    final = Reading.objects.create(
        id=uuid.uuid5(first.pk, "final reading"),
        study=viewer.study,
        source_id=first.source_id,
        coder_id=first.coder_id,
        round=first.round,
        phase=Reading.Phase.FINAL,
        arm=first.arm,
        is_blind=first.is_blind,
        revision_id=first.revision_id,
        codebook_version_id=first.codebook_version_id,
        opened_at=at,
        read_to=first.read_to,
    )
    copies = [
        Segment(
            id=uuid.uuid5(segment.pk, "final reading"),
            refi_guid=uuid.uuid5(segment.refi_guid, "final reading"),
            study_id=segment.study_id,
            source_id=segment.source_id,
            reading=final,
            code_id=segment.code_id,
            code_revision_id=segment.code_revision_id,
            revision_id=segment.revision_id,
            start=segment.start,
            end=segment.end,
            now_start=segment.now_start,
            now_end=segment.now_end,
            weight=segment.weight,
            suggestion_id=segment.suggestion_id,
            created_at=segment.created_at,
        )
        for segment in first.segments.filter(removed_at=None)
    ]
    Segment.objects.bulk_create(copies, batch_size=2000)
    return final


@write
def apply_code(
    *,
    viewer: Viewer,
    source: Source,
    id: uuid.UUID,
    code_id: uuid.UUID,
    start: int,
    end: int,
    revision_id: uuid.UUID,
    at: datetime,
    weight: int | None = None,
    suggestion_id: uuid.UUID | None = None,
) -> tuple[Segment, bool]:
    """Apply a code to `[start, end)` (code points of the named revision) in the viewer's reading of the source.

    The passage loses its edge white space. The same id with the same content gives the same segment back.

    Returns
    -------
    tuple of Segment and bool
        The segment, and whether it was made just now.

    Raises
    ------
    Invalid
        `segment.out_of_range`, `segment.empty`, `segment.code_not_usable`, `segment.weight_out_of_range`.
    Conflict
        `segment.id_taken`, `segment.words_gone`, `reading.submitted`.
    """
    viewer.need(Permission.CODE)
    reading = _lock_current(viewer, source)
    if reading is None:
        opened = open_reading(viewer=viewer, source=source, id=uuid.uuid5(id, "reading"), at=at)
        reading = _locked(viewer, opened.pk)
    source, is_there = _held_for(source, id)
    if is_there:
        there = Segment.objects.select_related("reading", "code").get(pk=id)
        return _same(viewer, there, source, code_id, start, end, weight), False
    _changeable(reading)
    code = _usable_code(viewer, code_id)
    assert code.revision_id is not None
    now, made = _place(source, revision_id, Span(start, end) if 0 <= start < end else _out_of_range(start, end, 0))
    segment = Segment.objects.create(
        id=id,
        refi_guid=id,
        study_id=viewer.study.pk,
        source=source,
        reading=reading,
        code=code,
        code_revision_id=code.revision_id,
        revision_id=revision_id,
        start=made.start,
        end=made.end,
        now_start=now.start,
        now_end=now.end,
        weight=_checked_weight(weight),
        suggestion_id=suggestion_id,
        created_at=at,
    )
    return segment, True


@write
def change_segment(
    *,
    viewer: Viewer,
    segment_id: uuid.UUID,
    version: int,
    start: int | None = None,
    end: int | None = None,
    code_id: uuid.UUID | None = None,
    revision_id: uuid.UUID | None = None,
    **more: Any,
) -> Segment:
    """Move a segment's borders, give it another code, or (keyword `weight`) another weight; all else stays.

    Raises
    ------
    Missing
        When it is not the viewer's own.
    Conflict
        `segment.changed_meanwhile` when `version` is not the current one, `segment.text_changed` when `revision_id` is
        not, `reading.submitted`.
    """
    segment = _own_segment(viewer, segment_id, version)
    if revision_id is not None and revision_id != segment.source.revision_id:
        raise Conflict(
            "segment.text_changed",
            gettext_noop("The text was corrected meanwhile. Reload the page, then move the borders again."),
        )
    if code_id is not None and code_id != segment.code_id:
        code = _usable_code(viewer, code_id)
        segment.code, segment.code_revision_id = code, code.revision_id  # type: ignore[assignment]
    if start is not None or end is not None:
        wanted_start = segment.now_start if start is None else start
        wanted_end = segment.now_end if end is None else end
        if not 0 <= wanted_start < wanted_end:
            _out_of_range(wanted_start, wanted_end, 0)
        now = _trimmed(segment.source, Span(wanted_start, wanted_end))
        segment.start = segment.now_start = now.start
        segment.end = segment.now_end = now.end
        segment.revision_id = segment.source.revision_id  # type: ignore[assignment]
    if "weight" in more:
        segment.weight = _checked_weight(more["weight"])
    segment.version += 1
    segment.save(
        update_fields=[
            "code",
            "code_revision",
            "start",
            "end",
            "now_start",
            "now_end",
            "revision",
            "weight",
            "version",
        ]
    )
    return segment


@write
def remove_segment(*, viewer: Viewer, segment_id: uuid.UUID, at: datetime) -> Segment:
    """Take a code away from a passage. The segment is kept as removed and can be restored."""
    segment = _own_segment(viewer, segment_id)
    if segment.removed_at is None:
        segment.removed_at = at
        segment.version += 1
        segment.save(update_fields=["removed_at", "version"])
    return segment


@write
def restore_segment(*, viewer: Viewer, segment_id: uuid.UUID) -> Segment:
    """Undo a removal. Raises Conflict `segment.words_gone` when a correction deleted its words meanwhile."""
    segment = _own_segment(viewer, segment_id)
    if segment.now_start >= segment.now_end:
        raise _words_gone()
    if segment.removed_at is not None:
        segment.removed_at = None
        segment.version += 1
        segment.save(update_fields=["removed_at", "version"])
    return segment


@write
def mark_read(*, viewer: Viewer, reading_id: uuid.UUID, read_to: int) -> None:
    """Remember how far (turn number) a coder has read."""
    reading = _lock(viewer, reading_id)
    if read_to > reading.read_to:
        reading.read_to = read_to
        reading.save(update_fields=["read_to"])


def _lock(viewer: Viewer, reading_id: uuid.UUID) -> Reading:
    return _changeable(_locked(viewer, reading_id))


def _locked(viewer: Viewer, reading_id: uuid.UUID) -> Reading:
    reading = (
        Reading.objects.select_for_update(of=("self",))
        .filter(pk=reading_id, study=viewer.study, coder__user=viewer.user)
        .exclude(state=Reading.State.ABANDONED)
        .first()
    )
    if reading is None:
        raise nothing_here()
    return reading


def _lock_current(viewer: Viewer, source: Source) -> Reading | None:
    """What `current_reading` finds, locked, in the same single query."""
    readings = Reading.objects.select_for_update(of=("self",)).select_related("coder")
    readings = readings.filter(coder__user=viewer.user, source=source, study=viewer.study)
    return readings.exclude(state=Reading.State.ABANDONED).order_by("-round", "phase").first()


def _held_for(source: Source, segment_id: uuid.UUID) -> tuple[Source, bool]:
    """What `held` gives, and whether there is a segment of this id, in the same single query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT revision_id, EXISTS (SELECT FROM coding_segment WHERE id = %s) FROM observations_source "
            "WHERE id = %s FOR KEY SHARE",
            [segment_id, source.pk],
        )
        revision_id, is_there = cursor.fetchone()
    return as_of(source, revision_id), is_there


def _changeable(reading: Reading) -> Reading:
    if reading.state == Reading.State.SUBMITTED and reading.phase == Reading.Phase.FINAL:
        raise Conflict("reading.submitted", gettext_noop("The final reading was submitted and stays as it is."))
    if reading.state != Reading.State.OPEN:
        raise Conflict(
            "reading.submitted",
            gettext_noop(
                "This reading was submitted and stays as it is. Changes go to the final reading; reload the page."
            ),
        )
    return reading


def _own_segment(viewer: Viewer, segment_id: uuid.UUID, version: int | None = None) -> Segment:
    segment = (
        Segment.objects.filter(pk=segment_id, study=viewer.study, reading__coder__user=viewer.user)
        .select_related("source__revision", "code")
        .defer("source__revision__sealed")
        .first()
    )
    if segment is None:
        raise nothing_here()
    _lock(viewer, segment.reading_id)
    segment.source = held(segment.source)
    segment.refresh_from_db(fields=["version", "removed_at", "now_start", "now_end"])
    if version is not None and version != segment.version:
        raise Conflict(
            "segment.changed_meanwhile",
            gettext_noop(
                "This passage was changed elsewhere meanwhile. It is shown as it is now; do your change again."
            ),
        )
    return segment


def _usable_code(viewer: Viewer, code_id: uuid.UUID) -> Code:
    code = codes_visible_to(viewer).filter(pk=code_id).first()
    if code is None or not code.is_codable:
        raise Invalid(
            "segment.code_not_usable",
            gettext_noop("This code cannot be applied: it is a heading, or is not in the codebook any more."),
            fields={"code": ["unknown"]},
        )
    return code


def _place(source: Source, revision_id: uuid.UUID, wanted: Span) -> tuple[Span, Span]:
    """Where a passage chosen on a revision stands now, and where it stood on that revision, both trimmed."""
    if revision_id == source.revision_id:
        now = _trimmed(source, wanted)
        return now, now
    maps = _maps_since(source, revision_id)
    if wanted.end > maps[0].length:
        _out_of_range(wanted.start, wanted.end, maps[0].length)
    span = wanted
    for edits in maps:
        carried = edits.carry(span).span
        if carried is None:
            raise _words_gone()
        span = carried
    return _trimmed(source, span), wanted


def _maps_since(source: Source, revision_id: uuid.UUID) -> Sequence[EditMap]:
    old = Revision.objects.filter(pk=revision_id, source=source).first()
    if old is None:
        raise Invalid(
            "segment.revision_unknown",
            gettext_noop("This text has no such revision."),
            fields={"revision": ["unknown"]},
        )
    later = (
        Revision.objects.filter(source=source, number__gt=old.number).order_by("number").select_related("source__key")
    )
    return [EditMap.from_json(sealed_content(revision)["edits"]) for revision in later]


def _trimmed(source: Source, span: Span) -> Span:
    assert source.revision is not None
    if span.end > source.revision.length:
        _out_of_range(span.start, span.end, source.revision.length)
    rows = list(turns_over(source.pk, span.start, span.end).values_list("start", "text"))
    offset = rows[0][0]
    trimmed = Span(span.start - offset, span.end - offset).trimmed("".join(text for _, text in rows))
    if trimmed is None:
        raise Invalid("segment.empty", gettext_noop("There are no words in this passage."))
    return Span(trimmed.start + offset, trimmed.end + offset)


def _same(
    viewer: Viewer, there: Segment, source: Source, code_id: uuid.UUID, start: int, end: int, weight: int | None
) -> Segment:
    own = there.reading.coder_id in Coder.objects.filter(user=viewer.user, study=viewer.study).values_list(
        "pk", flat=True
    )
    same = own and there.source_id == source.pk and there.code_id == code_id
    if same and start <= there.start and there.end <= end and there.weight == weight:
        return there
    raise Conflict("segment.id_taken", gettext_noop("Another passage has this id."))


def _checked_weight(weight: int | None) -> int | None:
    if weight is not None and not 0 <= weight <= 100:
        raise Invalid(
            "segment.weight_out_of_range",
            gettext_noop("A weight goes from 0 to 100."),
            fields={"weight": ["out of range"]},
        )
    return weight


def _out_of_range(start: int, end: int, length: int) -> Span:
    raise Invalid(
        "segment.out_of_range",
        gettext_noop("A passage from %(start)s to %(end)s does not lie in this text (length %(length)s)."),
        fields={"start": ["out of range"]},
        start=start,
        end=end,
        length=length,
    )


def _words_gone() -> Conflict:
    return Conflict(
        "segment.words_gone",
        gettext_noop("A correction of the text deleted these words meanwhile. Look at the new text."),
    )

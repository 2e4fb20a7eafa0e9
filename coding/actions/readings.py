"""A coder's work: opening a reading, applying codes, taking them away again, submitting."""

import functools
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, ParamSpec

from coding.actions.coders import coder_of
from coding.actions.ground import ground_for
from coding.actions.placing import out_of_range, place, trimmed, words_gone
from coding.actions.reading_copies import copy_reading
from coding.actions.reading_locks import changeable, lock, lock_current, locked
from coding.models import Code, CodebookVersion, Coder, Reading, Segment
from coding.queries.own_readings import current_reading, has_seen, next_round
from coding.queries.visible import codes_visible_to, own_in_sight
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.spans import Span
from fieldstudy.statements import insert
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.models import Source, Study
from observations.queries.sources import held
from observations.roles import Permission

P = ParamSpec("P")


@write
def open_reading(*, viewer: Viewer, source: Source, id: uuid.UUID, at: datetime) -> Reading:
    """The reading in which the viewer codes this source now: the one there is, or a new first reading.

    A new one is of the lowest round in which the source waits for the viewer to begin, else of the study's own.
    """
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
        round=next_round(viewer, source),
        phase=Reading.Phase.FIRST,
        arm=viewer.study.policy,
        is_blind=viewer.study.mode == Study.Mode.BLIND and not has_seen(coder, source),
        revision_id=source.revision_id,
        codebook_version=newest,
        opened_at=at,
    )


@write
def submit_reading(*, viewer: Viewer, reading: Reading, at: datetime) -> Reading:
    """Fix a reading as it is: turns left uncoded now count as "nothing here". It cannot be taken back.

    After a first reading, the final one opens with the same passages, and the machine may speak if the policy lets it.
    """
    reading = locked(viewer, reading.pk)
    if reading.state == Reading.State.SUBMITTED and reading.phase == Reading.Phase.FINAL:
        return reading
    changeable(reading)
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
        # Servers' clocks differ: what comes after is never the earlier of the two.
        opened_at=max(at, first.opened_at),
        read_to=first.read_to,
    )
    copy_reading(first, final, "final reading")
    return final


class Applied(NamedTuple):
    """A segment, whether it was made just now, and its words where they were read on the way."""

    segment: Segment
    is_new: bool
    quote: str | None = None


@write
def code_passage(
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
) -> Applied:
    """Apply a code to `[start, end)` (code points of the named revision) in the viewer's reading of the source.

    The passage loses its edge white space. The same id with the same content gives the same segment back.

    Raises
    ------
    Invalid
        `segment.out_of_range`, `segment.empty`, `segment.code_not_usable`, `segment.weight_out_of_range`.
    Conflict
        `segment.id_taken`, `segment.words_gone`, `reading.submitted`.
    """
    viewer.need(Permission.CODE)
    reading = lock_current(viewer, source)
    if reading is None:
        opened = open_reading(viewer=viewer, source=source, id=uuid.uuid5(id, "reading"), at=at)
        reading = locked(viewer, opened.pk)
    ground = ground_for(viewer, source, id, code_id, start, end)
    source = ground.source
    if ground.is_there:
        there = Segment.objects.select_related("reading__coder", "code").get(pk=id)
        return Applied(_same(viewer, there, source, code_id, start, end, weight), False)
    changeable(reading)
    code = ground.code or usable_code(viewer, code_id)
    assert code.revision_id is not None
    wanted = Span(start, end) if 0 <= start < end else out_of_range(start, end, 0)
    now, made = place(source, revision_id, wanted, ground.stretch)
    segment = Segment(
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
        weight=checked_weight(weight),
        suggestion_id=suggestion_id,
        created_at=at,
    )
    insert(segment)
    return Applied(segment, True, ground.stretch.within(now) if ground.stretch and now == made else None)


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
        code = usable_code(viewer, code_id)
        segment.code, segment.code_revision_id = code, code.revision_id  # type: ignore[assignment]
    if start is not None or end is not None:
        wanted_start = segment.now_start if start is None else start
        wanted_end = segment.now_end if end is None else end
        if not 0 <= wanted_start < wanted_end:
            out_of_range(wanted_start, wanted_end, 0)
        now = trimmed(segment.source, Span(wanted_start, wanted_end))
        segment.start = segment.now_start = now.start
        segment.end = segment.now_end = now.end
        segment.revision_id = segment.source.revision_id  # type: ignore[assignment]
    if "weight" in more:
        segment.weight = checked_weight(more["weight"])
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
        raise words_gone()
    if segment.removed_at is not None:
        segment.removed_at = None
        segment.version += 1
        segment.save(update_fields=["removed_at", "version"])
    return segment


@write
def mark_read(*, viewer: Viewer, reading_id: uuid.UUID, read_to: int, position: int | None = None) -> None:
    """Remember how far (turn number) a coder has read, and at which turn the text stands open."""
    reading = lock(viewer, reading_id)
    if read_to > reading.read_to or position not in (None, reading.position):
        reading.read_to = max(read_to, reading.read_to)
        reading.position = reading.position if position is None else position
        reading.save(update_fields=["read_to", "position"])


def _without_quote(action: Callable[P, Applied]) -> Callable[P, tuple[Segment, bool]]:
    @functools.wraps(action)
    def applied(*args: P.args, **kwargs: P.kwargs) -> tuple[Segment, bool]:
        segment, is_new, _ = action(*args, **kwargs)
        return segment, is_new

    return applied


apply_code = _without_quote(code_passage)


def _own_segment(viewer: Viewer, segment_id: uuid.UUID, version: int | None = None) -> Segment:
    segment = (
        Segment.objects.filter(own_in_sight(viewer, "reading"), pk=segment_id, study=viewer.study)
        .select_related("source__revision", "code")
        .defer("source__revision__sealed")
        .first()
    )
    if segment is None:
        raise nothing_here()
    lock(viewer, segment.reading_id)
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


def usable_code(viewer: Viewer, code_id: uuid.UUID) -> Code:
    """The code of this id, when the viewer may apply it. One query; raises Invalid `segment.code_not_usable`."""
    code = Code.objects.filter(pk=code_id, study=viewer.study, retired_at=None, merged_into=None).first()
    hidden = code is not None and code.proposed_in_id is not None and code not in codes_visible_to(viewer)
    if code is None or hidden or not code.is_codable:
        raise Invalid(
            "segment.code_not_usable",
            gettext_noop("This code cannot be applied: it is a heading, or is not in the codebook any more."),
            beside="code",
        )
    return code


def _same(
    viewer: Viewer, there: Segment, source: Source, code_id: uuid.UUID, start: int, end: int, weight: int | None
) -> Segment:
    coder = there.reading.coder
    own = (coder.user_id, coder.study_id) == (viewer.user.pk, viewer.study.pk)
    same = own and there.source_id == source.pk and there.code_id == code_id
    if same and start <= there.start and there.end <= end and there.weight == weight:
        return there
    raise Conflict("segment.id_taken", gettext_noop("Another passage has this id."))


def checked_weight(weight: int | None) -> int | None:
    """The weight itself. Raises Invalid `segment.weight_out_of_range`."""
    if weight is not None and not 0 <= weight <= 100:
        raise Invalid(
            "segment.weight_out_of_range",
            gettext_noop("A weight goes from 0 to 100."),
            beside="weight",
        )
    return weight

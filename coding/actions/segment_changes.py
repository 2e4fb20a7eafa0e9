"""Several passages changed together, all or none: splitting, merging, recoding many, and whatever undoes that."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coding.actions.placing import out_of_range, place, trimmed, words_gone
from coding.actions.reading_locks import changeable, lock_current
from coding.actions.readings import checked_weight, open_reading, usable_code
from coding.models import Code, Memo, MemoLink, Reading, Segment
from coding.queries.visible import own_in_sight
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.spans import Span
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.models import Source
from observations.queries.sources import held
from observations.roles import Permission

MOST = 2_000
CHANGED = (
    "code",
    "code_revision",
    "start",
    "end",
    "now_start",
    "now_end",
    "revision",
    "weight",
    "version",
    "removed_at",
)


@dataclass(frozen=True)
class Step:
    """One passage's part in a change.

    `verb` is apply, change, remove or restore. `version` is the one a change, removal or restoration is based on.
    `fields` holds what to set of `start`, `end` (code points of `revision_id`), `code_id` and `weight`. `of` names the
    passage that an applied one is cut from, or that a removed one is merged into: memos are linked accordingly.
    """

    verb: str
    id: uuid.UUID
    version: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    revision_id: uuid.UUID | None = None
    of: uuid.UUID | None = None


@write
def change_segments(
    *, viewer: Viewer, source: Source, steps: Sequence[Step], at: datetime
) -> tuple[list[Segment], bool]:
    """Do several steps in the viewer's reading of a source, all or none.

    Sending the same steps again changes nothing and gives the same segments.

    Returns
    -------
    tuple of list of Segment and bool
        The segments in the order of the steps, and whether anything was done just now.

    Raises
    ------
    Missing
        When a segment is not in the viewer's current reading of the source.
    Conflict
        `segment.changed_meanwhile`, `segment.text_changed`, `segment.words_gone`, `segment.id_taken`,
        `reading.submitted`; then nothing is changed.
    Invalid
        `segments.none`, `segments.too_many`, `segments.named_twice`, and what `apply_code` raises.
    """
    viewer.need(Permission.CODE)
    _check(steps)
    reading = lock_current(viewer, source)
    if reading is None:
        opened = open_reading(
            viewer=viewer, source=source, id=uuid.uuid5(steps[0].id, f"reading of {viewer.user.pk}"), at=at
        )
        reading = lock_current(viewer, source) or opened
    source = held(source)
    there = _segments_of(viewer, source, reading, steps)
    if all(_stands(step, there) for step in steps):
        return [there[step.id] for step in steps], False
    changeable(reading)
    codes: dict[uuid.UUID, Code] = {}
    for step in steps:
        code_id = step.fields.get("code_id")
        inherited = step.of in there and there[step.of].code_id == code_id
        if code_id is not None and code_id not in codes and not inherited:
            codes[code_id] = usable_code(viewer, code_id)
    made = [_made(step, viewer, source, reading, there, codes, at) for step in steps if step.verb == "apply"]
    changed = [_changed(step, source, there[step.id], codes, at) for step in steps if step.verb != "apply"]
    Segment.objects.bulk_create(made, batch_size=500)
    Segment.objects.bulk_update(changed, CHANGED, batch_size=500)
    _link_memos(viewer, steps)
    results = {segment.pk: segment for segment in (*made, *changed)}
    return [results[step.id] for step in steps], True


def _check(steps: Sequence[Step]) -> None:
    if not steps:
        raise Invalid("segments.none", gettext_noop("Name at least one passage."), beside="changes")
    if len(steps) > MOST:
        raise Invalid(
            "segments.too_many",
            gettext_noop("At most %(most)s passages are changed at once."),
            beside="changes",
            most=MOST,
        )
    if len({step.id for step in steps}) < len(steps):
        raise Invalid("segments.named_twice", gettext_noop("A passage is named twice."), beside="changes")


def _segments_of(viewer: Viewer, source: Source, reading: Reading, steps: Sequence[Step]) -> dict[uuid.UUID, Segment]:
    """The segments named by the steps; raises when one belongs elsewhere, or is missing though it should be there."""
    named = {step.id for step in steps} | {step.of for step in steps if step.of}
    there = {segment.pk: segment for segment in Segment.objects.filter(pk__in=named)}
    made = {step.id for step in steps if step.verb == "apply"}
    for key, segment in there.items():
        if segment.reading_id == reading.pk and segment.source_id == source.pk:
            continue
        if key in made:
            raise Conflict("segment.id_taken", gettext_noop("Another passage has this id."))
        if segment.study_id != viewer.study.pk or segment.source_id != source.pk:
            raise nothing_here()
        # A passage of the viewer's submitted reading says so; anybody else's is not there.
        own = Reading.objects.filter(own_in_sight(viewer), pk=segment.reading_id).first()
        changeable(own) if own else None
        raise nothing_here()
    if not (named - made) <= there.keys():
        raise nothing_here()
    return there


def _stands(step: Step, there: dict[uuid.UUID, Segment]) -> bool:
    """Whether a step was done already: its segment is one version on, and holds what the step would set."""
    segment = there.get(step.id)
    if segment is None:
        return False
    if step.verb == "apply":
        fields = step.fields
        within = fields["start"] <= segment.start and segment.end <= fields["end"]
        return within and segment.code_id == fields["code_id"] and segment.weight == fields.get("weight")
    if segment.version != step.version + 1:
        return False
    if step.verb in ("remove", "restore"):
        return (segment.removed_at is not None) == (step.verb == "remove")
    start, end = step.fields.get("start", segment.now_start), step.fields.get("end", segment.now_end)
    same = all(getattr(segment, name) == step.fields[name] for name in ("code_id", "weight") if name in step.fields)
    return same and start <= segment.now_start and segment.now_end <= end


def _made(
    step: Step,
    viewer: Viewer,
    source: Source,
    reading: Reading,
    there: dict[uuid.UUID, Segment],
    codes: dict[uuid.UUID, Code],
    at: datetime,
) -> Segment:
    if step.id in there:
        raise Conflict("segment.id_taken", gettext_noop("Another passage has this id."))
    fields = step.fields
    model = there.get(step.of) if step.of else None
    same_code = model is not None and model.code_id == fields["code_id"]
    definition = model.code_revision_id if model and same_code else codes[fields["code_id"]].revision_id
    assert definition is not None
    revision_id = step.revision_id or source.revision_id
    assert revision_id is not None
    now, made = place(source, revision_id, _span(fields["start"], fields["end"]))
    return Segment(
        id=step.id,
        refi_guid=step.id,
        study_id=viewer.study.pk,
        source=source,
        reading=reading,
        code_id=fields["code_id"],
        code_revision_id=definition,
        revision_id=revision_id,
        start=made.start,
        end=made.end,
        now_start=now.start,
        now_end=now.end,
        weight=checked_weight(fields.get("weight")),
        suggestion_id=model.suggestion_id if model and same_code else None,
        created_at=at,
    )


def _changed(step: Step, source: Source, segment: Segment, codes: dict[uuid.UUID, Code], at: datetime) -> Segment:
    if segment.version != step.version:
        raise Conflict(
            "segment.changed_meanwhile",
            gettext_noop(
                "This passage was changed elsewhere meanwhile. It is shown as it is now; do your change again."
            ),
        )
    fields = step.fields
    if step.verb == "remove":
        segment.removed_at = at
    elif step.verb == "restore":
        if segment.now_start >= segment.now_end:
            raise words_gone()
        segment.removed_at = None
    if fields.get("code_id") not in (None, segment.code_id):
        code = codes[fields["code_id"]]
        segment.code_id, segment.code_revision_id = code.pk, code.revision_id  # type: ignore[assignment]
    if "start" in fields or "end" in fields:
        _move(step, source, segment)
    if "weight" in fields:
        segment.weight = checked_weight(fields["weight"])
    segment.version += 1
    return segment


def _move(step: Step, source: Source, segment: Segment) -> None:
    if step.revision_id is not None and step.revision_id != source.revision_id:
        raise Conflict(
            "segment.text_changed",
            gettext_noop("The text was corrected meanwhile. Reload the page, then move the borders again."),
        )
    wanted = _span(step.fields.get("start", segment.now_start), step.fields.get("end", segment.now_end))
    now = trimmed(source, wanted)
    segment.start = segment.now_start = now.start
    segment.end = segment.now_end = now.end
    segment.revision_id = source.revision_id  # type: ignore[assignment]


def _link_memos(viewer: Viewer, steps: Sequence[Step]) -> None:
    """Link the memos of a passage that was cut to its new part, those of one merged away to what it is part of now."""
    pairs = [(step.of, step.id) if step.verb == "apply" else (step.id, step.of) for step in steps if step.of]
    if not pairs:
        return
    memos: dict[uuid.UUID | None, list[uuid.UUID]] = {}
    about = Memo.objects.filter(segment__in=[pair[0] for pair in pairs], removed_at=None)
    for memo_id, segment_id in about.values_list("pk", "segment_id"):
        memos.setdefault(segment_id, []).append(memo_id)
    links = [(memo_id, new) for old, new in pairs for memo_id in memos.get(old, [])]
    MemoLink.objects.bulk_create(
        [
            MemoLink(id=uuid.uuid5(memo_id, str(new)), study=viewer.study, memo_id=memo_id, to_segment_id=new)
            for memo_id, new in links
        ],
        ignore_conflicts=True,
    )


def _span(start: int, end: int) -> Span:
    return Span(start, end) if 0 <= start < end else out_of_range(start, end, 0)

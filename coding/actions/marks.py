"""Promises met and tools' outputs encountered in a text: recording, changing, removing, restoring them.

Both belong to the coder's reading, and behave as segments do: an id made by the client, a place carried along by
corrections, a version that goes up, removal as a state.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from coding.actions.placing import out_of_range, place, trimmed, words_gone
from coding.actions.reading_locks import changeable, lock, lock_current, locked
from coding.actions.readings import open_reading
from coding.models import Encounter, PromiseLink
from coding.queries.visible import own_in_sight
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.spans import Span
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.models import Participant, Promise, Source, Tool
from observations.queries.sources import held
from observations.roles import Permission

M = TypeVar("M", PromiseLink, Encounter)

# What a person writes or chooses, by kind of mark; the rest of a row follows from where it stands.
DETAILS: dict[type, tuple[str, ...]] = {
    PromiseLink: ("promise_id", "stance", "note"),
    Encounter: ("tool_id", "participant_id", "task", "read_first", "response", "consequence", "note"),
}
REFERENCES: dict[str, type[Promise | Tool | Participant]] = {
    "promise_id": Promise,
    "tool_id": Tool,
    "participant_id": Participant,
}


@write
def add_mark(
    *,
    viewer: Viewer,
    model: type[M],
    source: Source,
    id: uuid.UUID,
    start: int,
    end: int,
    revision_id: uuid.UUID,
    details: Mapping[str, Any],
    at: datetime,
) -> tuple[M, bool]:
    """Record a promise link or an encounter on `[start, end)` (code points of the named revision).

    It goes into the viewer's reading of the source, which is opened if there is none. `details` has the fields that
    `DETAILS` names for the kind. The same id with the same content gives the same mark back.

    Returns
    -------
    tuple of mark and bool
        The mark, and whether it was made just now.

    Raises
    ------
    Invalid
        `segment.out_of_range`, `segment.empty`, `mark.unknown_reference`, `mark.unknown_choice`, `mark.too_long`.
    Conflict
        `mark.id_taken`, `segment.words_gone`, `reading.submitted`.
    """
    viewer.need(Permission.CODE)
    reading = lock_current(viewer, source)
    if reading is None:
        opened = open_reading(viewer=viewer, source=source, id=uuid.uuid5(id, "reading"), at=at)
        reading = locked(viewer, opened.pk)
    source = held(source)
    span = Span(start, end) if 0 <= start < end else out_of_range(start, end, 0)
    there = model._default_manager.filter(pk=id).select_related("reading__coder").first()
    if there is not None:
        return _same(viewer, there, source, details, span), False
    changeable(reading)
    _check(viewer, model, details)
    now, made = place(source, revision_id, span)
    mark = model._default_manager.create(
        id=id,
        study_id=viewer.study.pk,
        source=source,
        reading=reading,
        revision_id=revision_id,
        start=made.start,
        end=made.end,
        now_start=now.start,
        now_end=now.end,
        created_at=at,
        **details,
    )
    return mark, True


@write
def change_mark(
    *,
    viewer: Viewer,
    model: type[M],
    mark_id: uuid.UUID,
    version: int,
    details: Mapping[str, Any],
    start: int | None = None,
    end: int | None = None,
    revision_id: uuid.UUID | None = None,
) -> M:
    """Change what a mark says, or where it stands; what is left out stays.

    The same change sent once more, after an answer was lost on the way, changes nothing.

    Raises
    ------
    Missing
        When it is not the viewer's own.
    Invalid
        As `add_mark`.
    Conflict
        `mark.changed_meanwhile` when `version` is not the current one, `segment.text_changed` when `revision_id` is
        not, `reading.submitted`.
    """
    mark = _own(viewer, model, mark_id)
    if mark.version == version + 1 and _holds(mark, details, start, end, revision_id):
        return mark
    if version != mark.version:
        raise Conflict(
            "mark.changed_meanwhile",
            gettext_noop("This was changed elsewhere meanwhile. It is shown as it is now; do your change again."),
        )
    _check(viewer, model, details)
    for name, value in details.items():
        setattr(mark, name, value)
    if start is not None or end is not None:
        _move(mark, _span(mark, start, end), revision_id)
    mark.version += 1
    mark.save()
    return mark


@write
def remove_mark(*, viewer: Viewer, model: type[M], mark_id: uuid.UUID, at: datetime) -> M:
    """Take a mark away. It is kept as removed and can be restored."""
    mark = _own(viewer, model, mark_id)
    if mark.removed_at is None:
        mark.removed_at = at
        mark.version += 1
        mark.save(update_fields=["removed_at", "version"])
    return mark


@write
def restore_mark(*, viewer: Viewer, model: type[M], mark_id: uuid.UUID) -> M:
    """Undo a removal. Raises Conflict `segment.words_gone` when a correction deleted its words meanwhile."""
    mark = _own(viewer, model, mark_id)
    if mark.now_start >= mark.now_end:
        raise words_gone()
    if mark.removed_at is not None:
        mark.removed_at = None
        mark.version += 1
        mark.save(update_fields=["removed_at", "version"])
    return mark


def _move(mark: PromiseLink | Encounter, span: Span, revision_id: uuid.UUID | None) -> None:
    source = mark.source
    if revision_id is not None and revision_id != source.revision_id:
        raise Conflict(
            "segment.text_changed",
            gettext_noop("The text was corrected meanwhile. Reload the page, then move the borders again."),
        )
    now = trimmed(source, span)
    mark.start = mark.now_start = now.start
    mark.end = mark.now_end = now.end
    assert source.revision_id is not None
    mark.revision_id = source.revision_id


def _own(viewer: Viewer, model: type[M], mark_id: uuid.UUID) -> M:
    mine = model._default_manager.filter(own_in_sight(viewer, "reading"), pk=mark_id, study=viewer.study)
    mark = mine.select_related("source__revision").defer("source__revision__sealed").first()
    if mark is None:
        raise nothing_here()
    lock(viewer, mark.reading_id)
    mark.source = held(mark.source)
    mark.refresh_from_db(fields=["version", "removed_at", "now_start", "now_end", *DETAILS[model]])
    return mark


def _check(viewer: Viewer, model: type[M], details: Mapping[str, Any]) -> None:
    for name, value in details.items():
        if name not in DETAILS[model]:
            raise TypeError(name)
        if name in REFERENCES:
            _check_reference(viewer, name, value, may_be_none=name == "participant_id")
            continue
        field: Any = model._meta.get_field(name)
        if field.choices and value not in [choice for choice, _ in field.choices]:
            raise Invalid(
                "mark.unknown_choice",
                gettext_noop("%(field)s cannot be %(found)s; choose one of: %(expected)s."),
                beside=name,
                field=name,
                found=value,
                expected=", ".join(choice for choice, _ in field.choices),
            )
        if len(value) > field.max_length:
            raise Invalid(
                "mark.too_long",
                gettext_noop("This is too long: %(length)s characters, of %(most)s that fit."),
                beside=name,
                length=len(value),
                most=field.max_length,
            )


def _check_reference(viewer: Viewer, name: str, value: uuid.UUID | None, *, may_be_none: bool) -> None:
    if value is None and may_be_none:
        return
    if value is None or not REFERENCES[name]._default_manager.filter(pk=value, study=viewer.study).exists():
        shown = name.removesuffix("_id")
        raise Invalid(
            "mark.unknown_reference",
            gettext_noop("This study has no such promise, tool or participant. Choose one from the list."),
            beside=shown,
        )


def _holds(
    mark: PromiseLink | Encounter,
    details: Mapping[str, Any],
    start: int | None,
    end: int | None,
    revision_id: uuid.UUID | None,
) -> bool:
    """Whether a mark says, and stands where, a change asks for."""
    same = all(getattr(mark, name) == value for name, value in details.items())
    if not same or (start is None and end is None):
        return same
    now = _span(mark, start, end)
    is_current = revision_id in (None, mark.source.revision_id)
    return is_current and trimmed(mark.source, now) == Span(mark.now_start, mark.now_end)


def _span(mark: PromiseLink | Encounter, start: int | None, end: int | None) -> Span:
    """The span that a change asks for; an end that is left out stays."""
    start = mark.now_start if start is None else start
    end = mark.now_end if end is None else end
    return Span(start, end) if 0 <= start < end else out_of_range(start, end, 0)


def _same(viewer: Viewer, there: M, source: Source, details: Mapping[str, Any], span: Span) -> M:
    own = there.reading.coder.user_id == viewer.user.pk and there.source_id == source.pk
    same = own and all(getattr(there, name) == value for name, value in details.items())
    if same and span.start <= there.start and there.end <= span.end:
        return there
    raise Conflict("mark.id_taken", gettext_noop("Another mark has this id."))

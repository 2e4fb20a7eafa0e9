"""Writing memos, sharing them, taking them away, and linking them to each other and to passages."""

import uuid
from datetime import date, datetime
from typing import Any

from coding.actions.placing import out_of_range, place
from coding.models import Memo, MemoLink
from coding.queries.codebook import code_known_to
from coding.queries.memos import memos_visible_to
from coding.queries.workspace import own_or_visible_segment
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.spans import Span
from fieldstudy.writes import write
from observations.access import Viewer, get_source, nothing_here
from observations.queries.sources import held
from observations.roles import Permission

TITLE_LENGTH = 200
TEXT_LENGTH = 100_000
About = Memo.About


@write
def write_memo(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    about: str,
    text: str,
    at: datetime,
    subject_id: uuid.UUID | None = None,
    start: int = 0,
    end: int = 0,
    revision_id: uuid.UUID | None = None,
    title: str = "",
    is_shared: bool = False,
    day: date | None = None,
) -> tuple[Memo, bool]:
    """Write a memo about the study, a source, a stretch of one, a code or a segment; private unless shared.

    `subject_id` names the source, code or segment; for a stretch the source, with `[start, end)` in code points of
    the revision named. `day` makes a memo about the study an entry of its journal. The same id with the same content
    gives the same memo back.

    Returns
    -------
    tuple of Memo and bool
        The memo, and whether it was made just now.

    Raises
    ------
    Missing
        When the viewer knows of no such source, code or segment.
    Invalid
        `memo.empty`, `memo.too_long`, `memo.unknown_kind`, `memo.day_elsewhere`, and as `place`.
    Conflict
        `memo.id_taken`, `segment.words_gone`.
    """
    viewer.need(Permission.NOTE)
    there = Memo.objects.filter(pk=id).first()
    if there is not None:
        return _same(viewer, there, about, subject_id, text, title), False
    _check(title, text)
    _check_day(about, day)
    memo = Memo(
        id=id,
        refi_guid=id,
        study=viewer.study,
        author=viewer.user,
        about=about,
        title=title.strip(),
        text=text.strip(),
        is_shared=is_shared,
        day=day,
        created_at=at,
        changed_at=at,
        **_subject(viewer, about, subject_id, start, end, revision_id),
    )
    memo.save(force_insert=True)
    return memo, True


@write
def change_memo(*, viewer: Viewer, memo_id: uuid.UUID, version: int, at: datetime, **changes: Any) -> Memo:
    """Change the words of one's own memo, share it or take it back, or (an entry of the journal) move its day.

    `changes` has any of `title`, `text`, `is_shared`, `day`; what is left out stays. The same change sent once more,
    after an answer was lost on the way, changes nothing.

    Raises
    ------
    Missing
        When it is not the viewer's own.
    Conflict
        `memo.changed_meanwhile` when `version` is not the current one.
    Invalid
        `memo.empty`, `memo.too_long`, `memo.day_elsewhere`.
    """
    memo = _own(viewer, memo_id)
    said = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    if memo.version == version + 1 and all(getattr(memo, name) == value for name, value in said.items()):
        return memo
    if version != memo.version:
        raise Conflict(
            "memo.changed_meanwhile",
            gettext_noop("This memo was changed elsewhere meanwhile. Look at it as it is now, then change it again."),
        )
    _check_day(memo.about, changes.get("day"))
    _check(changes.get("title", memo.title), changes.get("text", memo.text))
    for name in ("title", "text", "is_shared", "day"):
        if name in said:
            setattr(memo, name, said[name])
    memo.version += 1
    memo.changed_at = at
    memo.save(update_fields=["title", "text", "is_shared", "day", "version", "changed_at"])
    return memo


@write
def remove_memo(*, viewer: Viewer, memo_id: uuid.UUID, at: datetime) -> Memo:
    """Take one's own memo away. It is kept as removed and can be restored."""
    memo = _own(viewer, memo_id)
    if memo.removed_at is None:
        memo.removed_at, memo.version = at, memo.version + 1
        memo.save(update_fields=["removed_at", "version"])
    return memo


@write
def restore_memo(*, viewer: Viewer, memo_id: uuid.UUID) -> Memo:
    """Undo the removal of one's own memo."""
    memo = _own(viewer, memo_id)
    if memo.removed_at is not None:
        memo.removed_at, memo.version = None, memo.version + 1
        memo.save(update_fields=["removed_at", "version"])
    return memo


@write
def link_memo(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    memo_id: uuid.UUID,
    to_memo_id: uuid.UUID | None = None,
    to_segment_id: uuid.UUID | None = None,
) -> tuple[MemoLink, bool]:
    """Link one's own memo to another memo, or to a passage, that one knows of. A link that is there already is it.

    Raises
    ------
    Missing
        When the memo is not the viewer's own, or the other end is not known to them.
    Invalid
        `memo.link_to_itself`, `memo.link_to_one_thing` unless exactly one other end is named.
    """
    memo = _own(viewer, memo_id)
    if (to_memo_id is None) == (to_segment_id is None):
        raise Invalid("memo.link_to_one_thing", gettext_noop("A link leads to one memo or to one passage."))
    if to_memo_id == memo.pk:
        raise Invalid("memo.link_to_itself", gettext_noop("A memo cannot be linked to itself."))
    if to_memo_id is not None and not memos_visible_to(viewer).filter(pk=to_memo_id).exists():
        raise nothing_here()
    if to_segment_id is not None:
        own_or_visible_segment(viewer, to_segment_id)
    return MemoLink.objects.get_or_create(
        memo=memo,
        to_memo_id=to_memo_id,
        to_segment_id=to_segment_id,
        defaults={"id": id, "study_id": viewer.study.pk},
    )


@write
def unlink_memo(*, viewer: Viewer, link_id: uuid.UUID) -> None:
    """Take a link of one's own memo away; raises Missing for anybody else's."""
    viewer.need(Permission.NOTE)
    link = MemoLink.objects.filter(pk=link_id, study=viewer.study, memo__author=viewer.user).first()
    if link is None:
        raise nothing_here()
    link.delete()


def _own(viewer: Viewer, memo_id: uuid.UUID) -> Memo:
    viewer.need(Permission.NOTE)
    own = Memo.objects.select_for_update(of=("self",)).filter(pk=memo_id, study=viewer.study, author=viewer.user)
    memo = own.first()
    if memo is None:
        raise nothing_here()
    return memo


def _subject(
    viewer: Viewer, about: str, subject_id: uuid.UUID | None, start: int, end: int, revision_id: uuid.UUID | None
) -> dict[str, Any]:
    """The columns that say what a memo is about, of things the viewer knows of."""
    if about == About.STUDY:
        return {}
    if subject_id is None or about not in About.values:
        raise Invalid(
            "memo.unknown_kind", gettext_noop("A memo is about the study, or about a source, passage or code named.")
        )
    if about == About.CODE:
        return {"code": code_known_to(viewer, subject_id)}
    if about == About.SEGMENT:
        segment = own_or_visible_segment(viewer, subject_id)
        return {"segment": segment, "source_id": segment.source_id}
    source = get_source(viewer, subject_id)
    if about == About.SOURCE:
        return {"source": source}
    source = held(source)
    span = Span(start, end) if 0 <= start < end else out_of_range(start, end, 0)
    now, made = place(source, revision_id or source.revision_id, span)  # type: ignore[arg-type]
    return {
        "source": source,
        "revision_id": revision_id or source.revision_id,
        "start": made.start,
        "end": made.end,
        "now_start": now.start,
        "now_end": now.end,
    }


def _check_day(about: str, day: date | None) -> None:
    if day is not None and about != About.STUDY:
        raise Invalid(
            "memo.day_elsewhere", gettext_noop("Only memos about the study have a day: they are its journal.")
        )


def _check(title: str, text: str) -> None:
    if not text.strip():
        raise Invalid("memo.empty", gettext_noop("A memo says something: write its text."), beside="text")
    for name, said, most in (("title", title, TITLE_LENGTH), ("text", text, TEXT_LENGTH)):
        if len(said) > most:
            raise Invalid(
                "memo.too_long",
                gettext_noop("This is too long: %(length)s characters, of %(most)s that fit."),
                beside=name,
                length=len(said),
                most=most,
            )


def _same(viewer: Viewer, there: Memo, about: str, subject_id: uuid.UUID | None, text: str, title: str) -> Memo:
    subjects = {
        About.STUDY: None,
        About.CODE: there.code_id,
        About.SEGMENT: there.segment_id,
        About.SOURCE: there.source_id,
        About.SPAN: there.source_id,
    }
    own = there.author_id == viewer.user.pk and there.study_id == viewer.study.pk and there.about == about
    if (
        own
        and subjects[About(there.about)] == subject_id
        and (there.text, there.title) == (text.strip(), title.strip())
    ):
        return there
    raise Conflict("memo.id_taken", gettext_noop("Another memo has this id."))

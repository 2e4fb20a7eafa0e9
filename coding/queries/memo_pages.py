"""What a memo's own page shows, and what a new memo is about."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from coding.models import Memo, MemoLink
from coding.queries.codebook import code_known_to
from coding.queries.marks import turn_numbers_of
from coding.queries.memos import Deed, history_of, links_from, memos_linking_to, memos_visible_to
from coding.queries.workspace import own_or_visible_segment, turns_over
from observations.access import Viewer, get_source, nothing_here

MOST_CHOICES = 300


@dataclass(frozen=True)
class MemoPage:
    """A memo with what it leads to and what leads to it; `choices` are memos it could be linked to.

    `words` are the words it stands on and `turn` the number of their turn, where it stands on words.
    """

    memo: Memo
    is_own: bool
    words: str
    turn: int
    links: Sequence[MemoLink]
    linked_from: Sequence[Memo]
    choices: Sequence[Memo]
    history: Sequence[Deed]


def page_of(viewer: Viewer, memo: Memo) -> MemoPage:
    """All that the page of a memo shows. Seven queries at most."""
    is_own = memo.author_id == viewer.user.pk
    links = links_from(viewer, [memo])[memo.pk]
    linked = {link.to_memo_id for link in links}
    others = memos_visible_to(viewer).exclude(pk=memo.pk).order_by("-changed_at", "pk")
    others = others if is_own else others.none()
    start, end = _place(memo)
    return MemoPage(
        memo,
        is_own,
        _words(memo, start, end),
        turn_numbers_of([memo]).get(memo.pk, 0),
        links,
        list(memos_linking_to(viewer, memo)),
        [other for other in others[:MOST_CHOICES] if other.pk not in linked],
        history_of(memo),
    )


def subject_of(viewer: Viewer, about: str, subject_id: uuid.UUID | None) -> Memo:
    """A memo not written yet, about something the viewer knows of. Raises Missing."""
    if about == Memo.About.STUDY:
        return Memo(about=about)
    if subject_id is None:
        raise nothing_here()
    if about == Memo.About.CODE:
        return Memo(about=about, code=code_known_to(viewer, subject_id))
    if about == Memo.About.SOURCE:
        return Memo(about=about, source=get_source(viewer, subject_id))
    if about == Memo.About.SEGMENT:
        segment = own_or_visible_segment(viewer, subject_id)
        return Memo(about=about, segment=segment, source=segment.source)
    raise nothing_here()


def _place(memo: Memo) -> tuple[int, int]:
    if memo.segment is not None:
        return memo.segment.now_start, memo.segment.now_end
    return memo.now_start or 0, memo.now_end or 0


def _words(memo: Memo, start: int, end: int) -> str:
    if memo.source_id is None or start >= end:
        return ""
    rows = list(turns_over(memo.source_id, start, end).values_list("start", "text"))
    origin = rows[0][0] if rows else 0
    return "".join(text for _, text in rows)[start - origin : end - origin]

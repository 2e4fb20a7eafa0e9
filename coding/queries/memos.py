"""Reads of memos: which a person may know of, and the lists of them.

A memo is its author's alone until shared. A shared one can tell how its author reads, so blindness holds for it as for
readings: one on a source, a stretch or a passage is known to whoever may know what others say of that source, and not
before its author has submitted; one on the study or a code, by somebody who codes, to whoever has no first reading of
the study before them any more.
"""

import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from coding.models import Memo, MemoLink, Reading, Segment
from coding.queries.visible import (
    by_nobody_coding,
    codes_ever_visible_to,
    free_to_see,
    in_readings_visible_to,
    segments_visible_to,
    to_read_again,
)
from fieldstudy.models import HistoryEntry, User
from observations.access import Viewer, built_once, nothing_here
from observations.models import Source, Study
from observations.queries.alphabet import alphabetical

About = Memo.About


@dataclass(frozen=True)
class Wanted:
    """Which memos to list: of a kind, by an author, shared or private, on one thing, one's removed ones; and words."""

    about: str = ""
    author: uuid.UUID | None = None
    shared: str = ""
    source: uuid.UUID | None = None
    code: uuid.UUID | None = None
    segment: uuid.UUID | None = None
    removed: bool = False
    words: str = ""

    @property
    def filters(self) -> bool:
        """Whether anything is left out."""
        return self != Wanted()


@dataclass(frozen=True)
class Deed:
    """Something done to a memo: `what` is written, changed, shared, kept_back, removed or restored."""

    at: datetime
    what: str


@built_once
def memos_visible_to(viewer: Viewer, *, with_removed: bool = False) -> QuerySet[Memo]:
    """The standing memos of the study that `viewer` may know of; on request also those of their own they removed."""
    own = Q(author=viewer.user) & ~_from_before(viewer)
    known = own | Q(is_shared=True, removed_at=None) & _sharing_told(viewer)
    memos = Memo.objects.filter(study=viewer.study).filter(known)
    return memos if with_removed else memos.filter(removed_at=None)


def memos_listed(viewer: Viewer, wanted: Wanted) -> QuerySet[Memo]:
    """The memos the viewer may know of and asked for, the newest change first. No query, one with words.

    Words are looked for in title and text whatever their case and accents; all of them have to be there.
    """
    memos = memos_visible_to(viewer, with_removed=wanted.removed)
    if wanted.removed:
        memos = memos.filter(removed_at__isnull=False)
    if wanted.about:
        memos = memos.filter(about=wanted.about)
    if wanted.author:
        memos = memos.filter(author=wanted.author)
    if wanted.shared:
        memos = memos.filter(is_shared=wanted.shared == "shared")
    for name in ("source", "code", "segment"):
        if asked := getattr(wanted, name):
            memos = memos.filter(**{name: asked})
    if wanted.words.strip():
        memos = memos.filter(pk__in=_with_words(memos, wanted.words))
    return _with_things(memos).order_by("-changed_at", "pk")


def memo_known_to(viewer: Viewer, memo_id: uuid.UUID) -> Memo:
    """One memo the viewer may know of, or one of their own that was removed. One query; raises Missing."""
    memo = _with_things(memos_visible_to(viewer, with_removed=True)).filter(pk=memo_id).first()
    if memo is None:
        raise nothing_here()
    return memo


def journal_of(viewer: Viewer) -> QuerySet[Memo]:
    """The entries of the study's journal the viewer may know of, the latest day first."""
    entries = memos_visible_to(viewer).filter(about=About.STUDY, day__isnull=False)
    return entries.select_related("author").order_by("-day", "-created_at", "pk")


def memos_of_source(viewer: Viewer, source: Source) -> QuerySet[Memo]:
    """The memos on a source, on stretches of it and on passages in it, in the order of the text."""
    memos = memos_visible_to(viewer).filter(source=source)
    return _with_things(memos).order_by("now_start", "created_at", "pk")


def memos_behind(
    viewer: Viewer, source_id: uuid.UUID, start: int, end: int, segments: Iterable[Segment]
) -> tuple[dict[uuid.UUID, list[Memo]], dict[uuid.UUID | None, list[Memo]]]:
    """What readings of a stretch of a source noted there: by passage, and by author on words without one. One query."""
    stretch = Q(about=About.SPAN, source=source_id, now_start__lt=end, now_end__gt=start)
    known = memos_visible_to(viewer).filter(stretch | Q(segment__in=[segment.pk for segment in segments]))
    on_passages: dict[uuid.UUID, list[Memo]] = defaultdict(list)
    on_stretches: dict[uuid.UUID | None, list[Memo]] = defaultdict(list)
    for memo in known.order_by("created_at", "pk"):
        if memo.segment_id:
            on_passages[memo.segment_id].append(memo)
        else:
            on_stretches[memo.author_id].append(memo)
    return on_passages, on_stretches


def links_from(viewer: Viewer, memos: Sequence[Memo]) -> dict[uuid.UUID, list[MemoLink]]:
    """By memo: its links to memos and segments that the viewer may know of, in a fixed order. One query."""
    known = Q(to_memo__in=memos_visible_to(viewer).values("pk"))
    known |= Q(to_segment__in=segments_visible_to(viewer).values("pk"))
    links = MemoLink.objects.filter(known, memo__in=[memo.pk for memo in memos]).select_related(
        "to_memo__author", "to_segment__code__revision", "to_segment__source"
    )
    found: dict[uuid.UUID, list[MemoLink]] = {memo.pk: [] for memo in memos}
    for link in links.order_by("pk"):
        found[link.memo_id].append(link)
    return found


def memos_linking_to(viewer: Viewer, memo: Memo) -> QuerySet[Memo]:
    """The memos the viewer may know of that speak of this one."""
    return memos_visible_to(viewer).filter(links__to_memo=memo).select_related("author").order_by("pk")


def authors_of(viewer: Viewer) -> list[User]:
    """Who wrote the memos the viewer may know of, by name. One query."""
    authors = User.objects.filter(pk__in=memos_visible_to(viewer).values("author"))
    return sorted(authors, key=lambda author: alphabetical(author.name))


def history_of(memo: Memo) -> list[Deed]:
    """What was done to a memo, the latest first, as the database recorded it. One query."""
    rows = HistoryEntry.objects.filter(table="coding_memo", row=memo.pk).order_by("-id")
    return [Deed(entry.at, _deed(entry)) for entry in rows]


def folded(text: str) -> str:
    """A text without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _with_things(memos: QuerySet[Memo]) -> QuerySet[Memo]:
    return memos.select_related("author", "source", "code__revision", "segment__code__revision")


def _with_words(memos: QuerySet[Memo], words: str) -> list[uuid.UUID]:
    wanted = folded(words).split()
    rows = memos.order_by().values_list("pk", "title", "text").iterator()
    texts = ((pk, folded(f"{title}\n{text}")) for pk, title, text in rows)
    return [pk for pk, text in texts if all(word in text for word in wanted)]


def _from_before(viewer: Viewer) -> Q:
    """The condition on memos that they tell of a source which the viewer is to read again, and were there before."""
    begun_since = Reading.objects.filter(
        coder__user=viewer.user,
        source=OuterRef("source"),
        phase=Reading.Phase.FIRST,
        state=Reading.State.OPEN,
        opened_at__lte=OuterRef("created_at"),
    )
    return Q(source__isnull=False) & to_read_again(viewer) & ~Q(Exists(begun_since))


def _sharing_told(viewer: Viewer) -> Q:
    """The condition on shared memos of others that nothing in them is hidden from the viewer yet."""
    return _on_material(viewer) | _on_code(viewer) | _on_study(viewer)


def _on_material(viewer: Viewer) -> Q:
    material = Q(about__in=[About.SOURCE, About.SPAN]) | Q(about=About.SEGMENT) & in_readings_visible_to(
        viewer, "segment__reading"
    )
    if viewer.study.mode == Study.Mode.OPEN:
        return material
    still_reading = Reading.objects.filter(
        coder__user=OuterRef("author"), source=OuterRef("source"), state=Reading.State.OPEN, phase=Reading.Phase.FIRST
    )
    return material & free_to_see(viewer) & ~Q(Exists(still_reading))


def _on_code(viewer: Viewer) -> Q:
    # What a code was merged into is where its meaning went; a memo on the old one stays a memo on a known code.
    return Q(about=About.CODE, code__in=codes_ever_visible_to(viewer).values("pk")) & by_nobody_coding(viewer, "author")


def _on_study(viewer: Viewer) -> Q:
    return Q(about=About.STUDY) & by_nobody_coding(viewer, "author")


def _deed(entry: HistoryEntry) -> str:
    before, after = entry.before or {}, entry.after or {}
    if entry.operation == "insert":
        return "written"
    if before.get("removed_at") != after.get("removed_at"):
        return "removed" if after.get("removed_at") else "restored"
    if before.get("is_shared") != after.get("is_shared"):
        return "shared" if after.get("is_shared") else "kept_back"
    return "changed"

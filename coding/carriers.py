"""Segments, marks, memos and suggestions, carried along when a source's text is corrected."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import F, QuerySet

from coding.models import Dispute, Encounter, Memo, PromiseLink, Segment, Suggestion
from coding.queries.marks import marks_visible_to
from coding.queries.memos import memos_visible_to
from coding.queries.visible import segments_visible_to
from fieldstudy.edits import EditMap
from fieldstudy.spans import Span
from observations.access import Viewer
from observations.anchors import Effect
from observations.models import Revision, Source
from observations.roles import Permission

MarkKind = TypeVar("MarkKind", PromiseLink, Encounter)
Removable = TypeVar("Removable", Segment, PromiseLink, Encounter)


class SegmentCarrier:
    """Keeps `now_start` and `now_end` of every segment; one that loses all its words is removed, and can be restored
    nowhere, so the person correcting was asked first."""

    def foresee(self, viewer: Viewer, source: Source, edits: EditMap) -> Effect:
        """For a coder counts only what they may know of: trying out corrections must not show where others coded."""
        is_coder = viewer.may(Permission.CODE)
        known = segments_visible_to(viewer) if is_coder else Segment.objects.filter(removed_at=None)
        return _foreseen(known.filter(source=source).values_list("now_start", "now_end"), edits)

    def carry(self, source: Source, edits: EditMap, revision: Revision) -> None:
        _carry_rows(Segment, source, edits, revision)


class MarkCarrier:
    """Keeps the place of promise links and encounters, as segments keep theirs."""

    def foresee(self, viewer: Viewer, source: Source, edits: EditMap) -> Effect:
        """For a coder counts only what they may know of."""
        return _foreseen_marks(viewer, PromiseLink, source, edits) + _foreseen_marks(viewer, Encounter, source, edits)

    def carry(self, source: Source, edits: EditMap, revision: Revision) -> None:
        _carry_rows(PromiseLink, source, edits, revision)
        _carry_rows(Encounter, source, edits, revision)


class MemoCarrier:
    """Keeps the place of every memo on a stretch of text; one whose words are gone stays, at an empty place."""

    def foresee(self, viewer: Viewer, source: Source, edits: EditMap) -> Effect:
        """Counts only the memos the person may know of, whoever they are: private ones are their author's."""
        known = memos_visible_to(viewer).filter(source=source, about=Memo.About.SPAN, now_start__lt=F("now_end"))
        return _foreseen(known.values_list("now_start", "now_end"), edits)

    def carry(self, source: Source, edits: EditMap, revision: Revision) -> None:
        moved: list[Memo] = []
        for memo in Memo.objects.filter(source=source, about=Memo.About.SPAN).select_for_update():
            assert memo.now_start is not None and memo.now_end is not None
            if memo.now_start < memo.now_end and (span := edits.carry(Span(memo.now_start, memo.now_end)).span):
                memo.now_start, memo.now_end = span.start, span.end
            else:
                memo.now_start = memo.now_end = edits.carry_start(memo.now_start)
            moved.append(memo)
        Memo.objects.bulk_update(moved, ["now_start", "now_end"], batch_size=1000)


class SuggestionCarrier:
    """Keeps the place of every suggestion; one whose words are gone stays where they were, empty, and is not shown."""

    def foresee(self, viewer: Viewer, source: Source, edits: EditMap) -> Effect:
        return Effect()

    def carry(self, source: Source, edits: EditMap, revision: Revision) -> None:
        moved: list[Suggestion] = []
        for suggestion in Suggestion.objects.filter(source=source).select_for_update():
            if suggestion.now_start >= suggestion.now_end:
                continue
            span = edits.carry(Span(suggestion.now_start, suggestion.now_end)).span
            if span is None:
                suggestion.now_start = suggestion.now_end = edits.carry_start(suggestion.now_start)
            else:
                suggestion.now_start, suggestion.now_end = span.start, span.end
            moved.append(suggestion)
        Suggestion.objects.bulk_update(moved, ["now_start", "now_end"], batch_size=1000)


def _foreseen_marks(viewer: Viewer, model: type[MarkKind], source: Source, edits: EditMap) -> Effect:
    standing: QuerySet[MarkKind] = model._default_manager.filter(study=viewer.study, removed_at=None)
    known = marks_visible_to(viewer, model) if viewer.may(Permission.CODE) else standing
    return _foreseen(known.filter(source=source).values_list("now_start", "now_end"), edits)


def _foreseen(places: Iterable[tuple[int | None, int | None]], edits: EditMap) -> Effect:
    moved = changed = lost = 0
    for start, end in places:
        assert start is not None and end is not None
        carried = edits.carry(Span(start, end))
        if carried.span is None:
            lost += 1
        elif carried.changed:
            changed += 1
        elif carried.span.start != start:
            moved += 1
    return Effect(moved=moved, changed=changed, lost=lost)


def _carry_rows(model: type[Removable], source: Source, edits: EditMap, revision: Revision) -> None:
    lost: list[Removable] = []
    kept: list[Removable] = []
    for row in model._default_manager.filter(source=source, now_end__gt=0).select_for_update():
        if row.now_start >= row.now_end:
            continue
        carried = edits.carry(Span(row.now_start, row.now_end))
        if carried.span is None:
            row.removed_at = row.removed_at or revision.made_at
            row.now_start = row.now_end = edits.carry_start(row.now_start)
            lost.append(row)
        elif (carried.span.start, carried.span.end) != (row.now_start, row.now_end):
            row.now_start, row.now_end = carried.span.start, carried.span.end
            kept.append(row)
    model._default_manager.bulk_update(kept, ["now_start", "now_end"], batch_size=1000)
    model._default_manager.bulk_update(lost, ["now_start", "now_end", "removed_at"], batch_size=1000)


class DisputeCarrier:
    """Keeps the place of every dispute; one whose words are gone is gone with them."""

    def foresee(self, viewer: Viewer, source: Source, edits: EditMap) -> Effect:
        return Effect()

    def carry(self, source: Source, edits: EditMap, revision: Revision) -> None:
        moved: list[Dispute] = []
        for dispute in Dispute.objects.filter(source=source, now_start__lt=F("now_end")).select_for_update():
            span = edits.carry(Span(dispute.now_start, dispute.now_end)).span
            if span is None:
                dispute.now_start = dispute.now_end = edits.carry_start(dispute.now_start)
                dispute.gone_at = dispute.gone_at or revision.made_at
            else:
                dispute.now_start, dispute.now_end = span.start, span.end
            moved.append(dispute)
        Dispute.objects.bulk_update(moved, ["now_start", "now_end", "gone_at"], batch_size=1000)

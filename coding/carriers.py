"""Segments and suggestions, carried along when a source's text is corrected."""

from typing import TypeVar

from coding.models import Segment, Suggestion
from coding.queries.visible import segments_visible_to
from fieldstudy.edits import EditMap
from fieldstudy.spans import Span
from observations.access import Viewer
from observations.anchors import Effect
from observations.models import Revision, Source
from observations.roles import Permission

Anchored = TypeVar("Anchored", Segment, Suggestion)


class SegmentCarrier:
    """Keeps `now_start` and `now_end` of every segment; one that loses all its words is removed, and can be restored
    nowhere, so the person correcting was asked first."""

    def foresee(self, viewer: Viewer, source: Source, edits: EditMap) -> Effect:
        """For a coder counts only what they may know of: trying out corrections must not show where others coded."""
        moved = changed = lost = 0
        is_coder = viewer.may(Permission.CODE)
        known = segments_visible_to(viewer) if is_coder else Segment.objects.filter(removed_at=None)
        known = known.filter(source=source)
        for start, end in known.values_list("now_start", "now_end"):
            carried = edits.carry(Span(start, end))
            if carried.span is None:
                lost += 1
            elif carried.changed:
                changed += 1
            elif carried.span.start != start:
                moved += 1
        return Effect(moved=moved, changed=changed, lost=lost)

    def carry(self, source: Source, edits: EditMap, revision: Revision) -> None:
        lost: list[Segment] = []
        kept: list[Segment] = []
        for segment in Segment.objects.filter(source=source, now_end__gt=0).select_for_update():
            if segment.now_start >= segment.now_end:
                continue
            carried = edits.carry(Span(segment.now_start, segment.now_end))
            if carried.span is None:
                segment.removed_at = segment.removed_at or revision.made_at
                segment.now_start = segment.now_end = edits.carry_start(segment.now_start)
                lost.append(segment)
            elif (carried.span.start, carried.span.end) != (segment.now_start, segment.now_end):
                segment.now_start, segment.now_end = carried.span.start, carried.span.end
                kept.append(segment)
        Segment.objects.bulk_update(kept, ["now_start", "now_end"], batch_size=1000)
        Segment.objects.bulk_update(lost, ["now_start", "now_end", "removed_at"], batch_size=1000)


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

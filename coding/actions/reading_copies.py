"""What a reading takes over from the one before it: its standing passages and marks, under ids made from theirs."""

import uuid

from coding.actions.mark_copies import copy_marks
from coding.models import Reading, Segment


def copy_reading(before: Reading, reading: Reading, name: str) -> None:
    """Give `reading` the standing passages and marks of `before`; `name` tells these copies from others of the same."""
    copies = [
        Segment(
            id=uuid.uuid5(segment.pk, name),
            refi_guid=uuid.uuid5(segment.refi_guid, name),
            study_id=segment.study_id,
            source_id=segment.source_id,
            reading=reading,
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
        for segment in before.segments.filter(removed_at=None)
    ]
    Segment.objects.bulk_create(copies, batch_size=2000)
    copy_marks(before, reading, name)

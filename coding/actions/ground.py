"""What a passage is put on when a code is applied: everything that has to hold of it, read at once."""

import uuid
from dataclasses import dataclass

from coding.actions.placing import Stretch
from coding.models import Code
from fieldstudy.statements import row_of
from observations.access import Viewer
from observations.models import Source
from observations.queries.sources import as_of


@dataclass(frozen=True)
class Ground:
    """What a passage is put on: its source, held; the code and the turns it touches unless they need another look."""

    source: Source
    is_there: bool
    code: Code | None
    stretch: Stretch | None


# The turns are those the text had when the statement began, so they are good only for the revision known before.
_GROUND = """
    SELECT s.revision_id, EXISTS (SELECT FROM coding_segment g WHERE g.id = %s), c.id, c.revision_id, t.origin, t.words
    FROM observations_source s
    LEFT JOIN coding_code c ON c.id = %s AND c.study_id = s.study_id AND c.is_codable
        AND c.retired_at IS NULL AND c.merged_into_id IS NULL AND c.proposed_in_id IS NULL
    LEFT JOIN LATERAL (
        SELECT min(start) AS origin, string_agg(text, '' ORDER BY start) AS words FROM observations_turn
        WHERE source_id = s.id AND start < %s AND start >= (
            SELECT start FROM observations_turn WHERE source_id = s.id AND start <= %s ORDER BY start DESC LIMIT 1)
    ) t ON true
    WHERE s.id = %s
    FOR KEY SHARE OF s
"""


def ground_for(
    viewer: Viewer, source: Source, segment_id: uuid.UUID, code_id: uuid.UUID, start: int, end: int
) -> Ground:
    """What `held` gives, whether there is a segment of this id, the code if all may use it, and the words around."""
    row = row_of(_GROUND, [segment_id, code_id, end, start, source.pk])
    assert row is not None
    revision_id, is_there, found_id, code_revision_id, origin, words = row
    code = None
    if found_id is not None:
        code = Code.from_db("default", ("id", "study_id", "revision_id"), (found_id, viewer.study.pk, code_revision_id))
    is_known = revision_id == source.revision_id and words is not None
    return Ground(as_of(source, revision_id), is_there, code, Stretch(origin, words) if is_known else None)

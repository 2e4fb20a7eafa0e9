"""One's own reading, kept from other writers while something in it changes."""

import uuid

from coding.models import Coder, Reading
from coding.queries.visible import own_in_sight
from fieldstudy.errors import Conflict, gettext_noop
from fieldstudy.statements import row_of
from observations.access import Viewer, nothing_here
from observations.models import Source

# What is assigned in a round not begun yet comes before all that is done: then there is no reading to work on until one
# is opened. See `current_reading`, which says the same.
_CURRENT = """
    SELECT r.id, r.source_id, r.coder_id, r.study_id, r.phase, r.state, c.id, c.study_id, c.user_id, c.alias, c.kind
    FROM coding_reading r JOIN coding_coder c ON c.id = r.coder_id
    WHERE c.user_id = %s AND r.source_id = %s AND r.study_id = %s
        AND r.state <> 'abandoned' AND r.superseded_at IS NULL
        AND ((r.phase = 'first' AND r.state = 'open') OR NOT EXISTS (
            SELECT FROM coding_assignment a
            WHERE a.coder_id = r.coder_id AND a.source_id = r.source_id AND a.withdrawn_at IS NULL
                AND NOT EXISTS (SELECT FROM coding_round t
                    WHERE t.study_id = a.study_id AND t.number = a.round AND t.closed_at IS NOT NULL)
                AND NOT EXISTS (SELECT FROM coding_reading b
                    WHERE b.coder_id = a.coder_id AND b.source_id = a.source_id AND b.round = a.round
                        AND b.phase = 'first' AND b.state <> 'abandoned')))
    ORDER BY (r.phase = 'first' AND r.state = 'open') DESC, r.opened_at DESC, r.round DESC, r.phase LIMIT 1
    FOR UPDATE OF r
"""


def lock(viewer: Viewer, reading_id: uuid.UUID) -> Reading:
    """The viewer's open reading, locked until the transaction ends. One query."""
    return changeable(locked(viewer, reading_id))


def locked(viewer: Viewer, reading_id: uuid.UUID) -> Reading:
    """The viewer's reading in whatever state, locked. One query; raises Missing for anybody else's."""
    reading = (
        Reading.objects.select_for_update(of=("self",))
        .filter(own_in_sight(viewer), pk=reading_id, study=viewer.study)
        .exclude(state=Reading.State.ABANDONED)
        .first()
    )
    if reading is None:
        raise nothing_here()
    return reading


def lock_current(viewer: Viewer, source: Source) -> Reading | None:
    """What `current_reading` finds, locked, by one prepared statement. What it does not hold is read when asked for."""
    row = row_of(_CURRENT, [viewer.user.pk, source.pk, viewer.study.pk])
    if row is None:
        return None
    reading = Reading.from_db("default", ("id", "source_id", "coder_id", "study_id", "phase", "state"), row[:6])
    reading.coder = Coder.from_db("default", ("id", "study_id", "user_id", "alias", "kind"), row[6:])
    return reading


def changeable(reading: Reading) -> Reading:
    """The reading itself when it is open; raises Conflict `reading.submitted` otherwise."""
    if reading.state == Reading.State.SUBMITTED and reading.phase == Reading.Phase.FINAL:
        raise Conflict("reading.submitted", gettext_noop("The final reading was submitted and stays as it is."))
    if reading.state != Reading.State.OPEN:
        raise already_submitted()
    return reading


def already_submitted() -> Conflict:
    """What anyone gets who would change or submit a first reading that was submitted."""
    return Conflict(
        "reading.submitted",
        gettext_noop(
            "This reading was submitted and stays as it is. Changes go to the final reading; reload the page."
        ),
    )

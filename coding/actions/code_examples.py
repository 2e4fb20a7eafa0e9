"""Examples of a code taken from its passages, and given up again."""

import uuid
from datetime import datetime

from coding.actions.codebooks import Meaning, redefine_code
from coding.examples import Taken, taken, written
from coding.models import Code
from coding.queries.passages_of import passages_of_code, with_words
from fieldstudy.errors import Conflict, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer, nothing_here
from observations.roles import Permission

MOST_EXAMPLES = 20


@write
def take_example(*, viewer: Viewer, code: Code, segment_id: uuid.UUID, is_counter: bool, at: datetime) -> Code:
    """Let a passage of the code, or one that shows what it is not for, stand as an example, by reference alone.

    Raises
    ------
    Missing
        When the viewer may not know of a passage with this id.
    Conflict
        `example.not_quotable` when somebody in it does not permit quoting, `example.enough` beyond twenty.
    """
    viewer.need(Permission.CODEBOOK)
    segment = passages_of_code(viewer, code).filter(pk=segment_id).first()
    if segment is None:
        raise nothing_here()
    if not with_words([segment])[0].may_quote:
        raise Conflict(
            "example.not_quotable",
            gettext_noop("Somebody who speaks in this passage does not permit quoting. Choose another passage."),
        )
    others = tuple(one for one in _held(code) if one.segment != str(segment_id))
    if len(others) >= MOST_EXAMPLES:
        raise Conflict(
            "example.enough",
            gettext_noop("A code has at most %(most)s passages as examples. Take one away first."),
            most=MOST_EXAMPLES,
        )
    return _rewrite(viewer, code, (*others, Taken(str(segment_id), is_counter)), at)


@write
def drop_example(*, viewer: Viewer, code: Code, segment_id: uuid.UUID, at: datetime) -> Code:
    """Take a passage out of the code's examples; the passage itself stays."""
    viewer.need(Permission.CODEBOOK)
    return _rewrite(viewer, code, tuple(one for one in _held(code) if one.segment != str(segment_id)), at)


def _held(code: Code) -> tuple[Taken, ...]:
    assert code.revision is not None
    return taken(code.revision.examples)


def _rewrite(viewer: Viewer, code: Code, passages: tuple[Taken, ...], at: datetime) -> Code:
    held = code.revision
    assert held is not None
    meaning = Meaning(
        names=held.names,
        definitions=held.definitions,
        include_when=held.include_when,
        exclude_when=held.exclude_when,
        examples=written(held.examples),
        passages=passages,
    )
    return redefine_code(
        viewer=viewer,
        code=code,
        sign=code.sign,
        meaning=meaning,
        stance=code.stance,
        asks_weight=code.asks_weight,
        at=at,
        based_on=held.pk,
    )

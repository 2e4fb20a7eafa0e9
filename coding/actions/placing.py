"""Where a passage chosen on some revision of a text stands: within the text, without edge white space."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from coding.queries.workspace import turns_over
from fieldstudy.edits import EditMap
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.spans import Span
from observations.models import Revision, Source
from observations.queries.sources import sealed_content


@dataclass(frozen=True)
class Stretch:
    """Some words of the current text, and the code point at which they begin."""

    origin: int
    words: str

    def within(self, span: Span) -> str:
        """The words of a span that lies in the stretch."""
        return self.words[span.start - self.origin : span.end - self.origin]


def place(source: Source, revision_id: uuid.UUID, wanted: Span, stretch: Stretch | None = None) -> tuple[Span, Span]:
    """Where a passage chosen on a revision stands now, and where it stood on that revision, both trimmed.

    Spans are code points, half-open. `stretch` holds the turns that `wanted` touches, if they are read already.

    Raises
    ------
    Invalid
        `segment.out_of_range`, `segment.empty`, `segment.revision_unknown`.
    Conflict
        `segment.words_gone` when a later correction deleted the words.
    """
    if revision_id == source.revision_id:
        now = trimmed(source, wanted, stretch)
        return now, now
    maps = _maps_since(source, revision_id)
    if wanted.end > maps[0].length:
        out_of_range(wanted.start, wanted.end, maps[0].length)
    span = wanted
    for edits in maps:
        carried = edits.carry(span).span
        if carried is None:
            raise words_gone()
        span = carried
    return trimmed(source, span), wanted


def _maps_since(source: Source, revision_id: uuid.UUID) -> Sequence[EditMap]:
    old = Revision.objects.filter(pk=revision_id, source=source).first()
    if old is None:
        raise Invalid(
            "segment.revision_unknown",
            gettext_noop("This text has no such revision."),
            beside="revision",
        )
    later = (
        Revision.objects.filter(source=source, number__gt=old.number).order_by("number").select_related("source__key")
    )
    return [EditMap.from_json(sealed_content(revision)["edits"]) for revision in later]


def trimmed(source: Source, span: Span, stretch: Stretch | None = None) -> Span:
    """A span of the current text without the white space at its edges.

    One query, of the turns it touches; none when `stretch` holds them.
    """
    assert source.revision is not None
    if span.end > source.revision.length:
        out_of_range(span.start, span.end, source.revision.length)
    here = stretch or stretch_over(source, span)
    words = Span(span.start - here.origin, span.end - here.origin).trimmed(here.words)
    if words is None:
        raise Invalid("segment.empty", gettext_noop("There are no words in this passage."))
    return Span(words.start + here.origin, words.end + here.origin)


def stretch_over(source: Source, span: Span) -> Stretch:
    """The turns of the current text that a span touches. One query."""
    rows = list(turns_over(source.pk, span.start, span.end).values_list("start", "text"))
    return Stretch(rows[0][0], "".join(text for _, text in rows))


def out_of_range(start: int, end: int, length: int) -> Span:
    """Refuse a span that does not lie in its text."""
    raise Invalid(
        "segment.out_of_range",
        gettext_noop("A passage from %(start)s to %(end)s does not lie in this text (length %(length)s)."),
        beside="start",
        start=start,
        end=end,
        length=length,
    )


def words_gone() -> Conflict:
    """The refusal of a span whose words a correction deleted."""
    return Conflict(
        "segment.words_gone",
        gettext_noop("A correction of the text deleted these words meanwhile. Look at the new text."),
    )

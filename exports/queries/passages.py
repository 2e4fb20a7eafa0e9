"""The passages a query finds, with what their people permit to leave the study."""

import uuid
from collections.abc import Iterator, Sequence

from coding.models import Code, Segment
from coding.queries.passages import sorted_passages, standing, turns_of_passages
from coding.queries.retrieval import segments_matching
from coding.queries.workspace import codes_known_to
from exports.formats.passages import PassageRow
from exports.withholding import MARK
from fieldstudy.languages import pick
from observations.access import Viewer
from observations.models import Source, Turn
from observations.queries.consent import Use, site_names, withheld
from observations.roles import Permission


def passage_rows(viewer: Viewer, text: str, *, language: str) -> list[PassageRow]:
    """A row for each passage the query finds, by date of its source. Nine queries beside those for its names.

    Turns whose people do not permit quoting and reuse are "[…]" in the quote; a site has its published alias unless
    everyone there permits its name.

    Raises
    ------
    NotPermitted
        Without the permission to export.
    QueryProblem
        As `segments_matching`.
    """
    viewer.need(Permission.EXPORT)
    segments = list(sorted_passages(viewer, segments_matching(viewer, text), "date"))
    turns = turns_of_passages(segments)
    closed = _closed(segments)
    codes = {code.pk: code for code in codes_known_to(viewer)}
    sites = site_names(viewer)
    return [
        _row(segment, standing(codes, segment.code_id), turns[segment.source_id], closed, sites, language)
        for segment in segments
    ]


def _row(
    segment: Segment,
    code: Code,
    turns: Sequence[Turn],
    closed: frozenset[uuid.UUID],
    sites: dict[uuid.UUID, str],
    language: str,
) -> PassageRow:
    source: Source = segment.source
    own = [turn for turn in turns if turn.start < segment.now_end and segment.now_start < turn.end]
    assert code.revision is not None and source.revision is not None
    return PassageRow(
        segment=str(segment.pk),
        source=source.title,
        source_kind=source.kind,
        site=sites.get(source.site_id, "") if source.site_id else "",
        observed_on=source.observed_on.isoformat() if source.observed_on else "",
        turn=own[0].number,
        participant=own[0].participant.code if own[0].participant else "",
        code=code.sign,
        code_name=pick(code.revision.names, language),
        coder=segment.reading.coder.alias,
        coder_kind=segment.reading.coder.kind,
        phase=segment.reading.phase,
        start=segment.now_start,
        end=segment.now_end,
        weight="" if segment.weight is None else segment.weight,
        quote="".join(_quoted(segment, own, closed)).strip(),
        revision=source.revision.number,
    )


def _quoted(segment: Segment, turns: Sequence[Turn], closed: frozenset[uuid.UUID]) -> Iterator[str]:
    for turn in turns:
        words = turn.text[max(0, segment.now_start - turn.start) : segment.now_end - turn.start]
        is_closed = turn.pk in closed
        yield (f"{MARK}\n" if words.endswith("\n") else MARK) if is_closed else words


def _closed(segments: Sequence[Segment]) -> frozenset[uuid.UUID]:
    """The turns of the passages' sources that may not be quoted and reused. One query."""
    of_sources = Turn.objects.filter(source__in={segment.source_id for segment in segments})
    return frozenset(withheld(of_sources, Use.QUOTE, Use.RELEASE).values_list("pk", flat=True))

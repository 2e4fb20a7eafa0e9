"""The coded segments as one CSV table: a row per segment with its quote, place, code and coder."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import BinaryIO

from exports.formats.contract import Loss
from exports.formats.lookup import Lookup, chosen_segments, look_up
from exports.formats.losses import setting_left_out, suggestions_left_out, when
from exports.formats.notes_csv import notes_left_out
from exports.records import DatasetRecord, SegmentRecord, SourceRecord, TurnRecord
from fieldstudy.errors import gettext_noop
from observations.cells import guard, write_rows

COLUMNS = (
    "study",
    "segment",
    "source",
    "source_kind",
    "site",
    "observed_on",
    "tools",
    "language",
    "turn",
    "speaker",
    "participant",
    "code",
    "code_path",
    "coder",
    "coder_kind",
    "phase",
    "start",
    "end",
    "weight",
    "origin",
    "quote",
    "revision",
    "sha256",
)
TOOL_SEPARATOR = "; "


def write(dataset: DatasetRecord, language: str, target: BinaryIO) -> None:
    """Write the header and one row per segment, by source, place, code, coder and phase.

    Parameters
    ----------
    dataset : DatasetRecord
        Segments of its readings are written; offsets stay code points, half-open.
    language : str
        Language tag for the names in `code_path`.
    target : binary file
        UTF-8, CRLF; left open.

    Raises
    ------
    Invalid
        As `look_up`.
    """
    lookup = look_up(dataset)
    paths = {key: guard(path) for key, path in lookup.tree.paths(language, dataset.study.languages).items()}
    write_rows(target, [COLUMNS])
    for source in lookup.sources:
        write_rows(target, _source_rows(lookup, source, paths))


def _source_rows(lookup: Lookup, source: SourceRecord, paths: dict[str, str]) -> Iterator[list[str | int]]:
    study = guard(lookup.dataset.study.slug)
    place = [
        guard(cell)
        for cell in (
            source.title,
            source.kind,
            source.site,
            source.observed_on,
            TOOL_SEPARATOR.join(source.tools),
            source.language,
        )
    ]
    version: list[str | int] = [source.revision, source.sha256]
    turn_starts = [turn.start for turn in source.turns]
    for segment in lookup.segments_of(source):
        coder = lookup.coders[segment.coder_id]
        yield [
            study,
            segment.id,
            *place,
            *_turn_cells(_turn_at(source.turns, turn_starts, segment.start)),
            guard(lookup.codes[segment.code_id].sign),
            paths[segment.code_id],
            guard(coder.alias),
            coder.kind,
            lookup.readings[segment.reading_id].phase,
            *_span_cells(segment),
            guard(source.text[segment.start : segment.end]),
            *version,
        ]


def _turn_at(turns: tuple[TurnRecord, ...], starts: list[int], position: int) -> TurnRecord | None:
    index = bisect_right(starts, position) - 1
    return turns[index] if index >= 0 and position < turns[index].end else None


def _turn_cells(turn: TurnRecord | None) -> tuple[str | int, str, str]:
    if turn is None:
        return "", "", ""
    return turn.number, guard(turn.speaker), guard(turn.participant)


def _span_cells(segment: SegmentRecord) -> tuple[int, int, str | int, str]:
    weight: str | int = "" if segment.weight is None else segment.weight
    return segment.start, segment.end, weight, guard(segment.origin)


def carries_not(dataset: DatasetRecord) -> list[Loss]:
    """What the table leaves out of this dataset."""
    coded = {segment.source_id for segment in chosen_segments(dataset)}
    return [
        *when(
            len(dataset.sources),
            "segments_csv.full_texts",
            gettext_noop("Only the quotes are written, not the whole texts of the %(count)s sources."),
        ),
        *when(
            sum(source.id not in coded for source in dataset.sources),
            "segments_csv.uncoded_sources",
            gettext_noop("Sources without a segment do not appear: %(count)s of them."),
        ),
        *when(
            len(dataset.codes),
            "segments_csv.code_details",
            gettext_noop("Definitions, colours and stances of the %(count)s codes are left out; codebooks carry them."),
        ),
        *when(
            len(dataset.participants),
            "segments_csv.participants",
            gettext_noop("Role, seniority and site of the %(count)s participants are left out."),
        ),
        *when(
            sum(bool(segment.created_at) for segment in chosen_segments(dataset)),
            "segments_csv.created_at",
            gettext_noop("The times at which the %(count)s segments were made are left out."),
        ),
        *setting_left_out(dataset),
        *suggestions_left_out(dataset),
        *notes_left_out(dataset),
    ]

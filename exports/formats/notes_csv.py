"""Promise links, encounters and memos as CSV tables: a row each, with the words they stand on."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from exports.formats.codes import in_language
from exports.formats.contract import Loss
from exports.formats.lookup import Lookup, look_up
from exports.formats.losses import suggestions_left_out, when
from exports.records import DatasetRecord, EncounterRecord, MemoRecord, PromiseLinkRecord, SourceRecord
from fieldstudy.errors import gettext_noop
from observations.cells import guard, write_rows

PLACE = ("study", "source", "site", "observed_on", "start", "end", "quote", "coder", "coder_kind", "phase")
PROMISE_LINK_COLUMNS = ("promise_link", *PLACE, "tool", "promise", "stance", "note")
ENCOUNTER_COLUMNS = (
    "encounter", *PLACE, "tool", "participant", "task", "read_first", "response", "consequence", "note"
)  # fmt: skip
MEMO_COLUMNS = (
    "memo", "study", "about", "source", "code", "segment", "start", "end", "quote", "title", "text", "day", "author",
    "created_at", "links",
)  # fmt: skip
SEPARATOR = "; "


def write_promise_links(dataset: DatasetRecord, language: str, target: BinaryIO) -> None:
    """Write the header and one row per promise link, by source and place; promises in the given language."""
    lookup, languages = look_up(dataset), dataset.study.languages
    write_rows(target, [PROMISE_LINK_COLUMNS])
    write_rows(
        target,
        (
            [
                link.id,
                *cells,
                guard(link.tool),
                guard(in_language(link.promise, language, languages)),
                link.stance,
                guard(link.note),
            ]
            for link, cells in _placed(lookup, dataset.promise_links)
            if isinstance(link, PromiseLinkRecord)
        ),
    )


def write_encounters(dataset: DatasetRecord, language: str, target: BinaryIO) -> None:
    """Write the header and one row per encounter, by source and place."""
    write_rows(target, [ENCOUNTER_COLUMNS])
    write_rows(
        target,
        (
            [
                one.id,
                *cells,
                guard(one.tool),
                guard(one.participant),
                guard(one.task),
                one.read_first,
                one.response,
                guard(one.consequence),
                guard(one.note),
            ]
            for one, cells in _placed(look_up(dataset), dataset.encounters)
            if isinstance(one, EncounterRecord)
        ),
    )


def write_memos(dataset: DatasetRecord, language: str, target: BinaryIO) -> None:
    """Write the header and one row per shared memo, in the order they were written."""
    lookup = look_up(dataset)
    sources = {source.id: source for source in dataset.sources}
    write_rows(target, [MEMO_COLUMNS])
    ordered = sorted(dataset.memos, key=lambda memo: (memo.created_at, memo.id))
    write_rows(target, (_memo_row(memo, lookup, sources) for memo in ordered))


def _memo_row(memo: MemoRecord, lookup: Lookup, sources: Mapping[str, SourceRecord]) -> list[str | int]:
    source = sources.get(memo.source_id or "")
    code = lookup.codes.get(memo.code_id or "")
    on_words = source is not None and memo.start is not None and memo.end is not None
    return [
        memo.id,
        guard(lookup.dataset.study.slug),
        memo.about,
        guard(source.title) if source else "",
        guard(code.sign) if code else "",
        memo.segment_id or "",
        "" if memo.start is None else memo.start,
        "" if memo.end is None else memo.end,
        guard(source.text[memo.start : memo.end]) if on_words and source else "",
        guard(memo.title),
        guard(memo.text),
        memo.day,
        guard(memo.author),
        memo.created_at,
        SEPARATOR.join(memo.links),
    ]


def _placed(
    lookup: Lookup, marks: tuple[PromiseLinkRecord, ...] | tuple[EncounterRecord, ...]
) -> Iterator[tuple[PromiseLinkRecord | EncounterRecord, list[str | int]]]:
    """Each mark with the cells of its place, by source, start, end and id."""
    by_source: dict[str, list[PromiseLinkRecord | EncounterRecord]] = {}
    for mark in marks:
        by_source.setdefault(mark.source_id, []).append(mark)
    study = guard(lookup.dataset.study.slug)
    for source in lookup.sources:
        for mark in sorted(by_source.get(source.id, []), key=lambda one: (one.start, one.end, one.id)):
            coder = lookup.coders[mark.coder_id]
            yield (
                mark,
                [
                    study,
                    guard(source.title),
                    guard(source.site),
                    source.observed_on,
                    mark.start,
                    mark.end,
                    guard(source.text[mark.start : mark.end]),
                    guard(coder.alias),
                    coder.kind,
                    lookup.readings[mark.reading_id].phase,
                ],
            )


def promise_links_carry_not(dataset: DatasetRecord) -> list[Loss]:
    """What the table of promise links leaves out."""
    return [*_only("promise_links_csv.others", dataset), *_sources_left_out(dataset)]


def encounters_carry_not(dataset: DatasetRecord) -> list[Loss]:
    """What the table of encounters leaves out."""
    return [*_only("encounters_csv.others", dataset), *_sources_left_out(dataset)]


def memos_carry_not(dataset: DatasetRecord) -> list[Loss]:
    """What the table of memos leaves out: private ones, of which nobody else is told how many there are."""
    return [*private_memos_left_out(dataset), *_only("memos_csv.others", dataset)]


def private_memos_left_out(dataset: DatasetRecord) -> list[Loss]:
    """Said wherever memos are written: only the shared ones are. How many others there are is nobody's business."""
    return when(
        len(dataset.memos),
        "export.private_memos",
        gettext_noop("Only the %(count)s shared memos are written; private ones are their authors' alone."),
    )


def notes_left_out(dataset: DatasetRecord) -> list[Loss]:
    """Promise links, encounters and memos, for formats that have no place for them."""
    return [
        *marks_left_out(dataset),
        *when(len(dataset.memos), "export.memos", gettext_noop("Memos are left out: %(count)s of them.")),
    ]


def marks_left_out(dataset: DatasetRecord) -> list[Loss]:
    """Promise links and encounters, for formats that have no place for them."""
    return when(
        len(dataset.promise_links) + len(dataset.encounters),
        "export.marks",
        gettext_noop("Promise links and encounters are left out: %(count)s of them. They have tables of their own."),
    )


def _only(code: str, dataset: DatasetRecord) -> list[Loss]:
    segments = gettext_noop("The %(count)s coded segments are left out: they have their table.")
    return [*when(len(dataset.segments), code, segments), *suggestions_left_out(dataset)]


def _sources_left_out(dataset: DatasetRecord) -> list[Loss]:
    return when(
        len(dataset.sources),
        "segments_csv.full_texts",
        gettext_noop("Only the quotes are written, not the whole texts of the %(count)s sources."),
    )

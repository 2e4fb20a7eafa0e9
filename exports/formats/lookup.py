"""The records of a dataset by id, checked, and its segments in the order every format writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from exports.formats.codes import CodeTree, code_tree, dangling_reference
from exports.records import CodeRecord, CoderRecord, DatasetRecord, ReadingRecord, SegmentRecord, SourceRecord
from fieldstudy.errors import Invalid, gettext_noop

Record = TypeVar("Record", SourceRecord, CoderRecord, CodeRecord, ReadingRecord)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A checked dataset: no segment points outside it or outside its source's text."""

    dataset: DatasetRecord
    sources: tuple[SourceRecord, ...]
    """The sources by title and id."""
    coders: Mapping[str, CoderRecord]
    codes: Mapping[str, CodeRecord]
    readings: Mapping[str, ReadingRecord]
    tree: CodeTree
    segments: Mapping[str, list[SegmentRecord]]
    """Segments of the chosen readings by source id, unordered; `segments_of` orders them."""

    def segments_of(self, source: SourceRecord) -> list[SegmentRecord]:
        """The source's segments by start, end, sign of the code, alias of the coder, phase, id (by code point)."""
        return sorted(self.segments.get(source.id, ()), key=self._order)

    def _order(self, segment: SegmentRecord) -> tuple[int, int, str, str, str, str]:
        return (
            segment.start,
            segment.end,
            self.codes[segment.code_id].sign,
            self.coders[segment.coder_id].alias,
            self.readings[segment.reading_id].phase,
            segment.id,
        )


def look_up(dataset: DatasetRecord) -> Lookup:
    """The dataset by id, with the segments of its readings grouped by source.

    Raises
    ------
    Invalid
        `export.duplicate_id`, `export.dangling_reference`, `export.out_of_range`, `export.code_cycle`.
    """
    sources = _by_id("source", dataset.sources)
    lookup = Lookup(
        dataset=dataset,
        sources=tuple(sorted(dataset.sources, key=lambda source: (source.title, source.id))),
        coders=_by_id("coder", dataset.coders),
        codes=_by_id("code", dataset.codes),
        readings=_by_id("reading", dataset.readings),
        tree=code_tree(dataset.codes),
        segments={source_id: [] for source_id in sources},
    )
    for segment in chosen_segments(dataset):
        _check(segment, sources, lookup)
        lookup.segments[segment.source_id].append(segment)
    return lookup


def chosen_segments(dataset: DatasetRecord) -> list[SegmentRecord]:
    """The segments whose reading is among the dataset's readings, in the order given."""
    chosen = {reading.id for reading in dataset.readings}
    return [segment for segment in dataset.segments if segment.reading_id in chosen]


def _by_id(kind: str, records: tuple[Record, ...]) -> dict[str, Record]:
    by_id = {record.id: record for record in records}
    if len(by_id) < len(records):
        raise Invalid("export.duplicate_id", gettext_noop("Two records of kind %(kind)s have the same id."), kind=kind)
    return by_id


def _check(segment: SegmentRecord, sources: Mapping[str, SourceRecord], lookup: Lookup) -> None:
    if segment.source_id not in sources:
        raise dangling_reference("source", segment.source_id)
    if segment.code_id not in lookup.codes:
        raise dangling_reference("code", segment.code_id)
    if segment.coder_id not in lookup.coders:
        raise dangling_reference("coder", segment.coder_id)
    length = len(sources[segment.source_id].text)
    if not 0 <= segment.start < segment.end <= length:
        raise Invalid(
            "export.out_of_range",
            gettext_noop("Segment %(id)s runs from %(start)s to %(end)s in a text of %(length)s characters."),
            id=segment.id,
            start=segment.start,
            end=segment.end,
            length=length,
        )

"""Memos as notes of a REFI-QDA project, and the references to them from what they are about.

Source: REFI-QDA standard 1.0, Project.xsd: `Notes` stands after `Sources`; a `NoteRef` comes after an element's codings
and before its variables, and in a code after its description and before the codes below it.
"""

from collections import defaultdict
from collections.abc import Iterable

from lxml import etree

from exports.formats.lookup import Lookup
from exports.formats.refi import names
from exports.records import MemoRecord

NAME_LENGTH = 120


class Notes:
    """The memos of a dataset by what they are about; one whose segment is not in the dataset is about its source."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._memos = sorted(lookup.dataset.memos, key=lambda memo: (memo.created_at, memo.id))
        self.of_source: dict[str, list[MemoRecord]] = defaultdict(list)
        self.of_code: dict[str, list[MemoRecord]] = defaultdict(list)
        self.of_segment: dict[str, list[MemoRecord]] = defaultdict(list)
        self.of_span: dict[str, dict[tuple[int, int], list[MemoRecord]]] = defaultdict(lambda: defaultdict(list))
        self.of_study: list[MemoRecord] = []
        written = {segment.id for segments in lookup.segments.values() for segment in segments}
        for memo in self._memos:
            self._place(memo, written)

    def _place(self, memo: MemoRecord, written: set[str]) -> None:
        if memo.segment_id in written:
            self.of_segment[memo.segment_id or ""].append(memo)
        elif memo.code_id in self._lookup.codes:
            self.of_code[memo.code_id or ""].append(memo)
        elif memo.source_id is not None and memo.start is not None and memo.end is not None:
            self.of_span[memo.source_id][memo.start, memo.end].append(memo)
        elif memo.source_id is not None:
            self.of_source[memo.source_id].append(memo)
        else:
            self.of_study.append(memo)

    def element(self) -> etree._Element | None:
        """All memos, as they were written one after the other; None without any."""
        if not self._memos:
            return None
        names.unique_guids("memo", [memo.refi_guid for memo in self._memos])
        notes = etree.Element(names.project("Notes"), nsmap=names.PROJECT_MAP)
        for memo in self._memos:
            attributes = {names.GUID: memo.refi_guid, names.NAME: _name(memo), names.CREATED: memo.created_at}
            if memo.coder_id in self._lookup.coders:
                attributes[names.CREATING_USER] = self._lookup.coders[memo.coder_id or ""].refi_guid
            note = etree.SubElement(notes, names.project("Note"), attributes)
            etree.SubElement(note, names.project("PlainTextContent")).text = names.in_xml(memo.text)
        return notes

    def add_to_codes(self, codebook: etree._Element) -> None:
        """Put the references into the codes of a codebook."""
        by_guid = {self._lookup.codes[code].refi_guid: memos for code, memos in self.of_code.items()}
        for code in codebook.iter(names.project("Code")):
            memos = by_guid.get(code.get(names.GUID, ""), [])
            place = 1 if len(code) and code[0].tag == names.project("Description") else 0
            for number, reference in enumerate(references(memos)):
                code.insert(place + number, reference)


def references(memos: Iterable[MemoRecord]) -> list[etree._Element]:
    """A reference to each memo."""
    return [
        etree.Element(names.project("NoteRef"), {names.TARGET_GUID: memo.refi_guid}, nsmap=names.PROJECT_MAP)
        for memo in memos
    ]


def _name(memo: MemoRecord) -> str:
    name = memo.title or memo.text.partition("\n")[0]
    if memo.day:
        name = f"{memo.day} {name}"
    return names.in_xml(name[:NAME_LENGTH])

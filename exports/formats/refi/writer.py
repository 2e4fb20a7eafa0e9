"""A dataset as a REFI-QDA project (.qdpx): users, codebook, variables, cases, and each source with its codings.

One source is built at a time and written at once, so memory does not grow with the number of sources.
"""

from itertools import groupby
from typing import BinaryIO

from lxml import etree

from exports.formats.lookup import Lookup, chosen_segments, look_up
from exports.formats.refi import names
from exports.formats.refi.archive import open_member, stored_archive
from exports.formats.refi.codebook import codes_element
from exports.formats.refi.notes import Notes, references
from exports.formats.refi.variables import Variables, cases_element
from exports.records import DatasetRecord, SegmentRecord, SourceRecord
from fieldstudy.errors import Invalid, gettext_noop

NAME_LENGTH = 120
ELLIPSIS = "…"

# Built once: the names are looked up for every segment.
_SELECTION = names.project("PlainTextSelection")
_CODING = names.project("Coding")
_CODE_REF = names.project("CodeRef")


def write(dataset: DatasetRecord, language: str, target: BinaryIO) -> None:
    """Write a REFI-QDA project: `project.qde` first, then one text file per source, stored and with fixed times.

    Parameters
    ----------
    dataset : DatasetRecord
        Segments of its readings are written. Positions are code points, the end exclusive; texts are UTF-8 with line
        feeds and no byte order mark.
    language : str
        Language tag for the names of codes.
    target : seekable binary file
        Left open.

    Raises
    ------
    Invalid
        As `look_up`; `export.bad_guid`, `export.duplicate_guid`, `export.text_not_canonical`.

    Source
    ------
    REFI-QDA 1.0, Project.xsd. All segments over the same stretch share one `PlainTextSelection`.
    """
    lookup = look_up(dataset)
    _check(dataset)
    with stored_archive(target) as archive:
        with open_member(archive, names.PROJECT_ENTRY) as member, etree.xmlfile(member, encoding="UTF-8") as xml:
            xml.write_declaration()
            with xml.element(names.project("Project"), _project_attributes(dataset), nsmap=names.PROJECT_MAP):
                _write_project(xml, lookup, language)
        for source in lookup.sources:
            with open_member(archive, names.SOURCES_FOLDER + text_file(source)) as member:
                member.write(source.text.encode("utf-8"))


def text_file(source: SourceRecord) -> str:
    """The name of the file that holds the source's text."""
    return f"{names.bare_guid(source.refi_guid)}.txt"


def _check(dataset: DatasetRecord) -> None:
    names.unique_guids("coder", [coder.refi_guid for coder in dataset.coders])
    names.unique_guids("code", [code.refi_guid for code in dataset.codes])
    names.unique_guids("source", [source.refi_guid for source in dataset.sources])
    names.unique_guids("segment", [segment.refi_guid for segment in chosen_segments(dataset)])
    for source in dataset.sources:
        # Readers drop a byte order mark and may fold CRLF, and every later position would shift.
        if source.text.startswith("\ufeff") or "\r" in source.text:
            raise Invalid(
                "export.text_not_canonical",
                gettext_noop("The text of source %(id)s begins with a byte order mark or has a carriage return."),
                id=source.id,
            )


def _project_attributes(dataset: DatasetRecord) -> dict[str, str]:
    attributes = {names.NAME: names.in_xml(dataset.study.name), "origin": names.ORIGIN}
    if dataset.study.created_at:
        attributes[names.CREATED] = dataset.study.created_at
    return attributes


def _write_project(xml: "etree._IncrementalFileWriter", lookup: Lookup, language: str) -> None:
    dataset = lookup.dataset
    variables, notes = Variables(dataset), Notes(lookup)
    codebook = _codebook_element(lookup, language)
    if codebook is not None:
        notes.add_to_codes(codebook)
    for element in (
        _users_element(lookup),
        codebook,
        variables.element(),
        cases_element(dataset, variables),
    ):
        if element is not None:
            xml.write(element)
    if lookup.sources:
        with xml.element(names.project("Sources")):
            for source in lookup.sources:
                xml.write(_source_element(lookup, source, variables, notes))
    written = notes.element()
    if written is not None:
        xml.write(written)
    if dataset.study.description:
        with xml.element(names.project("Description")):
            xml.write(names.in_xml(dataset.study.description))
    for reference in references(notes.of_study):
        xml.write(reference)


def _users_element(lookup: Lookup) -> etree._Element | None:
    if not lookup.coders:
        return None
    users = etree.Element(names.project("Users"), nsmap=names.PROJECT_MAP)
    for coder in sorted(lookup.coders.values(), key=lambda coder: (coder.alias, coder.id)):
        etree.SubElement(
            users, names.project("User"), {names.GUID: coder.refi_guid, names.NAME: names.in_xml(coder.alias)}
        )
    return users


def _codebook_element(lookup: Lookup, language: str) -> etree._Element | None:
    if not lookup.codes:
        return None
    codebook = etree.Element(names.project("CodeBook"), nsmap=names.PROJECT_MAP)
    codebook.append(codes_element(lookup.tree, names.PROJECT_NAMESPACE, language, lookup.dataset.study.languages))
    return codebook


def _source_element(lookup: Lookup, source: SourceRecord, variables: Variables, notes: Notes) -> etree._Element:
    attributes = {
        names.GUID: source.refi_guid,
        names.NAME: names.in_xml(source.title),
        names.PLAIN_TEXT_PATH: names.INTERNAL_SCHEME + text_file(source),
    }
    element = etree.Element(names.project("TextSource"), attributes, nsmap=names.PROJECT_MAP)
    on_spans = dict(notes.of_span.get(source.id, {}))
    for (start, end), segments in groupby(lookup.segments_of(source), key=lambda segment: (segment.start, segment.end)):
        selection = _add_selection(element, lookup, source, start, end, list(segments), notes)
        selection.extend(references(on_spans.pop((start, end), [])))
    for start, end in sorted(on_spans):
        selection = etree.SubElement(element, _SELECTION, _selected(lookup, source, start, end))
        selection.extend(references(on_spans[start, end]))
    element.extend(references(notes.of_source.get(source.id, [])))
    variables.add_to_source(element, source)
    return element


def _add_selection(
    element: etree._Element,
    lookup: Lookup,
    source: SourceRecord,
    start: int,
    end: int,
    segments: list[SegmentRecord],
    notes: Notes,
) -> etree._Element:
    first = min(segments, key=lambda segment: (not segment.created_at, segment.created_at))
    attributes = {**_selected(lookup, source, start, end), **_made(lookup, first)}
    selection = etree.SubElement(element, _SELECTION, attributes)
    for segment in segments:
        coding = etree.SubElement(selection, _CODING, {names.GUID: segment.refi_guid, **_made(lookup, segment)})
        etree.SubElement(coding, _CODE_REF, {names.TARGET_GUID: lookup.codes[segment.code_id].refi_guid})
        coding.extend(references(notes.of_segment.get(segment.id, ())))
    return selection


def _selected(lookup: Lookup, source: SourceRecord, start: int, end: int) -> dict[str, str]:
    return {
        names.GUID: names.derived_guid(lookup.dataset.study.id, "selection", f"{source.id}/{start}/{end}"),
        names.NAME: selection_name(source.text, start, end),
        names.START: str(start),
        names.END: str(end),
    }


def _made(lookup: Lookup, segment: SegmentRecord) -> dict[str, str]:
    made = {names.CREATING_USER: lookup.coders[segment.coder_id].refi_guid}
    if segment.created_at:
        made[names.CREATED] = segment.created_at
    return made


def selection_name(text: str, start: int, end: int) -> str:
    """The selected text, or its first 120 characters and an ellipsis; what XML cannot hold is U+FFFD."""
    if end - start > NAME_LENGTH:
        return names.in_xml(text[start : start + NAME_LENGTH]) + ELLIPSIS
    return names.in_xml(text[start:end])

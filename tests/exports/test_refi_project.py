"""The REFI-QDA project archive."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pyrefiqda import RefiProject

from exports.formats import FORMATS
from exports.formats.refi.writer import selection_name
from exports.records import DatasetRecord
from fieldstudy.errors import Invalid
from tests.exports.dataset_builder import (
    ANA,
    BEN,
    EMOJI,
    EMPTY,
    FRENCH,
    MACHINE,
    OTHER,
    STRENGTH,
    STUDY,
    make_dataset,
    make_reading,
    make_segment,
    make_source,
    quote,
)
from tests.exports.refi_schema import project_schema

FORMAT = FORMATS["qdpx"]
NAMESPACE = {"q": "urn:QDA-XML:project:1.0"}


def archive_of(dataset: DatasetRecord) -> ZipFile:
    return ZipFile(BytesIO(FORMAT.to_bytes(dataset, "fr")))


def root_of(dataset: DatasetRecord) -> etree._Element:
    return etree.fromstring(archive_of(dataset).read("project.qde"))


def find(root: etree._Element, path: str) -> list[Any]:
    return list(root.xpath(path, namespaces=NAMESPACE))


@pytest.fixture
def loaded(tmp_path: Path) -> Any:
    """The built dataset as another program's reader sees it, unpacked in a folder of its own."""
    path = tmp_path / "study.qdpx"
    path.write_bytes(FORMAT.to_bytes(make_dataset(), "fr"))
    return RefiProject.load(path, extract_dir=str(tmp_path / "unpacked"))


def codings_of(project: Any, unpacked: Path) -> Iterator[tuple[str, str, str, str]]:
    """Source name, coder GUID, code GUID and the words, of each coding a reader finds."""
    for source in project.sources.text_source:
        path = RefiProject.resolve_source_path(source.plain_text_path, unpacked)
        text = path.read_bytes().decode("utf-8")
        for selection in source.plain_text_selection:
            words = text[selection.start_position : selection.end_position]
            for coding in selection.coding:
                yield source.name, coding.creating_user, coding.code_ref.target_guid, words


def test_another_reader_finds_the_same_codings_over_the_same_words(loaded: Any, tmp_path: Path) -> None:
    dataset = make_dataset()
    titles = {source.id: source.title for source in dataset.sources}
    coders = {coder.id: coder.refi_guid for coder in dataset.coders}
    codes = {code.id: code.refi_guid for code in dataset.codes}
    expected = Counter(
        (titles[segment.source_id], coders[segment.coder_id], codes[segment.code_id], quote(segment))
        for segment in dataset.segments
    )
    assert Counter(codings_of(loaded, tmp_path / "unpacked")) == expected


def test_another_reader_finds_as_many_of_everything(loaded: Any) -> None:
    counts = {
        "users": len(loaded.users.user),
        "top codes": len(loaded.code_book.codes.code),
        "variables": len(loaded.variables.variable),
        "cases": len(loaded.cases.case),
        "sources": len(loaded.sources.text_source),
        "selections": sum(len(source.plain_text_selection) for source in loaded.sources.text_source),
    }
    assert counts == {"users": 3, "top codes": 2, "variables": 7, "cases": 2, "sources": 3, "selections": 6}


def test_each_selection_is_named_by_its_words(loaded: Any, tmp_path: Path) -> None:
    for source in loaded.sources.text_source:
        text = RefiProject.resolve_source_path(source.plain_text_path, tmp_path / "unpacked").read_bytes().decode()
        for selection in source.plain_text_selection:
            assert selection.name == text[selection.start_position : selection.end_position]


def test_the_project_keeps_the_rules_of_the_schema() -> None:
    project_schema().assertValid(root_of(make_dataset()))


@pytest.mark.parametrize(
    "part", ["coders", "codes", "participants", "sources", "readings", "segments", "suggestions", "tools", "sites"]
)
def test_a_project_without_one_part_keeps_the_rules_of_the_schema(part: str) -> None:
    segments = () if part in {"coders", "codes", "sources"} else make_dataset().segments
    changes: dict[str, Any] = {"segments": segments, part: ()}
    project_schema().assertValid(root_of(make_dataset(**changes)))


def test_a_study_with_nothing_in_it_keeps_the_rules_of_the_schema() -> None:
    project_schema().assertValid(root_of(DatasetRecord(STUDY)))


def test_one_phrase_and_code_by_two_coders_is_one_selection_with_two_codings() -> None:
    root = root_of(make_dataset())
    shared = find(root, f"//q:PlainTextSelection[count(q:Coding/q:CodeRef[@targetGUID='{STRENGTH.refi_guid}']) = 2]")
    assert [find(selection, "q:Coding/@creatingUser") for selection in shared] == [[ANA.refi_guid, BEN.refi_guid]]


def test_a_shared_selection_belongs_to_whoever_made_it_first() -> None:
    made = find(root_of(make_dataset()), "//q:PlainTextSelection[count(q:Coding) = 2]")[0]
    assert (made.get("creatingUser"), made.get("creationDateTime")) == (BEN.refi_guid, "2026-03-04T09:00:00Z")


def test_a_coding_keeps_the_guid_of_its_segment() -> None:
    dataset = make_dataset()
    assert set(find(root_of(dataset), "//q:Coding/@guid")) == {segment.refi_guid for segment in dataset.segments}


def test_no_two_elements_share_a_guid() -> None:
    guids = find(root_of(make_dataset()), "//@guid")
    assert len(set(guids)) == len(guids)


def test_every_reference_meets_an_element() -> None:
    root = root_of(make_dataset())
    assert set(find(root, "//@targetGUID | //@creatingUser")) <= set(find(root, "//@guid"))


def test_a_segment_without_a_time_is_written_without_one() -> None:
    coding = find(root_of(make_dataset()), f"//q:Coding[@creatingUser='{MACHINE.refi_guid}']")[0]
    assert "creationDateTime" not in coding.attrib


def test_segments_of_a_reading_that_was_not_chosen_are_left_out() -> None:
    chosen = tuple(reading for reading in make_dataset().readings if reading.coder_id == ANA.id)
    assert set(find(root_of(make_dataset(readings=chosen)), "//q:Coding/@creatingUser")) == {ANA.refi_guid}


def test_a_source_without_a_segment_is_still_there() -> None:
    assert EMPTY.title in find(root_of(make_dataset()), "//q:TextSource/@name")


def test_a_text_is_stored_as_it_is_in_utf_8() -> None:
    assert archive_of(make_dataset()).read(f"sources/{EMOJI.refi_guid}.txt") == EMOJI.text.encode()


def test_entries_are_stored_in_a_fixed_order_with_a_fixed_time() -> None:
    entries = archive_of(make_dataset()).infolist()
    assert [entry.filename for entry in entries] == [
        "project.qde",
        *(f"sources/{source.refi_guid}.txt" for source in (EMOJI, FRENCH, EMPTY)),
    ]
    assert {(entry.compress_type, entry.date_time) for entry in entries} == {(ZIP_STORED, (1980, 1, 1, 0, 0, 0))}


def test_the_values_of_a_source_are_variables() -> None:
    root = root_of(make_dataset())
    names = dict(zip(find(root, "//q:Variable/@guid"), find(root, "//q:Variable/@name"), strict=True))
    source = find(root, "//q:TextSource[@name='Interview 1']")[0]
    values = {names[value[0].get("targetGUID")]: value[1].text for value in find(source, "q:VariableValue")}
    assert values == {
        "site": "Site A",
        "kind": "interview",
        "observed_on": "2026-03-02",
        "language": "en",
        "tools": "Reader; Scorer",
    }


def test_an_unknown_value_is_absent_rather_than_empty() -> None:
    assert len(find(root_of(make_dataset()), "//q:TextSource[@name='Note 2']/q:VariableValue")) == 4


def test_a_participant_is_a_case_with_its_sources() -> None:
    case = find(root_of(make_dataset()), "//q:Case[@name='P2']")[0]
    assert find(case, "q:SourceRef/@targetGUID") == [EMOJI.refi_guid]


def test_full_dates_are_a_variable_of_dates() -> None:
    assert find(root_of(make_dataset()), "//q:Variable[@name='observed_on']/@typeOfVariable") == ["Date"]


def test_a_shortened_date_makes_the_variable_one_of_texts() -> None:
    root = root_of(make_dataset(sources=(EMOJI, replace(FRENCH, observed_on="2026-03"))))
    assert find(root, "//q:Variable[@name='observed_on']/@typeOfVariable") == ["Text"]
    project_schema().assertValid(root)


@pytest.mark.parametrize("length", [1, 120])
def test_a_short_selection_is_named_whole(length: int) -> None:
    assert selection_name("x" * 200, 3, 3 + length) == "x" * length


def test_a_long_selection_is_named_by_its_beginning() -> None:
    assert selection_name("😀" * 200, 0, 121) == "😀" * 120 + "…"


def test_a_control_character_in_a_quote_does_not_stop_the_export() -> None:
    source = make_source("Form\x0cfeed", "one\x0ctwo")
    reading = make_reading(source, ANA)
    dataset = make_dataset(
        sources=(source,), readings=(reading,), segments=(make_segment(reading, source, "one\x0ctwo", OTHER),)
    )
    assert find(root_of(dataset), "//q:PlainTextSelection/@name") == ["one\ufffdtwo"]


@pytest.mark.parametrize("text", ["\ufeffa", "a\r\nb"], ids=["byte order mark", "carriage return"])
def test_a_text_whose_positions_would_shift_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        FORMAT.to_bytes(make_dataset(sources=(make_source("S", text),), segments=()), "fr")
    assert refused.value.code == "export.text_not_canonical"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"), min_size=1), st.data())
def test_any_span_of_any_text_is_found_again(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    source = make_source("S", text)
    reading = make_reading(source, ANA)
    segment = replace(make_segment(reading, source, text, OTHER), start=start, end=end)
    archive = archive_of(make_dataset(sources=(source,), readings=(reading,), segments=(segment,)))
    selection = find(etree.fromstring(archive.read("project.qde")), "//q:PlainTextSelection")[0]
    stored = archive.read(f"sources/{source.refi_guid}.txt").decode("utf-8")
    assert stored[int(selection.get("startPosition")) : int(selection.get("endPosition"))] == text[start:end]

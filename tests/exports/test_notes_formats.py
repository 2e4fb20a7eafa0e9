"""Promise links, encounters and memos in what leaves: as tables, and memos as notes of a REFI-QDA project."""

import csv
from dataclasses import replace
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from lxml import etree

from exports.formats import FORMATS
from exports.records import DatasetRecord, EncounterRecord, MemoRecord, PromiseLinkRecord
from tests.exports.dataset_builder import FRENCH, STRENGTH, identifier, make_dataset
from tests.exports.refi_schema import project_schema

NAMESPACE = {"q": "urn:QDA-XML:project:1.0"}


@pytest.fixture
def dataset() -> DatasetRecord:
    """The built dataset with a promise link and an encounter on its French source, and a memo on everything."""
    plain = make_dataset()
    segment = plain.segments[0]
    place = {"reading_id": segment.reading_id, "source_id": segment.source_id, "coder_id": segment.coder_id}
    stretch = {"start": segment.start, "end": segment.end}
    link = PromiseLinkRecord(
        id=identifier("link"), tool="Reader", promise={"en": "=More"}, stance="supports", **place, **stretch
    )
    met = EncounterRecord(
        id=identifier("met"), tool="Reader", response="followed", participant="P1", **place, **stretch
    )
    return replace(
        plain,
        promise_links=(link,),
        encounters=(met,),
        memos=(
            memo("study", day="2026-03-01"),
            memo("source", source_id=FRENCH.id),
            memo("code", code_id=STRENGTH.id),
            memo("segment", source_id=segment.source_id, segment_id=segment.id),
            memo("span", source_id=segment.source_id, start=segment.start, end=segment.end),
            memo("span elsewhere", source_id=FRENCH.id, start=1, end=3),
        ),
    )


def memo(about: str, **place: object) -> MemoRecord:
    return MemoRecord(
        id=identifier("memo", about),
        refi_guid=identifier("memo guid", about),
        about=about.split(" ", maxsplit=1)[0],
        author="",
        text=f"On the {about}.",
        created_at="2026-03-02T09:00:00Z",
        **place,  # type: ignore[arg-type]
    )


def table(dataset: DatasetRecord, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(FORMATS[name].to_bytes(dataset, "en").decode())))


def root_of(dataset: DatasetRecord) -> etree._Element:
    content = FORMATS["qdpx"].to_bytes(dataset, "en")
    return etree.fromstring(ZipFile(BytesIO(content)).read("project.qde"))


def test_a_promise_link_is_a_row_with_its_words(dataset: DatasetRecord) -> None:
    (row,) = table(dataset, "promise-links-csv")
    assert (row["stance"], row["tool"], row["promise"]) == ("supports", "Reader", "'=More")
    assert row["quote"]


def test_an_encounter_is_a_row(dataset: DatasetRecord) -> None:
    (row,) = table(dataset, "encounters-csv")
    assert (row["response"], row["participant"]) == ("followed", "P1")


def test_every_memo_is_a_row(dataset: DatasetRecord) -> None:
    assert [row["about"] for row in table(dataset, "memos-csv")].count("span") == 2
    assert len(table(dataset, "memos-csv")) == 6


def test_a_project_with_notes_is_valid(dataset: DatasetRecord) -> None:
    project_schema().assertValid(root_of(dataset))


@pytest.mark.parametrize(
    ("about", "parent"),
    [
        ("study", "Project"),
        ("source", "TextSource"),
        ("code", "Code"),
        ("segment", "Coding"),
        ("span", "PlainTextSelection"),
        ("span elsewhere", "PlainTextSelection"),
    ],
)
def test_a_note_is_referred_to_by_what_it_is_about(dataset: DatasetRecord, about: str, parent: str) -> None:
    root = root_of(dataset)
    guid = identifier("memo guid", about)
    (reference,) = root.xpath(f"//q:NoteRef[@targetGUID='{guid}']", namespaces=NAMESPACE)
    assert etree.QName(reference.getparent()).localname == parent
    assert root.xpath(f"string(//q:Note[@guid='{guid}'])", namespaces=NAMESPACE) == f"On the {about}."


def test_the_same_dataset_gives_the_same_bytes(dataset: DatasetRecord) -> None:
    shuffled = replace(dataset, memos=dataset.memos[::-1])
    assert FORMATS["qdpx"].to_bytes(dataset, "en") == FORMATS["qdpx"].to_bytes(shuffled, "en")


def test_it_is_said_that_private_memos_stay(dataset: DatasetRecord) -> None:
    assert "export.private_memos" in [loss.code for loss in FORMATS["memos-csv"].carries_not(dataset)]


def test_a_table_of_segments_says_what_it_leaves_out(dataset: DatasetRecord) -> None:
    codes = [loss.code for loss in FORMATS["csv"].carries_not(dataset)]
    assert {"export.marks", "export.memos"} <= set(codes)

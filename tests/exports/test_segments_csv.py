"""The table of coded segments."""

import csv
from dataclasses import replace
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from exports.formats import FORMATS
from exports.formats.segments_csv import COLUMNS
from exports.records import DatasetRecord
from observations.cells import unguard
from tests.exports.dataset_builder import (
    ANA,
    EMOJI,
    OTHER,
    make_dataset,
    make_reading,
    make_segment,
    make_source,
    quote,
)


def rows_of(dataset: DatasetRecord, language: str = "fr") -> list[dict[str, str]]:
    text = FORMATS["csv"].to_bytes(dataset, language).decode()
    return [
        {column: unguard(cell) for column, cell in row.items()} for row in csv.DictReader(StringIO(text, newline=""))
    ]


def row_of(dataset: DatasetRecord, segment_id: str, language: str = "fr") -> dict[str, str]:
    return next(row for row in rows_of(dataset, language) if row["segment"] == segment_id)


def test_the_columns_are_the_documented_ones() -> None:
    assert tuple(rows_of(make_dataset())[0]) == COLUMNS


def test_a_row_says_where_the_segment_stands_and_who_made_it() -> None:
    dataset = make_dataset()
    segment = dataset.segments[0]
    assert row_of(dataset, segment.id) == {
        "study": "second-look",
        "segment": segment.id,
        "source": "Interview 1",
        "source_kind": "interview",
        "site": "Site A",
        "observed_on": "2026-03-02",
        "tools": "Reader; Scorer",
        "language": "en",
        "turn": "1",
        "speaker": "Dr A",
        "participant": "P1",
        "code": "STR",
        "code_path": "USE en français > STR en français",
        "coder": "Ana",
        "coder_kind": "person",
        "phase": "first",
        "start": str(segment.start),
        "end": str(segment.end),
        "weight": "2",
        "origin": "hand",
        "quote": "🩻 scan looked odd 👩‍⚕️",
        "revision": "3",
        "sha256": EMOJI.sha256,
    }


def test_every_quote_reads_back_as_the_words_of_its_segment() -> None:
    dataset = make_dataset()
    assert {row["segment"]: row["quote"] for row in rows_of(dataset)} == {
        segment.id: quote(segment) for segment in dataset.segments
    }


def test_every_offset_reads_back_as_a_code_point() -> None:
    dataset = make_dataset()
    texts = {source.sha256: source.text for source in dataset.sources}
    for row in rows_of(dataset):
        assert texts[row["sha256"]][int(row["start"]) : int(row["end"])] == row["quote"]


def test_the_path_of_a_code_is_in_the_asked_language() -> None:
    dataset = make_dataset()
    row = row_of(dataset, dataset.segments[0].id, "en")
    assert row["code_path"] == "USE in English > STR in English"


def test_a_language_without_names_falls_back_to_the_first_of_the_study() -> None:
    dataset = make_dataset()
    row = row_of(dataset, dataset.segments[0].id, "de")
    assert row["code_path"] == "USE en français > STR en français"


def test_a_segment_over_several_turns_belongs_to_the_one_it_starts_in() -> None:
    dataset = make_dataset()
    assert row_of(dataset, dataset.segments[2].id)["turn"] == "1"


def test_a_segment_outside_every_turn_has_no_turn() -> None:
    dataset = make_dataset(sources=tuple(replace(source, turns=()) for source in make_dataset().sources))
    assert {row["turn"] for row in rows_of(dataset)} == {""}


def test_rows_stand_by_source_and_place() -> None:
    keys = [
        (row["source"], int(row["start"]), int(row["end"]), row["code"], row["coder"])
        for row in rows_of(make_dataset())
    ]
    assert keys == sorted(keys)


def test_the_order_of_the_records_does_not_matter() -> None:
    dataset = make_dataset()
    turned = replace(
        dataset,
        **{
            name: tuple(reversed(getattr(dataset, name)))
            for name in ("sources", "coders", "codes", "readings", "segments")
        },
    )
    assert rows_of(turned) == rows_of(dataset)


def test_segments_of_a_reading_that_was_not_chosen_are_left_out() -> None:
    dataset = make_dataset()
    chosen = tuple(reading for reading in dataset.readings if reading.coder_id == ANA.id)
    assert {row["coder"] for row in rows_of(replace(dataset, readings=chosen))} == {"Ana"}


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=30))
def test_any_text_survives_the_table(phrase: str) -> None:
    source = make_source(phrase, f"before {phrase} after")
    reading = make_reading(source, ANA)
    segment = make_segment(reading, source, phrase, OTHER)
    dataset = make_dataset(sources=(source,), readings=(reading,), segments=(segment,))
    assert [(row["source"], row["quote"]) for row in rows_of(dataset)] == [(phrase, phrase)]

"""The table of codes."""

import csv
from io import StringIO

import pytest

from exports.formats import FORMATS
from exports.records import DatasetRecord
from fieldstudy.errors import Invalid
from observations.cells import unguard
from tests.exports.dataset_builder import BRANCH, LIMIT, OTHER, STRENGTH, make_code, make_dataset


def rows_of(dataset: DatasetRecord, language: str = "fr") -> list[dict[str, str]]:
    text = FORMATS["codebook-csv"].to_bytes(dataset, language).decode()
    return [
        {column: unguard(cell) for column, cell in row.items()} for row in csv.DictReader(StringIO(text, newline=""))
    ]


def test_codes_stand_in_the_order_of_the_codebook() -> None:
    assert [row["sign"] for row in rows_of(make_dataset())] == ["USE", "STR", "LIM", "OTH"]


def test_a_row_holds_every_text_of_the_code_in_every_language() -> None:
    row = rows_of(make_dataset())[1]
    texts = {
        f"{column}_{tag}": text
        for column, in_languages in {
            "name": STRENGTH.names,
            "definition": STRENGTH.definitions,
            "include_when": STRENGTH.include_when,
            "exclude_when": STRENGTH.exclude_when,
            "examples": STRENGTH.examples,
        }.items()
        for tag in ("fr", "en")
        for text in [in_languages.get(tag, "")]
    }
    assert {column: row[column] for column in texts} == texts


def test_a_row_holds_what_the_code_is() -> None:
    row = rows_of(make_dataset(), "en")[1]
    expected = {
        "code": STRENGTH.id,
        "refi_guid": STRENGTH.refi_guid,
        "parent": BRANCH.id,
        "position": "0",
        "path": "USE in English > STR in English",
        "is_codable": "true",
        "hue_color": "",
        "stance": "strength",
        "asks_weight": "true",
    }
    assert {column: row[column] for column in expected} == expected


def test_a_language_outside_the_study_gets_columns_after_the_studys_own() -> None:
    dataset = make_dataset(codes=(make_code("DE", names={"de": "Auf Deutsch"}),))
    names = [column for column in rows_of(dataset)[0] if column.startswith("name_")]
    assert names == ["name_fr", "name_en", "name_de"]


def test_an_empty_codebook_is_a_header_alone() -> None:
    assert rows_of(make_dataset(codes=(), segments=())) == []


def test_codes_below_each_other_are_refused() -> None:
    one, two = make_code("ONE"), make_code("TWO")
    circle = (make_code("ONE", two), make_code("TWO", one), OTHER)
    with pytest.raises(Invalid) as refused:
        rows_of(make_dataset(codes=circle, segments=()))
    assert refused.value.code == "export.code_cycle"


def test_a_code_below_one_that_is_missing_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        rows_of(make_dataset(codes=(LIMIT,), segments=()))
    assert refused.value.code == "export.dangling_reference"

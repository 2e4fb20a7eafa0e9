"""Tables from and for spreadsheets."""

import io
import zipfile

import openpyxl
import pytest

from fieldstudy.errors import Invalid
from observations.tables import csv_table, read_table, xlsx_table

ROWS = [["source", "Ward", "=1+1"], ["Entretien 1", "@imagerie", "-3"], ["Écho", "", "'x"]]


def test_what_is_written_as_csv_is_read_back() -> None:
    assert read_table("t.csv", csv_table(ROWS)) == ROWS


def test_what_is_written_as_a_workbook_is_read_back() -> None:
    assert read_table("t.XLSX", xlsx_table(ROWS, sheet="source")) == ROWS


def test_no_cell_of_a_written_workbook_is_a_formula() -> None:
    page = openpyxl.load_workbook(io.BytesIO(xlsx_table(ROWS, sheet="s"))).worksheets[0]
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_a_csv_cell_a_spreadsheet_would_run_is_guarded() -> None:
    assert b"'=1+1" in csv_table(ROWS)


def test_the_same_rows_give_the_same_workbook() -> None:
    assert xlsx_table(ROWS, sheet="s") == xlsx_table(ROWS, sheet="s")


def test_cells_of_a_workbook_become_plain_text() -> None:
    book = openpyxl.Workbook()
    book.active.append(["name", "n", "on", "at"])
    book.active.append(["a", 3.0, True, __import__("datetime").datetime(2026, 5, 31, 8, 0)])
    packed = io.BytesIO()
    book.save(packed)
    assert read_table("t.xlsx", packed.getvalue())[1] == ["a", "3", "true", "2026-05-31"]


def test_semicolons_and_a_legacy_encoding_are_understood() -> None:
    assert read_table("t.csv", "nom;âge\nÉlise;31\nÉtienne;44\n".encode("cp1252"))[0] == ["nom", "âge"]


def test_what_stands_in_quotation_marks_separates_nothing() -> None:
    assert read_table("t.csv", b'site,"a; b; c"\nWard,1\n') == [["site", "a; b; c"], ["Ward", "1"]]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("t.csv", b"only,a,header\n", "table.empty"),
        ("t.csv", b"a,A\n1,2\n", "table.column_twice"),
        ("t.csv", b"a,b\n1,2,3\n", "table.uneven"),
        ("t.csv", b'a,b\n"1,2\n', "table.unreadable"),
        ("t.xlsx", b"not a workbook", "table.unreadable"),
    ],
)
def test_a_broken_table_is_refused_by_name(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_table(name, content)
    assert refused.value.code == code


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 30_000_000)
    with pytest.raises(Invalid) as refused:
        read_table("t.xlsx", packed.getvalue())
    assert refused.value.code == "table.unreadable"

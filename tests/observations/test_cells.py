"""Cells that a spreadsheet would run, and their way back."""

import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observations.cells import guard, unguard, write_rows

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1", "'tis"])
def test_a_cell_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert guard(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "a=1", "« oui »", "— dit-elle"])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert guard(cell) == cell


@given(st.sampled_from(["", "=", "'", "''", "-", "@"]), TEXTS)
def test_taking_the_guard_off_restores_every_cell(beginning: str, rest: str) -> None:
    assert unguard(guard(beginning + rest)) == beginning + rest


@given(TEXTS)
def test_no_guarded_cell_begins_as_a_formula(cell: str) -> None:
    assert not guard(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=4), max_size=5))
def test_rows_read_back_as_written(rows: list[list[str]]) -> None:
    target = BytesIO()
    write_rows(target, rows)
    assert list(csv.reader(StringIO(target.getvalue().decode(), newline=""))) == rows


def test_lines_end_in_carriage_return_and_line_feed() -> None:
    target = BytesIO()
    write_rows(target, [["é", 1]])
    assert target.getvalue() == "é,1\r\n".encode()

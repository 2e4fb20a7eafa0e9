"""What is pasted into the grid of variables, as `pasted.js` reads it."""

from pathlib import Path

from tests.node import told_by

PASTED_JS = Path(__file__).parents[2] / "observations/static/observations/js/pasted.js"
CHECK = """
const { cellsOf, copied } = await import(process.argv[1]);
const { pasted, cells } = JSON.parse(process.argv[2]);
console.log(JSON.stringify({ pasted: pasted.map(cellsOf), back: cellsOf(cells.map(copied).join("\\t")) }));
"""
PASTED = {
    "41\tward\r\n52\toffice\r\n": [["41", "ward"], ["52", "office"]],
    '"two\nlines"\t5': [["two lines", "5"]],
    '"say ""yes"""\t\n': [['say "yes"', ""]],
    'the "best"\t"open': [['the "best"', '"open']],
    "": [[""]],
}
CELLS = ['say "yes"', "a, b", "", "été"]


def test_a_table_copied_from_a_spreadsheet_is_read_cell_by_cell() -> None:
    told = told_by(PASTED_JS, CHECK, {"pasted": list(PASTED), "cells": CELLS})
    assert told == {"pasted": list(PASTED.values()), "back": [CELLS]}

"""What is pasted into the grid of variables, as `pasted.js` reads it."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PASTED_JS = Path(__file__).parents[2] / "observations/static/observations/js/pasted.js"
CHECK = """
const { cellsOf, copied } = await import("data:text/javascript;base64," + process.argv[1]);
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
    node = shutil.which("node")
    if node is None:
        reason = "node is not installed: pasted.js is NOT checked here"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    source = base64.b64encode(PASTED_JS.read_bytes()).decode()
    given = json.dumps({"pasted": list(PASTED), "cells": CELLS})
    command = [node, "--input-type=module", "--eval", CHECK, source, given]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)
    assert told == {"pasted": list(PASTED.values()), "back": [CELLS]}

"""The `measure` command: no database, JSON or a table, errors for people."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

TABLE = "unit,coder,code\n1,ana,x\n1,ben,x\n2,ana,y\n2,ben,x\n"


def run(path: Path, *options: str) -> str:
    output = StringIO()
    call_command("measure", str(path), *options, stdout=output)
    return output.getvalue()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "codings.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_json_is_the_whole_output(table: Path) -> None:
    assert json.loads(run(table, "--json"))["coefficients"]["percent_agreement"]["value"] == 0.5


def test_the_table_names_every_coefficient(table: Path) -> None:
    assert "krippendorff_alpha_nominal[x]" in run(table)


def test_length_and_begin_reach_the_spans(tmp_path: Path) -> None:
    path = tmp_path / "spans.csv"
    path.write_text("coder,start,end,code\nana,102,110,x\nben,104,108,x\n", encoding="utf-8")
    assert json.loads(run(path, "--json", "--length", "24", "--begin", "100"))["kind"] == "segments"


def test_a_word_for_missing_is_a_code_and_is_warned_of(tmp_path: Path) -> None:
    path, output, errors = tmp_path / "missing.csv", StringIO(), StringIO()
    path.write_text(TABLE + "3,ana,NA\n3,ben,x\n", encoding="utf-8")
    call_command("measure", str(path), "--json", stdout=output, stderr=errors)
    assert "NA" in errors.getvalue()
    assert "fleiss_kappa[NA]" in json.loads(output.getvalue())["coefficients"]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text("unit,coder,code\n1,ana,x\n2,ana\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Line 3"):
        run(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        run(tmp_path / "nowhere.csv")

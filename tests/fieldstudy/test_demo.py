"""The demonstration, run as a person runs it; thoroughly, also in another data folder, and twice there."""

import json
from pathlib import Path
from typing import Any

import pytest

from fieldstudy.management.commands.demo import table
from tests.journeys.platform import Command, Served, manage

pytestmark = pytest.mark.timeout(480)
AT_LEAST = {
    "sources": 18,
    "sites": 4,
    "tools": 5,
    "codes": 25,
    "segments": 400,
    "suggestions": 150,
    "counted_turns": 200,
}


@pytest.fixture(scope="module")
def summary(served: Served) -> dict[str, Any]:
    """What the demonstration that is served said when it was loaded."""
    return placeless(served.summary)


def told(output: str) -> dict[str, Any]:
    """A summary without the places of its files."""
    return placeless(json.loads(output))


def placeless(summary: dict[str, Any]) -> dict[str, Any]:
    files = [{name: value for name, value in file.items() if name != "path"} for file in summary["files"]]
    return {**summary, "files": files}


@pytest.mark.parametrize("what", AT_LEAST)
def test_there_is_enough_to_show(summary: dict[str, Any], what: str) -> None:
    assert summary[what] >= AT_LEAST[what]


def test_sources_come_in_five_file_formats(summary: dict[str, Any]) -> None:
    assert len(summary["formats"]) >= 5


def test_three_coders_have_coded(summary: dict[str, Any]) -> None:
    assert len(summary["coders"]) >= 3
    assert all(coder["segments"] > 0 for coder in summary["coders"])


def test_every_code_has_an_alpha_or_a_reason_why_not(summary: dict[str, Any]) -> None:
    assert len(summary["agreement"]) == summary["codes"]
    assert all((code["alpha"] is None) == bool(code["undefined_because"]) for code in summary["agreement"])


def test_agreement_is_believable(summary: dict[str, Any]) -> None:
    alphas = [code["alpha"] for code in summary["agreement"]]
    assert min(alphas) < 0.6 < 0.8 < max(alphas) < 1


@pytest.mark.thorough
def test_another_data_folder_and_more_workers_give_the_same_files_and_figures(
    elsewhere: Command, summary: dict[str, Any]
) -> None:
    assert told(elsewhere.result()) == summary


@pytest.mark.thorough
def test_a_second_run_changes_nothing(elsewhere: Command, summary: dict[str, Any]) -> None:
    elsewhere.result()
    assert told(manage(elsewhere.data_dir, "demo", "--no-serve", "--json")) == summary


def test_the_table_names_every_file_and_its_checksum(summary: dict[str, Any], tmp_path: Path) -> None:
    files = [{**file, "path": str(tmp_path / file["name"])} for file in summary["files"]]
    lines = "\n".join(table({**summary, "files": files}))
    assert all(file["name"] in lines and file["sha256"] in lines for file in files)


def test_codes_without_an_alpha_stand_last_in_the_table(summary: dict[str, Any]) -> None:
    undefined = [{"sign": sign, "alpha": None, "interval": None, "n": 0} for sign in ("ZZA", "ZZB")]
    files = [{**file, "path": file["name"]} for file in summary["files"]]
    lines = table({**summary, "agreement": [*undefined, *summary["agreement"]], "files": files})
    rows = [line for line in lines if line.endswith(" turns")]
    assert [row.split()[:2] for row in rows[-2:]] == [["ZZA", "undefined"], ["ZZB", "undefined"]]

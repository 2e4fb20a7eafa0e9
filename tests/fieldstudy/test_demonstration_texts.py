"""The demonstration's files hold the passages that its people coded, and read as texts that somebody has edited."""

import csv
from functools import cache
from pathlib import Path

import pytest

import fieldstudy.demonstration.loader as loader
from observations.importers import ParsedSource, read

SOURCES = sorted((loader.HERE / "sources").iterdir())
CODED = ("codings-a.csv", "codings-b.csv", "promise-links.csv", "encounters.csv")


@cache
def parsed(path: Path) -> ParsedSource:
    return read(path.read_bytes(), path.name)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_turn_begins_in_lower_case(path: Path) -> None:
    assert [turn.text[:40] for turn in parsed(path).turns if turn.text.lstrip("«“ \u00a0\u202f")[:1].islower()] == []


@pytest.mark.parametrize("name", CODED)
def test_every_coded_passage_is_found_once(name: str) -> None:
    with (loader.HERE / name).open(encoding="utf-8", newline="") as file:
        rows = [{"sign": name, **row} for row in csv.DictReader(file)]
    for row in rows:
        turns = [turn.text for turn in parsed(loader.HERE / "sources" / row["source"]).turns]
        ends = [sum(len(one) + 1 for one in turns[: number + 1]) for number in range(len(turns))]
        bounds = [(end - len(one) - 1, end, number) for number, (one, end) in enumerate(zip(turns, ends, strict=True))]
        start, end = loader.find_passage("\n".join(turns), bounds, row)
        assert start < end

"""Killed workers and a killed broker cost a tagging run some seconds, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.coding import disturbed_run

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_RUN = 60

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.timeout(480),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the processes to kill in /proc"),
]


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of a run in which SIGKILL hit all children of the worker, then Valkey, then the worker itself."""
    done = subprocess.run(
        [sys.executable, "-m", disturbed_run.__name__, "children", "valkey", "parent"],
        cwd=PROJECT,
        env={**os.environ, "FIELDSTUDY_DATA_DIR": str(tmp_path_factory.mktemp("disturbed"))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_the_blows_hit_work_in_hand(disturbed: dict[str, Any]) -> None:
    assert disturbed["unfinished_when_killed"] > 0
    assert max(disturbed["attempts"]) > 1


def test_a_run_whose_workers_and_broker_are_killed_is_done_within_a_minute(disturbed: dict[str, Any]) -> None:
    assert (disturbed["state"], disturbed["problem"]) == ("done", "")
    assert disturbed["seconds"] < LONGEST_RUN


def test_each_suggestion_of_a_disturbed_run_is_there_exactly_once(disturbed: dict[str, Any]) -> None:
    assert disturbed["written"] == disturbed["unique"]
    assert disturbed["as_undisturbed"]

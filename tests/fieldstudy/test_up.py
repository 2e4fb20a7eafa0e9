"""`manage.py up` as a person runs it: in a process and a data folder of its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fieldstudy.services.processes import wait_until
from fieldstudy.supervisor import answers_http
from tests.fieldstudy.test_services import USE_SERVERS
from tests.fieldstudy.test_supervisor import lives
from tests.journeys.platform import PROJECT, Command, environment

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for the processes that are left"),
]
URL = re.compile(r"Fieldstudy is at (\S+) ")
LONGEST_START = 100


@dataclass(frozen=True)
class Start:
    """A start in an empty folder, from the command to after its Ctrl-C."""

    written: str
    complaints: str
    status: int
    answered: bool
    worker_came_back: bool
    begun: set[int]
    left: list[int]
    servers: list[int]


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """While somebody else has the folder's servers running."""
    with tempfile.TemporaryDirectory(prefix="fieldstudy-up-", ignore_cleanup_errors=True) as folder:
        held = subprocess.Popen(
            [sys.executable, "-c", USE_SERVERS],
            cwd=PROJECT,
            env=environment(Path(folder)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert held.stdout and held.stdout.readline() == "up\n"
            yield start_and_stop(Path(folder), descendants(held.pid))
        finally:
            held.communicate("\n", timeout=60)


def start_and_stop(data_dir: Path, servers: list[int]) -> Start:
    """Start it, look at a page, kill the worker, see it come back, and press Ctrl-C."""
    command = Command(data_dir, "up", "--port", "0", "--workers", "1")
    try:
        assert wait_until(lambda: bool(URL.search(command.written())), LONGEST_START), command.complaints()
        url = URL.search(command.written())
        answered = url is not None and answers_http(f"{url[1]}/accounts/login/")
        (worker,) = workers_of(command)
        os.kill(worker, signal.SIGKILL)
        came_back = wait_until(lambda: bool(set(workers_of(command)) - {worker}), 20)
        begun = {*descendants(command.process.pid)}
    finally:
        status = command.stop()
    left, kept = ([pid for pid in some if lives(pid)] for some in (begun, servers))
    return Start(command.written(), command.complaints(), status, answered, came_back, begun, left, kept)


def workers_of(command: Command) -> list[int]:
    """The worker that the command keeps running, without its children."""
    return [pid for pid, parent, line in processes() if parent == command.process.pid and " worker " in line]


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    children = [child for child, parent, _ in processes() if parent == pid]
    return [*children, *(below for child in children for below in descendants(child))]


def processes() -> list[tuple[int, int, str]]:
    """All processes: id, parent's id, command line."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return [(int(pid), int(parent), args) for pid, parent, args in rows]


def test_the_first_start_shows_an_account_once(start: Start) -> None:
    assert start.written.count("shown only now: admin@localhost.localdomain, password ") == 1


def test_the_address_answers(start: Start) -> None:
    assert start.answered


def test_a_killed_worker_comes_back_and_is_told_of_in_a_line(start: Start) -> None:
    assert start.worker_came_back
    assert start.complaints.count("worker: ended (signal SIGKILL); started again in 0.5 s.\n") == 1
    assert "superuser" not in start.complaints


def test_ctrl_c_ends_well_and_leaves_nothing_behind(start: Start) -> None:
    assert (start.status, start.written.splitlines()[-1]) == (0, "Stopped.")
    assert (len(start.begun) > 3, start.left) == (True, [])


def test_ctrl_c_leaves_servers_that_somebody_else_started(start: Start) -> None:
    assert len(start.servers) > 2

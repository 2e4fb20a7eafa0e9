"""Programs that are kept running, and stopped in order."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from fieldstudy.errors import Conflict, Unavailable
from fieldstudy.services.processes import wait_until
from fieldstudy.supervisor import (
    Program,
    StopAsked,
    Supervisor,
    answers_http,
    await_ready,
    listen,
    listen_or_near,
    stop_signals,
    url_of,
)

PROJECT = Path(__file__).resolve().parents[2]
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux ends children with their parent")
# Notes its end in a file, which shows the order of several.
ENDS_WITH_A_NOTE = """
import signal, sys, time
def end(*_):
    with open(sys.argv[1], "a") as notes:
        notes.write(sys.argv[2])
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(60)
"""
IGNORES_TERMINATION = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)
HAS_A_CHILD = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
SUPERVISES = """
import sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from fieldstudy.supervisor import Program, Supervisor
with Supervisor(Path(sys.argv[1])) as supervisor:
    supervisor.start(Program("sleeper", ["sleep", "60"]))
    print(supervisor.pid("sleeper"), flush=True)
    time.sleep(60)
"""

said: list[str] = []


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    said.clear()
    with Supervisor(tmp_path, said.append) as supervisor:
        yield supervisor


def python(name: str, code: str, *arguments: str, patience: float = 20) -> Program:
    return Program(name, [sys.executable, "-c", code, *arguments], patience=patience)


def log(folder: Path, name: str) -> str:
    path = folder / "logs" / f"{name}.log"
    return path.read_text() if path.exists() else ""


def lives(pid: int) -> bool:
    """Whether a process runs (one that has ended but was not collected yet does not)."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(found.strip()) and not found.startswith("Z")


def test_what_dies_is_started_again(supervisor: Supervisor) -> None:
    supervisor.start(Program("sleeper", ["sleep", "60"]))
    first = supervisor.pid("sleeper")
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: supervisor.pid("sleeper") != first, 5)


def test_why_it_died_is_said_with_the_end_of_its_log(supervisor: Supervisor) -> None:
    supervisor.start(python("failing", "raise SystemExit('no such thing')"))
    assert wait_until(lambda: bool(said), 5)
    assert said[0] == "failing: ended (exit status 1); started again in 0.5 s.\nno such thing"


def test_what_was_killed_says_nothing_of_its_log(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(python("writing", "import time; print('a warning', flush=True); time.sleep(60)"))
    assert wait_until(lambda: "a warning" in log(tmp_path, "writing"), 5)
    os.kill(supervisor.pid("writing"), signal.SIGKILL)
    assert wait_until(lambda: bool(said), 5)
    assert said == ["writing: ended (signal SIGKILL); started again in 0.5 s."]


def test_what_keeps_dying_is_started_ever_more_slowly(supervisor: Supervisor) -> None:
    supervisor.start(Program("failing", ["false"]))
    assert wait_until(lambda: len(said) == 2, 5)
    assert "again in 1 s" in said[1]


def test_children_of_what_died_do_not_stay(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(python("parent", HAS_A_CHILD))
    assert wait_until(lambda: log(tmp_path, "parent").endswith("\n"), 5)
    child = int(log(tmp_path, "parent"))
    os.kill(supervisor.pid("parent"), signal.SIGKILL)
    assert wait_until(lambda: not lives(child), 5)


def test_the_last_started_is_stopped_first(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        for name in "ab":
            supervisor.start(python(name, ENDS_WITH_A_NOTE, str(tmp_path / "notes"), name))
            assert wait_until(lambda name=name: "ready" in log(tmp_path, name), 5)  # type: ignore[misc]
    assert (tmp_path / "notes").read_text() == "ba"


def test_what_does_not_stop_in_time_is_killed(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(python("stubborn", IGNORES_TERMINATION, patience=0.2))
        pid = supervisor.pid("stubborn")
        assert wait_until(lambda: "ready" in log(tmp_path, "stubborn"), 5)
    assert not lives(pid)


def test_a_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    begun = time.monotonic()
    with stop_signals(), Supervisor(tmp_path) as supervisor:
        supervisor.start(python("stubborn", IGNORES_TERMINATION, patience=60))
        assert wait_until(lambda: "ready" in log(tmp_path, "stubborn"), 5)
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    assert time.monotonic() - begun < 20


def test_programs_know_the_data_folder(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(python("asking", "import os; print(os.environ['FIELDSTUDY_DATA_DIR'])"))
    assert wait_until(lambda: str(tmp_path) in log(tmp_path, "asking"), 5)


@on_linux
def test_programs_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SUPERVISES, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    assert wait_until(lambda: not lives(pid), 5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_the_whole_to_stop_even_where_it_was_ignored(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with pytest.raises(StopAsked), stop_signals():
            os.kill(os.getpid(), number)
        assert signal.getsignal(number) == signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_a_taken_port_is_named() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(Conflict) as caught:
        listen("127.0.0.1", taken.getsockname()[1])
    assert caught.value.code == "port.taken"


def test_a_taken_port_gives_way_to_a_free_one_where_any_will_do() -> None:
    with listen("127.0.0.1", 0) as taken, listen_or_near("127.0.0.1", taken.getsockname()[1]) as near:
        assert near.getsockname()[1] not in (0, taken.getsockname()[1])


def test_an_impossible_address_does_not_give_way() -> None:
    with pytest.raises(Conflict) as caught:
        listen_or_near("127.0.0.1", 70_000)
    assert caught.value.code == "port.refused"


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 8000)])
def test_an_impossible_address_is_refused(host: str, port: int) -> None:
    with pytest.raises(Conflict) as caught:
        listen(host, port)
    assert caught.value.code == "port.refused"


def test_an_address_for_all_is_shown_as_one_a_browser_takes() -> None:
    with listen("0.0.0.0", 0) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_page_nobody_serves_is_not_ready() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert not answers_http(f"http://127.0.0.1:{unused.getsockname()[1]}/")


def test_a_part_that_never_answers_is_named() -> None:
    with pytest.raises(Unavailable) as caught:
        await_ready("worker", lambda: False, seconds=0.1)
    assert (caught.value.code, caught.value.values["what"]) == ("platform.not_ready", "worker")


@pytest.mark.parametrize(("status", "expected"), [(200, True), (302, True), (400, True), (500, False)])
def test_a_web_server_is_ready_unless_it_fails(status: int, expected: bool) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", "https://elsewhere.invalid/")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert answers_http(f"http://127.0.0.1:{server.server_port}/health/") is expected

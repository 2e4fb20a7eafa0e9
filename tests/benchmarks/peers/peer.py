"""Another tool on one person's machine, spoken to over HTTP as its own page does, for timings in the same run."""

import http.client
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Protocol, Self, TypeVar

LONGEST_START = 90
T = TypeVar("T")


def command(name: str) -> str | None:
    """The tool's command: the one named by an environment variable (TAGUETTE, DOCCANO), else one on the PATH."""
    return shutil.which(os.environ.get(name.upper(), name))


class Peer(Protocol):
    """A project with one document and one code."""

    def save(self, start: int, end: int) -> None:
        """Apply the code to `[start, end)`."""

    def another(self) -> Self:
        """A second browser at work in the same project, with a connection of its own."""


class Browser:
    """A connection that keeps cookies and, where the tool lets it, stays open."""

    def __init__(self, port: int, token: tuple[str, str], cookies: dict[str, str] | None = None) -> None:
        self.port = port
        self.cookies = dict(cookies or {})
        self._token, self._header = token
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def another(self) -> "Browser":
        return Browser(self.port, (self._token, self._header), self.cookies)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> bytes:
        """The body of an answer; a cookie of the name of the token goes into its header, as pages do."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent[self._header] = self.cookies.get(self._token, "")
        self._connection.request(method, path, body.encode(), sent)
        response = self._connection.getresponse()
        answer = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        assert response.status < 400, (path, response.status, answer[:300])
        return answer


def its_own(within: Path, **environment: str) -> dict[str, str]:
    """The environment of a tool that keeps its things in this folder; what is set for Django is ours, not its."""
    ours = ("DJANGO_", "DATABASE_", "FIELDSTUDY_")
    rest = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**rest, "HOME": str(within), "PYTHONUNBUFFERED": "1", **environment}


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fieldstudy-peer-") as made:
        yield Path(made)


@contextmanager
def running(program: list[str], within: Path, **environment: str) -> Iterator[Path]:
    """A tool's server, ended afterwards; the file holds what it says."""
    log = within / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            program,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=its_own(within, **environment),
        )
    try:
        yield log
    finally:
        server.terminate()
        server.wait(20)


def awaited(log: Path, ready: Callable[[], T | None]) -> T:
    """What `ready` gives once it gives something."""
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until:
        if (found := ready()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(log.read_text())


def free_port() -> int:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

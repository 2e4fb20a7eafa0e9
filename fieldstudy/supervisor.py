"""The platform's own programs (web server, workers), kept running for as long as somebody wants them.

Each is a child in a session of its own, so that Ctrl-C reaches only the supervisor, which stops its children in reverse
order. A child that dies is started again, after a pause that grows while it keeps dying. Children write to log files of
the data folder; what ends unexpectedly is said on standard error, with the end of its log unless somebody killed it.
"""

import contextlib
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from fieldstudy.errors import Conflict, Unavailable, gettext_noop
from fieldstudy.services import Services
from fieldstudy.services.folders import end_of_log, open_log
from fieldstudy.services.processes import ON_LINUX, spawn, wait_until

PROJECT = Path(__file__).resolve().parent.parent
LOOK_EVERY = 0.1
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# A child that lived so long is not counted as failing at its start.
STEADY_AFTER = 30.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """What to run under which name, and how long it may take to end after SIGTERM, in seconds."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    pass_fds: Sequence[int] = ()
    patience: float = 20.0


class StopAsked(KeyboardInterrupt):
    """Somebody asked the whole to stop, by Ctrl-C or a termination signal."""


class _Child:
    """A program as it runs now, with what is needed to run it again."""

    def __init__(self, program: Program, data_dir: Path) -> None:
        self.program = program
        self._data_dir = data_dir
        self._pause = FIRST_PAUSE
        self._again_at: float | None = None
        self.start()

    def start(self) -> None:
        with open_log(self._data_dir, self.program.name) as log:
            self.process = spawn(
                self.program.command,
                log=log,
                death_signal=signal.SIGTERM,
                cwd=PROJECT,
                env={**os.environ, "FIELDSTUDY_DATA_DIR": str(self._data_dir), **self.program.environment},
                pass_fds=self.program.pass_fds,
            )
        self._started_at = time.monotonic()
        self._again_at = None

    def tend(self, say: Say) -> None:
        """Start it again if it has ended and its pause is over."""
        now = time.monotonic()
        if self._again_at is not None and now >= self._again_at:
            try:
                self.start()
            except Unavailable as problem:
                self._put_off(str(problem), "", say)
        elif self._again_at is None and _has_ended(self.process):
            if now - self._started_at > STEADY_AFTER:
                self._pause = FIRST_PAUSE
            status = _bury(self.process)
            # What a signal ended did not say why: the log's end would only look like the cause.
            end = "" if status < 0 else end_of_log(self._data_dir, self.program.name)
            self._put_off(f"ended ({_cause(status)})", end, say)

    def _put_off(self, reason: str, log: str, say: Say) -> None:
        """Say why it does not run, and start it again after a pause that doubles each time."""
        say(f"{self.program.name}: {reason}; started again in {self._pause:g} s.\n{log}".rstrip())
        self._again_at = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def stop(self, hurry: threading.Event) -> None:
        """Ask it to end, wait for it, and end by force what does not; `hurry` cuts the waiting short."""
        if self.process.returncode is not None:
            return
        if not _has_ended(self.process):
            self.process.terminate()
        wait_until(lambda: hurry.is_set() or _has_ended(self.process), self.program.patience)
        _bury(self.process)


class Supervisor:
    """Programs that are kept running until `stop`; a context manager.

    Parameters
    ----------
    data_dir : Path
        Holds the programs' logs, as `logs/<name>.log`.
    say : callable
        Takes a line of English about what ended and was started again.
    """

    def __init__(self, data_dir: Path, say: Say | None = None) -> None:
        self._data_dir = data_dir
        self._say = say or _say_on_stderr
        self._children: list[_Child] = []
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._over = threading.Event()
        self._hurry = threading.Event()
        self._tender = threading.Thread(target=self._tend, name="supervisor", daemon=True)
        self._tender.start()

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self, program: Program) -> None:
        """Run a program from now on. Call it from the main thread, with which it ends on Linux."""
        with self._lock:
            self._children.append(_Child(program, self._data_dir))

    def pid(self, name: str) -> int:
        """The process id of the program of that name, as it runs now."""
        return next(child.process.pid for child in self._children if child.program.name == name)

    def stop(self) -> None:
        """Stop all programs, the last started first; a Ctrl-C meanwhile stops them at once."""
        self._ending.set()
        with self._lock:
            for child in reversed(self._children):
                try:
                    child.stop(self._hurry)
                except KeyboardInterrupt:
                    self._hurry.set()
                    child.stop(self._hurry)
        self._over.set()
        self._tender.join()

    def _tend(self) -> None:
        while not self._ending.wait(LOOK_EVERY):
            with self._lock:
                # Children that `stop` ended while this thread waited for the lock have not failed.
                for child in [] if self._ending.is_set() else self._children:
                    child.tend(self._say)
        # Children it has started again would end with this thread, out of turn.
        self._over.wait()


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a child has ended, leaving it unreaped on Linux so that its process group's number stays taken."""
    if process.returncode is not None:
        return True
    if not ON_LINUX:
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _bury(process: subprocess.Popen[bytes]) -> int:
    """End by force what is left of a child and its own children, and give its exit status."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def _cause(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def web_server(listener: socket.socket, *, workers: int = 2, threads: int = 4) -> Program:
    """The pages and the API, served on an open socket, which outlives the server's restarts."""
    command = [
        *(sys.executable, "-m", "gunicorn", "fieldstudy.wsgi:application"),
        *("--bind", f"fd://{listener.fileno()}"),
        # Loaded once, before it forks.
        *("--preload", "--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)),
        *("--timeout", "120", "--graceful-timeout", "5", "--keep-alive", "30", "--log-level", "warning"),
    ]
    return Program("web", command, {"FIELDSTUDY_POOL": "1"}, pass_fds=(listener.fileno(),), patience=10)


def task_worker(concurrency: int) -> Program:
    """The Celery worker with so many processes."""
    command = [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "fieldstudy.celery:app", "worker"),
        *("-c", str(concurrency), "--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
    ]
    return Program("worker", command, patience=10)


@contextlib.contextmanager
def platform(
    services: Services, *, listener: socket.socket | None = None, workers: int = 2, say: Say | None = None
) -> Iterator[Supervisor]:
    """The worker and, where a listening socket is given, the web server, for as long as the block lasts.

    Parameters
    ----------
    listener : socket
        From `listen`; None runs the worker alone.
    workers : int
        Processes of the Celery worker.
    """
    services.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Supervisor(services.data_dir, say) as supervisor:
        supervisor.start(task_worker(workers))
        if listener is not None:
            supervisor.start(web_server(listener))
        yield supervisor


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one.

    Raises
    ------
    Conflict
        `port.taken` when another program listens there; `port.refused` for an address or port we may not use.
    """
    try:
        if port not in range(65_536):
            raise OSError(errno.EINVAL, "ports go from 0 to 65535")
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=512)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise Conflict(
                "port.taken",
                gettext_noop("Port %(port)s of %(host)s is taken by another program. Choose another with --port."),
                host=host,
                port=port,
            ) from problem
        raise Conflict(
            "port.refused",
            gettext_noop("Port %(port)s of %(host)s cannot be used: %(problem)s."),
            host=host,
            port=port,
            problem=problem.strerror,
        ) from problem


def listen_or_near(host: str, port: int) -> socket.socket:
    """A listening socket on that port, or on any free one where another program has taken it."""
    try:
        return listen(host, port)
    except Conflict as problem:
        if problem.code != "port.taken":
            raise
        return listen(host, 0)


def url_of(listener: socket.socket) -> str:
    """The address to type into a browser for a listening socket."""
    host, port = listener.getsockname()[:2]
    named = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{named}:{port}"


def await_ready(what: str, is_ready: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until a part answers, or raise Unavailable `platform.not_ready` that names it."""
    if not wait_until(is_ready, seconds, every=0.2):
        raise Unavailable(
            "platform.not_ready",
            gettext_noop("%(what)s did not answer within %(seconds)s seconds. Its log is in the data folder."),
            what=what,
            seconds=int(seconds),
        )


def answers_http(url: str) -> bool:
    """Whether the application answers there, be it with a redirection or a refusal (which proxies' settings bring)."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < 500
    except (http.client.HTTPException, OSError):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """Have Ctrl-C and SIGTERM raise `StopAsked` in the main thread for as long as the block lasts.

    Both are installed explicitly: a program started in a shell's background inherits SIGINT as ignored.
    """

    def ask(signum: int, frame: FrameType | None) -> None:
        raise StopAsked

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_on_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

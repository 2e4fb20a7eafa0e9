"""One pair of embedded servers for all processes of a data folder, and one process that answers for it.

Three lock files in the data folder, all released by the system itself however a process ends:

- `start.lock`, exclusive while somebody looks whether the servers run and starts them if not;
- `users.lock`, shared by every process that uses them;
- `starter.lock`, exclusive for as long as the process that started them lives. Servers found without it have lost their
  starter; they are stopped and started anew.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from fieldstudy.errors import Unavailable, gettext_noop
from fieldstudy.services import postgres, valkey
from fieldstudy.services.configuration import Services
from fieldstudy.services.folders import give_to_owner_of, short_folder

Say = Callable[[str], None]
# How long another process may take to bring its servers back before we call it stuck.
LONGEST_WAIT = 200.0
LOOK_EVERY = 0.25


@contextlib.contextmanager
def running(services: Services, say: Say | None = None) -> Iterator[None]:
    """Have the embedded servers up for as long as the block lasts; nothing at all where they are not embedded.

    The first process starts them and, at its end, waits until others have left before it stops them; it also brings
    back a server that dies meanwhile. Everybody else joins and leaves. Call it from the main thread: on Linux the
    servers end with the thread that started them.

    Parameters
    ----------
    say : callable
        Takes one line of English about what was done; standard error by default.

    Raises
    ------
    Unavailable
        `services.postgres`, `services.valkey` or another code of theirs when one does not start; `services.stuck` when
        the process that started them lives but they do not answer.
    """
    if not services.embedded:
        yield
        return
    say = say or _say_on_stderr
    with contextlib.ExitStack() as locks:
        users = locks.enter_context(_lock_file(services.data_dir, "users"))
        starter = locks.enter_context(_lock_file(services.data_dir, "starter"))
        with _lock_file(services.data_dir, "start") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            # Waits here while the last starter is stopping its servers.
            fcntl.flock(users, fcntl.LOCK_SH)
            servers = _start_or_join(services, starter, say)
        if servers is None:
            yield
            return
        with _orderly_end():
            try:
                yield
            finally:
                _wait_for_others(users, say)
                servers.stop()


class Servers:
    """The two servers that this process started, watched by a thread that starts a dead one again."""

    def __init__(self, services: Services, say: Say) -> None:
        self._services = services
        self._say = say
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._over = threading.Event()
        self._valkey = valkey.start(services)
        try:
            self._postgres = postgres.start(services)
        except BaseException:
            valkey.stop(self._valkey)
            raise
        self._watcher = threading.Thread(target=self._watch, name="servers", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Stop watching, then stop both."""
        self._ending.set()
        with self._lock, contextlib.ExitStack() as both:
            both.callback(postgres.stop, self._postgres)
            both.callback(valkey.stop, self._valkey)
        # Not empty only if a server was killed; the next start clears it then.
        with contextlib.suppress(OSError):
            short_folder(self._services.data_dir).rmdir()
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ending.wait(LOOK_EVERY):
            try:
                with self._lock:
                    self._restart_the_dead()
            except Unavailable as problem:
                self._say(str(problem))
                self._ending.wait(5)
        # Servers it has started again would end with this thread, out of turn.
        self._over.wait()

    def _restart_the_dead(self) -> None:
        if _ended(self._valkey):
            self._valkey = valkey.start(self._services)
            self._say("Valkey had stopped and was started again.")
        if _ended(self._postgres):
            self._postgres = postgres.start(self._services)
            self._say("PostgreSQL had stopped and was started again.")


def _ended(server: subprocess.Popen[bytes]) -> bool:
    return server.poll() is not None


def _start_or_join(services: Services, starter: int, say: Say) -> Servers | None:
    """Our own servers, if we became the process that answers for them; None if another is."""
    begun = time.monotonic()
    while not _taken(starter):
        if postgres.is_up(services.data_dir) and valkey.is_up(services):
            say(f"Using the servers already running ({_versions(services)}) in {services.data_dir}.")
            return None
        if time.monotonic() - begun > LONGEST_WAIT:
            raise Unavailable(
                "services.stuck",
                gettext_noop(
                    "The servers of %(folder)s do not answer, but the process that started them runs. End it."
                ),
                folder=services.data_dir,
            )
        time.sleep(0.1)
    left = [postgres.stop_leftovers(services.data_dir), valkey.stop_leftovers(services.data_dir)]
    servers = Servers(services, say)
    how = " after stopping what an ended process had left" if any(left) else ""
    say(f"{_versions(services)} started{how} in {time.monotonic() - begun:.1f} s; data in {services.data_dir}.")
    return servers


def _versions(services: Services) -> str:
    return f"PostgreSQL {postgres.version(services.data_dir)} and Valkey {valkey.version(services)}"


def _wait_for_others(users: int, say: Say) -> None:
    """Hold the users' lock alone; whoever insists with Ctrl-C does not wait."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    say("Waiting for other processes that use the servers; Ctrl-C stops the servers at once.")
    with contextlib.suppress(KeyboardInterrupt):
        fcntl.flock(users, fcntl.LOCK_EX)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _lock_file(data_dir: Path, name: str) -> Iterator[int]:
    """An open lock file; closing it, or ending in whatever way, gives its lock back."""
    descriptor = os.open(data_dir / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        give_to_owner_of(data_dir, descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _orderly_end() -> Iterator[None]:
    """Let a termination signal unwind the stack, where nobody else has asked for it, so that servers are stopped."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    def unwind(signum: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + signum)

    signal.signal(signal.SIGTERM, unwind)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _say_on_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

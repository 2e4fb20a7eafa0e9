"""Starting, finding and stopping server processes; a process that is not provably ours is never signalled."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from fieldstudy.errors import Unavailable, gettext_noop

ON_LINUX = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: nothing may be imported between fork and exec.
_libc = ctypes.CDLL(None) if ON_LINUX else None


def spawn(
    command: Sequence[str | Path],
    *,
    log: IO[bytes] | int,
    death_signal: signal.Signals,
    user: int | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; on Linux it gets `death_signal` when the calling thread ends.

    A session of its own keeps the terminal's Ctrl-C away from it: whoever started it stops it, in due order.

    Raises
    ------
    Unavailable
        `services.not_started` when the system refuses to run it, or to run it under another account.
    """
    drops_rights = user is not None and user != os.geteuid()
    try:
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=log,
            stderr=log,
            cwd=cwd,
            env=dict(env) if env is not None else None,
            pass_fds=pass_fds,
            start_new_session=True,
            user=user if drops_rights else None,
            group=user if drops_rights else None,
            extra_groups=[] if drops_rights else None,
            preexec_fn=_dies_with(os.getpid(), death_signal),
        )
    except (OSError, subprocess.SubprocessError) as problem:
        raise Unavailable(
            "services.not_started",
            gettext_noop("%(program)s could not be started: %(problem)s."),
            program=command[0],
            problem=problem,
        ) from problem


def _dies_with(starter: int, death_signal: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    prctl, number = _libc.prctl, int(death_signal)

    def bind() -> None:
        # Runs after the change of user, which would clear it again.
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != starter:
            os._exit(1)

    return bind


def die_with_parent(death_signal: signal.Signals = signal.SIGKILL) -> None:
    """Have the calling process get `death_signal` when its parent ends; on systems other than Linux, do nothing."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))


def processes_of(program: str, mark: str, user: int) -> list[int]:
    """Ids of living processes of `user` that run `program` and were started with exactly `mark` as an argument.

    The mark is a path made from the data folder's own, so this finds what belongs to one data folder, whatever a stale
    pid file says.
    """
    found = _from_proc() if ON_LINUX else _from_ps()
    return [
        pid
        for pid, owner, arguments in found
        if owner == user and arguments and os.path.basename(arguments[0]) == program and mark in arguments[1:]
    ]


def _from_proc() -> list[tuple[int, int, list[str]]]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            # A process may end while it is looked at.
            with contextlib.suppress(OSError):
                command = Path(entry.path, "cmdline").read_bytes()
                arguments = [os.fsdecode(part) for part in command.split(b"\0")]
                found.append((int(entry.name), entry.stat().st_uid, arguments))
    return found


def _from_ps() -> list[tuple[int, int, list[str]]]:
    listing = subprocess.run(["ps", "-axww", "-o", "pid=,uid=,command="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 2) for line in listing.stdout.splitlines())
    return [(int(row[0]), int(row[1]), row[2].split()) for row in rows if len(row) == 3]


def stop_strays(program: str, mark: str, user: int, signals: Sequence[signal.Signals], patience: float = 10) -> bool:
    """End servers of this data folder whose starter is gone, politely first; True if there were any.

    Each signal is given `patience` seconds before the next one is tried.
    """
    strays = processes_of(program, mark, user)
    for signum in signals:
        # Found again before every signal: the id of one that has ended may be somebody else's by now.
        for pid in processes_of(program, mark, user):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
        if wait_until(lambda: not processes_of(program, mark, user), patience):
            break
    return bool(strays)


def stop_child(child: subprocess.Popen[bytes], signals: Sequence[signal.Signals], patience: float) -> None:
    """End a process of ours, politely first, and wait until it has."""
    for signum in signals:
        if child.poll() is None:
            child.send_signal(signum)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return
    child.wait()


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.03) -> bool:
    """Whether `condition` came true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True

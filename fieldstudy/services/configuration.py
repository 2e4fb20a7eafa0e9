"""Where the servers are and which secrets the platform holds, from the environment; nothing is started."""

import base64
import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from fieldstudy.errors import Unavailable, gettext_noop
from fieldstudy.services.folders import give_to_owner_of, short_folder

ADMIN_ROLE = "fieldstudy_admin"
OWNER_ROLE = "fieldstudy_owner"
APP_ROLE = "fieldstudy_app"
DATABASE = "fieldstudy"
VALKEY_SOCKET = "valkey.sock"


@dataclass(frozen=True)
class Services:
    """What the platform needs to know of its servers.

    `redis_url` has the form Celery's transport wants; `redis_py_url` turns it into redis-py's.
    `owner_database_url` is None where only the application's role is known, so that nothing can be migrated.
    `data_dir` is absolute. `for_tests` servers trade durability for speed.
    """

    database_url: str
    owner_database_url: str | None
    redis_url: str
    secret_key: str
    sealing_key: str
    data_dir: Path
    embedded: bool
    for_tests: bool = False


@dataclass(frozen=True)
class Secrets:
    """What an embedded platform generates for itself once, and keeps in `secrets.json` of its data folder."""

    secret_key: str
    sealing_key: str
    admin_password: str
    owner_password: str
    app_password: str
    redis_password: str


def configured(environ: Mapping[str, str]) -> Services:
    """Where the servers are: in a data folder when neither URL is set, else as the environment says.

    Raises
    ------
    Unavailable
        `services.not_configured` when `DATABASE_URL`, `REDIS_URL`, `SECRET_KEY` or `SEALING_KEY` is missing while one
        of the URLs is set; `services.data_folder` when the data folder cannot be made or read.
    """
    data_dir = _data_dir(environ)
    if not environ.get("DATABASE_URL") and not environ.get("REDIS_URL"):
        return _embedded(data_dir, for_tests=environ.get("FIELDSTUDY_TEST_SERVERS") == "1")
    return Services(
        database_url=_required(environ, "DATABASE_URL"),
        owner_database_url=environ.get("DATABASE_OWNER_URL") or None,
        redis_url=_required(environ, "REDIS_URL"),
        secret_key=_required(environ, "SECRET_KEY"),
        sealing_key=_required(environ, "SEALING_KEY"),
        data_dir=data_dir,
        embedded=False,
    )


def redis_py_url(url: str) -> str:
    """The same Redis in the form redis-py reads: `redis+socket://…` becomes `unix://…`, anything else stays."""
    if not url.startswith("redis+socket://"):
        return url
    return "unix://" + url.removeprefix("redis+socket://").replace("virtual_host=", "db=")


def generated_secrets(data_dir: Path) -> Secrets:
    """The secrets of a data folder, made on first use; processes that ask at once all get the same."""
    path = data_dir / "secrets.json"
    if not path.exists():
        _write_once(path, json.dumps(_new_secrets(), indent=2))
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Secrets(**{name: kept[name] for name in Secrets.__dataclass_fields__})


def admin_database_url(data_dir: Path, database: str = "postgres") -> str:
    """The embedded PostgreSQL under its administrator, for making databases and for test teardown."""
    return _database_url(data_dir, ADMIN_ROLE, generated_secrets(data_dir).admin_password, database)


def _embedded(data_dir: Path, *, for_tests: bool) -> Services:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = generated_secrets(data_dir)
    except (OSError, ValueError, KeyError) as problem:
        raise _unusable(data_dir, problem) from problem
    socket = short_folder(data_dir) / VALKEY_SOCKET
    return Services(
        database_url=_database_url(data_dir, APP_ROLE, kept.app_password, DATABASE),
        owner_database_url=_database_url(data_dir, OWNER_ROLE, kept.owner_password, DATABASE),
        redis_url=f"redis+socket://:{kept.redis_password}@{socket}",
        secret_key=kept.secret_key,
        sealing_key=kept.sealing_key,
        data_dir=data_dir,
        embedded=True,
        for_tests=for_tests,
    )


def _database_url(data_dir: Path, role: str, password: str, database: str) -> str:
    return f"postgresql://{role}:{password}@/{database}?{urlencode({'host': short_folder(data_dir)})}"


def _data_dir(environ: Mapping[str, str]) -> Path:
    chosen = environ.get("FIELDSTUDY_DATA_DIR")
    if not chosen:
        chosen = "~/Library/Application Support/fieldstudy" if sys.platform == "darwin" else "~/.local/share/fieldstudy"
    try:
        # Resolved, because the servers' sockets are found by this path: one folder, one name.
        return Path(chosen).expanduser().resolve()
    except RuntimeError as problem:
        raise _unusable(Path(chosen), problem) from problem


def _unusable(folder: Path, problem: Exception) -> Unavailable:
    return Unavailable(
        "services.data_folder",
        gettext_noop("The data folder %(folder)s cannot be used: %(problem)s. FIELDSTUDY_DATA_DIR names another."),
        folder=folder,
        problem=problem,
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name)
    if not value:
        raise Unavailable(
            "services.not_configured",
            gettext_noop(
                "%(name)s is not set. With DATABASE_URL or REDIS_URL set, DATABASE_URL, REDIS_URL, SECRET_KEY and "
                "SEALING_KEY must all be; with neither set, the platform starts servers of its own."
            ),
            name=name,
        )
    return value


def _new_secrets() -> dict[str, str]:
    passwords = ("admin_password", "owner_password", "app_password", "redis_password")
    return {
        "secret_key": secrets.token_urlsafe(50),
        "sealing_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        **{name: secrets.token_hex(24) for name in passwords},
    }


def _write_once(path: Path, text: str) -> None:
    """Make the file whole and private, or leave the one that another process made first."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            give_to_owner_of(path.parent, file.fileno())
        # A link, unlike a rename, refuses to replace: the first writer wins.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)

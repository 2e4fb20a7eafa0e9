"""A private pair of servers for the test session, and a test database that its owner makes and the application uses.

The servers live in a temporary data folder, whatever the environment says, so that a test run never meets anybody's
data. They start with the first test that needs them: tests of pure modules run without.
"""

import atexit
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connections
from django.test import TransactionTestCase
from django.utils.functional import empty
from psycopg import sql

from fieldstudy import services
from fieldstudy.services.configuration import admin_database_url

pytest_plugins = ["tests.shared"]

TEST_DATA = Path(tempfile.mkdtemp(prefix="fieldstudy-test-"))
PROJECT = Path(__file__).resolve().parent
SETTINGS = "fieldstudy.settings"
# Written by migrations, not by tests: content types, permissions and the migrations' own list.
KEPT_TABLES = ["auth_permission", "django_content_type", "django_migrations"]


MOST_TRIES = 5


def _use_private_servers() -> None:
    """Point the environment, and with it the settings, at the session's own data folder."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "SEALING_KEY"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "FIELDSTUDY_DATA_DIR": str(TEST_DATA),
        "FIELDSTUDY_TEST_SERVERS": "1",
    }
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        # The tests start some fifty interpreters. What one compiles serves the next, and the next run.
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(PROJECT / ".pytest_cache" / "bytecode")
        sys.dont_write_bytecode = False
    if settings.configured:
        _forget_settings()
    django.setup()
    # Otherwise every test client lists all static files before its first request.
    settings.WHITENOISE_AUTOREFRESH = True


def _forget_settings() -> None:
    """Undo what pytest-django does with settings named outside this file: it loads them before this file is read."""
    settings._wrapped = empty
    sys.modules.pop(SETTINGS, None)
    handlers: list[Any] = [connections, caches]
    for handler in handlers:
        for alias in list(handler):
            with contextlib.suppress(AttributeError):
                del handler[alias]
        handler._settings = None
        handler.__dict__.pop("settings", None)


_use_private_servers()
atexit.register(shutil.rmtree, TEST_DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def servers() -> Iterator[services.Services]:
    """The session's PostgreSQL and Valkey, started when first asked for."""
    configured = services.configured(os.environ)
    with services.running(configured, say=lambda line: None):
        yield configured


@pytest.fixture(scope="session")
def django_db_setup(
    servers: services.Services, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Make and migrate the test database as its owner; tests then work in it with the application's rights alone."""
    owner, application = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        name = owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        application.close()
        application.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
        yield
        for connection in (application, owner):
            connection.close()


@pytest.fixture(scope="session", autouse=True)
def _emptied_by_the_administrator() -> Iterator[None]:
    """Empty tables after a transactional test as the server's administrator, for the application may not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: _empty_tables())
        yield


def _empty_tables() -> None:
    """Empty the tables, again where a request of the test's browser that is still under way holds some of them."""
    for _ in range(MOST_TRIES):
        with contextlib.suppress(psycopg.errors.DeadlockDetected):
            return _delete_all_rows()
    _delete_all_rows()


def _delete_all_rows() -> None:
    """Delete all rows but those of `KEPT_TABLES`, with triggers off: history refuses deletion to everybody else."""
    url = admin_database_url(TEST_DATA, settings.DATABASES["default"]["NAME"])
    with psycopg.connect(url) as administrator:
        administrator.execute("SET session_replication_role = replica")
        tables = administrator.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", [KEPT_TABLES]
        ).fetchall()
        for (table,) in tables:
            administrator.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))

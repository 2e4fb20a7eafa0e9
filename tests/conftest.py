"""How the tests are shared out among processes; the served demonstration; and the cast.

The cast: a study's lead, two coders, supervisor, steward, reader; an outsider and the administrator.
"""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from xdist.scheduler import LoadScopeScheduling

from fieldstudy.models import User
from observations.models import Study
from tests import builders
from tests.journeys.platform import Command, Demonstration, Served
from tests.shared import shared

JOURNEYS = "tests/journeys/"
DEMO = "tests/fieldstudy/test_demo.py"
RESILIENCE = "tests/coding/test_resilience.py"
# What waits for servers that it starts and kills.
SERVERS = tuple(f"tests/fieldstudy/test_{name}.py" for name in ("services", "supervisor", "up"))
# Files for one process, which loads the language models or parses the platform's code once for all of them.
TOGETHER = {
    "the models": ("tests/coding/tagging/",),
    "the code": tuple(
        f"tests/architecture/test_{name}.py"
        for name in ("errors", "layers", "no_evidence_in_tasks", "order_of_names", "views_do_not_write")
    ),
}
# Journeys that serve their own pages, to rows of their own, and do without the demonstration.
SERVE_THEMSELVES = "tests/journeys/workspace/"
MOST_PROCESSES = 4


THOROUGH = "thorough tests, which kill workers and go through every page, are left out: CI=true or --thorough runs them"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="also run what takes a minute by itself, as CI does")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Be thorough in CI and about a part."""
    if hasattr(config, "workerinput"):
        config.option.thorough = config.workerinput["thorough"]
        return
    a_part = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    config.option.thorough = config.option.thorough or a_part or os.environ.get("CI") == "true"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process that shares the tests what was decided: it is given no option that was set here."""
    node.workerinput["thorough"] = node.config.option.thorough


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Processes to run the tests in: one for each core when all tests are asked for, none besides ours for a part."""
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    cores = os.cpu_count() or 1
    return min(cores, MOST_PROCESSES) if everything and cores > 1 and not config.option.collectonly else 0


class ByFile(LoadScopeScheduling):
    """Gives a process one file of tests after the other.

    All that look at the demonstration go to a single one, and so do those `TOGETHER`.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        together = [name for name, files in TOGETHER.items() if file.startswith(files)]
        if together:
            return together[0]
        return "the demonstration" if _rank(file) < _rank(RESILIENCE) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what waits for processes of its own, so that other tests can use the cores meanwhile.

    Thorough tests are left out of a run of everything, but in CI; a part that is asked for by name runs whole.
    """
    if not config.option.thorough:
        left_out = [item for item in items if item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: _rank(item.nodeid.partition("::")[0]))


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and not again among what is imported: that took a tenth of the processor's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _rank(file: str) -> int:
    if file.startswith((SERVE_THEMSELVES, *SERVERS)):
        return 3
    if file.startswith(JOURNEYS):
        return 0
    return {DEMO: 1, RESILIENCE: 2}.get(file, 4)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say loudly what did not run."""
    if not config.option.thorough:
        terminalreporter.line(THOROUGH, yellow=True)
    reports = terminalreporter.stats.get("skipped", [])
    reasons = sorted({report.longrepr[2] for report in reports if isinstance(report.longrepr, tuple)})
    if reasons:
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
    for reason in reasons:
        terminalreporter.line(f"WARNING: {reason.removeprefix('Skipped: ')}.", red=True, bold=True)


@pytest.fixture(scope="session")
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The demonstration being served, loaded by one worker: a second would load its language models too."""
    with tempfile.TemporaryDirectory(prefix="fieldstudy-demonstration-", ignore_cleanup_errors=True) as folder:
        demonstration = Demonstration(Path(folder))
        try:
            served = demonstration.served()
            if any("elsewhere" in getattr(item, "fixturenames", ()) for item in request.session.items):
                # It loads while the journeys run.
                request.getfixturevalue("elsewhere")
            yield served
        finally:
            demonstration.stop(at_once=True)


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Command]:
    """`manage.py demo` beginning anew in another data folder, by its two workers."""
    with tempfile.TemporaryDirectory(prefix="fieldstudy-elsewhere-", ignore_cleanup_errors=True) as folder:
        command = Command(Path(folder), "demo", "--no-serve", "--json")
        try:
            yield command
        finally:
            command.stop()


@shared
def lead(db: None) -> User:
    return builders.make_user("lead")


@shared
def study(lead: User) -> Study:
    return builders.make_study(lead)


@shared
def coder_ana(study: Study) -> User:
    return builders.make_member(study, "ana", "coder")


@shared
def coder_ben(study: Study) -> User:
    return builders.make_member(study, "ben", "coder")


@shared
def supervisor(study: Study) -> User:
    return builders.make_member(study, "sam", "supervisor")


@shared
def steward(study: Study) -> User:
    return builders.make_member(study, "stella", "steward")


@shared
def reader(study: Study) -> User:
    return builders.make_member(study, "rita", "reader")


@shared
def outsider(db: None) -> User:
    """Leads another study."""
    user = builders.make_user("olga")
    builders.make_study(user, slug="elsewhere")
    return user


@shared
def administrator(db: None) -> User:
    return builders.make_user("admin", is_administrator=True)


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in

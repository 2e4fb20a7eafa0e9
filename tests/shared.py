"""Fixtures made once for the tests of a file that begin with the same ones.

    @shared
    def source(study: Study) -> Source: return builders.make_source(study)

is a fixture like any other: a test has in the database what it asks for, no more, whichever tests ran before it, and
its changes are undone. Shared fixtures stand on each other as savepoints of one transaction. A test keeps those at the
bottom that it begins with too, undoes the others and adds its own; it gets copies of their values, as with Django's
`setUpTestData`. Where tests commit, or a fixture is asked for in the middle of a test, it is made there and then.
"""

import contextlib
import copy
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

Make = Callable[..., Any]


def shared(make: Make) -> Any:
    """A fixture that may be shared; it asks for other shared fixtures and `db` alone, and makes no change elsewhere."""

    @functools.wraps(make)
    def given(**arguments: Any) -> Any:
        return FOUNDATION.value(make) if make in FOUNDATION else make(**arguments)

    given.shared = make  # type: ignore[attr-defined]
    return pytest.fixture(given)


@dataclass
class Layer:
    """A shared fixture, its savepoint and what it returned."""

    make: Make
    savepoint: transaction.Atomic
    value: Any


@dataclass
class Foundation:
    """What the test that runs was found to begin with, from the bottom up, and its copies."""

    file: Path | None = None
    layers: list[Layer] = field(default_factory=list)
    copies: dict[int, Any] = field(default_factory=dict)
    unblock: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext

    def __contains__(self, make: Make) -> bool:
        return any(layer.make is make for layer in self.layers)

    def value(self, make: Make) -> Any:
        (value,) = (layer.value for layer in self.layers if layer.make is make)
        return copy.deepcopy(value, self.copies)

    def lay(self, item: pytest.Function) -> None:
        """Have the layers that a test begins with, and no others."""
        wanted = wanted_by(item)
        usable = self.file == item.path and not connection.closed_in_transaction and not connection.needs_rollback
        same = takewhile(lambda pair: pair[0] is pair[1].make, zip(wanted, self.layers, strict=False))
        kept = len(list(same)) if usable else 0
        self.undo(kept)
        self.file = item.path
        for make, names in list(wanted.items())[kept:]:
            self._add(make, names)
        self.copies = {}

    def _add(self, make: Make, names: dict[str, Make]) -> None:
        savepoint = transaction.atomic()
        savepoint._from_testcase = True  # type: ignore[attr-defined]  # what must be outermost may be in a test
        savepoint.__enter__()
        values = {layer.make: layer.value for layer in self.layers} | {_no_more: None}
        try:
            value = make(**{name: values[needed] for name, needed in names.items()})
            connection.check_constraints()
        except BaseException:
            _undo(savepoint)
            raise
        self.layers.append(Layer(make, savepoint, value))

    def undo(self, kept: int = 0) -> None:
        """Undo all layers but the lowest `kept`."""
        while len(self.layers) > kept:
            _undo(self.layers.pop().savepoint)


FOUNDATION = Foundation()


def _no_more() -> None:
    """What stands for `db`: the transaction is there already."""


def _undo(savepoint: transaction.Atomic) -> None:
    if connection.atomic_blocks[-1] is not savepoint:
        raise RuntimeError("a fixture of wider scope opened a transaction above shared ones: make it a shared one too")
    transaction.set_rollback(True)
    savepoint.__exit__(None, None, None)


def wanted_by(item: pytest.Function) -> dict[Make, dict[str, Make]]:
    """The shared fixtures of a test, those first that others need, and what each calls those it needs."""
    known = item._fixtureinfo.name2fixturedefs
    marker = item.get_closest_marker("django_db")
    in_one_transaction = not (marker and marker.kwargs.get("transaction")) and "live_server" not in item.fixturenames
    wanted: dict[Make, dict[str, Make]] = {}

    def want(name: str) -> Make | None:
        definition = known[name][-1] if name in known else None
        make = getattr(definition.func, "shared", None) if definition else None
        if definition is None or make is None:
            return None
        needed = {argument: want(argument) if argument != "db" else _no_more for argument in definition.argnames}
        if None in needed.values():
            raise TypeError(f"{name} is shared and needs what is not: {[n for n, m in needed.items() if m is None]}")
        wanted.setdefault(make, {argument: found for argument, found in needed.items() if found})
        return make

    for name in item.fixturenames if in_one_transaction else ():
        want(name)
    return wanted


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: Any) -> Iterator[None]:
    """Lay what a test begins with below the savepoint of the test itself."""
    if fixturedef.argname == "_django_db_helper":
        request.getfixturevalue("django_db_setup")
        FOUNDATION.unblock = request.getfixturevalue("django_db_blocker").unblock
        with FOUNDATION.unblock():
            FOUNDATION.lay(request.node)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Leave nothing to another file."""
    result = yield
    if FOUNDATION.layers and (nextitem is None or nextitem.path != item.path):
        with FOUNDATION.unblock():
            FOUNDATION.undo()
    return result

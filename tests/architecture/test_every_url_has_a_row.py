"""Every address is tried by everybody, and answers as the access table says."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from fieldstudy.middleware import OPEN_PATHS
from tests.architecture.access_table import Row, rows
from tests.architecture.world import METHODS, World, ask, build_world, routes

# Django's own and allauth's views take other methods for one of those in the table.
LENIENT = ("account_", "set_language")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once, in a transaction that is undone when the last row has been tried."""
    unlimited = override_settings(ACCOUNT_RATE_LIMITS=False)
    with unlimited, django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


def test_every_address_has_a_row() -> None:
    assert {name for name, _ in routes()} - {row.route for row in rows()} == set()


def test_every_row_has_an_address() -> None:
    assert {row.route for row in rows()} - {name for name, _ in routes()} == set()


def test_no_two_addresses_share_a_name() -> None:
    assert [name for name, times in Counter(name for name, _ in routes()).items() if times > 1] == []


@pytest.mark.parametrize("row", rows(), ids=str)
def test_everybody_gets_what_the_table_says(world: World, row: Row) -> None:
    assert {role: ask(world, role, row.route, row.method) for role in row.statuses} == row.statuses


@pytest.mark.parametrize("route", sorted({row.route for row in rows()}))
def test_a_method_without_a_row_is_refused(world: World, route: str) -> None:
    listed = {row.method for row in rows() if row.route == route}
    others = [] if route.startswith(LENIENT) else [method for method in METHODS if method not in listed]
    assert {method: ask(world, "lead", route, method) for method in others} == dict.fromkeys(others, 405)


def test_no_part_of_a_page_is_the_sign_in_page(world: World) -> None:
    browser, part = world.browsers["anonymous"], {"HX-Request": "true"}
    addresses = {world.address(row.route) for row in rows() if row.statuses["anonymous"] == 302}
    closed = sorted(address for address in addresses if not address.startswith(OPEN_PATHS))
    answers = [send(address, headers=part) for address in closed for send in (browser.get, browser.post)]
    assert {
        (answer.status_code, b'role="alert"' in answer.content, b"<form" in answer.content) for answer in answers
    } == {(401, True, False)}


def test_a_whole_page_asked_for_again_is_the_sign_in_page(world: World) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    answer = world.browsers["anonymous"].get(world.address("disputes"), headers=headers)
    assert (answer.status_code, answer.headers["Location"].startswith("/accounts/login/")) == (302, True)

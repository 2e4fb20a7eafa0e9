"""The API's measure of how much one person asks for in a minute."""

import pytest
from django.test import Client

from fieldstudy.api import throttling
from fieldstudy.api.throttling import PerMinute
from fieldstudy.models import User


@pytest.fixture(autouse=True)
def _nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PerMinute, "_minute", 0)


def test_everybody_is_counted_alone() -> None:
    assert [PerMinute.count(who, 1) for who in ("ana", "ana", "ben")] == [1, 2, 1]


def test_a_new_minute_begins_at_one() -> None:
    assert [PerMinute.count("ana", minute) for minute in (1, 1, 2)] == [1, 2, 1]


@pytest.mark.django_db
def test_who_asks_too_much_is_told_to_wait(coder_ana: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "MOST_A_MINUTE", 1)
    monkeypatch.setattr("time.time", lambda: 1_000_000_000.0)
    client.force_login(coder_ana)
    assert [client.get("/api/v1/studies/nowhere/codes/").status_code for _ in range(2)] == [404, 429]

"""Sessions as every request reads them: what the database holds now, and nothing else."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from fieldstudy.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> str:
    store = SessionStore()
    store["place"] = "ward"
    store.save()
    assert store.session_key is not None
    return store.session_key


def test_what_was_put_into_a_session_is_read_again(key: str) -> None:
    assert SessionStore(key)["place"] == "ward"


def test_a_session_that_was_ended_is_empty(key: str) -> None:
    Session.objects.filter(pk=key).delete()
    store = SessionStore(key)
    assert (store.get("place"), store.session_key) == (None, None)


def test_an_expired_session_is_empty(key: str) -> None:
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert SessionStore(key).get("place") is None

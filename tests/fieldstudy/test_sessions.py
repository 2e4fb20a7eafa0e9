"""Sessions and their accounts as every request reads them: what the database holds now, and nothing else."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from fieldstudy.accounts import SessionAccounts
from fieldstudy.models import User
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


def test_the_account_of_a_session_is_as_the_table_has_it() -> None:
    kept = User.objects.create_user("ines@field.study", preferences={"size": 3})
    read = SessionAccounts().get_user(kept.pk)
    assert read is not None
    assert {**vars(read), "_state": None} == {**vars(User.objects.get(pk=kept.pk)), "_state": None}


def test_an_account_that_was_shut_or_is_gone_has_no_session() -> None:
    shut = User.objects.create_user("tom@field.study", is_active=False)
    assert [SessionAccounts().get_user(one) for one in (shut.pk, uuid.uuid4())] == [None, None]

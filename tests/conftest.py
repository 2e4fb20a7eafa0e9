"""The cast: a study's lead, two coders, supervisor, steward, reader; an outsider and the administrator."""

from collections.abc import Callable

import pytest
from django.test import Client

from fieldstudy.models import User
from observations.models import Study
from tests import builders


@pytest.fixture
def lead(db: None) -> User:
    return builders.make_user("lead")


@pytest.fixture
def study(lead: User) -> Study:
    return builders.make_study(lead)


@pytest.fixture
def coder_ana(study: Study) -> User:
    return builders.make_member(study, "ana", "coder")


@pytest.fixture
def coder_ben(study: Study) -> User:
    return builders.make_member(study, "ben", "coder")


@pytest.fixture
def supervisor(study: Study) -> User:
    return builders.make_member(study, "sam", "supervisor")


@pytest.fixture
def steward(study: Study) -> User:
    return builders.make_member(study, "stella", "steward")


@pytest.fixture
def reader(study: Study) -> User:
    return builders.make_member(study, "rita", "reader")


@pytest.fixture
def outsider(db: None) -> User:
    """Leads another study."""
    user = builders.make_user("olga")
    builders.make_study(user, slug="elsewhere")
    return user


@pytest.fixture
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

"""The administrator whom `up` makes, so that somebody can make the others."""

import pytest

from fieldstudy.actions.users import ensure_first_account
from fieldstudy.demonstration.loader import Loader
from fieldstudy.models import User
from tests import builders

FIRST = "admin@localhost.localdomain"


@pytest.fixture
def _demonstration(db: None) -> None:
    """The people of the demonstration, who are there before anybody has said `up`."""
    Loader(progress=lambda label, things, total: things, wait=lambda job: None)._people()


def test_an_empty_installation_gets_an_administrator_who_can_sign_in(db: None) -> None:
    email, password = ensure_first_account() or ("", "")
    made = User.objects.get(email=email)
    assert (email, made.is_administrator, made.check_password(password)) == (FIRST, True, True)


def test_an_account_is_told_once(db: None) -> None:
    assert [ensure_first_account() is None for _ in range(2)] == [False, True]


def test_another_administrator_is_enough(administrator: User) -> None:
    assert ensure_first_account() is None


@pytest.mark.usefixtures("_demonstration")
def test_the_people_of_the_demonstration_are_no_administrators() -> None:
    assert ensure_first_account() is not None


@pytest.mark.parametrize("state", [{"is_administrator": False}, {"is_active": False, "is_administrator": True}])
def test_an_account_that_has_the_email_is_left_as_it_is(db: None, state: dict[str, bool]) -> None:
    User.objects.create_user(FIRST, builders.PASSWORD, **state)
    email, _ = ensure_first_account() or ("", "")
    before = User.objects.get(email=FIRST)
    assert (email, before.check_password(builders.PASSWORD)) == ("admin2@localhost.localdomain", True)
    assert {name: getattr(before, name) for name in state} == state

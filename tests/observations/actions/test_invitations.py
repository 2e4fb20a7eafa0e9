"""Joining as somebody new: all of it or nothing."""

import uuid

import pytest
from django.utils import timezone

from fieldstudy.errors import Conflict, Missing
from fieldstudy.models import User
from observations.actions.invitations import join_as_new_person
from observations.actions.studies import invite
from observations.models import Study
from tests import builders


def token_for(study: Study, email: str) -> str:
    return invite(viewer=builders.as_lead(study), email=email, roles=["coder"], at=timezone.now())[1]


def join(token: str) -> User:
    return join_as_new_person(id=uuid.uuid4(), token=token, name="Nora", password=builders.PASSWORD, at=timezone.now())


def test_a_new_person_is_a_member(study: Study) -> None:
    assert join(token_for(study, "Nora@Example.org")).memberships.get().study == study


def test_the_link_is_then_worn_out(study: Study) -> None:
    token = token_for(study, "nora@example.org")
    join(token)
    with pytest.raises(Missing) as raised:
        join(token)
    assert raised.value.code == "invitation.missing"


def test_an_email_with_an_account_is_refused(study: Study, outsider: User) -> None:
    with pytest.raises(Conflict) as raised:
        join(token_for(study, outsider.email))
    assert raised.value.code == "invitation.has_account"

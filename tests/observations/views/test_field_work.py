"""Participants, consents and promises as their pages take them down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fieldstudy.models import User
from observations.forms.field import without_quotes
from observations.models import Participant, Study
from tests import builders

ForUser = Callable[[User], Client]


def test_a_pseudonym_is_taken_in_other_letters_too(study: Study, lead: User, client_for: ForUser) -> None:
    builders.make_participant(study, "P01")
    said = {"code": "p01", "role": "professional"}
    assert client_for(lead).post(reverse("participants", args=[study.slug]), said).status_code == 422


@pytest.mark.parametrize(("name", "field"), [("participant", "given_on"), ("consent_withdraw", "on")])
def test_a_day_to_come_is_not_on_record(study: Study, lead: User, client_for: ForUser, name: str, field: str) -> None:
    person: Participant = builders.make_participant(study, quote=True)
    said = {field: (timezone.localdate() + timedelta(days=2)).isoformat(), "form_version": "v2"}
    assert client_for(lead).post(reverse(name, args=[study.slug, person.pk]), said).status_code == 422


@pytest.mark.parametrize("typed", ["« Fewer misses »", "“Fewer misses”", '"Fewer misses"', "Fewer misses"])
def test_a_promise_is_kept_without_the_quotation_marks_around_it(typed: str) -> None:
    assert without_quotes(typed) == "Fewer misses"


def test_quotation_marks_within_a_promise_stay() -> None:
    assert without_quotes("“Fewer” and “faster”") == "“Fewer” and “faster”"


def test_a_long_description_opens_in_full(study: Study, lead: User, client_for: ForUser) -> None:
    study.description = {"en": "word " * 60 + "end."}
    study.save(update_fields=["description"])
    page = client_for(lead).get(reverse("study", args=[study.slug])).content.decode()
    assert ("about-more" in page, "word end." in page) == (True, True)

"""Every page of this room opens for those who may, in both languages, and for nobody else."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from fieldstudy.models import User
from observations.models import Study
from tests import builders
from tests.shared import shared

ForUser = Callable[[User], Client]
FOR_ALL = ("study", "sites", "tools", "source_list")
FOR_COLLECTORS = ("import", "note_new")
FOR_LEADS = ("study_settings", "members")


@shared
def full(study: Study) -> Study:
    site, person = builders.make_site(study), builders.make_participant(study, quote=True)
    builders.make_source(study, site=site, participants=(person,), speakers={"Dr Sorel": person})
    return study


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", [*FOR_ALL, *FOR_COLLECTORS, *FOR_LEADS, "participants"])
def test_a_lead_opens_every_page(full: Study, lead: User, client_for: ForUser, name: str, language: str) -> None:
    response = client_for(lead).get(reverse(name, args=[full.slug]), headers={"accept-language": language})
    assert response.status_code == 200


@pytest.mark.parametrize("name", FOR_ALL)
def test_a_reader_opens_what_is_for_all(full: Study, reader: User, client_for: ForUser, name: str) -> None:
    assert client_for(reader).get(reverse(name, args=[full.slug])).status_code == 200


@pytest.mark.parametrize("name", [*FOR_COLLECTORS, *FOR_LEADS, "participants"])
def test_a_reader_is_refused_what_is_not(full: Study, reader: User, client_for: ForUser, name: str) -> None:
    assert client_for(reader).get(reverse(name, args=[full.slug])).status_code == 403


@pytest.mark.parametrize("name", [*FOR_ALL, *FOR_COLLECTORS, *FOR_LEADS, "participants"])
def test_an_outsider_finds_nothing(full: Study, outsider: User, client_for: ForUser, name: str) -> None:
    assert client_for(outsider).get(reverse(name, args=[full.slug])).status_code == 404


@pytest.mark.parametrize("name", ["source", "source_edit", "source_text"])
def test_a_coder_opens_the_pages_of_a_source(full: Study, coder_ana: User, client_for: ForUser, name: str) -> None:
    source = full.sources.get()
    assert client_for(coder_ana).get(reverse(name, args=[full.slug, source.pk])).status_code == 200


@pytest.mark.parametrize("name", ["source", "source_edit", "source_text"])
def test_a_source_of_another_study_is_not_there(full: Study, outsider: User, client_for: ForUser, name: str) -> None:
    source = full.sources.get()
    assert client_for(outsider).get(reverse(name, args=["elsewhere", source.pk])).status_code == 404


def test_a_steward_opens_a_participant(full: Study, steward: User, client_for: ForUser) -> None:
    person = full.participants.get()
    for name in ("participant", "consent_withdraw"):
        assert client_for(steward).get(reverse(name, args=[full.slug, person.pk])).status_code == 200


def test_the_overview_of_a_bare_study_says_how_to_begin(study: Study, lead: User, client_for: ForUser) -> None:
    assert b"To get going" in client_for(lead).get(reverse("study", args=[study.slug])).content


def test_a_list_without_any_source_says_how_to_begin(study: Study, lead: User, client_for: ForUser) -> None:
    assert b"No source yet" in client_for(lead).get(reverse("source_list", args=[study.slug])).content


def test_a_job_that_is_not_there_is_not_found(study: Study, lead: User, client_for: ForUser) -> None:
    assert client_for(lead).get(reverse("job", args=[study.slug, uuid.uuid4()])).status_code == 404

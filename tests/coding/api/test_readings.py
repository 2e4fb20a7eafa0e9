"""Readings over HTTP: opening, remembering how far, submitting."""

import json
import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from coding.models import Reading
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

JSON = "application/json"


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, "I read the film first.", "Then I click.")


@pytest.fixture
def ana(coder_ana: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(coder_ana)


def at(source: Source, rest: str = "") -> str:
    return f"/api/v1/studies/ward/sources/{source.pk}/reading/{rest}"


def opened(client: Client, source: Source) -> str:
    return str(client.post(at(source), json.dumps({"id": str(uuid.uuid4())}), content_type=JSON).json()["id"])


def test_opening_twice_gives_the_same_reading(ana: Client, source: Source) -> None:
    assert opened(ana, source) == opened(ana, source)


def test_how_far_one_read_only_grows(ana: Client, source: Source) -> None:
    url = f"/api/v1/studies/ward/readings/{opened(ana, source)}/read-to/"
    for read_to in (2, 1):
        assert ana.post(url, json.dumps({"read_to": read_to}), content_type=JSON).status_code == 204
    assert Reading.objects.get().read_to == 2


def test_another_persons_reading_cannot_be_marked(
    ana: Client, source: Source, coder_ben: User, client_for: Callable[[User], Client]
) -> None:
    url = f"/api/v1/studies/ward/readings/{opened(client_for(coder_ben), source)}/read-to/"
    assert ana.post(url, json.dumps({"read_to": 1}), content_type=JSON).status_code == 404


def test_submitting_fixes_the_first_reading_and_opens_the_final_one(
    ana: Client, source: Source, study: Study, coder_ana: User
) -> None:
    builders.code(source, "film", builders.make_code(study), by=coder_ana)
    told = ana.post(at(source, "submit/"), "{}", content_type=JSON).json()
    assert (told["phase"], told["state"]) == ("first", "submitted")
    assert Reading.objects.get(phase="final").segments.count() == 1


def test_a_source_without_any_code_can_be_submitted(ana: Client, source: Source) -> None:
    assert ana.post(at(source, "submit/"), "{}", content_type=JSON).json()["state"] == "submitted"


def test_only_readings_one_may_know_of_are_listed(ana: Client, source: Source, coder_ben: User) -> None:
    builders.submit(source, by=coder_ben)
    url = f"/api/v1/studies/ward/readings/?source={source.pk}"
    assert ana.get(url).json()["results"] == []
    ana.post(at(source, "submit/"), "{}", content_type=JSON)
    assert {row["coder"] for row in ana.get(url).json()["results"]} == {"C1", "C2"}


def test_a_malformed_source_in_the_query_is_not_there(ana: Client, source: Source) -> None:
    assert ana.get("/api/v1/studies/ward/readings/?source=nonsense").status_code == 404

"""Segments over HTTP: what a coder's browser sends, and what it is told."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coding.models import Code, Reading, Segment
from fieldstudy.models import User
from observations.actions.sources import correct_text
from observations.models import Source, Study
from observations.queries.sources import text_of
from tests import builders
from tests.shared import shared

ClientFor = Callable[[User], Client]
SAVE_QUERIES = 9


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, "I read the film first 🫁. Then I click.", "It is strict.")


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study, "STR")


@pytest.fixture
def ana(coder_ana: User, client_for: ClientFor) -> Client:
    return client_for(coder_ana)


def passage(source: Source, code: Code, phrase: str, **more: Any) -> dict[str, Any]:
    start = text_of(source).index(phrase)
    body = {"id": uuid.uuid4(), "code": code.pk, "start": start, "end": start + len(phrase)}
    return {**body, "revision": source.revision_id, **more}


def post(client: Client, source: Source, body: dict[str, Any], **headers: str) -> HttpResponse:
    url = f"/api/v1/studies/{source.study.slug}/sources/{source.pk}/segments/"
    return client.post(url, json.dumps(body, default=str), content_type="application/json", headers=headers)


def patch(client: Client, segment: Segment, **body: Any) -> HttpResponse:
    url = f"/api/v1/studies/ward/segments/{segment.pk}/"
    return client.patch(url, json.dumps(body, default=str), content_type="application/json")


def test_a_code_is_applied_to_words_counted_in_code_points(ana: Client, source: Source, strict: Code) -> None:
    response = post(ana, source, passage(source, strict, "🫁. Then"))
    assert response.status_code == 201
    told = response.json()
    assert told["quote"] == "🫁. Then"
    assert set(told) == {
        "id", "version", "source", "revision", "code", "start", "end", "quote", "coder", "reading", "origin", "weight",
        "removed",
    }  # fmt: skip
    assert (told["coder"], told["origin"], told["version"]) == ("C1", "person", 1)


def test_the_same_passage_sent_twice_is_one(ana: Client, source: Source, strict: Code) -> None:
    body = passage(source, strict, "Then I click")
    assert [post(ana, source, body).status_code for _ in range(2)] == [201, 200]
    assert Segment.objects.count() == 1


def test_another_passage_under_a_taken_id_is_refused(ana: Client, source: Source, strict: Code) -> None:
    body = passage(source, strict, "Then I click")
    post(ana, source, body)
    response = post(ana, source, passage(source, strict, "strict", id=body["id"]))
    assert (response.status_code, response.json()["code"]) == (409, "segment.id_taken")


def test_edge_white_space_is_left_out(ana: Client, source: Source, strict: Code) -> None:
    assert post(ana, source, passage(source, strict, " Then I click.\n")).json()["quote"] == "Then I click."


def test_a_passage_may_cross_turns(ana: Client, source: Source, strict: Code) -> None:
    assert post(ana, source, passage(source, strict, "click.\nIt is")).json()["quote"] == "click.\nIt is"


def test_a_heading_cannot_be_applied(ana: Client, source: Source, study: Study) -> None:
    heading = builders.make_code(study, "NOR", is_codable=False)
    response = post(ana, source, passage(source, heading, "strict"))
    assert (response.status_code, response.json()["code"]) == (422, "segment.code_not_usable")


def test_a_passage_beyond_the_text_is_refused(ana: Client, source: Source, strict: Code) -> None:
    response = post(ana, source, passage(source, strict, "strict", end=10_000))
    assert (response.status_code, response.json()["code"]) == (422, "segment.out_of_range")


def test_malformed_input_is_told_field_by_field(ana: Client, source: Source, strict: Code) -> None:
    response = post(ana, source, passage(source, strict, "strict", start="here"))
    assert response.status_code == 422
    assert "start" in response.json()["fields"]


def test_a_write_of_someone_else_is_never_taken(ana: Client, source: Source, strict: Code, coder_ben: User) -> None:
    response = post(ana, source, passage(source, strict, "strict"), **{"Fieldstudy-User": str(coder_ben.pk)})
    assert (response.status_code, response.json()["code"]) == (409, "session.other_account")
    assert not Segment.objects.exists()


def test_nobody_signed_in_is_told_so(source: Source, strict: Code) -> None:
    response = post(Client(), source, passage(source, strict, "strict"))
    assert (response.status_code, response.json()["code"]) == (401, "request.not_signed_in")


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("lead", 403), ("outsider", 404)])
def test_only_coders_may_apply(
    who: str, status: int, request: pytest.FixtureRequest, client_for: ClientFor, source: Source, strict: Code
) -> None:
    client = client_for(request.getfixturevalue(who))
    assert post(client, source, passage(source, strict, "strict")).status_code == status


def test_an_account_that_was_closed_may_not_apply(ana: Client, source: Source, strict: Code, coder_ana: User) -> None:
    User.objects.filter(pk=coder_ana.pk).update(is_active=False)
    assert post(ana, source, passage(source, strict, "film")).status_code == 401


def test_a_proposal_made_in_a_reading_of_someone_else_cannot_be_applied(
    ana: Client, source: Source, strict: Code, coder_ben: User
) -> None:
    builders.code(source, "film", strict, by=coder_ben)
    Code.objects.filter(pk=strict.pk).update(proposed_in=Reading.objects.get(coder__user=coder_ben))
    assert post(ana, source, passage(source, strict, "film")).status_code == 422


def test_a_source_of_another_study_is_not_there(ana: Client, outsider: User, strict: Code) -> None:
    elsewhere = builders.make_source(Study.objects.get(slug="elsewhere"))
    url = f"/api/v1/studies/ward/sources/{elsewhere.pk}/segments/"
    body = passage(elsewhere, strict, "film")
    assert ana.post(url, json.dumps(body, default=str), content_type="application/json").status_code == 404


def test_borders_weight_and_code_change_one_by_one(
    ana: Client, source: Source, strict: Code, coder_ana: User, study: Study
) -> None:
    segment = builders.code(source, "Then I click", strict, by=coder_ana)
    other = builders.make_code(study, "TAC")
    assert patch(ana, segment, version=1, start=segment.now_start + 5).json()["quote"] == "I click"
    assert patch(ana, segment, version=2, weight=40).json()["weight"] == 40
    told = patch(ana, segment, version=3, code=other.pk).json()
    assert (told["code"], told["weight"], told["quote"], told["version"]) == (str(other.pk), 40, "I click", 4)


def test_a_change_of_an_older_version_is_refused(ana: Client, source: Source, strict: Code, coder_ana: User) -> None:
    segment = builders.code(source, "Then I click", strict, by=coder_ana)
    patch(ana, segment, version=1, weight=10)
    response = patch(ana, segment, version=1, weight=20)
    assert (response.status_code, response.json()["code"]) == (409, "segment.changed_meanwhile")


def test_borders_counted_on_an_older_text_are_refused(
    ana: Client, source: Source, strict: Code, coder_ana: User, study: Study
) -> None:
    segment = builders.code(source, "strict", strict, by=coder_ana)
    old = source.revision_id
    correct(study, source, "Then I click", "And then I click")
    response = patch(ana, segment, version=1, start=0, end=5, revision=old)
    assert (response.status_code, response.json()["code"]) == (409, "segment.text_changed")


def test_a_passage_chosen_on_an_older_text_is_carried_over(
    ana: Client, source: Source, strict: Code, study: Study
) -> None:
    body = passage(source, strict, "strict")
    correct(study, source, "Then I click", "And then I click")
    told = post(ana, source, body).json()
    assert (told["quote"], told["revision"]) == ("strict", str(Source.objects.get(pk=source.pk).revision_id))


def test_removal_is_undone_by_restoring(ana: Client, source: Source, strict: Code, coder_ana: User) -> None:
    segment = builders.code(source, "strict", strict, by=coder_ana)
    url = f"/api/v1/studies/ward/segments/{segment.pk}/"
    assert ana.delete(url).status_code == 204
    assert not Segment.objects.filter(removed_at=None).exists()
    told = ana.post(f"{url}restore/").json()
    assert (told["quote"], told["version"]) == ("strict", 3)


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_the_passage_of_another_coder_is_not_there(
    method: str, ana: Client, source: Source, strict: Code, coder_ben: User
) -> None:
    segment = builders.code(source, "strict", strict, by=coder_ben)
    url = f"/api/v1/studies/ward/segments/{segment.pk}/"
    body = json.dumps({"version": 1, "weight": 5}) if method == "patch" else ""
    assert ana.generic(method.upper(), url, body, content_type="application/json").status_code == 404


def test_the_list_is_in_the_order_of_the_text(ana: Client, source: Source, strict: Code, coder_ana: User) -> None:
    for phrase in ("strict", "film", "click"):
        builders.code(source, phrase, strict, by=coder_ana)
    told = ana.get(f"/api/v1/studies/ward/sources/{source.pk}/segments/").json()
    assert [row["quote"] for row in told["results"]] == ["film", "click", "strict"]


def test_the_list_is_the_same_with_hidden_passages(
    ana: Client, source: Source, strict: Code, coder_ana: User, coder_ben: User
) -> None:
    builders.code(source, "film", strict, by=coder_ana)
    url = f"/api/v1/studies/ward/sources/{source.pk}/segments/"
    with CaptureQueriesContext(connection) as before:
        alone = ana.get(url).content
    for phrase in ("strict", "click", "read"):
        builders.code(source, phrase, strict, by=coder_ben)
    with CaptureQueriesContext(connection) as after:
        assert ana.get(url).content == alone
    assert len(before) == len(after)


def test_a_save_takes_few_queries_however_much_is_coded(
    ana: Client, source: Source, strict: Code, coder_ana: User
) -> None:
    for phrase in ("film", "click", "read"):
        builders.code(source, phrase, strict, by=coder_ana)
    body = passage(source, strict, "strict")
    with CaptureQueriesContext(connection) as queries:
        assert post(ana, source, body).status_code == 201
    assert len(queries) <= SAVE_QUERIES, [query["sql"] for query in queries]


def test_a_save_never_loads_the_sealed_text(ana: Client, source: Source, strict: Code, coder_ana: User) -> None:
    builders.code(source, "film", strict, by=coder_ana)
    with CaptureQueriesContext(connection) as queries:
        post(ana, source, passage(source, strict, "strict"))
    assert not [query for query in queries if '"sealed"' in query["sql"]]


def correct(study: Study, source: Source, old: str, new: str) -> None:
    text = text_of(source).replace(old, new)
    correct_text(viewer=builders.as_lead(study), source=source, text=text, based_on=1, at=builders.AT)


def listed(client: Client, source: Source, reading: uuid.UUID) -> HttpResponse:
    return client.get(f"/api/v1/studies/{source.study.slug}/sources/{source.pk}/segments/", {"reading": str(reading)})


def test_the_passages_of_one_reading_are_listed_in_an_open_study(lead: User, client_for: ClientFor) -> None:
    study = builders.make_study(lead, slug="open", mode="open")
    ana, ben = (builders.make_member(study, name, "coder") for name in ("anouk", "bela"))
    source, strict = builders.make_source(study, "It is strict."), builders.make_code(study, "STR")
    reading = builders.code(source, "strict", strict, by=ana).reading_id
    builders.code(source, "It is", strict, by=ben)
    assert [row["quote"] for row in listed(client_for(ben), source, reading).json()["results"]] == ["strict"]


def test_a_hidden_reading_is_listed_as_one_that_is_not_there(
    source: Source, strict: Code, ana: Client, coder_ben: User
) -> None:
    reading = builders.code(source, "strict", strict, by=coder_ben).reading_id
    assert listed(ana, source, reading).content == listed(ana, source, uuid.uuid4()).content

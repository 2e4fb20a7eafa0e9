"""Segments changed together over HTTP, and what helps a coder along: proposals, favourites, how the text is set."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from coding.models import Code, Favourite, Segment
from fieldstudy.models import User
from observations.models import Source, Study
from observations.queries.sources import text_of
from tests import builders
from tests.shared import shared

BASE = "/api/v1/studies/ward"


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, "I read the film first 🫁. Then I click.")


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study, "STR")


@pytest.fixture
def ana(coder_ana: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(coder_ana)


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
    made = getattr(client, method)
    return made(path, json.dumps(body, default=str), content_type="application/json", headers=headers)


def step(source: Source, code: Code, phrase: str, **more: Any) -> dict[str, Any]:
    start = text_of(source).index(phrase)
    place = {"start": start, "end": start + len(phrase), "revision": source.revision_id}
    return {"verb": "apply", "id": uuid.uuid4(), "code": code.pk, **place, **more}


def batch(client: Client, source: Source, *steps: dict[str, Any], **headers: str) -> HttpResponse:
    return send(client, "post", f"{BASE}/sources/{source.pk}/segments/changes/", {"changes": steps}, **headers)


def test_a_batch_sent_twice_gives_the_same_answer_and_is_done_once(ana: Client, source: Source, strict: Code) -> None:
    steps = [step(source, strict, "film first 🫁"), step(source, strict, "click", weight=30)]
    first, second = batch(ana, source, *steps), batch(ana, source, *steps)
    assert (first.status_code, first.content) == (200, second.content)
    told = first.json()
    assert [(one["quote"], one["weight"]) for one in told["segments"]] == [("film first 🫁", None), ("click", 30)]
    assert Segment.objects.count() == 2


def test_a_batch_removes_and_restores(ana: Client, source: Source, strict: Code) -> None:
    made = step(source, strict, "click")
    batch(ana, source, made)
    removed = batch(ana, source, {"verb": "remove", "id": made["id"], "version": 1}).json()
    assert removed == {"segments": [], "removed": [{"id": str(made["id"]), "version": 2}]}
    restored = batch(ana, source, {"verb": "restore", "id": made["id"], "version": 2}).json()
    assert [(one["version"], one["removed"]) for one in restored["segments"]] == [(3, False)]


def test_an_incomplete_step_is_named(ana: Client, source: Source) -> None:
    response = batch(ana, source, {"verb": "apply", "id": uuid.uuid4()}, {"verb": "remove", "id": uuid.uuid4()})
    assert response.status_code == 422
    needed = [f"changes.0.{name}" for name in ("code", "start", "end", "revision")]
    assert list(response.json()["fields"]) == [*needed, "changes.1.version"]


def test_a_batch_of_somebody_else_is_refused(ana: Client, source: Source, strict: Code, coder_ben: User) -> None:
    response = batch(ana, source, step(source, strict, "click"), **{"Fieldstudy-User": str(coder_ben.pk)})
    assert (response.status_code, response.json()["code"]) == (409, "session.other_account")


def test_a_segment_is_split_and_merged_again(ana: Client, source: Source, strict: Code, coder_ana: User) -> None:
    segment = builders.code(source, "Then I click.", strict, by=coder_ana, weight=9)
    new = uuid.uuid4()
    point = text_of(source).index("I click")
    body = {"id": new, "version": 1, "point": point}
    parts = send(ana, "post", f"{BASE}/segments/{segment.pk}/split/", body).json()["segments"]
    assert [(one["quote"], one["weight"]) for one in parts] == [("Then", 9), ("I click.", 9)]
    named = [{"id": one["id"], "version": one["version"]} for one in parts]
    told = send(ana, "post", f"{BASE}/sources/{source.pk}/segments/merge/", {"segments": named}).json()
    assert [one["quote"] for one in told["segments"]] == ["Then I click."]
    assert [one["id"] for one in told["removed"]] == [str(new)]


def test_a_proposal_is_told_as_a_code_and_taken_back(ana: Client, source: Source) -> None:
    body = {"id": uuid.uuid4(), "names": {"en": "click first"}}
    path = f"{BASE}/sources/{source.pk}/proposals/"
    first, second = send(ana, "post", path, body), send(ana, "post", path, body)
    assert (first.status_code, second.status_code, first.content) == (201, 200, second.content)
    assert first.json()["sign"].startswith("~")
    assert ana.delete(f"{BASE}/proposals/{body['id']}/").status_code == 204


def test_a_favourite_moves_from_key_to_key(ana: Client, strict: Code) -> None:
    for key in (1, 4):
        assert send(ana, "put", f"{BASE}/favourites/{key}/", {"code": strict.pk}).status_code == 200
    assert ana.get(f"{BASE}/favourites/").json() == [{"key": 4, "code": str(strict.pk)}]
    ana.delete(f"{BASE}/favourites/4/")
    assert not Favourite.objects.exists()


def test_there_are_nine_keys(ana: Client, strict: Code) -> None:
    response = send(ana, "put", f"{BASE}/favourites/10/", {"code": strict.pk})
    assert (response.status_code, response.json()["code"]) == (422, "favourite.no_such_key")


def test_how_the_text_is_set_is_kept_with_the_account(ana: Client) -> None:
    assert ana.get("/api/v1/me/preferences/").json() == {"text_size": 0, "density": "normal"}
    assert send(ana, "patch", "/api/v1/me/preferences/", {"text_size": 2}).json()["text_size"] == 2
    send(ana, "patch", "/api/v1/me/preferences/", {"density": "open"})
    assert ana.get("/api/v1/me/preferences/").json() == {"text_size": 2, "density": "open"}
    assert send(ana, "patch", "/api/v1/me/preferences/", {"text_size": 9}).status_code == 422

"""What the API does not know is refused by its name, at every address and in every body."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver
from rest_framework.parsers import MultiPartParser
from rest_framework.test import APIRequestFactory, force_authenticate

from fieldstudy.api.endpoints import body_of, parameters_of
from fieldstudy.api.schema import KeptSchema
from fieldstudy.models import User

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Endpoint:
    """A method of an address, as the schema writes it, and the view that answers."""

    path: str
    method: str
    view: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def endpoints() -> Iterator[Endpoint]:
    """All of them below `/api/v1/`."""
    (api,) = (one for one in get_resolver().url_patterns if getattr(one, "namespace", None) == "api")
    for path, view in _below(api, "/"):
        yield from (Endpoint(path, method, view) for method in METHODS if hasattr(view.cls, method))


def _below(resolver: URLResolver, path: str) -> Iterator[tuple[str, Any]]:
    path += re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(resolver.pattern))
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _below(one, path)
        else:
            yield path + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(one.pattern)), one.callback


ALL = list(endpoints())
every = pytest.mark.parametrize("endpoint", ALL, ids=str)
every_write = pytest.mark.parametrize("endpoint", [one for one in ALL if one.method != "get"], ids=str)


def told(view: Any, request: Any) -> tuple[int, str, list[str]]:
    """What somebody who has nothing is told: the check comes before it is known what is theirs."""
    force_authenticate(request, user=User(email="nobody@example.org"))
    answer = view(request)
    return answer.status_code, answer.data["code"], sorted(answer.data["fields"])


@every
def test_a_misspelt_parameter_is_refused_by_its_name(endpoint: Endpoint) -> None:
    request = getattr(APIRequestFactory(), endpoint.method)("/?mispelt=1", format="json")
    assert told(endpoint.view, request) == (400, "request.unknown", ["mispelt"])


@every_write
def test_a_misspelt_field_is_refused_by_its_name(endpoint: Endpoint) -> None:
    form = "multipart" if MultiPartParser in endpoint.view.cls.parser_classes else "json"
    request = getattr(APIRequestFactory(), endpoint.method)("/", {"mispelt": "1"}, format=form)
    assert told(endpoint.view, request) == (400, "request.unknown", ["mispelt"])


def test_a_field_below_a_field_is_refused_by_its_path() -> None:
    (changes,) = (one.view for one in ALL if one.path.endswith("/segments/changes/"))
    sent = {"changes": [{"verb": "remove", "id": "x", "mispelt": 1}]}
    assert told(changes, APIRequestFactory().post("/", sent, format="json"))[2] == ["changes.0.mispelt"]


def test_what_the_schema_tells_is_known() -> None:
    """And nothing else: who reads it there can send it."""
    paths, told, known = KeptSchema().get_schema()["paths"], {}, {}
    for one in ALL:
        operation = paths[one.path][one.method]
        told[str(one)] = sorted(row["name"] for row in operation.get("parameters", ()) if row["in"] == "query")
        known[str(one)] = sorted(parameters_of(one.view.cls, one.method.upper()))
        if one.method != "get":
            assert ("requestBody" in operation) == bool(body_of(one.view.cls, one.method.upper()).fields), str(one)
    assert known == told

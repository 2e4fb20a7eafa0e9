"""The working codebook over HTTP."""

from collections.abc import Callable

from django.test import Client

from coding.actions.code_tree import retire_code
from fieldstudy.models import User
from observations.models import Study
from tests import builders


def test_codes_come_in_the_language_asked_for(
    study: Study, coder_ana: User, client_for: Callable[[User], Client]
) -> None:
    builders.make_code(study, "STR", stance="limit")
    told = client_for(coder_ana).get("/api/v1/studies/ward/codes/", headers={"Accept-Language": "fr"}).json()
    assert [(row["sign"], row["name"], row["stance"]) for row in told["results"]] == [("STR", "code str", "limit")]


def test_a_retired_code_is_not_there(study: Study, coder_ana: User, client_for: Callable[[User], Client]) -> None:
    code = builders.make_code(study, "STR")
    client = client_for(coder_ana)
    url = f"/api/v1/studies/ward/codes/{code.pk}/"
    assert client.get(url).json()["sign"] == "STR"
    retire_code(viewer=builders.as_lead(study), code=code, at=builders.AT)
    assert client.get(url).status_code == 404

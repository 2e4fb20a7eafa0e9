"""Variables over the API: tables of them out and in."""

import uuid
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from fieldstudy.models import User
from observations.actions.variables import add_variable
from observations.models import Site, Study, Value, Variable
from tests import builders
from tests.shared import shared


@shared
def site(study: Study) -> Site:
    return builders.make_site(study)


def post(lead: User, study: Study, content: str, **more: object) -> Any:
    client = Client()
    client.force_login(lead)
    file = SimpleUploadedFile("sites.csv", content.encode())
    return client.post(reverse("api:variables_table", args=[study.slug, "site"]), {"file": file, **more})


def test_a_table_says_what_it_would_do_and_does_nothing(study: Study, lead: User, site: Site) -> None:
    told = post(lead, study, f"site,Beds\n{site.name},24\n").json()
    assert told == {
        "new_variables": [{"name": "Beds", "kind": "integer"}],
        "fresh": 1, "replaced": 0, "same": 0, "unknown": [], "done": False,
    }  # fmt: skip
    assert not Variable.objects.exists()


def test_a_confirmed_table_is_brought_in(study: Study, lead: User, site: Site) -> None:
    assert post(lead, study, f"site,Beds\n{site.name},24\n", confirm="true").json()["done"]
    assert Value.objects.get().number == 24


def test_a_table_that_names_nothing_known_is_not_taken(study: Study, lead: User, site: Site) -> None:
    content = f"site,Beds\n{site.name},24\nElsewhere,3\n"
    assert post(lead, study, content).json()["unknown"] == ["Elsewhere"]
    refused = post(lead, study, content, confirm="true")
    assert refused.json()["code"] == "variable.subject_unknown"
    assert not Value.objects.exists() and not Variable.objects.exists()


def test_the_grid_is_given_as_the_page_gives_it(study: Study, lead: User, site: Site) -> None:
    add_variable(viewer=builders.as_lead(study), id=uuid.uuid4(), subject="site", name="Beds", kind="integer")
    client = Client()
    client.force_login(lead)
    given = client.get(reverse("api:variables_file", args=[study.slug, "site", "csv"]))
    assert given.content == client.get(reverse("variables_csv", args=[study.slug, "site"])).content
    book = client.get(reverse("api:variables_file", args=[study.slug, "site", "xlsx"])).content
    rows = load_workbook(BytesIO(book)).active.values
    assert list(rows) == [("site", "Beds"), (site.name, None)]


def test_a_table_of_another_form_is_not_there(study: Study, lead: User) -> None:
    client = Client()
    client.force_login(lead)
    assert client.get(reverse("api:variables_file", args=[study.slug, "site", "pdf"])).status_code == 404

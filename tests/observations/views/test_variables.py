"""The grid of variables and the tables brought into it."""

import uuid
from collections.abc import Callable
from io import BytesIO

from django.test import Client
from django.urls import reverse

from fieldstudy.models import User
from observations.actions.variables import add_variable
from observations.models import Study, Value, Variable
from tests import builders

ClientFor = Callable[[User], Client]


def table(content: str) -> BytesIO:
    file = BytesIO(content.encode())
    file.name = "sites.csv"
    return file


def test_a_variable_is_added_from_the_page(study: Study, lead: User, client_for: ClientFor) -> None:
    address = reverse("variables", args=[study.slug, "site"])
    client_for(lead).post(address, {"name": "Size", "kind": "choice", "choices": "small\nlarge\n"})
    assert Variable.objects.get().choices == ["small", "large"]


def test_a_choice_of_one_is_refused_beside_the_form(study: Study, lead: User, client_for: ClientFor) -> None:
    address = reverse("variables", args=[study.slug, "site"])
    answer = client_for(lead).post(address, {"name": "Size", "kind": "choice", "choices": "small"})
    assert answer.status_code == 422
    assert "two different things" in answer.content.decode()


def test_a_table_is_shown_before_it_counts(study: Study, lead: User, client_for: ClientFor) -> None:
    site = builders.make_site(study)
    address, browser = reverse("variables_import", args=[study.slug, "site"]), client_for(lead)
    shown = browser.post(address, {"file": table(f"site,Beds\n{site.name},24\n")})
    assert "One value is new" in shown.content.decode()
    assert not Value.objects.exists()
    browser.post(address, {"table": shown.context["table"]})
    assert Value.objects.get().number == 24


def test_a_table_of_another_study_is_not_taken(study: Study, outsider: User, client_for: ClientFor) -> None:
    elsewhere = Study.objects.get(slug="elsewhere")
    site = builders.make_site(elsewhere)
    theirs = reverse("variables_import", args=["elsewhere", "site"])
    shown = client_for(outsider).post(theirs, {"file": table(f"site,Beds\n{site.name},24\n")})
    lead = study.memberships.get().user
    answer = client_for(lead).post(
        reverse("variables_import", args=[study.slug, "site"]), {"table": shown.context["table"]}
    )
    assert answer.status_code == 422


def test_the_grid_downloads_as_it_reads_back(study: Study, lead: User, client_for: ClientFor) -> None:
    site = builders.make_site(study)
    add_variable(viewer=builders.as_lead(study), id=uuid.uuid4(), subject="site", name="Beds", kind="integer")
    content = client_for(lead).get(reverse("variables_csv", args=[study.slug, "site"])).content
    assert content.decode() == f"site,Beds\r\n{site.name},\r\n"


def test_a_subject_that_is_none_is_not_there(study: Study, lead: User, client_for: ClientFor) -> None:
    assert client_for(lead).get(f"/studies/{study.slug}/variables/patient/").status_code == 404

"""The list of sources: filters, order, and what it costs."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fieldstudy.models import User
from observations.models import Study
from tests import builders

ForUser = Callable[[User], Client]


def titles(browser: Client, study: Study, **query: str) -> list[str]:
    context: Any = browser.get(reverse("source_list", args=[study.slug]), query).context
    return [source.title for source in context["listed"].sources]


def found(browser: Client, study: Study, **sent: str | list[str]) -> list[str]:
    context: Any = browser.post(reverse("source_list", args=[study.slug]), sent).context
    return [source.title for source in context["listed"].sources]


def queries(browser: Client, name: str, study: Study) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(reverse(name, args=[study.slug])).status_code == 200
    return len(captured)


@pytest.fixture
def browser(lead: User, study: Study, client_for: ForUser) -> Client:
    for title in ("Zinc", "Écho", "dossier"):
        builders.make_source(study, title=title)
    return client_for(lead)


def test_titles_sort_without_regard_to_accents(browser: Client, study: Study) -> None:
    assert titles(browser, study, sort="title") == ["dossier", "Écho", "Zinc"]


def test_numbers_in_titles_sort_by_what_they_say(browser: Client, study: Study) -> None:
    for title in ("Visit 10", "Visit 9"):
        builders.make_source(study, title=title)
    assert titles(browser, study, sort="-title")[1:3] == ["Visit 10", "Visit 9"]


def test_a_minus_turns_the_order(browser: Client, study: Study) -> None:
    assert titles(browser, study, sort="-title") == ["Zinc", "Écho", "dossier"]


def test_a_part_of_the_title_filters(browser: Client, study: Study) -> None:
    assert found(browser, study, title="INC") == ["Zinc"]


def test_words_of_a_title_are_not_taken_from_an_address(browser: Client, study: Study) -> None:
    assert titles(browser, study, title="INC") == ["dossier", "Écho", "Zinc"]


def test_words_of_a_title_stand_in_no_address_of_the_page(browser: Client, study: Study) -> None:
    response = browser.post(reverse("source_list", args=[study.slug]), {"title": "INC", "kind": "interview"})
    assert not [address for address in re.findall(r'href="([^"]*)"', response.content.decode()) if "INC" in address]


def test_a_title_and_an_order_are_sent_together(browser: Client, study: Study) -> None:
    assert found(browser, study, title="o", sort=["date", "-title"]) == ["Écho", "dossier"]


def test_filters_without_a_title_lead_to_an_address_of_their_own(browser: Client, study: Study) -> None:
    response = browser.post(reverse("source_list", args=[study.slug]), {"title": " ", "kind": "document", "page": "3"})
    assert (response.status_code, response["Location"].partition("?")[2]) == (302, "kind=document")


def test_a_site_filters(browser: Client, study: Study) -> None:
    site = builders.make_site(study)
    builders.make_source(study, title="Here", site=site)
    assert titles(browser, study, site=str(site.pk)) == ["Here"]


def test_a_kind_filters(browser: Client, study: Study) -> None:
    assert titles(browser, study, kind="field_note") == []


@pytest.mark.parametrize("query", [{"site": "x"}, {"sort": "x"}, {"page": "-1"}, {"page": "9"}, {"title": "\0"}])
def test_nonsense_counts_as_not_said(browser: Client, study: Study, query: dict[str, str]) -> None:
    assert len(titles(browser, study, **query)) == 3


def test_a_source_of_another_study_is_not_listed(browser: Client, study: Study, outsider: User) -> None:
    builders.make_source(outsider.memberships.get().study, title="Elsewhere")
    assert "Elsewhere" not in titles(browser, study)


@pytest.mark.parametrize("name", ["source_list", "sites", "tools", "participants", "members", "study"])
def test_thirty_rows_cost_as_many_queries_as_ten(study: Study, lead: User, client_for: ForUser, name: str) -> None:
    browser = client_for(lead)
    fill(study, range(10))
    ten = queries(browser, name, study)
    fill(study, range(10, 30))
    assert queries(browser, name, study) == ten


def fill(study: Study, numbers: range) -> None:
    for n in numbers:
        site = builders.make_site(study, f"Site {n}")
        person = builders.make_participant(study, f"P{n}", quote=True)
        builders.make_member(study, f"m{n}", "reader")
        builders.make_source(study, "One sentence.", title=f"Source {n}", site=site, participants=(person,))

"""The pages that relate the coding: what they show, take out and keep to themselves."""

import csv
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coding.actions.code_tree import retire_code
from coding.models import Code, Reading
from coding.queries.chart_kinds import CHARTS
from coding.queries.matrices import KINDS
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.architecture.test_blindness_everywhere import PASSING, Ward, build, hide
from tests.shared import shared

EVIL = "<img src=x onerror=alert(1)>"


@shared
def coded(study: Study, coder_ana: User) -> Source:
    code = builders.make_code(study)
    source = builders.make_source(study, site=builders.make_site(study))
    builders.code(source, "read the film", code, by=coder_ana)
    builders.submit(source, by=coder_ana)
    return source


@pytest.fixture
def page(study: Study, supervisor: User, client_for: Callable[[User], Client]) -> Callable[..., Any]:
    client = client_for(supervisor)

    def got(name: str, *parts: str, **asked: str) -> Any:
        return client.get(reverse(name, args=[study.slug, *parts]), asked)

    return got


def test_a_cell_leads_to_its_passages(coded: Source, page: Callable[..., Any]) -> None:
    text = page("relate").content.decode()
    code = Code.objects.get()
    assert f"row={code.pk}&amp;column={coded.site_id}" in text
    assert "(few)" in text and "Per coder" in text
    behind = page("relate_passages", row=str(code.pk), column=str(coded.site_id)).content.decode()
    assert "<mark>read the film</mark>" in behind


def test_one_coders_readings_are_named_as_they_are_counted(
    coded: Source, page: Callable[..., Any], coder_ana: User
) -> None:
    builders.submit(coded, by=coder_ana)  # the final one
    again = Reading.objects.get(phase=Reading.Phase.FIRST)
    again.pk, again.refi_guid, again.round = uuid.uuid4(), uuid.uuid4(), 2
    again.save(force_insert=True)
    shown = page("relate", layer=str(again.coder_id))
    counted = Reading.objects.get(pk=shown.context["layer"].readings[0].id)
    assert (counted.round, counted.phase) == (1, Reading.Phase.FINAL)
    assert "in the final reading of each source" in shown.content.decode()


def test_an_empty_study_says_what_to_do_next(study: Study, page: Callable[..., Any]) -> None:
    for name, parts in [("relate", ()), *(("relate_chart", (kind,)) for kind in CHARTS)]:
        response = page(name, *parts)
        assert response.status_code == 200
        assert '<svg class="chart"' not in response.content.decode()


def test_every_question_that_can_be_chosen_has_an_answer(coded: Source, page: Callable[..., Any]) -> None:
    for of, ways in KINDS.items():
        for by in ways:
            assert page("relate", what=f"{of}:{by}").status_code == 200, (of, by)


def test_a_question_that_makes_no_sense_is_answered_by_the_usual_one(coded: Source, page: Callable[..., Any]) -> None:
    usual = page("relate").content.decode()
    strange = page("relate", what="tea:milk", count="sugar").content.decode()
    assert usual.partition("<table")[2] == strange.partition("<table")[2]


@pytest.mark.parametrize("asked", [{"site": "x"}, {"layer": "nobody"}, {"what": "codes:variable:x"}])
def test_what_is_not_there_is_missing(coded: Source, page: Callable[..., Any], asked: dict[str, str]) -> None:
    assert page("relate", **asked).status_code == 404


def test_a_matrix_is_taken_out_as_a_table(coded: Source, page: Callable[..., Any]) -> None:
    rows = list(csv.reader(io.StringIO(page("relate_file", "csv").content.decode("utf-8-sig"))))
    assert rows == [["Row", "Val-Clair", "All together"], ["STR code str", "1", "1"], ["All together", "1", ""]]


def test_a_matrix_and_a_chart_are_taken_out_as_pictures(coded: Source, page: Callable[..., Any]) -> None:
    for name, parts in (("relate_file", ()), ("relate_chart_file", ("frequencies",))):
        assert page(name, *parts, "svg").content.startswith(b"<?xml")
        assert page(name, *parts, "png").content.startswith(b"\x89PNG")
        assert page(name, *parts, "pdf").status_code == 404


def test_no_cell_of_a_file_is_a_formula(study: Study, page: Callable[..., Any], coder_ana: User) -> None:
    source = builders.make_source(study, site=builders.make_site(study, "=1+1"))
    builders.code(source, "film", builders.make_code(study), by=coder_ana)
    builders.submit(source, by=coder_ana)
    assert "'=1+1" in page("relate_file", "csv").content.decode()


def test_what_was_typed_is_shown_as_text(study: Study, page: Callable[..., Any], coder_ana: User) -> None:
    source = builders.make_source(study, title=EVIL, site=builders.make_site(study, EVIL))
    builders.code(source, "film", builders.make_code(study), by=coder_ana)
    builders.submit(source, by=coder_ana)
    for response in [page("relate"), page("relate_passages"), *(page("relate_chart", kind) for kind in CHARTS)]:
        assert "<img" not in response.content.decode()


def test_the_api_gives_the_same_numbers(coded: Source, page: Callable[..., Any]) -> None:
    given = page("api:matrices", what="codes:site").json()
    assert (given["counts"], given["few"], given["per_coder"]) == ([[1]], [[True]], True)
    assert page("api:charts", "frequencies").json()["rows"] == [["STR", "code str", 1, 1, 1]]


def test_the_saturation_of_read_sources_is_told(coded: Source, page: Callable[..., Any]) -> None:
    (row,) = page("api:charts", "saturation").json()["rows"]
    assert row[2:] == [1, 1, 1, 100, 36]


def test_a_source_without_a_site_is_at_none(coded: Source, page: Callable[..., Any], coder_ana: User) -> None:
    elsewhere = builders.make_source(coded.study, title="Interview 2")
    builders.code(elsewhere, "read the film", Code.objects.get(), by=coder_ana)
    builders.submit(elsewhere, by=coder_ana)
    assert page("api:charts", "frequencies").json()["rows"] == [["STR", "code str", 2, 1, 1, 1]]


def test_a_retired_code_is_no_part_of_the_codebook(coded: Source, page: Callable[..., Any]) -> None:
    builders.make_code(coded.study, "TAC")
    retire_code(viewer=builders.as_lead(coded.study), code=Code.objects.get(sign="STR"), at=builders.AT)
    (row,) = page("api:charts", "saturation").json()["rows"]
    assert row[4:6] == [1, 0]


@shared
def ward(db: None) -> Ward:
    return build()


def addresses(ward: Ward) -> list[str]:
    slug, code = ward.study.slug, ward.code.pk
    matrix = reverse("relate", args=[slug])
    asked = [f"{matrix}?what={of}:{by}" for of, ways in KINDS.items() for by in ways]
    asked += [f"{matrix}?count={count}" for count in ("sources", "participants", "words")]
    asked += [f"{matrix}?layer={layer}" for layer in ("all", "consensus")]
    asked += [f"{reverse('relate_passages', args=[slug])}?row={code}&{more}" for more in ("", "what=codes:turn")]
    asked += [reverse("relate_file", args=[slug, form]) for form in ("csv", "svg")]
    asked += [reverse(name, args=[slug, kind]) for kind in CHARTS for name in ("relate_chart", "api:charts")]
    asked += [reverse("segment_like", args=[slug, ward.hidden["segment"]])]
    return asked


def answers(ward: Ward, name: str) -> dict[str, tuple[int, bytes, int]]:
    client = Client()
    client.force_login(ward.people[name])
    given = {}
    for address in addresses(ward):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        given[address] = (response.status_code, PASSING.sub(b"", response.content), len(queries))
    return given


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "submitted"), [("coder", True), ("reader", False)])
def test_hidden_passages_change_no_byte_and_no_query(ward: Ward, name: str, submitted: bool) -> None:
    before = answers(ward, name)
    with transaction.atomic():
        hide(ward, submitted=submitted)
        after = answers(ward, name)
        transaction.set_rollback(True)
    assert [address for address in before if before[address] != after[address]] == []
    assert {status for status, _, _ in before.values()} == {200, 403, 404}

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from observations.importers.base import ParsedTurn
from tests.builders import code, make_code, make_participant, make_source, submit
from tests.shared import shared


@shared
def coded(study, coder_ana):
    closed = make_participant(study, "P07", machine=True)
    willing = make_participant(study, "P08", quote=True, release=True)
    source = make_source(
        study,
        ParsedTurn(text="=I read the film.", speaker="A"),
        ParsedTurn(text="Never tell the chief.", speaker="B"),
        speakers={"A": willing, "B": closed},
    )
    code(source, "the film.\nNever tell", make_code(study), by=coder_ana)
    code(source, "=I read", make_code(study, "TAC"), by=coder_ana)
    submit(source, by=coder_ana)
    return source


def taken_out(client, study, text, form="csv"):
    return client.post(reverse("export_passages", args=[study.slug]), {"text": text, "format": form})


def test_words_that_may_not_leave_are_withheld(study, coded, lead, client_for):
    answer = taken_out(client_for(lead), study, "STR")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode(), newline=""))
    assert row["quote"] == "the film.\n[…]"
    assert b"chief" not in answer.content and b"Never" not in answer.content


def test_a_spreadsheet_runs_no_cell(study, coded, lead, client_for):
    answer = taken_out(client_for(lead), study, "TAC", "xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    (quote,) = [column[1] for column in sheet.columns if column[0].value == "quote"]
    assert (quote.value, quote.data_type) == ("=I read", "s")


def test_a_query_without_passages_gives_the_header_alone(study, coded, lead, client_for):
    assert len(taken_out(client_for(lead), study, "STR AND TAC").content.splitlines()) == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_api_gives_the_same_file_as_the_page(study, coded, lead, client_for, form):
    address, client = reverse("api:export_passages", args=[study.slug]), client_for(lead)
    given = client.post(address, {"query": "STR OR TAC", "form": form}, content_type="application/json")
    page = taken_out(client, study, "STR OR TAC", form)
    assert (given.content, given["Content-Type"]) == (page.content, page["Content-Type"])


def test_a_query_that_cannot_be_read_names_the_place_over_the_api(study, lead, client_for):
    address = reverse("api:export_passages", args=[study.slug])
    given = client_for(lead).post(address, {"query": "kind:poem"}, content_type="application/json")
    assert (given.status_code, given.json()["fields"]) == (422, {"query": ["5-9"]})

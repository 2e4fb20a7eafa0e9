"""The workspace's page: which readings it offers to lay beside one's own."""

import re
from collections.abc import Callable
from datetime import date

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coding.actions.coders import assign
from coding.models import Code
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

ClientFor = Callable[[User], Client]


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, "I read the film first.", "It is strict.")


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study, "STR")


def page_of(client: Client, source: Source) -> str:
    page = client.get(f"/studies/{source.study.slug}/sources/{source.pk}/code/").content.decode()
    return re.sub(r'(csrfmiddlewaretoken" value=|CSRFToken": )"[^"]*"', "", page)


def test_the_day_a_reading_is_due_is_gone_with_its_submission(
    source: Source, coder_ana: User, client_for: ClientFor
) -> None:
    lead = builders.as_lead(source.study)
    assign(viewer=lead, user=coder_ana, sources=[source], due_on=date(2025, 5, 28), at=builders.AT)
    assert "was due 28 May 2025" in page_of(client_for(coder_ana), source)
    builders.submit(source, by=coder_ana)
    assert "28 May 2025" not in page_of(client_for(coder_ana), source)


def test_an_open_study_offers_the_others_readings(lead: User, client_for: ClientFor) -> None:
    study = builders.make_study(lead, slug="open", mode="open")
    ana, ben = (builders.make_member(study, name, "coder") for name in ("anouk", "bela"))
    source = builders.make_source(study, "It is strict.")
    reading = builders.code(source, "strict", builders.make_code(study, "STR"), by=ana).reading_id
    assert f'name="laid" value="{reading}"' in page_of(client_for(ben), source)
    assert 'name="laid"' not in page_of(client_for(ana), source)


def test_a_blind_coder_gets_the_same_page_and_queries_whatever_others_have_coded(
    source: Source, strict: Code, coder_ana: User, coder_ben: User, client_for: ClientFor
) -> None:
    ana = client_for(coder_ana)
    before = page_of(ana, source)
    with CaptureQueriesContext(connection) as queries:
        page_of(ana, source)
    builders.code(source, "strict", strict, by=coder_ben)
    builders.submit(source, by=coder_ben)
    with CaptureQueriesContext(connection) as again:
        assert page_of(ana, source) == before
    assert len(again) == len(queries)
    assert "laid" not in before

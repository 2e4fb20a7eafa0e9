"""Memos on a source's page in the observations room: whose they are to see."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

ClientFor = Callable[[User], Client]


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, "I read the film first.", "It is strict.")


def memos_on(client: Client, source: Source) -> str:
    page = client.get(reverse("source", args=[source.study.slug, source.pk])).content.decode()
    return page[page.index('id="memos"') :].partition("</section>")[0]


def test_a_sources_page_lists_memos_on_it_and_on_its_words(source: Source, lead: User, client_for: ClientFor) -> None:
    place = {"about": "span", "subject_id": source.pk, "revision_id": source.revision_id, "start": 24, "end": 30}
    builders.make_memo(source.study, about="source", subject_id=source.pk, text="On the whole.")
    builders.make_memo(source.study, text="On these words.", **place)
    told = memos_on(client_for(lead), source)
    assert "On the whole." in told and "On these words." in told and "#t2" in told


def test_a_private_memo_is_listed_to_its_author_alone(
    source: Source, lead: User, supervisor: User, client_for: ClientFor
) -> None:
    before = memos_on(client_for(supervisor), source)
    builders.make_memo(source.study, about="source", subject_id=source.pk, text="For me.", is_shared=False)
    assert "For me." in memos_on(client_for(lead), source)
    assert memos_on(client_for(supervisor), source) == before


def test_a_blind_coder_is_told_of_no_memo_that_would_tell_how_others_read(
    source: Source, coder_ana: User, coder_ben: User, client_for: ClientFor
) -> None:
    before = memos_on(client_for(coder_ana), source)
    builders.make_memo(source.study, by=coder_ben, about="source", subject_id=source.pk, text="I see rigour.")
    assert memos_on(client_for(coder_ana), source) == before


def test_many_memos_cost_no_more_queries_than_one(source: Source, coder_ana: User, client_for: ClientFor) -> None:
    client, strict = client_for(coder_ana), builders.make_code(source.study, "STR")
    segment = builders.code(source, "strict", strict, by=coder_ana)
    costs = []
    for number in (1, 5):
        for _ in range(number):
            builders.make_memo(source.study, by=coder_ana, about="segment", subject_id=segment.pk)
        with CaptureQueriesContext(connection) as queries:
            memos_on(client, source)
        costs.append(len(queries))
    assert costs[0] == costs[1]

"""Lists of what belongs to sources follow the list of sources."""

import uuid

import pytest

from coding.actions.coders import assign
from coding.actions.saved_queries import save_query
from coding.models import Code, Coder
from coding.queries.layers import layer_of
from coding.queries.passages import answer
from coding.queries.passages_of import passages_of_code
from coding.queries.progress import progress_of_coders
from coding.queries.saved_queries import saved_by_name
from coding.queries.workspace import next_assigned
from fieldstudy.models import User
from observations.models import Source, Study
from observations.queries.source_list import Wanted, list_sources
from tests import builders
from tests.shared import shared

TITLES = ("Zone", "Écho", "Dossier")


@shared
def sources(study: Study) -> list[Source]:
    return [builders.make_source(study, title=title) for title in TITLES]


def test_the_next_assigned_source_is_the_next_in_the_list(study: Study, sources: list[Source], coder_ana: User) -> None:
    lead = builders.as_lead(study)
    assign(viewer=lead, user=coder_ana, sources=sources, due_on=None, at=builders.AT)
    listed = list_sources(lead, Wanted()).sources
    found = next_assigned(builders.viewer_of(study, coder_ana), listed[0])
    assert found is not None and found.title == listed[1].title == "Écho"


def test_passages_of_a_code_follow_the_titles(study: Study, sources: list[Source], coder_ana: User) -> None:
    code: Code = builders.make_code(study)
    for source in sources:
        builders.code(source, "film", code, by=coder_ana)
    found = passages_of_code(builders.viewer_of(study, coder_ana), code)
    assert [segment.source.title for segment in found] == ["Dossier", "Écho", "Zone"]


def test_kept_queries_stand_by_name(study: Study) -> None:
    lead = builders.as_lead(study)
    builders.make_code(study)
    for number, name in enumerate(TITLES):
        save_query(viewer=lead, id=uuid.UUID(int=number), name=name, text="STR", is_shared=True, at=builders.AT)
    assert [query.name for query in saved_by_name(lead)] == ["Dossier", "Écho", "Zone"]


@shared
def many(study: Study) -> list[Source]:
    """Sources coded by C10, C2 and C1, whose aliases the database would put in another order."""
    code = builders.make_code(study)
    sources = [builders.make_source(study, title=title) for title in TITLES]
    for source, alias in zip(sources, ("C10", "C2", "C1"), strict=True):
        user = builders.make_member(study, alias.lower(), "coder")
        builders.code(source, "film", code, by=user)
        Coder.objects.filter(user=user).update(alias=alias)
    Study.objects.filter(pk=study.pk).update(mode="open")
    return sources


@pytest.mark.usefixtures("many")
def test_coders_stand_by_the_number_in_their_alias(study: Study) -> None:
    supervisor = builders.viewer_of(study, builders.make_member(study, "sam", "supervisor"))
    assert [alias for _, alias in layer_of(supervisor, "").coders] == ["C1", "C2", "C10"]
    assert [row.coder.alias for row in progress_of_coders(supervisor, builders.AT.date())] == ["C1", "C2", "C10"]


@pytest.mark.usefixtures("many")
def test_passages_found_stand_by_the_number_in_their_coders_alias(study: Study) -> None:
    supervisor = builders.viewer_of(study, builders.make_member(study, "sam", "supervisor"))
    found = answer(supervisor, "STR", sort="coder").passages
    assert [one.segment.reading.coder.alias for one in found] == ["C1", "C2", "C10"]

"""Lists of what belongs to sources follow the list of sources."""

import uuid

from coding.actions.coders import assign
from coding.actions.saved_queries import save_query
from coding.models import Code
from coding.queries.passages_of import passages_of_code
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

"""What a study still lacks before anybody can code."""

import uuid

from django.utils import timezone

from coding.actions.assignments import assign_all
from coding.actions.codebooks import publish_codebook
from coding.queries.progress import lacking
from tests.builders import as_lead, make_code, make_member, make_source


def test_before_the_first_source_nothing_of_the_coding_is_asked_for(study):
    assert lacking(as_lead(study)) == []


def test_a_study_without_codes_and_coders_lacks_both(study):
    make_source(study)
    assert lacking(as_lead(study)) == ["codes", "coders"]


def test_codes_have_to_be_published_and_sources_handed_out(study):
    make_source(study), make_code(study), make_member(study, "Ana", "coder")
    assert lacking(as_lead(study)) == ["version", "coders", "assignments"]


def test_a_study_that_is_ready_lacks_nothing(study):
    source, ana = make_source(study), make_member(study, "Ana", "coder")
    make_code(study), make_member(study, "Ben", "coder")
    viewer, at = as_lead(study), timezone.now()
    publish_codebook(viewer=viewer, id=uuid.uuid4(), note="", at=at)
    assign_all(viewer=viewer, handed=[(ana, [source])], due_on=None, at=at)
    assert lacking(viewer) == []

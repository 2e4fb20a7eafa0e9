"""Conditions kept with a viewer: built once a visit, anew where the study's mode changed, and never with their rows."""

from coding.queries.visible import readings_visible_to, to_read_again
from fieldstudy.models import User
from observations.models import Study
from tests import builders


def test_a_condition_is_built_once_for_a_visit(study: Study) -> None:
    viewer = builders.as_lead(study)
    assert to_read_again(viewer) is to_read_again(viewer)
    assert to_read_again(viewer) is not to_read_again(builders.as_lead(study))


def test_rows_are_asked_for_each_time(study: Study, coder_ana: User) -> None:
    viewer = builders.viewer_of(study, coder_ana)
    assert list(readings_visible_to(viewer)) == []
    builders.code(builders.make_source(study), "film", builders.make_code(study), by=coder_ana)
    assert len(list(readings_visible_to(viewer))) == 1


def test_a_study_that_opens_is_seen_as_open(study: Study) -> None:
    viewer = builders.as_lead(study)
    blind = str(readings_visible_to(viewer).query)
    viewer.study.mode = Study.Mode.OPEN
    assert str(readings_visible_to(viewer).query) != blind

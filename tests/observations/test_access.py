"""Someone inside a study, and the conditions kept with them: built once a visit, and never with their rows."""

from django.forms.models import model_to_dict

from coding.queries.visible import readings_visible_to, to_read_again
from fieldstudy.models import User
from observations.access import enter
from observations.models import Study
from observations.roles import Permission
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


def test_whoever_enters_finds_the_study_as_it_is(study: Study, lead: User) -> None:
    Study.objects.filter(pk=study.pk).update(description={"en": "A ward"}, languages=["en", "fr"])
    found = enter(lead, study.slug, Permission.READ).study
    assert model_to_dict(found) == model_to_dict(Study.objects.get(pk=study.pk))

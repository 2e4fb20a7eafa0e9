from datetime import timedelta

from coding.actions.coders import assign
from coding.queries.progress import next_steps, progress_of_coders
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared


@shared
def source(study: Study, coder_ana: User) -> Source:
    source = builders.make_source(study)
    assign(viewer=builders.as_lead(study), user=coder_ana, sources=[source], due_on=None, at=builders.AT)
    return source


def steps(study: Study, user: User) -> list[str]:
    return [step.kind for step in next_steps(builders.viewer_of(study, user))]


def test_an_assigned_source_is_to_begin(study: Study, source: Source, coder_ana: User) -> None:
    assert steps(study, coder_ana) == ["begin"]


def test_an_open_reading_is_to_resume(study: Study, source: Source, coder_ana: User) -> None:
    builders.code(source, "I read", builders.make_code(study), by=coder_ana)
    assert steps(study, coder_ana) == ["resume"]


def test_a_submitted_reading_without_suggestions_leaves_nothing_to_do(
    study: Study, source: Source, coder_ana: User
) -> None:
    builders.submit(source, by=coder_ana)
    assert steps(study, coder_ana) == []


def test_the_lead_sees_every_coders_progress(study: Study, source: Source, lead: User) -> None:
    (row,) = progress_of_coders(builders.viewer_of(study, lead), builders.AT.date())
    assert (row.submitted, row.open, row.waiting) == (0, 0, 1)


def test_a_coder_sees_no_progress_but_their_own(study: Study, source: Source, coder_ben: User) -> None:
    assert progress_of_coders(builders.viewer_of(study, coder_ben), builders.AT.date()) == []


def test_what_is_not_submitted_by_its_day_is_late(
    study: Study, source: Source, lead: User, coder_ana: User, coder_ben: User
) -> None:
    viewer, day = builders.as_lead(study), builders.AT.date()
    for user in (coder_ana, coder_ben):
        assign(viewer=viewer, user=user, sources=[source], due_on=day, at=builders.AT)
    builders.submit(source, by=coder_ben)
    late = [[row.late for row in progress_of_coders(viewer, day + timedelta(days=n))] for n in (0, 1)]
    assert late == [[0, 0], [1, 0]]

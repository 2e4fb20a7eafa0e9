import uuid
from datetime import timedelta

import pytest

from coding.actions.agreement import start_agreement_run
from coding.actions.readings import open_reading
from coding.actions.rounds import Aim, close_round, open_calibration, reopen_round, serve_again
from coding.models import AgreementRun, Code, Reading, Round
from coding.queries.agreement import scope_of
from coding.queries.own_readings import current_reading
from coding.queries.progress import next_steps
from coding.queries.rounds import over_time, passes_in, readable_again, results_of
from coding.queries.visible import readings_visible_to, segments_visible_to
from fieldstudy.errors import Invalid
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

LATER = builders.AT + timedelta(weeks=5)
TEXT = [f"Shadow {number} is a nodule. I look first." for number in range(8)]


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study)


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, *TEXT)


def calibrate(study: Study, source: Source, *users: User, aim: Aim | None = None) -> Round:
    return open_calibration(
        viewer=builders.as_lead(study),
        id=uuid.uuid4(),
        handed=[(user, [source]) for user in users],
        aim=aim or Aim(),
        due_on=None,
        note="",
        at=builders.AT,
    )


def again(study: Study, source: Source, user: User) -> Round:
    return serve_again(
        viewer=builders.as_lead(study),
        id=uuid.uuid4(),
        handed=[(user, [source])],
        weeks=4,
        seed=7,
        due_on=None,
        note="",
        at=LATER,
    )


def read_again(study: Study, source: Source, user: User, *phrases: str, code: Code) -> Reading:
    open_reading(viewer=builders.viewer_of(study, user), source=source, id=uuid.uuid4(), at=LATER)
    for phrase in phrases:
        builders.code(source, phrase, code, by=user)
    return builders.submit(source, by=user)


def test_a_source_assigned_in_a_round_is_read_in_that_round(study: Study, source: Source, coder_ana: User, coder_ben):
    round = calibrate(study, source, coder_ana, coder_ben)
    assert (round.number, builders.submit(source, by=coder_ana).round) == (2, 2)


def test_the_lowest_round_not_begun_is_read_first(study: Study, source: Source, coder_ana: User, coder_ben):
    for _ in range(2):
        calibrate(study, source, coder_ana, coder_ben)
    rounds = [builders.submit(source, by=coder_ana).round for _ in range(2)]
    assert rounds == [2, 3]


def test_a_round_to_begin_is_the_next_step(study: Study, source: Source, coder_ana: User, coder_ben):
    builders.submit(source, by=coder_ana)
    calibrate(study, source, coder_ana, coder_ben)
    assert [step.kind for step in next_steps(builders.viewer_of(study, coder_ana))] == ["begin"]


def test_others_are_closed_to_whoever_has_the_source_to_read_in_another_round(
    study: Study, source: Source, coder_ana: User, coder_ben: User
):
    for user in (coder_ana, coder_ben):
        builders.submit(source, by=user)
    ana = builders.viewer_of(study, coder_ana)
    assert readings_visible_to(ana).filter(coder__user=coder_ben).exists()
    calibrate(study, source, coder_ana, *(builders.make_member(study, name, "coder") for name in ("cleo", "dan")))
    assert not readings_visible_to(ana).filter(coder__user=coder_ben).exists()


def test_a_closed_round_is_not_begun_and_can_be_opened_again(study: Study, source: Source, coder_ana, coder_ben):
    round = calibrate(study, source, coder_ana, coder_ben)
    ana, lead = builders.viewer_of(study, coder_ana), builders.as_lead(study)
    close_round(viewer=lead, round=round, at=LATER)
    assert next_steps(ana) == []
    reopen_round(viewer=lead, round=round)
    assert len(next_steps(ana)) == 1


def test_one_coder_is_too_few_to_calibrate(study: Study, source: Source, coder_ana: User):
    with pytest.raises(Invalid) as caught:
        calibrate(study, source, coder_ana)
    assert caught.value.code == "round.too_few_coders"


def test_a_target_is_in_range_and_for_a_code_of_the_study(study: Study, source: Source, coder_ana, coder_ben):
    for aim, code in (
        (Aim(1.2), "round.target_out_of_range"),
        (Aim(targets={uuid.uuid4(): 0.5}), "round.code_unknown"),
    ):
        with pytest.raises(Invalid) as caught:
            calibrate(study, source, coder_ana, coder_ben, aim=aim)
        assert caught.value.code == code


def test_a_round_is_not_mixed_into_the_studys_own_figures(
    study: Study, source: Source, coder_ana: User, coder_ben: User, supervisor: User
):
    round = calibrate(study, source, coder_ana, coder_ben)
    for user in (coder_ana, coder_ben):
        builders.submit(source, by=user)
    viewer = builders.viewer_of(study, supervisor)
    assert scope_of(viewer, None).readings == ()
    assert len(scope_of(viewer, None, round.number).readings) == 2


def test_a_rounds_figures_say_which_codes_meet_their_target(
    study: Study, source: Source, strict: Code, coder_ana: User, coder_ben: User
):
    loose = builders.make_code(study, "LIM")
    round = calibrate(study, source, coder_ana, coder_ben, aim=Aim(0.67, {strict.pk: 0.9}))
    for user, n in ((coder_ana, 6), (coder_ben, 5)):
        for number in range(6):
            builders.code(source, f"Shadow {number}", loose, by=user)
        for number in range(n):
            builders.code(source, f"Shadow {number}", strict, by=user)
        builders.submit(source, by=user)
    lead = builders.as_lead(study)
    start_agreement_run(viewer=lead, id=uuid.uuid4(), unit="turn", site=None, at=LATER, round=round.number)
    builders.do_jobs()
    results = results_of(lead, round)
    assert results is not None and not results.can_end
    assert {row.code.sign: row.verdict.outcome for row in results.rows} == {"STR": "missed", "LIM": "met"}
    assert [one.number for one in over_time(lead, [round]).rounds] == [round.number]
    assert AgreementRun.objects.get().round == round.number


def test_only_what_was_submitted_long_enough_ago_can_be_read_again(study: Study, source: Source, coder_ana: User):
    builders.submit(source, by=coder_ana)
    lead = builders.as_lead(study)
    assert readable_again(lead, weeks=6, now=LATER) == []
    (one,) = readable_again(lead, weeks=4, now=LATER)
    assert one.source == source


def test_what_waits_already_is_not_served_again(study: Study, source: Source, coder_ana: User):
    builders.submit(source, by=coder_ana)
    again(study, source, coder_ana)
    assert readable_again(builders.as_lead(study), weeks=4, now=LATER) == []


def test_what_a_coder_never_submitted_is_not_served_again(study: Study, source: Source, coder_ana: User):
    with pytest.raises(Invalid) as caught:
        again(study, source, coder_ana)
    assert caught.value.code == "round.not_readable"


def test_until_it_is_submitted_again_ones_own_earlier_coding_is_out_of_sight(
    study: Study, source: Source, strict: Code, coder_ana: User
):
    builders.code(source, "Shadow 1", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    ana = builders.viewer_of(study, coder_ana)
    again(study, source, coder_ana)
    assert not segments_visible_to(ana).exists() and current_reading(ana, source) is None
    builders.code(source, "Shadow 2", strict, by=coder_ana)
    assert segments_visible_to(ana).count() == 1
    builders.submit(source, by=coder_ana)
    assert segments_visible_to(ana).filter(reading__phase="first").count() == 2


def test_an_open_study_hides_it_too(study: Study, source: Source, strict: Code, coder_ana: User):
    builders.code(source, "Shadow 1", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    again(study, source, coder_ana)
    ana = builders.viewer_of(study, coder_ana)
    ana.study.mode = Study.Mode.OPEN
    assert not segments_visible_to(ana).exists()


def test_a_coders_two_passes_are_compared_once_the_second_is_in(
    study: Study, source: Source, strict: Code, coder_ana: User
):
    for number in range(6):
        builders.code(source, f"Shadow {number}", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    round = again(study, source, coder_ana)
    lead = builders.as_lead(study)
    assert passes_in(lead, round) == []
    read_again(study, source, coder_ana, *(f"Shadow {number}" for number in range(6)), code=strict)
    (passes,) = passes_in(lead, round)
    (row,) = passes.rows
    assert (passes.sources, row.n, row.value) == (1, 6, 1.0)


def test_a_coder_sees_their_own_passes_alone(
    study: Study, source: Source, strict: Code, coder_ana: User, coder_ben: User
):
    for user in (coder_ana, coder_ben):
        builders.submit(source, by=user)
    round = again(study, source, coder_ana)
    read_again(study, source, coder_ana, code=strict)
    assert len(passes_in(builders.viewer_of(study, coder_ana), round)) == 1
    assert passes_in(builders.viewer_of(study, coder_ben), round) == []

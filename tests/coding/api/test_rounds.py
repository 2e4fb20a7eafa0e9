import uuid

import pytest
from django.urls import reverse

from coding.actions.agreement import compute_at_once, start_agreement_run
from coding.models import Assignment, Round
from coding.queries.rounds import over_time, results_of
from tests import builders

JSON = "application/json"
DUE = "2026-05-04"
TURNS = [f"Turn {number}: the film is read once more." for number in range(6)]


def at(name, study, *parts):
    return reverse(f"api:{name}", args=[study.slug, *parts])


def handed(source, *coders):
    return [{"coder": coder.email, "sources": [str(source.pk)]} for coder in coders]


@pytest.fixture
def opened(study, lead, coder_ana, coder_ben, client_for):
    """A calibration round on one source of six turns, opened over the API; its number and the source."""
    builders.make_code(study)
    source = builders.make_source(study, *TURNS)
    said = {"purpose": "calibration", "handed": handed(source, coder_ana, coder_ben), "target": 0.7, "due_on": DUE}
    answer = client_for(lead).post(at("rounds", study), said, content_type=JSON)
    return answer.json()["number"], source


def test_a_calibration_round_is_opened(study, opened, lead, client_for):
    number, source = opened
    assert (number, Round.objects.get().target) == (2, 0.7)
    assert Assignment.objects.filter(round=2, source=source).count() == 2
    told = client_for(lead).get(at("round", study, number)).json()
    assert [row["assigned"] for row in told["progress"]] == [1, 1] and told["results"] is None
    assert [row["due_on"] for row in told["progress"]] == [DUE, DUE]


def test_the_same_id_opens_one_round(study, lead, coder_ana, coder_ben, client_for):
    source = builders.make_source(study)
    said = {"id": str(uuid.uuid4()), "purpose": "calibration", "handed": handed(source, coder_ana, coder_ben)}
    answers = [client_for(lead).post(at("rounds", study), said, content_type=JSON) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201] and Round.objects.count() == 1


def test_calibrating_alone_is_refused(study, lead, coder_ana, client_for):
    said = {"purpose": "calibration", "handed": handed(builders.make_source(study), coder_ana)}
    answer = client_for(lead).post(at("rounds", study), said, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "round.too_few_coders")


def test_a_target_that_names_no_code_is_refused(study, lead, coder_ana, coder_ben, client_for):
    source = builders.make_source(study)
    said = {"purpose": "calibration", "handed": handed(source, coder_ana, coder_ben), "targets": {"STR": 0.8}}
    assert client_for(lead).post(at("rounds", study), said, content_type=JSON).status_code == 422


def test_results_say_whether_calibrating_can_end(study, opened, lead, coder_ana, coder_ben, client_for):
    number, source = opened
    code = study.codes.get()
    for coder in (coder_ana, coder_ben):
        for turn in range(5):
            builders.code(source, f"Turn {turn}", code, by=coder)
        builders.submit(source, by=coder)
    viewer = builders.as_lead(study)
    run = start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit="turn", site=None, at=builders.AT, round=number)
    compute_at_once(run)
    results = client_for(lead).get(at("round", study, number)).json()["results"]
    (row,) = results["codes"]
    assert (results["run"], results["can_end"]) == (str(run.pk), True)
    assert (row["code"], row["outcome"], row["target"], row["value"]) == (str(code.pk), "met", 0.7, 1.0)


def test_a_coder_is_told_their_own_progress_alone(study, opened, coder_ana, client_for):
    told = client_for(coder_ana).get(at("round", study, opened[0])).json()
    assert len(told["progress"]) == 1 and told["results"] is None


def test_a_round_is_closed_and_opened_again(study, opened, lead, client_for):
    number, browser = opened[0], client_for(lead)
    closed = [browser.post(at(name, study, number)).json()["closed_at"] for name in ("round_close", "round_reopen")]
    assert closed[0] is not None and closed[1] is None


def test_what_is_old_enough_is_listed_and_read_again(study, lead, coder_ana, client_for):
    source, browser = builders.make_source(study), client_for(lead)
    builders.submit(source, by=coder_ana)
    (row,) = browser.get(at("rounds_again", study), {"weeks": 4, "each": 1, "seed": 7}).json()
    assert (row["coder"], row["source"]) == (coder_ana.email, str(source.pk))
    said = {"purpose": "again", "handed": handed(source, coder_ana), "weeks": 4, "seed": 7}
    answer = browser.post(at("rounds", study), said, content_type=JSON)
    assert (answer.status_code, answer.json()["seed"], answer.json()["purpose"]) == (201, 7, "again")


def test_what_is_too_recent_is_not_read_again(study, lead, coder_ana, client_for):
    source = builders.make_source(study)
    builders.submit(source, by=coder_ana)
    said = {"purpose": "again", "handed": handed(source, coder_ana), "weeks": 520}
    answer = client_for(lead).post(at("rounds", study), said, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "round.not_readable")


def test_a_lead_who_codes_blind_learns_of_no_submission_by_asking_to_read_again(study, coder_ana, client_for):
    both = builders.make_member(study, "both", "lead", "coder")
    read, unread = (builders.make_source(study, title=f"Interview {number}") for number in range(2))
    builders.submit(read, by=coder_ana)
    answers = [
        client_for(both).post(
            at("rounds", study),
            {"purpose": "again", "handed": handed(source, coder_ana), "weeks": 0},
            content_type=JSON,
        )
        for source in (read, unread)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].content == answers[1].content


def test_codes_that_nobody_used_are_left_out_of_what_a_round_reached(study, opened, coder_ana, coder_ben):
    number, source = opened
    builders.make_code(study, "IDLE")
    builders.code(source, "Turn 0", study.codes.get(sign="STR"), by=coder_ana)
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    viewer, round = builders.as_lead(study), Round.objects.get()
    compute_at_once(
        start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit="turn", site=None, at=builders.AT, round=number)
    )
    results = results_of(viewer, round)
    assert results is not None and [row.code.sign for row in results.rows] == ["STR"]
    assert [code.sign for code, _ in over_time(viewer, [round]).rows] == ["STR"]

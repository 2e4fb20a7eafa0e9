import uuid

from coding.actions.tagging import start_tagging
from coding.models import Segment, Suggestion
from tests.builders import AT, as_lead, do_jobs, make_code, make_entry, make_source, submit
from tests.coding.api.test_codebook import at, send
from tests.shared import shared


@shared
def source(study, coder_ana):
    make_entry(make_code(study), "read")
    source = make_source(study)
    start_tagging(viewer=as_lead(study), id=uuid.uuid4(), sources=[source], at=AT)
    do_jobs()
    return source


def decision(outcome: str, **more: object) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "suggestion": str(Suggestion.objects.get().pk), "outcome": outcome} | more


def test_before_submission_there_are_no_suggestions(study, source, coder_ana, client_for):
    assert client_for(coder_ana).get(at(study, f"sources/{source.pk}/suggestions/")).json()["results"] == []


def test_after_submission_a_suggestion_comes_with_its_evidence(study, source, coder_ana, client_for):
    submit(source, by=coder_ana)
    [found] = client_for(coder_ana).get(at(study, f"sources/{source.pk}/suggestions/")).json()["results"]
    assert [(one["start"], one["end"]) for one in found["evidence"]] == [(2, 6)]


def test_before_submission_a_decision_finds_nothing(study, source, coder_ana, client_for):
    assert send(client_for(coder_ana), "post", at(study, "decisions/"), decision("take")).status_code == 404


def test_taking_makes_a_segment(study, source, coder_ana, client_for):
    submit(source, by=coder_ana)
    answer = send(client_for(coder_ana), "post", at(study, "decisions/"), decision("take"))
    assert (answer.status_code, answer.json()["segment"]) == (201, str(Segment.objects.get().pk))


def test_the_same_decision_sent_again_is_there_already(study, source, coder_ana, client_for):
    submit(source, by=coder_ana)
    sent = decision("reject")
    send(client_for(coder_ana), "post", at(study, "decisions/"), sent)
    assert send(client_for(coder_ana), "post", at(study, "decisions/"), sent).status_code == 200


def test_anothers_decision_is_not_answered_under_its_id(study, source, coder_ana, coder_ben, client_for):
    submit(source, by=coder_ana)
    submit(source, by=coder_ben)
    sent = decision("reject")
    send(client_for(coder_ana), "post", at(study, "decisions/"), sent)
    assert send(client_for(coder_ben), "post", at(study, "decisions/"), sent).status_code == 409


def test_adjusting_needs_both_borders(study, source, coder_ana, client_for):
    submit(source, by=coder_ana)
    answer = send(client_for(coder_ana), "post", at(study, "decisions/"), decision("adjust", start=2))
    assert (answer.status_code, "start" in answer.json()["fields"]) == (422, True)


def test_a_decision_can_be_undone(study, source, coder_ana, client_for):
    submit(source, by=coder_ana)
    made = send(client_for(coder_ana), "post", at(study, "decisions/"), decision("take")).json()
    answer = send(client_for(coder_ana), "post", at(study, f"decisions/{made['id']}/undo/"))
    assert answer.json()["undone_at"] is not None

from coding.models import Assignment
from tests.builders import make_source
from tests.coding.api.test_codebook import at, send


def hand_out(client, study, source, user):
    return send(client, "post", at(study, "assignments/"), {"coder": user.email, "sources": [str(source.pk)]})


def test_a_source_is_handed_to_a_coder(study, lead, coder_ana, client_for):
    source = make_source(study)
    answer = hand_out(client_for(lead), study, source, coder_ana)
    assert (answer.status_code, answer.json()[0]["source"]) == (201, str(source.pk))
    assert len(client_for(lead).get(at(study, "assignments/")).json()["results"]) == 1


def test_someone_who_does_not_code_cannot_be_given_a_source(study, lead, reader, client_for):
    answer = hand_out(client_for(lead), study, make_source(study), reader)
    assert (answer.status_code, answer.json()["code"]) == (422, "assignment.not_a_coder")


def test_nobody_by_this_address_is_told(study, lead, outsider, client_for):
    assert hand_out(client_for(lead), study, make_source(study), outsider).json()["code"] == "assignment.nobody"


def test_an_assignment_is_taken_back(study, lead, coder_ana, client_for):
    [given] = hand_out(client_for(lead), study, make_source(study), coder_ana).json()
    assert client_for(lead).delete(at(study, f"assignments/{given['id']}/")).status_code == 204
    assert Assignment.objects.get().withdrawn_at is not None


def test_a_coder_may_not_see_what_is_handed_out(study, coder_ana, client_for):
    assert client_for(coder_ana).get(at(study, "assignments/")).status_code == 403

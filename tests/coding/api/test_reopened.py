import uuid

from django.urls import reverse

from coding.actions.coders import assign
from coding.models import Assignment, Reading
from tests import builders

JSON = "application/json"


def test_a_reading_is_abandoned_and_taken_up_again(study, coder_ana, client_for):
    reading = builders.code(builders.make_source(study), "the film", builders.make_code(study), by=coder_ana).reading
    browser = client_for(coder_ana)
    states = [
        browser.post(reverse(f"api:reading_{step}", args=[study.slug, reading.pk])).json()["state"]
        for step in ("abandon", "resume")
    ]
    assert states == ["abandoned", "open"]


def test_a_submitted_reading_is_reopened_under_the_id_sent(study, lead, coder_ana, client_for):
    reading, key = builders.submit(builders.make_source(study), by=coder_ana), str(uuid.uuid4())
    path = reverse("api:reading_reopen", args=[study.slug, reading.pk])
    answer = client_for(lead).post(path, {"id": key, "reason": "Too soon"}, content_type=JSON)
    assert (answer.status_code, answer.json()["id"], answer.json()["state"]) == (201, key, "open")
    assert Reading.objects.get(pk=key).reopens == reading


def test_the_same_id_reopens_once(study, lead, coder_ana, client_for):
    reading, key = builders.submit(builders.make_source(study), by=coder_ana), str(uuid.uuid4())
    path = reverse("api:reading_reopen", args=[study.slug, reading.pk])
    for _ in range(2):
        answer = client_for(lead).post(path, {"id": key, "reason": "Too soon"}, content_type=JSON)
        assert answer.status_code == 201
    assert Reading.objects.filter(reopens=reading).count() == 1


def test_a_source_is_handed_on(study, lead, coder_ana, coder_ben, client_for):
    viewer, source = builders.as_lead(study), builders.make_source(study)
    (given,) = assign(viewer=viewer, user=coder_ana, sources=[source], due_on=None, at=builders.AT)
    path = reverse("api:assignment_hand_on", args=[study.slug, given.pk])
    answer = client_for(lead).post(path, {"coder": coder_ben.email}, content_type=JSON)
    assert answer.status_code == 201
    assert Assignment.objects.get(withdrawn_at=None).coder.user == coder_ben

import uuid

from coding.models import TaggingRun
from fieldstudy.models import Job
from tests.builders import do_jobs, make_code, make_entry, make_source
from tests.coding.api.test_codebook import at, send


def test_a_run_is_started_on_the_named_sources(study, lead, client_for):
    make_entry(make_code(study), "read")
    named = make_source(study)
    make_source(study, title="Interview 2")
    answer = send(client_for(lead), "post", at(study, "tagging-runs/"), {"sources": [str(named.pk)]})
    assert (answer.status_code, answer.json()["total"]) == (201, 1)


def test_a_source_that_is_not_there_is_missing(study, lead, client_for):
    make_entry(make_code(study), "read")
    make_source(study)
    assert (
        send(client_for(lead), "post", at(study, "tagging-runs/"), {"sources": [str(uuid.uuid4())]}).status_code == 404
    )


def test_a_run_tells_how_far_it_is(study, lead, client_for):
    make_entry(make_code(study), "read")
    make_source(study)
    run = send(client_for(lead), "post", at(study, "tagging-runs/"), {}).json()
    do_jobs()
    assert client_for(lead).get(at(study, f"tagging-runs/{run['id']}/")).json()["suggestions"] == 1
    assert len(client_for(lead).get(at(study, "tagging-runs/")).json()["results"]) == 1


def test_a_run_can_be_stopped(study, lead, client_for):
    make_entry(make_code(study), "read")
    make_source(study)
    run = send(client_for(lead), "post", at(study, "tagging-runs/"), {}).json()
    assert send(client_for(lead), "post", at(study, f"tagging-runs/{run['id']}/stop/")).json()["state"] == "cancelled"
    assert not Job.objects.filter(kind__startswith="coding.tag", state=Job.State.QUEUED).exists()


def test_a_coder_may_not_start_a_run(study, coder_ana, client_for):
    assert send(client_for(coder_ana), "post", at(study, "tagging-runs/"), {}).status_code == 403
    assert not TaggingRun.objects.exists()

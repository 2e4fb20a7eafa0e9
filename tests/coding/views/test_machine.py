import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from coding.actions.tagging import start_tagging
from coding.models import TaggingRun
from coding.queries.machine import language_notes, readable_sources
from fieldstudy.models import Job
from observations.models import Study
from tests.builders import (
    as_lead,
    do_jobs,
    give_roles,
    make_code,
    make_entry,
    make_participant,
    make_source,
    make_study,
)


@pytest.fixture
def page(study: Study) -> str:
    return reverse("machine", args=[study.slug])


@pytest.fixture
def started(study: Study) -> TaggingRun:
    make_entry(make_code(study), "read")
    sources = [make_source(study)]
    return start_tagging(viewer=as_lead(study), id=uuid.uuid4(), sources=sources, at=timezone.now())


def waiting_page(run: TaggingRun) -> str:
    return reverse("machine_waiting", args=[run.study.slug, run.pk])


def test_a_run_over_all_sources_is_started(study, lead, client_for, page):
    make_entry(make_code(study), "read")
    make_source(study), make_source(study, title="Interview 2")
    assert client_for(lead).post(page, {"which": "all"}).status_code == 302
    assert TaggingRun.objects.get().job.total == 2


def test_a_run_over_ticked_sources_leaves_the_others_out(study, lead, client_for, page):
    make_entry(make_code(study), "read")
    make_source(study)
    chosen = make_source(study, title="Interview 2")
    client_for(lead).post(page, {"which": "some", "sources": [str(chosen.pk)]})
    assert list(Job.objects.filter(kind="coding.tag_source").values_list("subject", flat=True)) == [chosen.pk]


def test_a_run_over_nothing_says_what_to_do(study, lead, client_for, page):
    make_entry(make_code(study), "read")
    make_source(study)
    answer = client_for(lead).post(page, {"which": "some"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()


def test_an_empty_lexicon_says_where_to_write_one(study, lead, client_for, page):
    make_source(study), make_code(study)
    assert reverse("lexicon_import", args=[study.slug]) in client_for(lead).get(page).content.decode()


def test_without_codes_the_codebook_comes_before_the_lexicon(study, lead, client_for, page):
    make_source(study)
    said = client_for(lead).get(page).content.decode()
    assert reverse("lexicon_import", args=[study.slug]) not in said


def test_the_list_says_what_a_run_found(started, lead, client_for, page):
    do_jobs()
    [line] = client_for(lead).get(page).context["runs"]
    assert (line.suggestions, line.entries) == (1, 1)


def test_a_lead_who_codes_learns_no_count_of_suggestions_hidden_from_them(study, started, lead, client_for, page):
    give_roles(study, lead, "lead", "coder")
    do_jobs()
    [line] = client_for(lead).get(page).context["runs"]
    assert line.suggestions == 0


def test_a_job_that_just_started_is_not_said_to_be_waiting(started, lead, client_for):
    assert not client_for(lead).get(waiting_page(started)).context["is_waiting"]


def test_a_job_nobody_takes_up_says_so(started, lead, client_for):
    Job.objects.update(created_at=timezone.now() - timedelta(seconds=11))
    answer = client_for(lead).get(waiting_page(started))
    assert "no worker is listening" in answer.content.decode()


def test_the_page_is_loaded_again_when_the_job_has_ended(started, lead, client_for):
    do_jobs()
    Job.objects.update(state=Job.State.DONE)
    assert client_for(lead).get(waiting_page(started))["HX-Refresh"] == "true"


def test_a_coder_does_not_run_the_machine(study, coder_ana, client_for, page):
    assert client_for(coder_ana).get(page).status_code == 403


def test_a_supervisor_runs_the_machine(study, supervisor, client_for, page):
    assert client_for(supervisor).get(page).status_code == 200


def test_a_language_without_a_model_says_what_is_missing(study):
    make_source(study, language="de")
    make_source(study, language="fr", title="Entretien")
    notes = {note.language: note for note in language_notes(as_lead(study))}
    assert (len(notes["de"].missing), notes["fr"].missing) == (2, ())


def test_turns_closed_to_the_machine_are_counted(study):
    silent = make_participant(study, machine=False)
    make_source(study, "One.", "Two.", speakers={"Dr Sorel": silent}, participants=(silent,))
    [one] = readable_sources(as_lead(study))
    assert (one.turns, one.closed) == (2, 2)


def test_a_study_closed_to_the_machine_offers_no_start(lead, client_for):
    never = make_study(lead, slug="never", policy="never")
    make_entry(make_code(never), "read")
    make_source(never)
    page = client_for(lead).get(reverse("machine", args=[never.slug])).content.decode()
    assert 'name="which"' not in page

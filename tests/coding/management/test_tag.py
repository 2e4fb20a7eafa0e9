import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from coding.management.commands import tag
from fieldstudy.models import Job
from observations.models import Study
from tests.builders import do_jobs, make_code, make_entry, make_source


@pytest.fixture
def workers(monkeypatch):
    """Workers that are done as soon as one waits for them."""

    def wait(job: Job, label: str) -> Job:
        do_jobs()
        job.refresh_from_db()
        return job

    monkeypatch.setattr(tag, "wait_for", wait)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("tag", *arguments, stdout=out)
    return out.getvalue()


def test_what_the_machine_found_is_printed_as_json(study: Study, workers):
    make_entry(make_code(study), "read")
    make_source(study)
    found = json.loads(run(study.slug, "--json"))
    assert (found["sources"], found["by_code"]) == (1, {"STR": 1})


def test_only_the_named_sources_are_read(study: Study, workers):
    make_entry(make_code(study), "read")
    named = make_source(study)
    make_source(study, title="Interview 2")
    assert json.loads(run(study.slug, "--source", str(named.pk), "--json"))["sources"] == 1


def test_an_empty_lexicon_is_told_with_its_code(study: Study):
    make_source(study)
    with pytest.raises(CommandError, match=r"tagging\.no_lexicon"):
        run(study.slug)


def test_someone_who_may_not_run_the_machine_is_refused(study: Study, coder_ana):
    with pytest.raises(CommandError, match=r"access\.not_permitted"):
        run(study.slug, "--as", coder_ana.email)

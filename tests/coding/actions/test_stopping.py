"""A tagging run that is stopped in the middle, seen from the worker's own code."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from coding.actions import tagging
from coding.actions.tagging import start_tagging, stop_tagging
from coding.models import Suggestion, TaggingRun
from fieldstudy.celery import app
from fieldstudy.models import Job
from observations.models import Study
from tests import builders
from tests.shared import shared

TEXTS = ("She trusts it.", "He trusts it too.", "They trust nobody.")


@shared
def run(study: Study) -> TaggingRun:
    builders.make_entry(builders.make_code(study), "trust")
    sources = [builders.make_source(study, text, title=text) for text in TEXTS]
    return start_tagging(viewer=builders.as_lead(study), id=uuid.uuid4(), sources=sources, at=builders.AT)


@pytest.fixture
def read(run: TaggingRun, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts the machine has read; somebody stops the run while it reads the second of the three."""
    texts: list[str] = []
    really: Callable[..., Any] = tagging.tag_turns

    def reading(batch: Any, lexicons: Any) -> Any:
        texts.extend(turn.text for turn in batch)
        if len(texts) == 2:
            stop_tagging(viewer=builders.as_lead(run.study), run=run, at=builders.AT)
        return really(batch, lexicons)

    monkeypatch.setattr(tagging, "tag_turns", reading)
    builders.do_jobs()
    return texts


def test_a_stopped_run_ends_as_stopped_and_so_do_its_parts(run: TaggingRun, read: list[str]) -> None:
    assert run.job is not None
    run.job.refresh_from_db()
    parts = Job.objects.filter(parent=run.job).order_by("created_at", "pk")
    assert run.job.state == "cancelled"
    assert sorted(part.state for part in parts) == ["cancelled", "cancelled", "done"]


def test_it_keeps_what_it_found_and_writes_nothing_after(run: TaggingRun, read: list[str]) -> None:
    found = Suggestion.objects.filter(run=run).select_related("source")
    assert [suggestion.source.title for suggestion in found] == read[:1]


def test_no_later_part_is_read(read: list[str]) -> None:
    assert len(read) == 2


def test_a_message_that_comes_late_starts_nothing(run: TaggingRun, read: list[str]) -> None:
    for part in Job.objects.filter(parent=run.job):
        app.tasks[part.kind](str(part.pk))
    assert len(read) == 2

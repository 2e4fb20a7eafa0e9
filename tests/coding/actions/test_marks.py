"""Promise links and encounters are kept as segments are."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from coding.actions.marks import add_mark, change_mark, remove_mark, restore_mark
from coding.models import Encounter, PromiseLink, Reading
from coding.queries.marks import latest_marks
from fieldstudy.errors import Conflict, FieldstudyError, Invalid, Missing
from fieldstudy.models import User
from observations.actions.sources import correct_text
from observations.actions.studies import add_promise, add_tool
from observations.models import Promise, Source, Study, Tool
from observations.queries.sources import text_of
from tests import builders
from tests.shared import shared

TEXT = "I read the film first. Then I click. It never missed one."


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, TEXT)


@shared
def tool(study: Study) -> Tool:
    return add_tool(viewer=builders.as_lead(study), id=uuid.uuid4(), name="Lumen", kind="other")


@shared
def promise(study: Study, tool: Tool) -> Promise:
    return add_promise(viewer=builders.as_lead(study), id=uuid.uuid4(), tool=tool, text={"en": "It misses nothing."})


def link(source: Source, phrase: str, promise: Promise, *, by: User, **said: Any) -> PromiseLink:
    mark, _ = add_mark(**_said(source, phrase, by), model=PromiseLink, details=_details(promise) | said)
    return mark


def _details(promise: Promise) -> dict[str, Any]:
    return {"promise_id": promise.pk, "stance": "contradicts", "note": ""}


def _said(source: Source, phrase: str, by: User) -> dict[str, Any]:
    start = text_of(source).index(phrase)
    return {
        "viewer": builders.viewer_of(source.study, by),
        "source": source,
        "id": uuid.uuid4(),
        "start": start,
        "end": start + len(phrase),
        "revision_id": source.revision_id,
        "at": builders.AT,
    }


def refused(code: str, action: Any, **said: Any) -> None:
    with pytest.raises(FieldstudyError) as error:
        action(**said)
    assert error.value.code == code


def test_a_mark_loses_its_edge_white_space(source: Source, promise: Promise, coder_ana: User) -> None:
    mark = link(source, " Then I click. ", promise, by=coder_ana)
    assert text_of(source)[mark.now_start : mark.now_end] == "Then I click."


def test_the_first_mark_opens_a_reading(source: Source, promise: Promise, coder_ana: User) -> None:
    mark = link(source, "missed", promise, by=coder_ana)
    assert (mark.reading.phase, mark.reading.state) == ("first", "open")


def test_the_same_again_is_the_same_mark(source: Source, promise: Promise, coder_ana: User) -> None:
    said = _said(source, "missed", coder_ana) | {"model": PromiseLink, "details": _details(promise)}
    assert [made for _, made in (add_mark(**said), add_mark(**said))] == [True, False]
    assert PromiseLink.objects.count() == 1


def test_another_mark_under_a_taken_id_is_refused(source: Source, promise: Promise, coder_ana: User) -> None:
    said = _said(source, "missed", coder_ana) | {"model": PromiseLink, "details": _details(promise)}
    add_mark(**said)
    refused("mark.id_taken", add_mark, **said | {"details": _details(promise) | {"stance": "supports"}})


def test_an_encounter_says_what_was_done(source: Source, tool: Tool, coder_ana: User) -> None:
    details = {"tool_id": tool.pk, "response": "overrode", "read_first": "person", "task": "chest film"}
    mark, _ = add_mark(**_said(source, "I click", coder_ana), model=Encounter, details=details)
    assert (mark.response, mark.read_first, mark.participant_id) == ("overrode", "person", None)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"stance": "denies"}, "mark.unknown_choice"),
        ({"promise_id": uuid.uuid4()}, "mark.unknown_reference"),
        ({"note": "x" * 1001}, "mark.too_long"),
    ],
)
def test_what_cannot_be_said_is_refused(
    source: Source, promise: Promise, coder_ana: User, details: dict[str, Any], code: str
) -> None:
    said = _said(source, "missed", coder_ana) | {"model": PromiseLink, "details": _details(promise) | details}
    refused(code, add_mark, **said)


def test_a_promise_of_another_study_is_unknown(source: Source, outsider: User, coder_ana: User) -> None:
    elsewhere = Study.objects.get(slug="elsewhere")
    lead = builders.as_lead(elsewhere)
    tool = add_tool(viewer=lead, id=uuid.uuid4(), name="Other", kind="other")
    promise = add_promise(viewer=lead, id=uuid.uuid4(), tool=tool, text={"en": "No."})
    with pytest.raises(Invalid):
        link(source, "missed", promise, by=coder_ana)


def test_a_change_goes_up_a_version(source: Source, promise: Promise, coder_ana: User) -> None:
    mark = link(source, "missed", promise, by=coder_ana)
    viewer = builders.viewer_of(source.study, coder_ana)
    said = {"viewer": viewer, "model": PromiseLink, "mark_id": mark.pk, "version": 1}
    assert change_mark(**said, details={"stance": "supports"}, start=0, end=6).version == 2
    refused("mark.changed_meanwhile", change_mark, **said, details={"stance": "qualifies"})


@pytest.mark.parametrize("place", [{}, {"start": 0, "end": 7}])
def test_a_change_sent_twice_changes_nothing_twice(
    source: Source, promise: Promise, coder_ana: User, place: dict[str, int]
) -> None:
    mark = link(source, "missed", promise, by=coder_ana)
    said = {"viewer": builders.viewer_of(source.study, coder_ana), "model": PromiseLink, "mark_id": mark.pk}
    said |= {"version": 1, "details": {"stance": "supports", "promise_id": promise.pk}, **place}
    assert (change_mark(**said).version, change_mark(**said).version) == (2, 2)


def test_a_change_to_another_place_on_an_old_version_is_refused(
    source: Source, promise: Promise, coder_ana: User
) -> None:
    mark = link(source, "missed", promise, by=coder_ana)
    said = {"viewer": builders.viewer_of(source.study, coder_ana), "model": PromiseLink, "mark_id": mark.pk}
    change_mark(**said, version=1, details={}, start=0, end=6)
    refused("mark.changed_meanwhile", change_mark, **said, version=1, details={}, start=0, end=11)


def test_a_removal_can_be_undone(source: Source, promise: Promise, coder_ana: User) -> None:
    mark = link(source, "missed", promise, by=coder_ana)
    said = {"viewer": builders.viewer_of(source.study, coder_ana), "model": PromiseLink, "mark_id": mark.pk}
    assert remove_mark(**said, at=builders.AT).removed_at is not None
    assert restore_mark(**said).removed_at is None


def test_nobody_else_changes_a_mark(source: Source, promise: Promise, coder_ana: User, coder_ben: User) -> None:
    mark = link(source, "missed", promise, by=coder_ana)
    viewer = builders.viewer_of(source.study, coder_ben)
    with pytest.raises(Missing):
        remove_mark(viewer=viewer, model=PromiseLink, mark_id=mark.pk, at=builders.AT)


def test_a_submission_copies_marks_to_the_final_reading(source: Source, promise: Promise, coder_ana: User) -> None:
    mark = link(source, "missed", promise, by=coder_ana)
    builders.submit(source, by=coder_ana)
    final = Reading.objects.get(source=source, phase="final")
    (copy,) = PromiseLink.objects.filter(reading=final)
    assert (copy.stance, copy.now_start, copy.id != mark.id) == ("contradicts", mark.now_start, True)


def test_a_submitted_mark_stays_as_it_is(source: Source, promise: Promise, coder_ana: User) -> None:
    mark = link(source, "missed", promise, by=coder_ana)
    builders.submit(source, by=coder_ana)
    viewer = builders.viewer_of(source.study, coder_ana)
    with pytest.raises(Conflict):
        remove_mark(viewer=viewer, model=PromiseLink, mark_id=mark.pk, at=builders.AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        PromiseLink.objects.filter(pk=mark.pk).update(stance="supports")


def test_first_and_final_reading_count_once(source: Source, promise: Promise, coder_ana: User) -> None:
    link(source, "missed", promise, by=coder_ana)
    builders.submit(source, by=coder_ana)
    viewers = [builders.viewer_of(source.study, coder_ana), builders.as_lead(source.study)]
    assert [latest_marks(viewer, PromiseLink).count() for viewer in viewers] == [1, 1]


def test_a_correction_carries_a_mark_along(source: Source, promise: Promise, coder_ana: User) -> None:
    kept, lost = (link(source, phrase, promise, by=coder_ana) for phrase in ("missed", "the film"))
    assert source.revision is not None
    correct_text(
        viewer=builders.as_lead(source.study),
        source=source,
        text=text_of(source).replace("the film ", "").replace("I read", "In the morning I read"),
        based_on=source.revision.number,
        accept_losses=True,
        at=builders.AT,
    )
    for mark in (kept, lost):
        mark.refresh_from_db()
    assert text_of(source)[kept.now_start : kept.now_end] == "missed"
    assert lost.removed_at is not None and lost.now_start == lost.now_end
    viewer = builders.viewer_of(source.study, coder_ana)
    refused("segment.words_gone", restore_mark, viewer=viewer, model=PromiseLink, mark_id=lost.pk)

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from coding.actions.coders import assign
from coding.actions.reopened import abandon_reading, hand_on, reopen_reading, resume_reading
from coding.models import Assignment, Code, Reading, Segment
from coding.queries.agreement import scope_of
from coding.queries.assignments import matrix_of
from coding.queries.own_readings import current_reading
from coding.queries.visible import readings_visible_to, segments_visible_to
from fieldstudy.errors import Conflict, Invalid, Missing, NotPermitted
from fieldstudy.models import HistoryEntry, User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

LATER = builders.AT + timedelta(days=1)


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study)


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, "Every shadow is a nodule to it. I look first.")


@shared
def begun(source: Source, strict: Code, coder_ana: User) -> Reading:
    """Ana's open reading with one passage."""
    return builders.code(source, "Every shadow", strict, by=coder_ana).reading


@shared
def submitted(source: Source, begun: Reading, coder_ana: User) -> Reading:
    return builders.submit(source, by=coder_ana)


def reopen(study: Study, reading: Reading, *, reason: str = "Submitted by mistake") -> Reading:
    viewer = builders.as_lead(study)
    return reopen_reading(viewer=viewer, reading_id=reading.pk, id=uuid.uuid4(), reason=reason, at=LATER)


def give_up(study: Study, reading: Reading) -> Reading:
    return abandon_reading(viewer=builders.as_lead(study), reading_id=reading.pk, at=LATER)


def test_an_abandoned_reading_keeps_its_passages_and_counts_nowhere(
    study: Study, source: Source, begun: Reading, coder_ana: User
) -> None:
    give_up(study, begun)
    assert begun.segments.count() == 1
    assert current_reading(builders.viewer_of(study, coder_ana), source) is None
    (cell,) = matrix_of(builders.as_lead(study)).cells()
    assert cell.state == "unassigned"


def test_a_coder_abandons_their_own_reading(study: Study, begun: Reading, coder_ana: User) -> None:
    viewer = builders.viewer_of(study, coder_ana)
    assert abandon_reading(viewer=viewer, reading_id=begun.pk, at=LATER).state == "abandoned"


def test_nobody_else_who_codes_abandons_a_reading(study: Study, begun: Reading, coder_ben: User) -> None:
    with pytest.raises(Missing):
        abandon_reading(viewer=builders.viewer_of(study, coder_ben), reading_id=begun.pk, at=LATER)


def test_a_submitted_reading_is_not_abandoned(study: Study, submitted: Reading) -> None:
    with pytest.raises(Conflict) as caught:
        give_up(study, submitted)
    assert caught.value.code == "reading.not_open"


def test_an_abandoned_reading_is_taken_up_again(study: Study, source: Source, begun: Reading, coder_ana: User) -> None:
    give_up(study, begun)
    resume_reading(viewer=builders.as_lead(study), reading_id=begun.pk, at=LATER)
    assert current_reading(builders.viewer_of(study, coder_ana), source) == begun


def test_an_abandoned_reading_stays_so_once_another_has_begun(
    study: Study, source: Source, begun: Reading, strict: Code, coder_ana: User
) -> None:
    give_up(study, begun)
    builders.code(source, "I look first", strict, by=coder_ana)
    with pytest.raises(Conflict) as caught:
        resume_reading(viewer=builders.as_lead(study), reading_id=begun.pk, at=LATER)
    assert caught.value.code == "reading.begun_anew"


def test_handing_on_takes_from_one_and_gives_to_the_other(
    study: Study, source: Source, begun: Reading, coder_ana: User, coder_ben: User
) -> None:
    lead = builders.as_lead(study)
    due = builders.AT.date()
    (given,) = assign(viewer=lead, user=coder_ana, sources=[source], due_on=due, at=builders.AT)
    hand_on(viewer=lead, assignment=given, user=coder_ben, at=LATER)
    begun.refresh_from_db()
    standing = Assignment.objects.get(withdrawn_at=None)
    assert (begun.state, standing.coder.user, standing.due_on) == ("abandoned", coder_ben, due)


def test_a_source_is_not_handed_on_to_somebody_who_has_it(
    study: Study, source: Source, coder_ana: User, coder_ben: User
) -> None:
    lead = builders.as_lead(study)
    for user in (coder_ana, coder_ben):
        assign(viewer=lead, user=user, sources=[source], due_on=None, at=builders.AT)
    with pytest.raises(Invalid) as caught:
        hand_on(viewer=lead, assignment=Assignment.objects.get(coder__user=coder_ana), user=coder_ben, at=LATER)
    assert caught.value.code == "assignment.has_it"


def test_reopening_copies_what_was_submitted_into_a_new_reading(
    study: Study, source: Source, submitted: Reading, coder_ana: User
) -> None:
    new = reopen(study, submitted)
    before, after = submitted.segments.get(), new.segments.get()
    assert (after.code, after.now_start, after.now_end) == (before.code, before.now_start, before.now_end)
    assert (new.reopens, new.state, new.round) == (submitted, "open", submitted.round)
    assert current_reading(builders.viewer_of(study, coder_ana), source) == new


def test_reopening_supersedes_both_readings_and_changes_neither(study: Study, submitted: Reading) -> None:
    reopen(study, submitted)
    old = Reading.objects.exclude(superseded_at=None)
    assert set(old.values_list("phase", flat=True)) == {"first", "final"}
    submitted.refresh_from_db()
    assert (submitted.state, submitted.submitted_at) == ("submitted", builders.AT)
    assert submitted.segments.count() == 1


def test_the_coder_goes_on_in_the_reopened_reading_and_submits_it(
    study: Study, source: Source, submitted: Reading, strict: Code, coder_ana: User
) -> None:
    new = reopen(study, submitted)
    assert builders.code(source, "I look first", strict, by=coder_ana).reading == new
    builders.submit(source, by=coder_ana)
    shown = readings_visible_to(builders.viewer_of(study, coder_ana)).values_list("phase", "superseded_at")
    assert sorted(shown) == [("final", None), ("first", None)]


def test_a_reading_reopened_before_anything_could_be_seen_is_blind(study: Study, submitted: Reading) -> None:
    assert reopen(study, submitted).is_blind


def test_a_reading_reopened_after_another_was_submitted_is_not_blind(
    study: Study, source: Source, submitted: Reading, coder_ben: User
) -> None:
    builders.submit(source, by=coder_ben)
    assert not reopen(study, submitted).is_blind


def test_a_reading_reopened_after_the_machine_spoke_is_not_blind(study: Study, submitted: Reading) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fieldstudy.actor', %s, true)", [str(builders.as_lead(study).user.pk)])
    Reading.objects.filter(phase="final").update(revealed_at=builders.AT)
    assert not reopen(study, submitted).is_blind


def test_agreement_goes_on_with_the_original_where_the_reopened_one_is_not_blind(
    study: Study, source: Source, submitted: Reading, supervisor: User, coder_ana: User, coder_ben: User
) -> None:
    builders.submit(source, by=coder_ben)
    reopen(study, submitted)
    builders.submit(source, by=coder_ana)
    compared = scope_of(builders.viewer_of(study, supervisor), None).readings
    assert submitted in compared and len(compared) == 2


def test_agreement_takes_the_reopened_reading_where_it_is_blind(
    study: Study, source: Source, submitted: Reading, supervisor: User, coder_ana: User, coder_ben: User
) -> None:
    new = reopen(study, submitted)
    builders.submit(source, by=coder_ana)
    builders.submit(source, by=coder_ben)
    assert new in scope_of(builders.viewer_of(study, supervisor), None).readings


def test_while_it_is_open_others_are_closed_to_its_coder_again(
    study: Study, source: Source, submitted: Reading, coder_ana: User, coder_ben: User, strict: Code
) -> None:
    builders.code(source, "I look first", strict, by=coder_ben)
    builders.submit(source, by=coder_ben)
    ana = builders.viewer_of(study, coder_ana)
    assert segments_visible_to(ana).filter(reading__coder__user=coder_ben).exists()
    reopen(study, submitted)
    assert not segments_visible_to(ana).filter(reading__coder__user=coder_ben).exists()


def opened(study: Study, source: Source, by: User, reading: Reading, client_for: Callable[[User], Client]) -> Any:
    address = reverse("workspace", args=[study.slug, source.pk])
    return client_for(by).get(address, {"reading": str(reading.pk)})


def test_what_was_superseded_opens_read_only_and_says_so(
    study: Study, source: Source, submitted: Reading, supervisor: User, client_for: Callable[[User], Client]
) -> None:
    reopen(study, submitted)
    answer = opened(study, source, supervisor, submitted, client_for)
    assert answer.status_code == 200 and not answer.context["desk"].editable
    assert "superseded on" in answer.content.decode()
    assert len(answer.context["passages_data"]) == 3


def test_what_was_superseded_is_closed_to_whoever_has_still_to_submit(
    study: Study, source: Source, submitted: Reading, coder_ana: User, coder_ben: User, client_for: Any
) -> None:
    new = reopen(study, submitted)
    for coder in (coder_ana, coder_ben):
        assert opened(study, source, coder, submitted, client_for).status_code == 404
    builders.submit(source, by=coder_ana)
    assert new.pk != submitted.pk and opened(study, source, coder_ana, submitted, client_for).status_code == 200
    assert opened(study, source, coder_ben, submitted, client_for).status_code == 404


def test_abandoning_a_reopened_reading_gives_the_submitted_one_back(
    study: Study, source: Source, submitted: Reading, coder_ana: User
) -> None:
    give_up(study, reopen(study, submitted))
    assert not Reading.objects.exclude(superseded_at=None).exists()
    current = current_reading(builders.viewer_of(study, coder_ana), source)
    assert current is not None and current.phase == "final"


def test_reopening_needs_a_reason(study: Study, submitted: Reading) -> None:
    with pytest.raises(Invalid) as caught:
        reopen(study, submitted, reason=" ")
    assert caught.value.code == "reading.reason_needed"


def test_an_open_reading_is_not_reopened(study: Study, begun: Reading) -> None:
    with pytest.raises(Conflict) as caught:
        reopen(study, begun)
    assert caught.value.code == "reading.not_submitted"


def test_a_coder_does_not_reopen_their_own_reading(study: Study, submitted: Reading, coder_ana: User) -> None:
    viewer = builders.viewer_of(study, coder_ana)
    with pytest.raises(NotPermitted):
        reopen_reading(viewer=viewer, reading_id=submitted.pk, id=uuid.uuid4(), reason="Why", at=LATER)


def test_a_lead_who_codes_finds_no_reading_they_may_not_know_of(
    study: Study, lead: User, begun: Reading, submitted: Reading
) -> None:
    builders.give_roles(study, lead, "lead", "coder")
    with pytest.raises(Missing):
        reopen(study, submitted)


def test_the_history_records_a_reopening_and_keeps_its_reason_to_itself(study: Study, submitted: Reading) -> None:
    new = reopen(study, submitted, reason="Half of it was missing")
    entry = HistoryEntry.objects.get(table="coding_reading", row=new.pk, operation="insert")
    assert entry.after is not None and entry.after["reopens_id"] == str(submitted.pk)
    assert "missing" not in str(entry.after)


def test_what_was_superseded_is_not_coded_any_more(
    study: Study, source: Source, submitted: Reading, coder_ana: User
) -> None:
    final = Segment.objects.get(reading__phase="final")
    reopen(study, submitted)
    assert not segments_visible_to(builders.viewer_of(study, coder_ana)).filter(pk=final.pk).exists()

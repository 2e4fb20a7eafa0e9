"""Blindness, attacked: what a person may know of other people's and the machine's interpretation."""

import uuid

import pytest
from django.db import DatabaseError, transaction

from coding.models import Code, Reading, Segment
from coding.queries.visible import (
    codes_visible_to,
    readings_visible_to,
    segments_visible_to,
    suggestions_visible_to,
)
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study)


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, "Every shadow is a nodule to it. I look first.")


def seen_by(source: Source, user: User) -> set[str]:
    segments = segments_visible_to(builders.viewer_of(source.study, user)).filter(source=source)
    return {segment.reading.coder.user.name for segment in segments if segment.reading.coder.user}


def test_a_coder_sees_their_own_open_reading(source: Source, strict: Code, coder_ana: User) -> None:
    builders.code(source, "Every shadow", strict, by=coder_ana)
    assert seen_by(source, coder_ana) == {"Ana"}


def test_a_coder_who_has_not_submitted_sees_no_submitted_reading_of_another(
    source: Source, strict: Code, coder_ana: User, coder_ben: User
) -> None:
    builders.code(source, "Every shadow", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    assert seen_by(source, coder_ben) == set()


def test_a_coder_who_has_submitted_sees_the_other_submitted_readings(
    source: Source, strict: Code, coder_ana: User, coder_ben: User
) -> None:
    builders.code(source, "Every shadow", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    builders.submit(source, by=coder_ben)
    assert "Ana" in seen_by(source, coder_ben)


def test_nobody_sees_an_open_reading_of_another(
    source: Source, strict: Code, coder_ana: User, supervisor: User, lead: User
) -> None:
    builders.code(source, "Every shadow", strict, by=coder_ana)
    assert seen_by(source, supervisor) == seen_by(source, lead) == set()


def test_a_supervisor_sees_what_was_submitted(source: Source, strict: Code, coder_ana: User, supervisor: User) -> None:
    builders.code(source, "Every shadow", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    assert seen_by(source, supervisor) == {"Ana"}


def test_a_lead_who_codes_is_as_blind_as_any_coder(source: Source, strict: Code, coder_ana: User, lead: User) -> None:
    builders.code(source, "Every shadow", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    builders.give_roles(source.study, lead, "lead", "coder")
    assert seen_by(source, lead) == set()


def test_losing_the_coder_role_does_not_open_the_others_readings(
    source: Source, strict: Code, coder_ana: User, coder_ben: User
) -> None:
    builders.code(source, "Every shadow", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    builders.code(source, "I look first", strict, by=coder_ben)
    builders.give_roles(source.study, coder_ben, "supervisor")
    assert seen_by(source, coder_ben) == {"Ben"}


def test_in_an_open_study_all_see_all(lead: User) -> None:
    study = builders.make_study(lead, slug="open-ward", mode="open")
    ana, ben = builders.make_member(study, "ana", "coder"), builders.make_member(study, "ben", "coder")
    source, code = builders.make_source(study, "Every shadow is a nodule."), builders.make_code(study)
    builders.code(source, "Every shadow", code, by=ana)
    assert seen_by(source, ben) == {"Ana"}


def test_readings_follow_the_same_rule_as_segments(source: Source, coder_ana: User, coder_ben: User) -> None:
    builders.submit(source, by=coder_ana)
    assert not readings_visible_to(builders.viewer_of(source.study, coder_ben)).exists()


def test_the_machine_is_silent_to_a_coder_before_submission(source: Source, strict: Code, coder_ana: User) -> None:
    suggestion_on(source, strict)
    assert not suggestions_visible_to(builders.viewer_of(source.study, coder_ana)).exists()


def test_the_machine_speaks_to_a_coder_after_submission(source: Source, strict: Code, coder_ana: User) -> None:
    suggestion_on(source, strict)
    builders.submit(source, by=coder_ana)
    assert suggestions_visible_to(builders.viewer_of(source.study, coder_ana)).count() == 1


def test_where_the_machine_never_speaks_coders_get_nothing(lead: User) -> None:
    study = builders.make_study(lead, slug="silent", policy="never")
    ana = builders.make_member(study, "ana", "coder")
    source, code = builders.make_source(study, "Every shadow is a nodule."), builders.make_code(study)
    suggestion_on(source, code)
    builders.submit(source, by=ana)
    assert not suggestions_visible_to(builders.viewer_of(study, ana)).exists()


def test_a_submitted_first_reading_is_kept_by_the_database_itself(
    source: Source, strict: Code, coder_ana: User
) -> None:
    segment = builders.code(source, "Every shadow", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Segment.objects.filter(pk=segment.pk).update(weight=3)


def test_a_passage_of_a_submitted_first_reading_is_moved_to_no_other_reading(
    source: Source, strict: Code, coder_ana: User
) -> None:
    segment = builders.code(source, "Every shadow", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    final = Reading.objects.get(coder__user=coder_ana, phase="final")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Segment.objects.filter(pk=segment.pk).update(reading=final)


def test_a_submission_cannot_be_taken_back(source: Source, coder_ana: User) -> None:
    reading = builders.submit(source, by=coder_ana)
    with pytest.raises(DatabaseError, match="cannot be taken back"), transaction.atomic():
        Reading.objects.filter(pk=reading.pk).update(state="open")


def test_a_proposed_code_is_seen_by_its_author_alone(
    source: Source, strict: Code, coder_ana: User, coder_ben: User, lead: User
) -> None:
    segment = builders.code(source, "Every shadow", strict, by=coder_ana)
    Code.objects.filter(pk=strict.pk).update(proposed_in=segment.reading)
    seen = [codes_visible_to(builders.viewer_of(source.study, user)).count() for user in (coder_ana, coder_ben, lead)]
    assert seen == [1, 0, 0]


def suggestion_on(source: Source, code: Code) -> None:
    """A suggestion by the real tagger: the lexicon finds "shadow"."""
    if source.study.policy == "never":
        Study.objects.filter(pk=source.study_id).update(policy="second_opinion")
    from coding.actions.tagging import start_tagging

    builders.make_entry(code, "shadow")
    fresh = Study.objects.get(pk=source.study_id)
    start_tagging(viewer=builders.as_lead(fresh), id=uuid.uuid4(), sources=[source], at=builders.AT)
    builders.do_jobs()
    Study.objects.filter(pk=source.study_id).update(policy=source.study.policy)

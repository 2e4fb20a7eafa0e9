"""A coder's work: applying, changing, removing, submitting, and what can no longer be changed."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from coding.actions.readings import (
    apply_code,
    change_segment,
    current_reading,
    mark_read,
    remove_segment,
    restore_segment,
    submit_reading,
)
from coding.models import Code, Coder, Reading, Segment
from fieldstudy.errors import Conflict, FieldstudyError, Invalid, Missing, NotPermitted
from fieldstudy.models import HistoryEntry, User
from observations.actions.sources import correct_text
from observations.actions.studies import update_study
from observations.models import Source, Study
from observations.queries.sources import text_of
from tests import builders
from tests.shared import shared


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, "I read the film first. Then I click.", "It is strict.")


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study, "STR")


def failing(error: type[FieldstudyError], code: str) -> object:
    return pytest.raises(error, check=lambda raised: raised.code == code)  # type: ignore[call-overload]


def test_the_first_passage_opens_a_reading(source: Source, strict: Code, coder_ana: User) -> None:
    builders.code(source, "film", strict, by=coder_ana)
    reading = Reading.objects.get()
    assert (reading.phase, reading.state, reading.coder.alias) == ("first", "open", "C1")


def test_later_passages_go_to_the_same_reading(source: Source, strict: Code, coder_ana: User) -> None:
    for phrase in ("film", "strict"):
        builders.code(source, phrase, strict, by=coder_ana)
    assert Reading.objects.count() == 1


def test_the_history_says_who_applied_it(source: Source, strict: Code, coder_ana: User) -> None:
    segment = builders.code(source, "film", strict, by=coder_ana)
    entry = HistoryEntry.objects.get(row=segment.pk)
    assert (entry.actor, entry.operation, entry.table) == (coder_ana.pk, "insert", "coding_segment")


def test_a_reader_cannot_code(source: Source, strict: Code, reader: User) -> None:
    with failing(NotPermitted, "access.not_permitted"):
        builders.code(source, "film", strict, by=reader)


def test_white_space_alone_is_no_passage(source: Source, strict: Code, coder_ana: User, study: Study) -> None:
    at = text_of(source).index(" read")
    with failing(Invalid, "segment.empty"):
        apply_code(
            viewer=builders.viewer_of(study, coder_ana),
            source=source,
            id=uuid.uuid4(),
            code_id=strict.pk,
            start=at,
            end=at + 1,
            revision_id=source.revision_id,
            at=builders.AT,
        )


def test_a_weight_beyond_100_is_refused(source: Source, strict: Code, coder_ana: User) -> None:
    with failing(Invalid, "segment.weight_out_of_range"):
        builders.code(source, "film", strict, by=coder_ana, weight=101)


def test_a_change_raises_the_version(source: Source, strict: Code, coder_ana: User, study: Study) -> None:
    segment = builders.code(source, "film", strict, by=coder_ana)
    viewer = builders.viewer_of(study, coder_ana)
    assert change_segment(viewer=viewer, segment_id=segment.pk, version=1, weight=5).version == 2


def test_a_removed_passage_comes_back_as_it_was(source: Source, strict: Code, coder_ana: User, study: Study) -> None:
    segment = builders.code(source, "film", strict, by=coder_ana)
    viewer = builders.viewer_of(study, coder_ana)
    remove_segment(viewer=viewer, segment_id=segment.pk, at=builders.AT)
    restored = restore_segment(viewer=viewer, segment_id=segment.pk)
    assert (restored.removed_at, restored.start, restored.end) == (None, segment.start, segment.end)


def test_removing_twice_is_removing_once(source: Source, strict: Code, coder_ana: User, study: Study) -> None:
    segment = builders.code(source, "film", strict, by=coder_ana)
    viewer = builders.viewer_of(study, coder_ana)
    versions = [remove_segment(viewer=viewer, segment_id=segment.pk, at=builders.AT).version for _ in range(2)]
    assert versions == [2, 2]


def test_another_coders_passage_is_not_there(
    source: Source, strict: Code, coder_ana: User, coder_ben: User, study: Study
) -> None:
    segment = builders.code(source, "film", strict, by=coder_ana)
    with failing(Missing, "access.missing"):
        remove_segment(viewer=builders.viewer_of(study, coder_ben), segment_id=segment.pk, at=builders.AT)


def test_a_passage_whose_words_were_deleted_cannot_come_back(
    source: Source, strict: Code, coder_ana: User, study: Study
) -> None:
    segment = builders.code(source, "film", strict, by=coder_ana)
    text = text_of(source).replace("film ", "")
    lead = builders.as_lead(study)
    correct_text(viewer=lead, source=source, text=text, based_on=1, at=builders.AT, accept_losses=True)
    with failing(Conflict, "segment.words_gone"):
        restore_segment(viewer=builders.viewer_of(study, coder_ana), segment_id=segment.pk)


def test_the_final_reading_begins_with_the_first_ones_passages(source: Source, strict: Code, coder_ana: User) -> None:
    builders.code(source, "film", strict, by=coder_ana, weight=30)
    builders.submit(source, by=coder_ana)
    final = Segment.objects.get(reading__phase="final")
    assert (text_of(source)[final.now_start : final.now_end], final.weight) == ("film", 30)


def test_what_is_coded_after_submission_goes_to_the_final_reading(
    source: Source, strict: Code, coder_ana: User
) -> None:
    builders.submit(source, by=coder_ana)
    assert builders.code(source, "film", strict, by=coder_ana).reading.phase == "final"


def test_a_passage_of_a_submitted_reading_stays(source: Source, strict: Code, coder_ana: User, study: Study) -> None:
    segment = builders.code(source, "film", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    with failing(Conflict, "reading.submitted"):
        remove_segment(viewer=builders.viewer_of(study, coder_ana), segment_id=segment.pk, at=builders.AT)


def test_the_database_keeps_a_submitted_reading_too(source: Source, strict: Code, coder_ana: User) -> None:
    segment = builders.code(source, "film", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fieldstudy.actor', %s, true)", [str(coder_ana.pk)])
        cursor.execute("UPDATE coding_segment SET weight = 3 WHERE id = %s", [segment.pk])


def test_a_first_reading_is_submitted_once(source: Source, coder_ana: User, study: Study) -> None:
    first = builders.submit(source, by=coder_ana)
    with failing(Conflict, "reading.submitted"):
        submit_reading(viewer=builders.viewer_of(study, coder_ana), reading=first, at=builders.AT)


def test_how_far_one_read_stays_with_the_final_reading(source: Source, coder_ana: User, study: Study) -> None:
    viewer = builders.viewer_of(study, coder_ana)
    builders.code(source, "film", builders.make_code(study), by=coder_ana)
    reading = current_reading(viewer, source)
    assert reading is not None
    mark_read(viewer=viewer, reading_id=reading.pk, read_to=2)
    builders.submit(source, by=coder_ana)
    final = current_reading(viewer, source)
    assert final is not None
    assert (final.phase, final.read_to) == ("final", 2)


def blind_after(source: Source, strict: Code, coder: User) -> bool:
    builders.code(source, "film", strict, by=coder)
    return Reading.objects.get(coder__user=coder).is_blind


def test_whoever_joins_as_a_coder_reads_blind_what_others_have_submitted(
    source: Source, strict: Code, study: Study, coder_ana: User
) -> None:
    builders.code(source, "film", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    assert blind_after(source, strict, builders.make_member(study, "new", "coder"))


def test_a_lead_who_takes_up_coding_has_seen_what_was_submitted_before(
    source: Source, strict: Code, study: Study, lead: User, coder_ana: User
) -> None:
    builders.code(source, "film", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    builders.give_roles(study, lead, "lead", "coder")
    assert not blind_after(source, strict, lead)


def test_but_not_what_is_submitted_later(
    source: Source, strict: Code, study: Study, lead: User, coder_ana: User
) -> None:
    builders.code(source, "film", strict, by=coder_ana)
    builders.give_roles(study, lead, "lead", "coder")
    builders.submit(source, by=coder_ana)
    assert blind_after(source, strict, lead)


def test_whoever_leaves_off_coding_for_a_while_has_seen_it(
    source: Source, strict: Code, study: Study, coder_ana: User, coder_ben: User
) -> None:
    builders.code(source, "film", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    for role in ("reader", "coder"):
        builders.give_roles(study, coder_ben, role)
    assert not blind_after(source, strict, coder_ben)


def test_whoever_was_there_while_the_study_was_open_has_seen_what_was_begun(
    source: Source, strict: Code, study: Study, coder_ana: User, coder_ben: User
) -> None:
    builders.code(source, "film", strict, by=coder_ana)
    for mode in (Study.Mode.OPEN, Study.Mode.BLIND):
        update_study(viewer=builders.as_lead(study), mode=mode)
    assert not blind_after(source, strict, coder_ben)
    assert blind_after(source, strict, builders.make_member(study, "new", "coder"))


def test_an_alias_tells_nothing_of_what_others_have_begun(
    source: Source, strict: Code, coder_ana: User, coder_ben: User
) -> None:
    builders.code(source, "film", strict, by=coder_ben)
    builders.code(source, "film", strict, by=coder_ana)
    assert [Coder.objects.get(user=user).alias for user in (coder_ana, coder_ben)] == ["C1", "C2"]

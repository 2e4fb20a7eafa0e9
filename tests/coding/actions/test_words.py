import pytest
from django.utils import timezone

from coding.actions.words import start_counting
from coding.models import TurnWords
from coding.queries.words import counted_words, how_counted
from fieldstudy.errors import Conflict, NotPermitted
from fieldstudy.models import Job, User
from observations.actions.participants import record_consent, withdraw_consent
from observations.actions.sources import correct_text
from observations.importers.base import ParsedTurn
from observations.models import Participant, Source, Study
from observations.queries.consent import Use
from observations.queries.sources import text_of
from tests import builders
from tests.shared import shared

SECRET = "marigold"


@shared
def willing(study: Study) -> Participant:
    return builders.make_participant(study, "P02", machine=True)


@shared
def source(study: Study, willing: Participant) -> Source:
    closed = builders.make_participant(study, "P01")
    turns = [ParsedTurn(text=f"Un {SECRET} azul.", speaker="A"), ParsedTurn(text="Casa casa grande.", speaker="B")]
    # A language without a model is read without loading one.
    return builders.make_source(study, *turns, language="pt", speakers={"A": closed, "B": willing})


def counted(study: Study) -> list[list[list[object]]]:
    start_counting(viewer=builders.as_lead(study), at=timezone.now())
    builders.do_jobs()
    return list(TurnWords.objects.values_list("counts", flat=True))


def test_the_words_of_turns_open_to_machines_are_counted_and_no_others(study: Study, source: Source) -> None:
    assert counted(study) == [[["casa", "", 2], ["grande", "", 1]]]


def test_the_words_of_a_text_that_comes_in_are_counted_without_being_asked_for(study: Study, source: Source) -> None:
    builders.do_jobs(new_words=True)
    assert list(TurnWords.objects.values_list("counts", flat=True)) == [[["casa", "", 2], ["grande", "", 1]]]


def test_a_corrected_text_is_counted_anew(study: Study, source: Source) -> None:
    builders.do_jobs(new_words=True)
    text = text_of(source).replace("grande", "azul")
    correct_text(viewer=builders.as_lead(study), source=source, text=text, based_on=1, at=builders.AT)
    builders.do_jobs(new_words=True)
    assert list(TurnWords.objects.values_list("counts", flat=True)) == [[["azul", "", 1], ["casa", "", 2]]]


def test_what_is_being_counted_by_itself_is_said(study: Study, source: Source) -> None:
    job = how_counted(builders.as_lead(study)).job
    assert job is not None and job.is_open


def test_counting_again_replaces_what_is_there(study: Study, source: Source) -> None:
    counted(study)
    TurnWords.objects.update(counts=[["worn", "", 1]])
    start_counting(viewer=builders.as_lead(study), at=timezone.now(), again=True)
    builders.do_jobs()
    assert list(TurnWords.objects.values_list("counts", flat=True)) == [[["casa", "", 2], ["grande", "", 1]]]


def test_what_is_missing_is_said(study: Study, source: Source) -> None:
    before = how_counted(builders.as_lead(study))
    counted(study)
    after = how_counted(builders.as_lead(study))
    assert (before.turns, before.missing, before.closed) == (1, 1, 1)
    assert (after.missing, after.closed) == (0, 1)


def test_counting_counts_only_what_is_new(study: Study, source: Source) -> None:
    counted(study)
    with pytest.raises(Conflict) as refused:
        start_counting(viewer=builders.as_lead(study), at=timezone.now())
    assert refused.value.code == "words.all_counted"


def test_one_counting_goes_on_at_a_time(study: Study, source: Source) -> None:
    start_counting(viewer=builders.as_lead(study), at=timezone.now())
    with pytest.raises(Conflict) as refused:
        start_counting(viewer=builders.as_lead(study), at=timezone.now())
    assert refused.value.code == "words.running"


def test_a_job_done_twice_counts_once(study: Study, source: Source) -> None:
    counted(study)
    Job.objects.update(state=Job.State.QUEUED, attempts=0)
    builders.do_jobs()
    assert TurnWords.objects.count() == 1


def test_a_withdrawal_closes_what_was_counted_before(study: Study, source: Source, willing: Participant) -> None:
    counted(study)
    lead = builders.as_lead(study)
    withdraw_consent(viewer=lead, id=source.pk, participant=willing, on=builders.AT.date(), at=builders.AT)
    assert not counted_words(lead).exists()


def test_words_leave_the_study_only_where_their_people_permit_quoting_and_release(
    study: Study, source: Source, willing: Participant
) -> None:
    counted(study)
    lead = builders.as_lead(study)
    assert (counted_words(lead).count(), counted_words(lead, None, Use.QUOTE, Use.RELEASE).count()) == (1, 0)
    items = {"machine": True, "quote": True, "release": True}
    day = builders.AT.date()
    record_consent(
        viewer=lead, id=source.pk, participant=willing, items=items, form_version="2", given_on=day, at=builders.AT
    )
    assert counted_words(lead, None, Use.QUOTE, Use.RELEASE).count() == 1


def test_a_reader_starts_no_counting(study: Study, source: Source, reader: User) -> None:
    with pytest.raises(NotPermitted):
        start_counting(viewer=builders.viewer_of(study, reader), at=timezone.now())

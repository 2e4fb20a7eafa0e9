"""Writers at the same moment, on connections of their own: nothing twice, nothing lost, nothing after submission."""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from coding.actions.readings import apply_code, change_segment, current_reading, submit_reading
from coding.actions.second_opinion import decide, undo_decision
from coding.actions.tagging import start_tagging
from coding.models import Code, Coder, Decision, Reading, Segment, Suggestion
from fieldstudy.errors import FieldstudyError
from fieldstudy.models import User
from fieldstudy.writes import cut
from observations.actions.sources import correct_text
from observations.actions.studies import accept_invitation, invite
from observations.models import Membership, Source, Study
from observations.queries.sources import text_of
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5
LONG_ENOUGH = 20.0
Write = Callable[[], Any]


@pytest.fixture
def source(study: Study) -> Source:
    return builders.make_source(study, "I read the film first. Then I click. Every shadow is a nodule to it.")


@pytest.fixture
def strict(study: Study) -> Code:
    return builders.make_code(study)


def together(*writes: Write) -> list[Any]:
    """What each write gave, all begun at the same moment; what a person can mend is given as its code."""
    start = threading.Barrier(len(writes))

    def run(write: Write) -> Any:
        try:
            start.wait(LONG_ENOUGH)
            return write()
        except FieldstudyError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(writes)) as threads:
        return [done.result(LONG_ENOUGH) for done in [threads.submit(run, write) for write in writes]]


def applying(source: Source, code: Code, by: User, *, phrase: str = "film", id: uuid.UUID | None = None) -> Write:
    viewer, start = builders.viewer_of(source.study, by), text_of(source).index(phrase)
    assert source.revision_id is not None
    said = {"code_id": code.pk, "start": start, "end": start + len(phrase), "revision_id": source.revision_id}
    key = id or uuid.uuid4()
    return lambda: apply_code(viewer=viewer, source=source, id=key, at=builders.AT, **said)  # type: ignore[arg-type]


def quote(segment: Segment) -> str:
    return text_of(segment.source)[segment.now_start : segment.now_end]


@pytest.mark.parametrize("round", range(ROUNDS))
def test_the_same_passage_sent_twice_at_once_is_there_once(
    source: Source, strict: Code, coder_ana: User, round: int
) -> None:
    key = uuid.uuid4()
    made = together(*[applying(source, strict, coder_ana, id=key) for _ in range(3)])
    assert sorted(is_new for _, is_new in made) == [False, False, True]
    assert Segment.objects.count() == Reading.objects.count() == 1


@pytest.mark.parametrize("round", range(ROUNDS))
def test_two_tabs_that_begin_at_once_code_in_one_reading(
    source: Source, strict: Code, coder_ana: User, round: int
) -> None:
    made = together(
        *[applying(source, strict, coder_ana, phrase=phrase) for phrase in ("film", "click", "shadow", "nodule")]
    )
    assert [is_new for _, is_new in made] == [True] * 4
    assert Reading.objects.count() == 1


@pytest.mark.parametrize("round", range(ROUNDS))
def test_two_people_who_begin_at_once_get_two_aliases(
    source: Source, strict: Code, coder_ana: User, coder_ben: User, round: int
) -> None:
    together(applying(source, strict, coder_ana), applying(source, strict, coder_ben))
    assert sorted(Coder.objects.values_list("alias", flat=True)) == ["C1", "C2"]


@pytest.mark.parametrize("round", range(ROUNDS))
def test_a_passage_sent_while_submitting_is_in_the_final_reading_or_refused(
    source: Source, strict: Code, coder_ana: User, study: Study, round: int
) -> None:
    builders.code(source, "click", strict, by=coder_ana)
    viewer = builders.viewer_of(study, coder_ana)
    first = current_reading(viewer, source)
    assert first is not None
    applied, _ = together(
        applying(source, strict, coder_ana), lambda: submit_reading(viewer=viewer, reading=first, at=builders.AT)
    )
    in_first = set(Segment.objects.filter(reading=first).values_list("code_id", "now_start"))
    in_final = set(Segment.objects.filter(reading__phase="final").values_list("code_id", "now_start"))
    assert in_first <= in_final
    assert applied == "reading.submitted" or len(in_final) == 2


@pytest.mark.parametrize("round", range(ROUNDS))
def test_two_submissions_at_once_are_one(source: Source, strict: Code, coder_ana: User, round: int) -> None:
    builders.code(source, "click", strict, by=coder_ana)
    viewer = builders.viewer_of(source.study, coder_ana)
    first = current_reading(viewer, source)
    assert first is not None
    given = together(*[lambda: submit_reading(viewer=viewer, reading=first, at=builders.AT)] * 2)
    assert given.count("reading.submitted") == 1
    assert list(Reading.objects.order_by("phase").values_list("phase", "state")) == [
        ("final", "open"),
        ("first", "submitted"),
    ]


@pytest.mark.parametrize("round", range(ROUNDS))
def test_a_passage_saved_while_the_text_is_corrected_stands_on_its_words(
    source: Source, strict: Code, coder_ana: User, study: Study, round: int
) -> None:
    builders.code(source, "click", strict, by=coder_ana)
    longer = "Before all that, and before coffee. " + text_of(source)
    lead = builders.as_lead(study)
    applied, _ = together(
        applying(source, strict, coder_ana, phrase="shadow"),
        lambda: correct_text(viewer=lead, source=source, text=longer, based_on=1, at=builders.AT),
    )
    assert applied[1]
    assert sorted(quote(segment) for segment in Segment.objects.all()) == ["click", "shadow"]


@pytest.mark.parametrize("round", range(ROUNDS))
def test_a_submission_while_the_text_is_corrected_copies_passages_to_their_words(
    source: Source, strict: Code, coder_ana: User, study: Study, round: int
) -> None:
    builders.code(source, "click", strict, by=coder_ana)
    viewer, lead = builders.viewer_of(study, coder_ana), builders.as_lead(study)
    first = current_reading(viewer, source)
    assert first is not None
    longer = "Before all that, and before coffee. " + text_of(source)
    together(
        lambda: submit_reading(viewer=viewer, reading=first, at=builders.AT),
        lambda: correct_text(viewer=lead, source=source, text=longer, based_on=1, at=builders.AT),
    )
    assert [quote(segment) for segment in Segment.objects.all()] == ["click", "click"]


def test_borders_counted_on_the_text_before_a_correction_are_refused(
    source: Source, strict: Code, coder_ana: User, study: Study
) -> None:
    segment, old = builders.code(source, "click", strict, by=coder_ana), source.revision_id
    longer = "Before all that. " + text_of(source)
    correct_text(viewer=builders.as_lead(study), source=source, text=longer, based_on=1, at=builders.AT)
    viewer = builders.viewer_of(study, coder_ana)
    (given,) = together(
        lambda: change_segment(viewer=viewer, segment_id=segment.pk, version=1, start=0, end=4, revision_id=old)
    )
    assert given == "segment.text_changed"


@pytest.mark.parametrize("round", range(ROUNDS))
def test_of_two_changes_of_one_passage_at_once_one_is_told_of_the_other(
    source: Source, strict: Code, coder_ana: User, study: Study, round: int
) -> None:
    segment = builders.code(source, "click", strict, by=coder_ana)
    viewer = builders.viewer_of(study, coder_ana)
    given = together(
        *[
            lambda weight=weight: change_segment(viewer=viewer, segment_id=segment.pk, version=1, weight=weight)
            for weight in (10, 90)
        ]
    )
    assert given.count("segment.changed_meanwhile") == 1


@pytest.fixture
def suggestion(source: Source, strict: Code, coder_ana: User, study: Study) -> Suggestion:
    builders.make_entry(strict, "shadow")
    start_tagging(viewer=builders.as_lead(study), id=uuid.uuid4(), sources=[source], at=builders.AT)
    builders.do_jobs()
    builders.submit(source, by=coder_ana)
    return Suggestion.objects.get()


@pytest.mark.parametrize("same_id", [True, False])
def test_two_decisions_at_once_leave_one_standing(
    suggestion: Suggestion, coder_ana: User, study: Study, same_id: bool
) -> None:
    viewer, key = builders.viewer_of(study, coder_ana), uuid.uuid4()

    def deciding(id: uuid.UUID) -> Write:
        return lambda: decide(viewer=viewer, id=id, suggestion_id=suggestion.pk, outcome="take", at=builders.AT)

    given = together(deciding(key), deciding(key if same_id else uuid.uuid4()))
    assert all(isinstance(one, Decision) for one in given)
    assert Decision.objects.filter(undone_at=None).count() == 1
    assert Segment.objects.filter(suggestion=suggestion, removed_at=None).count() == 1


@pytest.mark.parametrize("round", range(ROUNDS))
def test_a_decision_is_not_taken_back_after_the_final_reading_closed(
    suggestion: Suggestion, coder_ana: User, study: Study, round: int
) -> None:
    viewer = builders.viewer_of(study, coder_ana)
    made = decide(viewer=viewer, id=uuid.uuid4(), suggestion_id=suggestion.pk, outcome="take", at=builders.AT)
    final = Reading.objects.get(phase="final")
    undone, _ = together(
        lambda: undo_decision(viewer=viewer, decision_id=made.pk, at=builders.AT),
        lambda: submit_reading(viewer=viewer, reading=final, at=builders.AT),
    )
    stands = Segment.objects.filter(suggestion=suggestion, removed_at=None).exists()
    assert stands is (undone == "opinion.submitted")


def test_nothing_is_coded_in_a_final_reading_that_was_submitted(
    suggestion: Suggestion, source: Source, strict: Code, coder_ana: User, study: Study
) -> None:
    viewer, final = builders.viewer_of(study, coder_ana), Reading.objects.get(phase="final")
    submit_reading(viewer=viewer, reading=final, at=builders.AT)
    assert together(applying(source, strict, coder_ana)) == ["reading.submitted"]


def test_many_coders_corrections_and_cuts_at_once_come_to_an_end(
    source: Source, strict: Code, coder_ana: User, coder_ben: User, study: Study
) -> None:
    lead = builders.as_lead(study)

    def cutting() -> int:
        with transaction.atomic():
            return cut(study.pk)

    longer = "Before all that. " + text_of(source)
    given = together(
        *[applying(source, strict, by, phrase=phrase) for by in (coder_ana, coder_ben) for phrase in ("film", "click")],
        cutting,
        cutting,
        lambda: correct_text(viewer=lead, source=source, text=longer, based_on=1, at=builders.AT),
    )
    assert not [one for one in given if isinstance(one, str)]
    assert sorted(quote(segment) for segment in Segment.objects.all()) == ["click", "click", "film", "film"]


@pytest.mark.parametrize("round", range(ROUNDS))
def test_an_invitation_is_taken_up_by_one_person(study: Study, round: int) -> None:
    _, token = invite(viewer=builders.as_lead(study), email="x@example.org", roles=["coder"], at=builders.AT)
    people = [builders.make_user(name) for name in ("ulla", "vera")]
    given = together(
        *[lambda person=person: accept_invitation(actor=person, token=token, at=builders.AT) for person in people]
    )
    assert given.count("invitation.missing") == 1
    assert Membership.objects.filter(study=study, user__in=people).count() == 1


@pytest.fixture(autouse=True)
def _own_connections() -> Iterator[None]:
    yield
    connection.close()

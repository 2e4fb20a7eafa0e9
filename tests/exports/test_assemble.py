from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import exports.assemble
from coding.models import Code
from exports.assemble import assemble
from exports.files import dataset_for
from exports.formats import FORMATS
from fieldstudy.models import User
from observations.actions.sources import correct_text
from observations.importers.base import ParsedTurn
from observations.models import Source, Study
from observations.queries.sources import text_of
from tests import builders
from tests.shared import shared

TURNS = (
    ParsedTurn("And then?", kind="question", speaker="Interviewer"),
    ParsedTurn("I looked first.", speaker="Dr Sorel"),
)


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study)


def source_of(study: Study, **consent: bool) -> Source:
    participant = builders.make_participant(study, **consent)
    return builders.make_source(study, *TURNS, speakers={"Dr Sorel": participant})


def test_a_submitted_reading_is_exported(study: Study, strict: Code, coder_ana: User, supervisor: User) -> None:
    source = source_of(study, quote=True, release=True)
    builders.code(source, "I looked", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    dataset = assemble(builders.viewer_of(study, supervisor), language="en")
    assert [dataset.sources[0].text[row.start : row.end] for row in dataset.segments] == ["I looked"]


def test_an_open_reading_is_not(study: Study, strict: Code, coder_ana: User, supervisor: User) -> None:
    source = source_of(study, quote=True, release=True)
    builders.code(source, "I looked", strict, by=coder_ana)
    assert assemble(builders.viewer_of(study, supervisor), language="en").segments == ()


def test_what_a_coding_lead_may_not_see_is_not_in_their_export(
    study: Study, strict: Code, coder_ana: User, lead: User
) -> None:
    source = source_of(study, quote=True, release=True)
    builders.code(source, "I looked", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    builders.give_roles(study, lead, "lead", "coder")
    assert assemble(builders.viewer_of(study, lead), language="en").segments == ()


@pytest.mark.parametrize("consent", [{}, {"quote": True}, {"release": True}])
def test_words_are_withheld_without_consent_to_quote_and_release(
    study: Study, supervisor: User, consent: dict[str, bool]
) -> None:
    source_of(study, **consent)
    text = assemble(builders.viewer_of(study, supervisor), language="en").sources[0].text
    assert "looked" not in text


def test_no_format_holds_withheld_words(study: Study, strict: Code, coder_ana: User, supervisor: User) -> None:
    source = source_of(study)
    builders.code(source, "I looked", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    dataset = assemble(builders.viewer_of(study, supervisor), language="en")
    assert not any(b"looked" in chosen.to_bytes(dataset, "en") for chosen in FORMATS.values())


def test_a_participants_name_in_the_text_is_exported_as_the_code(study: Study, supervisor: User) -> None:
    source_of(study, quote=True, release=True)
    speakers = [
        turn.speaker for turn in assemble(builders.viewer_of(study, supervisor), language="en").sources[0].turns
    ]
    assert speakers == ["Interviewer", "P01"]


def test_a_retired_code_in_use_is_exported(study: Study, strict: Code, coder_ana: User, supervisor: User) -> None:
    source = source_of(study, quote=True, release=True)
    builders.code(source, "I looked", strict, by=coder_ana)
    builders.submit(source, by=coder_ana)
    Code.objects.filter(pk=strict.pk).update(retired_at=builders.AT)
    dataset = assemble(builders.viewer_of(study, supervisor), language="en")
    assert FORMATS["qdpx"].to_bytes(dataset, "en")


def test_more_sources_take_no_more_queries(study: Study, strict: Code, coder_ana: User, supervisor: User) -> None:
    viewer = builders.viewer_of(study, supervisor)
    counts = []
    for _ in range(2):
        source = builders.make_source(study, *TURNS)
        builders.code(source, "I looked", strict, by=coder_ana)
        builders.submit(source, by=coder_ana)
        with CaptureQueriesContext(connection) as queries:
            assemble(viewer, language="en")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_marks_of_the_text_itself_are_no_turns_left_out(study: Study, lead: User) -> None:
    willing = builders.make_participant(study, quote=True, release=True)
    turn = ParsedTurn("I read […] and then […] again.", speaker="A")
    builders.make_source(study, turn, speakers={"A": willing})
    builders.make_source(study, ParsedTurn("No.", speaker="B"), speakers={"B": builders.make_participant(study, "P02")})
    assert sorted(source.withheld for source in assemble(builders.as_lead(study), language="en").sources) == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_a_correction_meanwhile_shows_nothing_of_what_is_withheld(
    lead: User, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The correction is there between the question for the turns and that for those left out."""
    silent = builders.make_participant(study, quote=False)
    source = builders.make_source(
        study, ParsedTurn("Yes.", speaker="Dr Sorel"), ParsedTurn("Keep this.", speaker="B"),
        speakers={"Dr Sorel": builders.make_participant(study, "P02", quote=True, release=True), "B": silent},
    )  # fmt: skip
    asked = exports.assemble.withheld

    def meanwhile(*given: Any) -> Any:
        with ThreadPoolExecutor(1) as other:
            other.submit(_correct, source, f"Before all that, and before coffee. {text_of(source)}").result()
        return asked(*given)

    monkeypatch.setattr(exports.assemble, "withheld", meanwhile)
    (record,) = dataset_for(builders.as_lead(study), language="en").sources
    assert record.text == "Yes.\n[…]"


def _correct(source: Source, text: str) -> None:
    try:
        correct_text(viewer=builders.as_lead(source.study), source=source, text=text, based_on=1, at=builders.AT)
    finally:
        connection.close()

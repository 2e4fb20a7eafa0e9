import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coding.actions.words import start_counting
from coding.models import Code
from coding.queries.likeness import Comparison, compare
from fieldstudy.errors import Missing
from fieldstudy.models import User
from observations.importers.base import ParsedTurn
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

# In a language without a model, so that none is loaded: words are compared as they are written.
TURNS = (
    "Sombra grande no filme azul.",
    "Sombra no filme azul outra vez.",
    "Sombra azul, filme velho.",
    "Filme azul, sombra nova.",
    "Leite frio com pão quente.",
)


@shared
def source(study: Study) -> Source:
    willing = builders.make_participant(study, "P01", machine=True)
    closed = builders.make_participant(study, "P02")
    turns = [ParsedTurn(text=text, speaker="A") for text in TURNS]
    turns += [ParsedTurn(text="Sombra grande no filme fechado.", speaker="B")]
    return builders.make_source(study, *turns, language="pt", speakers={"A": willing, "B": closed})


@shared
def codes(study: Study) -> list[Code]:
    return [builders.make_code(study, sign) for sign in ("STR", "TAC")]


@pytest.fixture
def comparing(study: Study, source: Source, codes: list[Code], coder_ana: User) -> Any:
    """Ana's first passage compared, as Ana sees it."""
    segments = [builders.code(source, phrase, codes[0], by=coder_ana) for phrase in ("grande no", "outra vez")]
    builders.code(source, "velho", codes[1], by=coder_ana)

    def compared(*, counted: bool = True) -> Comparison:
        if counted:
            start_counting(viewer=builders.as_lead(study), at=timezone.now())
            builders.do_jobs()
        return compare(builders.viewer_of(study, coder_ana), segments[0].pk, "")

    return compared


def test_turns_like_a_passage_stand_under_its_code_other_codes_and_none(comparing: Any) -> None:
    found = comparing()
    assert [[one.words.words.strip() for one in group] for group in (found.same, found.others, found.uncoded)] == [
        [TURNS[1]],
        [TURNS[2]],
        [TURNS[3]],
    ]


def test_the_passage_itself_and_turns_closed_to_machines_are_left_out(comparing: Any) -> None:
    found = comparing()
    shown = [one.words.words for group in (found.same, found.others, found.uncoded) for one in group]
    assert not [words for words in shown if "fechado" in words or "grande" in words]


def test_before_words_are_counted_that_is_said(comparing: Any) -> None:
    found = comparing(counted=False)
    assert (found.is_counted, found.state.missing) == (False, 5)


def test_a_hidden_passage_is_as_missing_as_one_that_is_not_there(
    comparing: Any, study: Study, source: Source, codes: list[Code], coder_ben: User
) -> None:
    hidden = builders.code(source, "Leite", codes[0], by=coder_ben)
    for key in (hidden.pk, uuid.uuid4()):
        with pytest.raises(Missing):
            compare(builders.as_lead(study), key, "")


def test_hidden_codes_leave_a_turn_uncoded(comparing: Any, source: Source, codes: list[Code], coder_ben: User) -> None:
    builders.code(source, "nova", codes[0], by=coder_ben)
    assert [one.words.words.strip() for one in comparing().uncoded] == [TURNS[3]]


def test_more_turns_take_no_more_queries(comparing: Any, study: Study, source: Source) -> None:
    comparing()
    with CaptureQueriesContext(connection) as before:
        comparing(counted=False)
    willing = source.participants.get(code="P01")
    for number in range(2):
        builders.make_source(study, *TURNS, language="pt", title=f"{number}", speakers={"Dr Sorel": willing})
    comparing()
    with CaptureQueriesContext(connection) as after:
        comparing(counted=False)
    assert len(after) == len(before)

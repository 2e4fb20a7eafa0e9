"""Corrections of a text, and whose words its turns hold afterwards."""

import pytest

from fieldstudy.errors import NotPermitted
from fieldstudy.models import User
from observations.access import Viewer
from observations.actions.sources import correct_text
from observations.importers.base import ParsedTurn
from observations.models import Source, Study
from observations.queries.consent import Use, withheld
from tests import builders
from tests.shared import shared

OPEN, CLOSED, AGAIN = "I am fine with it.", "Keep this to yourself please.", "As I said."


@shared
def source(study: Study) -> Source:
    speakers = {
        "A": builders.make_participant(study, quote=True, release=True),
        "B": builders.make_participant(study, code="P2", quote=False),
    }
    turns = [ParsedTurn(text, speaker=speaker) for text, speaker in ((OPEN, "A"), (CLOSED, "B"), (AGAIN, "A"))]
    return builders.make_source(study, *turns, speakers=speakers)


def corrected(source: Source, viewer: Viewer, text: str) -> list[str]:
    """The turns that may not be quoted afterwards."""
    correct_text(viewer=viewer, source=source, text=text, based_on=1, at=builders.AT)
    return [turn.text.strip() for turn in withheld(source.turns.all(), Use.QUOTE).order_by("number")]


MIXING = [
    pytest.param(f"{OPEN} {CLOSED}\n{AGAIN}", id="the line break before them is gone"),
    pytest.param(f"{OPEN}\n{CLOSED} {AGAIN}", id="the line break after them is gone"),
    pytest.param(f"I am fine with this, kept to yourself please.\n{AGAIN}", id="written over"),
]


@pytest.mark.parametrize("text", MIXING)
def test_one_persons_words_do_not_come_into_the_turn_of_another(source: Source, coder_ana: User, text: str) -> None:
    with pytest.raises(NotPermitted) as refused:
        corrected(source, builders.viewer_of(source.study, coder_ana), text)
    assert refused.value.code == "source.participants_protected"


@pytest.mark.parametrize("text", MIXING)
def test_what_whoever_protects_joins_is_nobodys(source: Source, lead: User, text: str) -> None:
    closed = corrected(source, builders.as_lead(source.study), text)
    assert any("to yourself please" in turn for turn in closed)


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        (f"{OPEN}\nKeep that to yourself.\n{AGAIN}", ["Keep that to yourself."]),
        (f"{OPEN} {AGAIN}", []),
        (f"I am\nfine with it.\n{CLOSED}\n{AGAIN}", [CLOSED]),
    ],
)
def test_words_within_a_turn_are_anybodys_to_correct(
    source: Source, coder_ana: User, text: str, closed: list[str]
) -> None:
    assert corrected(source, builders.viewer_of(source.study, coder_ana), text) == closed

"""What nobody permitted reaches neither the machine, nor anybody through its suggestions, nor a file that leaves."""

import io
import uuid
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coding.actions import tagging
from coding.models import Code, Suggestion
from coding.queries.visible import suggestions_visible_to
from coding.tagging.tags import TurnText, tag_turns
from exports.formats import FORMATS
from fieldstudy.errors import NotPermitted
from fieldstudy.models import User
from observations.actions.participants import record_consent, withdraw_consent
from observations.actions.sources import Details, describe_source
from observations.importers.base import ParsedTurn
from observations.models import Participant, Source, Study
from tests import builders

SECRET = "marigold"
TURNS = (
    ParsedTurn(text=f"The film of {SECRET} showed a shadow.", speaker="Dr Closed"),
    ParsedTurn(text="Every shadow is a nodule to it.", speaker="Dr Willing"),
)


@pytest.fixture
def closed(study: Study) -> Participant:
    return builders.make_participant(study, "P01")


@pytest.fixture
def willing(study: Study) -> Participant:
    return builders.make_participant(study, "P02", quote=True, machine=True, release=True)


@pytest.fixture
def source(study: Study, closed: Participant, willing: Participant) -> Source:
    return builders.make_source(study, *TURNS, speakers={"Dr Closed": closed, "Dr Willing": willing})


@pytest.fixture
def shadow(study: Study) -> Code:
    code = builders.make_code(study)
    builders.make_entry(code, "shadow")
    return code


def tag(source: Source) -> None:
    lead = builders.as_lead(source.study)
    tagging.start_tagging(viewer=lead, id=uuid.uuid4(), sources=[source], at=timezone.now())
    builders.do_jobs()


def test_a_turn_closed_to_the_machine_never_reaches_the_tagger(
    source: Source, shadow: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def listening(turns: list[TurnText], lexicons: object) -> object:
        read.extend(turn.text for turn in turns)
        return tag_turns(turns, lexicons)  # type: ignore[arg-type]

    monkeypatch.setattr(tagging, "tag_turns", listening)
    tag(source)
    assert [SECRET in text for text in read] == [False]
    assert Suggestion.objects.count() == 1


def test_a_withdrawal_closes_what_the_machine_said_before(
    source: Source, shadow: Code, willing: Participant, study: Study, supervisor: User, coder_ana: User
) -> None:
    tag(source)
    builders.submit(source, by=coder_ana)
    people = [builders.viewer_of(study, person) for person in (supervisor, coder_ana)]
    assert [suggestions_visible_to(viewer).count() for viewer in people] == [1, 1]
    withdraw_consent(
        viewer=builders.as_lead(study), id=uuid.uuid4(), participant=willing, on=builders.AT.date(), at=builders.AT
    )
    assert [suggestions_visible_to(viewer).count() for viewer in people] == [0, 0]


def test_what_was_observed_obeys_the_strictest_of_the_source(
    study: Study, closed: Participant, willing: Participant, shadow: Code
) -> None:
    seen = ParsedTurn("Every shadow is a nodule.", kind="observed")
    source = builders.make_source(study, seen, participants=(closed, willing), speakers={})
    tag(source)
    assert not Suggestion.objects.exists()


def test_the_words_of_a_speaker_who_is_no_participant_yet_are_closed(
    study: Study, willing: Participant, shadow: Code
) -> None:
    source = builders.make_source(study, "Every shadow is a nodule.", participants=(willing,), speakers={})
    tag(source)
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("readings", ["first", "final"])
@pytest.mark.parametrize("allowed", [{}, {"quote": True}, {"release": True, "machine": True}])
def test_no_format_carries_a_turn_that_may_not_be_quoted_and_reused(
    source: Source,
    shadow: Code,
    closed: Participant,
    study: Study,
    coder_ana: User,
    lead: User,
    client_for: Callable[[User], Client],
    name: str,
    readings: str,
    allowed: dict[str, bool],
) -> None:
    record_consent(
        viewer=builders.as_lead(study),
        id=uuid.uuid4(),
        participant=closed,
        items=allowed,
        form_version="1",
        given_on=builders.AT.date(),
        at=builders.AT,
    )
    builders.code(source, SECRET, shadow, by=coder_ana)
    builders.submit(source, by=coder_ana)
    response = client_for(lead).get(reverse("export", args=[study.slug, name]), {"readings": readings})
    content = everything(b"".join(response))
    assert response.status_code == 200
    assert SECRET.encode() not in content
    assert b"Dr Closed" not in content


def test_a_coder_takes_no_participant_off_a_source(source: Source, coder_ana: User, study: Study) -> None:
    details = Details(title=source.title, kind=source.kind)
    with pytest.raises(NotPermitted) as refused:
        describe_source(viewer=builders.viewer_of(study, coder_ana), source=source, details=details)
    assert refused.value.code == "source.participants_protected"


def test_a_coder_gives_no_words_to_somebody_who_permits_more(
    source: Source, coder_ana: User, closed: Participant, willing: Participant, study: Study
) -> None:
    details = Details(
        title=source.title,
        kind=source.kind,
        participants=(closed, willing),
        speakers={"Dr Closed": willing, "Dr Willing": willing},
    )
    with pytest.raises(NotPermitted):
        describe_source(viewer=builders.viewer_of(study, coder_ana), source=source, details=details)


def test_a_coder_still_describes_a_source(
    source: Source, coder_ana: User, closed: Participant, willing: Participant, study: Study
) -> None:
    speakers = {"Dr Closed": closed, "Dr Willing": willing}
    details = Details(title="Renamed", kind=source.kind, participants=(closed, willing), speakers=speakers)
    assert (
        describe_source(viewer=builders.viewer_of(study, coder_ana), source=source, details=details).title == "Renamed"
    )


def everything(content: bytes) -> bytes:
    """A file, or all that is in an archive, one after the other."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())

"""One source: details, corrections and notes."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from fieldstudy.models import User
from observations.importers.base import ParsedTurn
from observations.models import Source, Study, Turn
from observations.queries.sources import text_of
from tests import builders
from tests.shared import shared

ForUser = Callable[[User], Client]


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, "I read the film first. Then I click.")


def test_a_label_is_given_to_a_participant(study: Study, source: Source, lead: User, client_for: ForUser) -> None:
    person = builders.make_participant(study)
    said = {"title": "New", "kind": "interview", "language": "en", "speaker_0": str(person.pk)}
    client_for(lead).post(reverse("source_edit", args=[study.slug, source.pk]), said)
    assert Turn.objects.get(source=source).participant == person


def test_a_label_that_is_a_pseudonym_is_proposed(study: Study, lead: User, client_for: ForUser) -> None:
    source, person = (
        builders.make_source(study, ParsedTurn(text="I read.", speaker="p01")),
        builders.make_participant(study),
    )
    form = client_for(lead).get(reverse("source_edit", args=[study.slug, source.pk])).context["form"]
    assert (form["speaker_0"].value(), form.proposed) == (person.pk, True)


def test_a_label_is_taken_from_a_participant(study: Study, lead: User, client_for: ForUser) -> None:
    source = builders.make_source(study, "I read.", speakers={"Dr Sorel": builders.make_participant(study)})
    said = {"title": "New", "kind": "interview", "language": "en", "speaker_0": ""}
    client_for(lead).post(reverse("source_edit", args=[study.slug, source.pk]), said)
    assert Turn.objects.get(source=source).participant is None


def test_details_keep_what_was_typed_when_refused(
    study: Study, source: Source, lead: User, client_for: ForUser
) -> None:
    response = client_for(lead).post(reverse("source_edit", args=[study.slug, source.pk]), {"title": "Typed"})
    assert (response.status_code, b"Typed" in response.content) == (422, True)


def test_a_day_on_which_nothing_was_observed_is_refused_beside_its_field(
    study: Study, source: Source, lead: User, client_for: ForUser
) -> None:
    said = {"title": "New", "kind": "interview", "language": "en", "observed_on": "0001-01-01"}
    response = client_for(lead).post(reverse("source_edit", args=[study.slug, source.pk]), said)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["observed_on"])


def correct(browser: Client, source: Source, text: str, button: str, **more: str) -> int:
    url = reverse("source_text", args=[source.study.slug, source.pk])
    return browser.post(url, {"text": text, "based_on": "1", button: "1"} | more).status_code


def test_a_preview_saves_nothing(source: Source, lead: User, client_for: ForUser) -> None:
    correct(client_for(lead), source, "I read it first.", "preview")
    assert source.revisions.count() == 1


def test_a_correction_is_a_new_revision(source: Source, lead: User, client_for: ForUser) -> None:
    correct(client_for(lead), source, "I read the films first. Then I click.", "save")
    assert text_of(source) == "I read the films first. Then I click."


def test_a_correction_of_an_old_revision_is_refused(source: Source, lead: User, client_for: ForUser) -> None:
    browser = client_for(lead)
    correct(browser, source, "First.", "save")
    assert correct(browser, source, "Second.", "save") == 422


@pytest.mark.parametrize(("more", "revisions"), [({}, 1), ({"accept_losses": "on"}, 2)])
def test_losing_passages_has_to_be_confirmed(
    study: Study,
    source: Source,
    lead: User,
    coder_ana: User,
    client_for: ForUser,
    more: dict[str, str],
    revisions: int,
) -> None:
    builders.code(source, "Then I click.", builders.make_code(study), by=coder_ana)
    correct(client_for(lead), source, "I read the film first.", "save", **more)
    assert source.revisions.count() == revisions


def note(study: Study, **fields: str) -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "title": "Morning", "language": "en"} | {
        name.replace("_", "-"): value for name, value in fields.items()
    }


def test_each_block_of_a_note_is_a_turn(study: Study, coder_ana: User, client_for: ForUser) -> None:
    blocks = {"kind_0": "observed", "text_0": "Blinds down.", "kind_1": "interpretation", "text_1": "Shielding?"}
    client_for(coder_ana).post(reverse("note_new", args=[study.slug]), note(study, **blocks))
    assert list(Turn.objects.order_by("number").values_list("kind", "text")) == [
        ("observed", "Blinds down.\n"),
        ("interpretation", "Shielding?"),
    ]


def test_a_verbatim_block_belongs_to_who_said_it(study: Study, coder_ana: User, client_for: ForUser) -> None:
    person = builders.make_participant(study)
    blocks = {"kind_0": "verbatim", "text_0": "I look first.", "said_0": str(person.pk)}
    client_for(coder_ana).post(reverse("note_new", args=[study.slug]), note(study, **blocks))
    assert Turn.objects.get().participant == person


def test_a_note_without_words_is_refused(study: Study, coder_ana: User, client_for: ForUser) -> None:
    response = client_for(coder_ana).post(reverse("note_new", args=[study.slug]), note(study, text_0="  "))
    assert response.status_code == 422


def test_a_note_sent_twice_is_one_source(study: Study, coder_ana: User, client_for: ForUser) -> None:
    browser, sent = client_for(coder_ana), note(study, text_0="Blinds down.")
    for _ in range(2):
        browser.post(reverse("note_new", args=[study.slug]), sent)
    assert Source.objects.count() == 1


def test_a_refused_note_comes_back_whole(study: Study, coder_ana: User, client_for: ForUser) -> None:
    sent = note(study, text_7="Blinds down.") | {"title": ""}
    response = client_for(coder_ana).post(reverse("note_new", args=[study.slug]), sent)
    assert b'name="text-7"' in response.content

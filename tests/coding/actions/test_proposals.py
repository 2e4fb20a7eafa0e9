"""Codes proposed while coding: their author's alone, whoever else looks and whatever else they do."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from coding.actions.code_tree import adopt_code, merge_codes, retire_code
from coding.actions.codebook_changes import undo_change
from coding.actions.codebooks import publish_codebook
from coding.actions.disputes import build_disputes
from coding.actions.proposals import propose_code, withdraw_proposal
from coding.audit_material import Material
from coding.models import Code, CodebookChange
from coding.queries.agreement import material_of, scope_of
from coding.queries.changes import changes_of
from coding.queries.codebook import retired_codes
from coding.queries.passages import shown
from coding.queries.visible import codes_visible_to, segments_visible_to
from fieldstudy.errors import Conflict, Invalid, Missing
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

ClientFor = Callable[[User], Client]


@shared
def source(study: Study) -> Source:
    builders.make_code(study, "STR")
    return builders.make_source(study, "Then I click. The frames come last.")


def propose(source: Source, by: User, name: str = "the frames", id: uuid.UUID | None = None) -> tuple[Code, bool]:
    viewer = builders.viewer_of(source.study, by)
    return propose_code(viewer=viewer, id=id or uuid.uuid4(), source=source, names={"en": name}, at=builders.AT)


def sees(source: Source, user: User, code: Code) -> bool:
    return codes_visible_to(builders.viewer_of(source.study, user)).filter(pk=code.pk).exists()


def test_a_proposal_codes_at_once_for_its_author(source: Source, coder_ana: User) -> None:
    code, made = propose(source, coder_ana)
    segment = builders.code(source, "The frames", code, by=coder_ana)
    assert (made, segment.code, segment.reading_id) == (True, code, code.proposed_in_id)


def test_a_proposal_sent_twice_is_one(source: Source, coder_ana: User) -> None:
    key = uuid.uuid4()
    assert [propose(source, coder_ana, id=key)[1] for _ in range(2)] == [True, False]
    assert Code.objects.count() == 2


def test_a_proposal_under_anothers_id_is_refused(source: Source, coder_ana: User, coder_ben: User) -> None:
    code, _ = propose(source, coder_ana)
    with pytest.raises(Conflict, check=lambda error: error.code == "code.id_taken"):
        propose(source, coder_ben, id=code.pk)


def test_a_proposal_needs_a_name(source: Source, coder_ana: User) -> None:
    with pytest.raises(Invalid, check=lambda error: error.code == "code.name_empty"):
        propose(source, coder_ana, " ")


def test_nobody_else_codes_with_a_proposal(source: Source, coder_ana: User, coder_ben: User) -> None:
    code, _ = propose(source, coder_ana)
    with pytest.raises(Invalid, check=lambda error: error.code == "segment.code_not_usable"):
        builders.code(source, "The frames", code, by=coder_ben)


def test_a_submitted_proposal_is_seen_by_the_lead_and_by_who_has_submitted_too(
    source: Source, coder_ana: User, coder_ben: User, lead: User
) -> None:
    code, _ = propose(source, coder_ana)
    assert [sees(source, user, code) for user in (coder_ana, coder_ben, lead)] == [True, False, False]
    builders.submit(source, by=coder_ana)
    assert [sees(source, user, code) for user in (coder_ana, coder_ben, lead)] == [True, False, True]
    builders.submit(source, by=coder_ben)
    assert sees(source, coder_ben, code)


def test_a_proposal_is_withdrawn_while_nothing_is_coded_with_it(source: Source, coder_ana: User, lead: User) -> None:
    viewer = builders.viewer_of(source.study, coder_ana)
    used, unused = propose(source, coder_ana)[0], propose(source, coder_ana)[0]
    builders.code(source, "The frames", used, by=coder_ana)
    with pytest.raises(Conflict, check=lambda error: error.code == "code.in_use"):
        withdraw_proposal(viewer=viewer, code_id=used.pk, at=builders.AT)
    withdraw_proposal(viewer=viewer, code_id=unused.pk, at=builders.AT)
    assert (sees(source, coder_ana, used), sees(source, coder_ana, unused)) == (True, False)
    with pytest.raises(Missing):
        withdraw_proposal(viewer=builders.viewer_of(source.study, coder_ana), code_id=uuid.uuid4(), at=builders.AT)


def test_a_withdrawn_proposal_comes_back_when_it_is_sent_again_while_its_reading_is_open(
    source: Source, coder_ana: User
) -> None:
    code, _ = propose(source, coder_ana)
    viewer = builders.viewer_of(source.study, coder_ana)
    withdraw_proposal(viewer=viewer, code_id=code.pk, at=builders.AT)
    taken = propose(source, coder_ana)[0]
    Code.objects.filter(pk=taken.pk).update(sign=code.sign)
    back, made = propose(source, coder_ana, id=code.pk)
    assert (made, back.retired_at, sees(source, coder_ana, code)) == (False, None, True)
    assert back.sign != code.sign  # another has its own by now
    withdraw_proposal(viewer=viewer, code_id=code.pk, at=builders.AT)
    builders.submit(source, by=coder_ana)
    with pytest.raises(Conflict, check=lambda error: error.code == "reading.submitted"):
        propose(source, coder_ana, id=code.pk)


def test_a_proposal_that_the_lead_declined_does_not_come_back(source: Source, coder_ana: User) -> None:
    code, _ = propose(source, coder_ana)
    retire_code(viewer=builders.as_lead(source.study), code=code, at=builders.AT)
    assert propose(source, coder_ana, id=code.pk)[0].retired_at is not None


def lives(study: Study, source: Source, people: list[User], client_for: ClientFor, *, drawn: Callable[[], None]) -> Any:
    """What others get and do, from the moment `drawn` has had its effect."""
    drawn()
    base = f"/api/v1/studies/{study.slug}"
    told: list[Any] = []
    lead, *_ = people

    def send(method: str, path: str, body: dict[str, Any] | None = None) -> None:
        client = client_for(lead)
        made = getattr(client, method)(f"{base}/{path}", json.dumps(body or {}), content_type="application/json")
        told.append((path, made.status_code, made.content))

    def look() -> None:
        for person in people:
            client = client_for(person)
            for path in ("codes/", f"sources/{source.pk}/segments/", "readings/"):
                told.append((path, client.get(f"{base}/{path}").content))
            for path in ("codebook/", ""):
                told.append((path, client.get(f"/studies/{study.slug}/{path}").status_code))

    look()
    first, second = (str(uuid.uuid5(study.pk, name)) for name in ("first", "second"))
    send("post", "codes/", {"id": first, "sign": "NEW", "names": {"en": "new"}})
    send("post", "codes/", {"id": second, "sign": "TWO", "names": {"en": "two"}})
    send("patch", f"codes/{second}/", {"parent": None, "position": 0})
    send("patch", f"codes/{first}/", {"position": 9})
    send("patch", f"codes/{first}/", {"parent": second, "position": 0})
    send("patch", f"codes/{second}/", {"retired": True})
    send("patch", f"codes/{first}/", {"retired": True})
    look()
    publish_codebook(viewer=builders.as_lead(study), id=uuid.uuid5(study.pk, "version"), note="", at=builders.AT)
    told.append(client_for(lead).get(f"{base}/codebook/versions/").content)
    places = Code.objects.filter(study=study, proposed_in=None).order_by("sign").values_list("sign", "position", "hue")
    told.append(list(places))
    return told


@pytest.mark.thorough
def test_a_hidden_proposal_changes_nothing_for_anybody_else(
    study: Study,
    source: Source,
    lead: User,
    coder_ana: User,
    coder_ben: User,
    supervisor: User,
    reader: User,
    client_for: ClientFor,
) -> None:
    from django.db import transaction

    people = [lead, coder_ben, supervisor, reader]

    def hidden() -> None:
        for number in range(9):
            code, _ = propose(source, coder_ana, f"new {number}")
        builders.code(source, "The frames", code, by=coder_ana)

    lived = []
    for drawn in (lambda: None, hidden):
        with transaction.atomic():
            lived.append(lives(study, source, people, client_for, drawn=drawn))
            transaction.set_rollback(True)
    with_none, with_hidden = ([_plain(one) for one in life] for life in lived)
    assert with_none == with_hidden


def _plain(told: Any) -> Any:
    """Answers without the moment at which a version was published, or ids drawn at random."""
    return str(told)


def test_a_declined_proposal_stays_hidden_from_who_reads_that_source_alone(
    source: Source, coder_ana: User, coder_ben: User
) -> None:
    code, _ = propose(source, coder_ana)
    builders.submit(source, by=coder_ana)
    retire_code(viewer=builders.as_lead(source.study), code=code, at=builders.AT)
    lead, ben = builders.as_lead(source.study), builders.viewer_of(source.study, coder_ben)
    assert (list(retired_codes(lead)), list(retired_codes(ben))) == ([code], [])
    assert (changes_of(lead).count(), changes_of(ben).count()) == (1, 0)


def test_so_does_one_that_was_merged(source: Source, coder_ana: User, coder_ben: User) -> None:
    code, _ = propose(source, coder_ana)
    builders.submit(source, by=coder_ana)
    lead = builders.as_lead(source.study)
    merge_codes(viewer=lead, code=code, into=Code.objects.get(sign="STR"), keeps="into", at=builders.AT)
    builders.give_roles(source.study, coder_ben, "lead", "coder")
    ben, (change,) = builders.viewer_of(source.study, coder_ben), CodebookChange.objects.all()
    assert list(changes_of(ben)) == []
    with pytest.raises(Missing):
        undo_change(viewer=ben, change_id=change.pk, at=builders.AT)


def test_a_proposal_used_elsewhere_is_known_with_the_passages_there(
    source: Source, coder_ana: User, lead: User
) -> None:
    """Its own source is still being read; the passages of the other one are listed under its name all the same."""
    code, _ = propose(source, coder_ana)
    other = builders.make_source(source.study, "The frames come last.", title="Another")
    builders.code(other, "The frames", code, by=coder_ana)
    assert not sees(source, lead, code)
    builders.submit(other, by=coder_ana)
    viewer = builders.as_lead(source.study)
    (shown_one,) = shown(viewer, list(segments_visible_to(viewer)))
    assert shown_one.code == code and sees(source, lead, code)


def test_the_sign_of_a_proposal_cannot_be_foretold(source: Source, coder_ana: User, settings: Any) -> None:
    """Who could tell which sign comes first would learn from another one that somebody else has proposed a code."""
    key, signs = uuid.uuid4(), []
    for installation in ("one", "another"):
        settings.SECRET_KEY = installation
        with transaction.atomic():
            signs.append(propose(source, coder_ana, id=key)[0].sign)
            transaction.set_rollback(True)
    assert signs[0] != signs[1]


def test_another_persons_passage_does_not_hold_a_proposal_back(
    source: Source, coder_ana: User, coder_ben: User
) -> None:
    """Whether there is one tells of a reading that its author may not know of."""
    code, _ = propose(source, coder_ana)
    elsewhere = builders.make_source(source.study, "Nobody taught me.")
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    builders.code(elsewhere, "Nobody", code, by=coder_ben)
    withdraw_proposal(viewer=builders.viewer_of(source.study, coder_ana), code_id=code.pk, at=builders.AT)
    assert not sees(source, coder_ana, code)


@shared
def only_ana_had_it(source: Source, coder_ana: User, coder_ben: User) -> Code:
    """Before any version, both coded one passage alike, and Ana another with a code of her own."""
    strict, (own, _) = Code.objects.get(sign="STR"), propose(source, coder_ana)
    builders.code(source, "The frames", own, by=coder_ana)
    for coder in (coder_ana, coder_ben):
        builders.code(source, "I click.", strict, by=coder)
        builders.submit(source, by=coder)
    return own


def compared(source: Source, by: User) -> Material:
    viewer = builders.viewer_of(source.study, by)
    return material_of(source.study, scope_of(viewer, None).readings, "turn")


def test_a_proposal_is_no_code_of_those_who_never_had_it(
    source: Source, only_ana_had_it: Code, supervisor: User
) -> None:
    material = compared(source, supervisor)
    had = material.available[0, :, material.codes.index(str(only_ana_had_it.pk))]
    assert had.tolist() == [True, False]
    viewer = builders.viewer_of(source.study, supervisor)
    assert build_disputes(viewer=viewer, at=builders.AT).disputes == 0


def test_an_adopted_proposal_is_a_code_of_readings_submitted_since(
    source: Source, only_ana_had_it: Code, supervisor: User, coder_ana: User, coder_ben: User
) -> None:
    later = builders.AT + timedelta(days=1)
    adopt_code(viewer=builders.as_lead(source.study), code=only_ana_had_it, at=later)
    new = builders.make_source(source.study, "It is strict.", title="Another")
    for coder in (coder_ana, coder_ben):
        builders.submit(new, by=coder, at=later)
    material = compared(source, supervisor)
    at = material.codes.index(str(only_ana_had_it.pk))
    places = {material.sources.index(str(one.pk)): one for one in (source, new)}
    assert {one.title: material.available[place, :, at].tolist() for place, one in places.items()} == {
        source.title: [True, False],
        new.title: [True, True],
    }


def test_a_proposal_of_a_source_one_has_not_read_is_in_no_audit_of_others(
    study: Study, source: Source, lead: User, coder_ana: User, coder_ben: User
) -> None:
    builders.give_roles(study, lead, "lead", "coder")
    unread = builders.make_source(study, "Nobody taught me.", title="Unread")
    hidden, _ = propose(unread, coder_ana, "gut feeling")
    for each in ((unread, coder_ana), (source, coder_ana), (source, coder_ben), (source, lead)):
        builders.submit(each[0], by=each[1])
    assert str(hidden.pk) not in compared(source, lead).codes

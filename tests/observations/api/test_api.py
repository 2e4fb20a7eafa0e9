"""The API of this room: who may, what it answers, and that it does what the pages do."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fieldstudy.models import User
from observations.models import Consent, Membership, Source, Study
from tests import builders

ForUser = Callable[[User], Client]
JSON = "application/json"


@pytest.fixture
def browser(lead: User, client_for: ForUser) -> Client:
    return client_for(lead)


def at(study: Study, path: str) -> str:
    return f"/api/v1/studies/{study.slug}/{path}"


def source_body(**more: Any) -> dict[str, Any]:
    turns = [{"text": "And then?", "kind": "question"}, {"text": "I read first.", "speaker": "Dr Sorel"}]
    return {"id": str(uuid.uuid4()), "title": "Interview", "kind": "interview", "turns": turns} | more


def test_a_study_is_begun_by_whoever_is_signed_in(browser: Client) -> None:
    body = {"id": str(uuid.uuid4()), "name": "New ward", "languages": ["en"]}
    answer = browser.post("/api/v1/studies/", body, JSON)
    assert (answer.status_code, answer.json()["slug"], answer.json()["roles"]) == (201, "new-ward", ["lead"])


def test_only_own_studies_are_listed(browser: Client, study: Study, outsider: User) -> None:
    assert [row["slug"] for row in browser.get("/api/v1/studies/").json()["results"]] == [study.slug]


def test_a_change_leaves_the_rest(browser: Client, study: Study) -> None:
    changed = browser.patch(at(study, ""), {"mode": "open"}, JSON).json()
    assert (changed["mode"], changed["name"]) == ("open", study.name)


@pytest.mark.parametrize("path", ["", "sites/", "tools/", "promises/", "sources/"])
def test_an_outsider_finds_nothing(study: Study, outsider: User, client_for: ForUser, path: str) -> None:
    assert client_for(outsider).get(at(study, path)).status_code == 404


@pytest.mark.parametrize("path", ["members/", "participants/"])
def test_a_reader_is_refused(study: Study, reader: User, client_for: ForUser, path: str) -> None:
    assert client_for(reader).get(at(study, path)).status_code == 403


def test_a_site_is_added(browser: Client, study: Study) -> None:
    body = {"id": str(uuid.uuid4()), "name": "Val-Clair", "alias": "Site A", "specialty": {"fr": "radiologie"}}
    browser.post(at(study, "sites/"), body, JSON)
    assert browser.get(at(study, "sites/")).json()["results"] == [body]


def test_a_site_of_the_same_name_is_a_conflict(browser: Client, study: Study) -> None:
    builders.make_site(study, "Val-Clair")
    body = {"id": str(uuid.uuid4()), "name": "Val-Clair", "alias": "Site B"}
    assert browser.post(at(study, "sites/"), body, JSON).json()["code"] == "site.taken"


def test_a_promise_belongs_to_a_tool(browser: Client, study: Study) -> None:
    tool = browser.post(
        at(study, "tools/"), {"id": str(uuid.uuid4()), "name": "Lumen", "kind": "prognosis"}, JSON
    ).json()
    body = {"id": str(uuid.uuid4()), "tool": tool["id"], "text": {"en": "Fewer missed findings"}}
    assert browser.post(at(study, "promises/"), body, JSON).json()["tool"] == tool["id"]


def test_a_consent_permits_what_it_lists(browser: Client, study: Study) -> None:
    person = builders.make_participant(study)
    body = {"id": str(uuid.uuid4()), "permits": ["quote"], "form_version": "2", "given_on": "2026-01-05"}
    permits = browser.post(at(study, f"participants/{person.pk}/consents/"), body, JSON).json()["permits"]
    assert [item for item, allowed in permits.items() if allowed] == ["quote"]


def test_a_withdrawal_permits_nothing(browser: Client, study: Study) -> None:
    person = builders.make_participant(study, quote=True)
    url = at(study, f"participants/{person.pk}/withdrawal/")
    browser.post(url, {"id": str(uuid.uuid4()), "on": "2026-02-01"}, JSON)
    assert not Consent.objects.get(participant=person, is_current=True).quote


def test_a_source_is_made_of_its_turns(browser: Client, study: Study) -> None:
    made = browser.post(at(study, "sources/"), source_body(), JSON).json()
    assert [(turn["start"], turn["end"], turn["kind"]) for turn in made["turns"]] == [
        (0, 10, "question"),
        (10, 23, "speech"),
    ]


def test_the_same_source_again_is_the_same(browser: Client, study: Study) -> None:
    body = source_body()
    answers = [browser.post(at(study, "sources/"), body, JSON).json() for _ in range(2)]
    assert answers[0] == answers[1]


def test_a_site_of_another_study_is_not_there(browser: Client, study: Study, outsider: User) -> None:
    site = builders.make_site(outsider.memberships.get().study)
    assert browser.post(at(study, "sources/"), source_body(site=str(site.pk)), JSON).status_code == 404


def test_a_detail_changes_alone(browser: Client, study: Study) -> None:
    person = builders.make_participant(study)
    source = builders.make_source(study, participants=(person,), speakers={})
    changed = browser.patch(at(study, f"sources/{source.pk}/"), {"title": "Other"}, JSON).json()
    assert (changed["title"], changed["participants"]) == ("Other", [str(person.pk)])


def test_a_correction_makes_a_revision(browser: Client, study: Study) -> None:
    source = builders.make_source(study, "I read first.")
    body = {"text": "I read it first.", "based_on": 1}
    assert browser.post(at(study, f"sources/{source.pk}/text/"), body, JSON).json()["number"] == 2


def test_a_correction_of_an_old_revision_is_a_conflict(browser: Client, study: Study) -> None:
    source = builders.make_source(study, "I read first.")
    answer = browser.post(at(study, f"sources/{source.pk}/text/"), {"text": "New.", "based_on": 7}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "source.changed_meanwhile")


def test_the_effect_counts_lost_passages(browser: Client, study: Study, coder_ana: User) -> None:
    source = builders.make_source(study, "I read first. Then I click.")
    builders.code(source, "Then I click.", builders.make_code(study), by=coder_ana)
    body = {"text": "I read first.", "based_on": 1}
    effect = browser.post(at(study, f"sources/{source.pk}/text/effect/"), body, JSON).json()
    assert effect == {"moved": 0, "changed": 0, "lost": 1}


def test_an_import_tells_what_each_file_became(browser: Client, study: Study) -> None:
    files = [SimpleUploadedFile("a.txt", b"One day."), SimpleUploadedFile("b.txt", b"")]
    made = browser.post(at(study, "imports/"), {"id": str(uuid.uuid4()), "files": files}).json()
    builders.do_jobs()
    told = browser.get(at(study, f"imports/{made['id']}/")).json()
    assert [(file["state"], [p["code"] for p in file["problems"]]) for file in told["files"]] == [
        ("imported", []),
        ("refused", ["import.empty"]),
    ]


def test_a_job_tells_how_far_it_is(browser: Client, study: Study) -> None:
    files = [SimpleUploadedFile("a.txt", b"One day.")]
    job = browser.post(at(study, "imports/"), {"id": str(uuid.uuid4()), "files": files}).json()["job"]
    assert browser.get(at(study, f"jobs/{job['id']}/")).json()["state"] == "queued"


def test_roles_are_given(browser: Client, study: Study, reader: User) -> None:
    browser.put(at(study, f"members/{reader.pk}/"), {"roles": ["coder"]}, JSON)
    assert Membership.objects.get(study=study, user=reader).roles == ["coder"]


def test_an_invitation_tells_its_token(browser: Client, study: Study) -> None:
    answer = browser.post(at(study, "invitations/"), {"email": "nora@example.org", "roles": ["coder"]}, JSON)
    assert len(answer.json()["token"]) > 20


@pytest.mark.parametrize("path", ["sources/", "participants/", "members/", "sites/"])
def test_thirty_rows_cost_as_many_queries_as_ten(browser: Client, study: Study, path: str) -> None:
    costs = []
    for numbers in (range(10), range(10, 30)):
        for n in numbers:
            person = builders.make_participant(study, f"P{n}", quote=True)
            builders.make_member(study, f"m{n}", "reader")
            builders.make_source(study, "One.", site=builders.make_site(study, f"S{n}"), participants=(person,))
        with CaptureQueriesContext(connection) as captured:
            browser.get(at(study, path))
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_a_malformed_body_names_its_fields(browser: Client, study: Study) -> None:
    answer = browser.post(at(study, "sources/"), {"title": "x"}, JSON)
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"id", "kind", "turns"})


def test_nothing_is_saved_of_a_source_with_an_empty_turn(browser: Client, study: Study) -> None:
    browser.post(at(study, "sources/"), source_body(turns=[{"text": "One."}, {"text": " "}]), JSON)
    assert not Source.objects.exists()


def test_a_removed_variable_is_brought_back(study, lead, client_for):
    client, id = client_for(lead), str(uuid.uuid4())
    new = {"id": id, "name": "Beds", "kind": "integer"}
    client.post(f"/api/v1/studies/{study.slug}/variables/site/", new, content_type="application/json")
    one = f"/api/v1/studies/{study.slug}/variable/{id}/"
    assert client.delete(one).status_code == 204
    assert client.post(f"{one}restore/").json()["name"] == "Beds"


@pytest.mark.parametrize("address", ["/api/v1/studies/ward/sources/?kind=%00", "/api/v1/studies/ward/memos/?about=%00"])
def test_what_the_database_cannot_hold_is_refused_with_words(study, lead, client_for, address):
    answer = client_for(lead).get(address)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.unreadable")


IMPOSSIBLE_DAYS = ["0001-01-01", "1899-12-31", "9999-12-31"]


@pytest.mark.parametrize("day", IMPOSSIBLE_DAYS)
def test_a_day_on_which_nothing_was_observed_is_refused_beside_its_field(
    browser: Client, study: Study, day: str
) -> None:
    source = builders.make_source(study)
    file = SimpleUploadedFile("a.txt", b"One day.")
    answers = [
        browser.post(at(study, "sources/"), source_body(observed_on=day), JSON),
        browser.patch(at(study, f"sources/{source.pk}/"), {"observed_on": day}, JSON),
        browser.post(at(study, "imports/"), {"id": str(uuid.uuid4()), "files": [file], "observed_on": day}),
    ]
    told = {(answer.status_code, answer.json()["code"], *answer.json()["fields"]) for answer in answers}
    assert told == {(422, "source.day_impossible", "observed_on")}


def test_a_day_not_far_ahead_is_taken(browser: Client, study: Study) -> None:
    day = str(timezone.localdate() + timedelta(days=300))
    assert browser.post(at(study, "sources/"), source_body(observed_on=day), JSON).status_code == 201

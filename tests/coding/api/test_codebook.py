import uuid
from base64 import b64encode
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from coding.actions.codebooks import publish_codebook
from coding.models import Code, LexiconEntry
from observations.models import Study
from tests.builders import AT, as_lead, make_code, make_entry


def at(study: Study, path: str) -> str:
    return f"/api/v1/studies/{study.slug}/{path}"


def send(client, method: str, url: str, content: object = None):
    return getattr(client, method)(url, content, content_type="application/json")


def test_a_code_is_added(study, lead, client_for):
    new = {"id": str(uuid.uuid4()), "sign": "STR", "names": {"en": "Strict"}, "stance": "limit"}
    answer = send(client_for(lead), "post", at(study, "codes/"), new)
    assert (answer.status_code, answer.json()["id"], answer.json()["stance"]) == (201, new["id"], "limit")


def test_the_same_code_sent_again_is_there_already(study, lead, client_for):
    new = {"id": str(uuid.uuid4()), "sign": "STR", "names": {"en": "Strict"}}
    send(client_for(lead), "post", at(study, "codes/"), new)
    assert send(client_for(lead), "post", at(study, "codes/"), new).status_code == 200


def test_another_code_under_the_same_id_is_a_conflict(study, lead, client_for):
    new = {"id": str(make_code(study).pk), "sign": "CTX", "names": {"en": "Context"}}
    answer = send(client_for(lead), "post", at(study, "codes/"), new)
    assert (answer.status_code, answer.json()["code"]) == (409, "code.id_taken")


def test_a_change_leaves_the_rest_as_it_is(study, lead, client_for):
    strict = make_code(study)
    send(client_for(lead), "patch", at(study, f"codes/{strict.pk}/"), {"definitions": {"en": "Too strict"}})
    strict.refresh_from_db()
    assert (strict.sign, strict.revision.names["en"], strict.revision.definitions) == (
        "STR", "code str", {"en": "Too strict"},
    )  # fmt: skip


def test_changes_that_fail_half_way_change_nothing(study, lead, client_for):
    branch = make_code(study, "NORM")
    make_code(study, parent=branch)
    answer = send(client_for(lead), "patch", at(study, f"codes/{branch.pk}/"), {"sign": "NOR", "retired": True})
    assert (answer.json()["code"], Code.objects.get(pk=branch.pk).sign) == ("code.has_children", "NORM")


def test_a_code_moves_below_another(study, lead, client_for):
    branch, strict = make_code(study, "NORM"), make_code(study)
    send(client_for(lead), "patch", at(study, f"codes/{strict.pk}/"), {"parent": str(branch.pk)})
    strict.refresh_from_db()
    assert strict.parent == branch


def test_a_coder_may_not_change_a_code(study, coder_ana, client_for):
    strict = make_code(study)
    assert send(client_for(coder_ana), "patch", at(study, f"codes/{strict.pk}/"), {"sign": "AA"}).status_code == 403


def test_a_version_is_published(study, lead, client_for):
    make_code(study)
    answer = send(client_for(lead), "post", at(study, "codebook/versions/"), {"note": "first"})
    assert (answer.status_code, answer.json()["number"], answer.json()["codes"]) == (201, 1, 1)
    assert len(client_for(lead).get(at(study, "codebook/versions/")).json()["results"]) == 1


def test_a_version_is_read_as_it_was(study, lead, reader, client_for):
    branch = make_code(study, "NORM")
    strict = make_code(study, parent=branch)
    publish_codebook(viewer=as_lead(study), id=uuid.uuid4(), note="first", at=AT)
    send(client_for(lead), "patch", at(study, f"codes/{strict.pk}/"), {"sign": "NEW", "names": {"en": "Sharper"}})
    told = client_for(reader).get(at(study, "codebook/versions/1/")).json()
    assert (told["note"], told["codes"]) == ("first", 2)
    assert [(one["depth"], one["sign"], one["parent"], one["names"]["en"]) for one in told["entries"]] == [
        (0, "NORM", None, "code norm"), (1, "STR", str(branch.pk), "code str"),
    ]  # fmt: skip


def test_what_a_file_brought_in_is_undone_by_the_change_it_names(study, lead, client_for):
    client, file = client_for(lead), SimpleUploadedFile("codes.csv", b"sign,name_en\nSTR,Strict")
    change = client.post(at(study, "codebook/import/"), {"file": file}).json()["change"]
    undone = client.post(at(study, f"codebook/changes/{change}/undo/")).json()
    assert undone["kind"] == "import" and undone["undone_at"] is not None
    assert not Code.objects.filter(retired_at=None).exists()


@pytest.mark.parametrize("number", ["2", "9" * 30])
def test_a_version_that_was_never_published_is_not_there(study, reader, client_for, number):
    assert client_for(reader).get(at(study, f"codebook/versions/{number}/")).status_code == 404


def test_an_entry_that_cannot_be_read_says_why(study, lead, client_for):
    entry = {"code": str(make_code(study).pk), "kind": "lemmas", "expression": "(open"}
    answer = send(client_for(lead), "post", at(study, "lexicon/"), entry)
    assert (answer.status_code, answer.json()["code"]) == (422, "lexicon.bracket")


def test_an_entry_is_added_and_retired(study, lead, client_for):
    entry = {"code": str(make_code(study).pk), "kind": "lemmas", "expression": "strict", "language": "en"}
    added = send(client_for(lead), "post", at(study, "lexicon/"), entry).json()
    assert client_for(lead).delete(at(study, f"lexicon/{added['id']}/")).status_code == 204
    assert LexiconEntry.objects.get().retired_at is not None


def test_a_lexicon_is_brought_in_once(study, lead, client_for):
    make_code(study)
    given = [bring_in(client_for(lead), study, b"sign,kind,expression\nSTR,lemmas,strict\n") for _ in range(2)]
    assert [one.json() for one in given] == [{"added": 1}, {"added": 0}]
    assert LexiconEntry.objects.get().expression == "strict"


def test_a_lexicon_with_an_unknown_sign_brings_in_nothing(study, lead, client_for):
    make_code(study)
    told = bring_in(client_for(lead), study, b"sign,kind,expression\nSTR,lemmas,strict\nCTX,lemmas,context\n")
    assert (told.status_code, told.json()["code"]) == (422, "lexicon.sign_unknown")
    assert not LexiconEntry.objects.exists()


def bring_in(client, study: Study, content: bytes):
    return client.post(at(study, "lexicon/import/"), {"file": SimpleUploadedFile("lexicon.csv", content)})


def test_a_coder_gets_an_empty_lexicon(study, coder_ana, client_for):
    make_entry(make_code(study), "strict")
    assert client_for(coder_ana).get(at(study, "lexicon/")).json()["results"] == []


@pytest.mark.parametrize("position", ["nowhere", "\0", "9" * 40])
def test_a_cursor_of_no_list_is_not_found(study, lead, client_for, position):
    make_code(study)
    cursor = b64encode(f"p={quote(position)}".encode()).decode()
    for path in ("codes/", "codebook/changes/", "memos/", "encounters/"):
        assert send(client_for(lead), "get", at(study, f"{path}?cursor={cursor}")).status_code == 404


def test_a_change_made_to_an_earlier_revision_is_refused(study, lead, client_for):
    strict = make_code(study)
    at_first = client_for(lead).get(at(study, f"codes/{strict.pk}/")).json()["revision"]
    change = {"definitions": {"en": "Too strict"}, "based_on": at_first}
    assert send(client_for(lead), "patch", at(study, f"codes/{strict.pk}/"), change).status_code == 200
    answer = send(client_for(lead), "patch", at(study, f"codes/{strict.pk}/"), change | {"definitions": {}})
    assert (answer.status_code, answer.json()["code"]) == (409, "code.changed_meanwhile")


@pytest.mark.parametrize("language", ["en\x00", "\ud800", "x" * 5000, ""])
def test_a_text_goes_by_a_language(study, lead, client_for, language):
    answer = send(client_for(lead), "post", at(study, "codes/"), {"sign": "NEW", "names": {language: "New"}})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["names"])


def test_all_that_is_wrong_with_a_codebook_is_told_at_once(study, lead, client_for):
    table = b"sign,parent,name_en\nTOOLONG,,One\nTWO,NIX,Two\nTWO,,Three\n"
    file = SimpleUploadedFile("codes.csv", table)
    answer = client_for(lead).post(at(study, "codebook/import/"), {"file": file})
    problems = answer.json()["problems"]
    assert (answer.status_code, [(one["line"], one["code"], one["found"]) for one in problems]) == (
        422,
        [
            (2, "code.sign_malformed", "TOOLONG"),
            (3, "codebook.parent_unknown", "NIX"),
            (4, "codebook.sign_twice", "TWO"),
        ],
    )


def test_all_that_is_wrong_is_told_in_the_readers_language(study, lead, client_for):
    file = SimpleUploadedFile("lexicon.csv", b"sign,language,kind,expression\nNIX,en,phrase,a\nNIX,xx,phrase,b\n")
    answer = client_for(lead).post(at(study, "lexicon/import/"), {"file": file}, headers={"accept-language": "fr"})
    assert len(answer.json()["problems"]) > 1
    assert not any("The " in one["message"] for one in answer.json()["problems"])

import uuid

from django.urls import reverse

from coding.models import SavedQuery, Segment
from tests.builders import code, make_code, make_source, submit
from tests.shared import shared

JSON = "application/json"


@shared
def source(study):
    return make_source(study, "I read the film first. Then I click.")


def post(client, study, name, body, *more):
    return client.post(reverse(f"api:{name}", args=[study.slug, *more]), body, content_type=JSON)


def test_a_search_answers_with_exact_places(study, source, reader, client_for):
    told = post(client_for(reader), study, "search", {"text": '"the films"'}).json()
    (line,) = told["results"]
    assert (line["start"], line["end"], line["hit"], line["left"]) == (7, 15, "the film", "I read ")
    assert (told["hits"], told["turns"], told["pages"]) == (1, 1, 1)


def test_passages_are_asked_for_by_query(study, source, coder_ana, client_for):
    strict = make_code(study)
    found = code(source, "the film", strict, by=coder_ana)
    code(source, "click", strict, by=coder_ana)
    client = client_for(coder_ana)
    told = post(client, study, "passages", {"query": "STR followed by STR"}).json()
    assert [(row["id"], row["quote"]) for row in told["results"]] == [(str(found.pk), "the film")]


def test_pages_of_passages_follow_by_cursor_without_the_query_in_the_address(study, source, coder_ana, client_for):
    strict, client = make_code(study), client_for(coder_ana)
    for phrase in ("the film", "click"):
        code(source, phrase, strict, by=coder_ana)
    body = {"query": "STR"}
    first = client.post(f"{reverse('api:passages', args=[study.slug])}?limit=1", body, content_type=JSON).json()
    second = client.post(first["next"], body, content_type=JSON).json()
    assert [row["quote"] for row in first["results"] + second["results"]] == ["the film", "click"]
    assert "STR" not in first["next"]


def test_a_query_that_cannot_be_read_names_the_place(study, reader, client_for):
    told = post(client_for(reader), study, "passages", {"query": "kind:poem"})
    assert (told.status_code, told.json()["code"]) == (422, "query.value_unknown")
    assert told.json()["fields"] == {"query": ["5-9"]}


def test_a_condition_in_the_address_of_passages_is_refused_by_its_name(study, coder_ana, client_for):
    address = reverse("api:passages", args=[study.slug]) + "?code=STR&limit=2"
    answer = client_for(coder_ana).post(address, {"query": "phase:any"}, content_type=JSON)
    assert answer.status_code == 400 and list(answer.json()["fields"]) == ["code"]
    assert answer.json()["message"] == "Not known here: code. What can be sent: cursor, limit."


def test_a_query_is_kept_changed_and_put_away(study, source, coder_ana, client_for):
    make_code(study)
    client, key = client_for(coder_ana), str(uuid.uuid4())
    body = {"id": key, "name": "Strict", "query": "str  and not code:str", "shared": True}
    assert post(client, study, "saved_queries", body).json()["query"] == "str AND NOT str"
    one = reverse("api:saved_query", args=[study.slug, key])
    assert client.patch(one, {"name": "Stricter"}, content_type=JSON).json()["name"] == "Stricter"
    assert client.get(reverse("api:saved_query_passages", args=[study.slug, key])).json()["results"] == []
    assert client.delete(one).status_code == 204
    assert client.get(reverse("api:saved_queries", args=[study.slug])).json()["results"] == []
    assert post(client, study, "saved_query_restore", {}, key).status_code == 200
    assert SavedQuery.objects.get().removed_at is None


def test_hits_are_coded_once_one_knows_what_that_does_and_taken_back(study, source, coder_ana, client_for):
    strict, client = make_code(study), client_for(coder_ana)
    body = {"id": str(uuid.uuid4()), "text": "film OR click", "code": str(strict.pk)}
    told = post(client, study, "search_coding", body).json()
    assert (told["new"], told["sources"], told["coded"], Segment.objects.count()) == (2, 1, None, 0)
    done = post(client, study, "search_coding", body | {"confirm": True}).json()
    assert (done["coded"], Segment.objects.filter(removed_at=None).count()) == (2, 2)
    assert post(client, study, "search_coding", body | {"confirm": True}).json()["coded"] == 0
    back = {"code": str(strict.pk), "coded_at": done["coded_at"]}
    assert post(client, study, "search_coding_undo", back).json() == {"taken_back": 2}
    assert Segment.objects.filter(removed_at=None).count() == 0


def test_only_the_chosen_hits_are_coded_in_their_turns(study, source, coder_ana, client_for):
    strict, client = make_code(study), client_for(coder_ana)
    hit = post(client, study, "search", {"text": "film"}).json()["results"][0]
    only = [{name: hit[name] for name in ("source", "start", "end")}]
    body = {"id": str(uuid.uuid4()), "text": "film OR click", "code": str(strict.pk), "stretch": "turn", "only": only}
    assert post(client, study, "search_coding", body | {"confirm": True}).json()["coded"] == 1
    assert Segment.objects.get().start == 0


def test_hits_are_not_coded_with_a_heading(study, source, coder_ana, client_for):
    heading = make_code(study, is_codable=False)
    body = {"id": str(uuid.uuid4()), "text": "film", "code": str(heading.pk)}
    assert post(client_for(coder_ana), study, "search_coding", body).status_code == 404


def test_the_passages_behind_a_cell_are_listed(study, source, coder_ana, client_for):
    strict = make_code(study)
    found = code(source, "the film", strict, by=coder_ana)
    submit(source, by=coder_ana)
    client = client_for(coder_ana)
    asked = {"what": "codes:source", "layer": "all"}
    matrix = client.get(reverse("api:matrices", args=[study.slug]), asked).json()
    cell = {"row": matrix["rows"][0]["key"], "column": matrix["columns"][0]["key"]}
    behind = client.get(reverse("api:matrix_passages", args=[study.slug]), asked | cell).json()
    assert (behind["passages"], [(row["quote"], row["segment"]) for row in behind["results"]]) == (
        1, [("the film", str(found.pk))],
    )  # fmt: skip

import logging
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coding.models import SavedQuery, Segment
from fieldstudy.errors import DiscreetFormatter
from tests.builders import code, make_code, make_source, submit
from tests.shared import shared

SECRET = "marigold"


@shared
def source(study):
    return make_source(study, f"I read the {SECRET} film first. A film again.", "No film here.")


def at(name, study, *more):
    return reverse(name, args=[study.slug, *more])


def searched(client, study, text, **more):
    return client.post(at("find", study), {"text": text, **more}, follow=True)


def asked(client, study, text):
    return client.post(at("passages", study), {"text": text}, follow=True)


def test_what_is_searched_stands_in_no_address(study, source, reader, client_for):
    page = searched(client_for(reader), study, SECRET)
    assert len(page.context["found"].lines) == 1
    assert SECRET not in page.redirect_chain[-1][0] and SECRET not in page.request["QUERY_STRING"]


def test_a_hit_opens_its_turn(study, source, reader, client_for):
    page = searched(client_for(reader), study, "here")
    assert f"{at('workspace', study, source.pk)}#t2" in page.content.decode()


def test_a_search_without_words_says_what_to_do(study, reader, client_for):
    page = client_for(reader).post(at("find", study), {"text": "-film"})
    assert page.status_code == 422
    assert "needs a word to look for" in page.content.decode()


def test_a_study_without_a_source_says_what_is_searched_and_who_collects_is_led_there(study, lead, reader, client_for):
    pages = [client_for(person).get(at("find", study)).content.decode() for person in (lead, reader)]
    assert all('class="empty"' in page and 'class="find-form"' not in page for page in pages)
    assert [f'class="btn btn-primary" href="{at("import", study)}"' in page for page in pages] == [True, False]


def test_a_study_with_a_source_has_the_form_at_once(study, source, reader, client_for):
    page = client_for(reader).get(at("find", study)).content.decode()
    assert 'class="find-form"' in page and 'class="empty"' not in page


def test_an_address_of_somebody_elses_search_shows_nothing(study, source, reader, coder_ana, client_for):
    address = searched(client_for(reader), study, SECRET).redirect_chain[-1][0]
    assert "found" not in client_for(coder_ana).get(address).context


def test_hits_are_coded_after_a_preview_and_taken_back(study, source, coder_ana, client_for):
    strict, client = make_code(study), client_for(coder_ana)
    page = searched(client, study, "film")
    wanted = {"q": page.context["key"], "which": "all", "unit": "hit", "code": str(strict.pk)}
    preview = client.post(at("find_code", study), wanted)
    assert len(preview.context["plan"].new) == 3 and not Segment.objects.exists()
    done = client.post(at("find_code", study), wanted | {"confirm": "1", "id": str(preview.context["id"])}, follow=True)
    assert Segment.objects.filter(removed_at=None).count() == 3
    client.post(at("find_undo", study), {"coded": done.context["undo"]["signed"], "q": wanted["q"]})
    assert not Segment.objects.filter(removed_at=None).exists()


def test_only_the_chosen_hits_are_coded(study, source, coder_ana, client_for):
    strict, client = make_code(study), client_for(coder_ana)
    page = searched(client, study, "film")
    wanted = {"q": page.context["key"], "which": "chosen", "unit": "turn", "code": str(strict.pk)}
    key = page.context["lines"][2].key
    preview = client.post(at("find_code", study), wanted | {"hit": [key]})
    assert [one.start for one in preview.context["plan"].new] == [page.context["lines"][2].turn.start]


def test_a_reader_is_offered_no_coding(study, source, reader, client_for):
    assert "coding" not in searched(client_for(reader), study, "film").context


def test_passages_are_shown_in_context(study, source, coder_ana, client_for):
    code(source, "the marigold film", make_code(study), by=coder_ana)
    page = asked(client_for(coder_ana), study, "STR")
    (one,) = page.context["found"].passages
    assert (one.before, one.words, one.after) == ("I read ", "the marigold film", " first. A film again.")


def test_an_error_points_at_its_place(study, reader, client_for):
    page = client_for(reader).post(at("passages", study), {"text": "STR near"})
    assert page.status_code == 422
    assert page.context["wrong"] == ("STR near", " ", "")


def test_a_code_nobody_knows_is_pointed_at(study, reader, client_for):
    page = asked(client_for(reader), study, "STR AND NOPE")
    assert page.context["wrong"][1] == "STR"


@pytest.mark.parametrize(
    ("text", "sent", "built"),
    [
        ("", {"add_code": "1", "how": "and", "code": "STR"}, "STR"),
        ("STR", {"add_code": "1", "how": "and not", "code": "TAC", "subtree": "on"}, "STR AND NOT TAC+"),
        (
            "STR AND layer:person",
            {"add_code": "1", "how": "near", "code": "TAC", "distance": "3", "unit": "turns"},
            "STR near TAC (3 turns) AND layer:person",
        ),
        ("STR", {"add_condition": "1", "condition": "phase:first"}, "STR AND phase:first"),
        ("STR", {"add_comparison": "1", "compared": "weight", "operator": ">=", "value": "5"}, "STR AND weight >= 5"),
        ("STR AND NOT TAC", {"take_away": "1"}, "STR"),
        ("STR", {"take_away": "0"}, ""),
        ("STR AND NOT TAC OR PSA", {"take_away": "1"}, "STR AND NOT TAC"),
        ("STR OR TAC OR PSA", {"take_away": "0"}, "TAC OR PSA"),
    ],
)
def test_a_query_is_built_by_clicks(study, reader, client_for, text, sent, built):
    make_code(study), make_code(study, "TAC")
    page = client_for(reader).post(at("passages_build", study), {"text": text, **sent})
    assert page.context["text"] == built


def test_a_value_that_does_not_fit_is_pointed_at_in_what_was_chosen(study, reader, client_for):
    sent = {"add_comparison": "1", "compared": "weight", "operator": ">=", "value": "much"}
    page = client_for(reader).post(at("passages_build", study), {"text": "STR AND kind:interview", **sent})
    assert page.context["text"] == "STR AND kind:interview"
    assert page.context["wrong"] == ("weight >= ", '"much"', "")


@pytest.mark.parametrize(
    ("button", "fields"),
    [("add_code", {"code"}), ("add_condition", {"condition"}), ("add_comparison", {"compared", "value"})],
)
def test_a_piece_of_which_nothing_is_chosen_says_what_to_choose(study, reader, client_for, button, fields):
    page = client_for(reader).post(at("passages_build", study), {"text": "STR", button: "1"})
    assert set(page.context["piece"].errors) == fields and page.context["text"] == "STR"
    assert page.content.decode().count('class="error"') == len(fields)


def test_no_control_of_the_form_bears_the_name_of_what_a_form_does(study, reader, client_for):
    """htmx calls `remove` of the form it replaces; a control of that name would stand in its place."""
    page = client_for(reader).post(at("passages_build", study), {"text": "STR"}).content.decode()
    assert set(re.findall(r'name="(\w+)"', page)).isdisjoint({"remove", "submit", "reset", "id", "matches", "closest"})


def test_a_saved_query_finds_what_is_coded_later(study, source, coder_ana, client_for):
    strict, client = make_code(study), client_for(coder_ana)
    client.post(at("query_save", study), {"name": "Strictness", "text": "STR"})
    code(source, "film", strict, by=coder_ana)
    page = client.get(at("passages", study), {"saved": str(SavedQuery.objects.get().pk)})
    assert page.context["found"].total == 1


def test_a_query_that_is_not_shared_is_nobody_elses(study, coder_ana, coder_ben, client_for):
    make_code(study)
    client_for(coder_ana).post(at("query_save", study), {"name": "Mine", "text": "STR"})
    mine = SavedQuery.objects.get()
    assert client_for(coder_ben).get(at("passages", study), {"saved": str(mine.pk)}).status_code == 404
    client_for(coder_ana).post(at("query_change", study, mine.pk), {"name": "Ours", "shared": "on"})
    assert client_for(coder_ben).get(at("passages", study), {"saved": str(mine.pk)}).status_code == 200
    assert client_for(coder_ben).post(at("query_remove", study, mine.pk)).status_code == 404


def test_a_coders_shared_query_waits_until_one_has_read(study, source, coder_ana, coder_ben, supervisor, client_for):
    make_code(study)
    client_for(coder_ana).post(at("query_save", study), {"name": "Gut feeling", "text": "STR", "shared": "on"})

    def seen(user):
        return [one.name for one in client_for(user).get(at("passages", study)).context["saved"]]

    assert (seen(supervisor), seen(coder_ben)) == (["Gut feeling"], [])
    submit(source, by=coder_ben)
    assert seen(coder_ben) == ["Gut feeling"]


def test_a_query_that_was_put_away_is_brought_back(study, coder_ana, client_for):
    make_code(study)
    client = client_for(coder_ana)
    client.post(at("query_save", study), {"name": "Mine", "text": "STR"})
    mine = SavedQuery.objects.get()
    page = client.post(at("query_remove", study, mine.pk), follow=True)
    assert page.context["saved"] == [] and at("query_restore", study, mine.pk) in page.content.decode()
    assert client.post(at("query_restore", study, mine.pk), follow=True).context["saved"] == [mine]


def test_a_page_of_passages_takes_as_many_queries_for_one_as_for_many(study, coder_ana, client_for):
    strict, client = make_code(study), client_for(coder_ana)
    first = make_source(study, "The film. " * 30, title="First")
    code(first, "film", strict, by=coder_ana)
    address = asked(client, study, "STR").redirect_chain[-1][0]
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
        for number in range(4):
            other = make_source(study, f"The film number {number}. " * 5, title=f"Other {number}")
            for phrase in ("The film", "film", "number"):
                code(other, phrase, strict, by=coder_ana)
    assert counts[0] == counts[1]


def test_hidden_passages_change_no_byte_and_no_query(study, source, coder_ana, coder_ben, client_for):
    strict, client = make_code(study), client_for(coder_ana)
    code(source, "film", strict, by=coder_ana)
    address = asked(client, study, "STR OR NOT coder:C9 OR STR near STR (any reading)").redirect_chain[-1][0]

    def given():
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address).content
        kept = b"\n".join(line for line in page.splitlines() if b"csrf" not in line and b"X-CSRFToken" not in line)
        return kept, len(queries)

    before = given()
    for phrase in ("I read", "A film again", "No film here"):
        code(source, phrase, strict, by=coder_ben)
    submit(source, by=coder_ben)
    assert given() == before


def test_what_is_looked_for_is_in_no_log(study, source, coder_ana, client_for, caplog):
    make_code(study)
    caplog.set_level(logging.DEBUG)
    caplog.handler.setFormatter(DiscreetFormatter("%(message)s"))
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)  # Django writes queries only when debugging
    client = client_for(coder_ana)
    searched(client, study, SECRET)
    searched(client, study, f"-{SECRET}")
    asked(client, study, f'source:"{SECRET}"')
    asked(client, study, f"{SECRET} near")
    client.post(reverse("api:search", args=[study.slug]), {"text": SECRET}, content_type="application/json")
    client.post(reverse("api:passages", args=[study.slug]), {"query": SECRET}, content_type="application/json")
    assert SECRET not in "\n".join(caplog.handler.format(record) for record in caplog.records)


def test_what_was_typed_is_shown_as_text(study, source, coder_ana, client_for):
    evil = '"><script>alert(1)</script>'
    client = client_for(coder_ana)
    for page in (searched(client, study, evil), asked(client, study, evil), asked(client, study, f"'{evil}'")):
        assert "<script>alert" not in page.content.decode()


def test_a_search_that_finds_nothing_says_so(study, source, reader, client_for):
    assert "No turn fits." in searched(client_for(reader), study, "zebra").content.decode()

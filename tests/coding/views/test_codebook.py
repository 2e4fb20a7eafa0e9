import uuid

import pytest
from django.test import Client
from django.urls import reverse

from coding.actions.codebooks import publish_codebook
from coding.models import Code, CodebookChange, CodebookVersion, LexiconEntry
from coding.queries.changes import Extent
from observations.models import Study
from tests.builders import AT, as_lead, code, make_code, make_entry, make_memo, make_source, submit


def at(name: str, study: Study, *args: object) -> str:
    return reverse(name, args=[study.slug, *args])


FIELDS = {"sign": "ctx", "stance": "limit", "name_en": "Context", "definition_en": "What surrounds it"}


def test_an_empty_codebook_says_how_to_begin(study: Study, lead, client_for):
    page = client_for(lead).get(at("codebook", study))
    assert at("code_new", study) in page.content.decode()


def test_an_empty_codebook_offers_a_coder_no_way_to_write(study: Study, coder_ana, client_for):
    page = client_for(coder_ana).get(at("codebook", study))
    assert at("code_new", study) not in page.content.decode()


def test_the_codebook_opens_at_its_first_code(study: Study, coder_ana, client_for):
    first = make_code(study, "STR")
    make_code(study, "CTX")
    assert client_for(coder_ana).get(at("codebook", study)).context["code"] == first


def test_a_row_of_the_codebook_is_heard_with_its_sign_name_stance_and_number(study: Study, coder_ana, client_for):
    make_code(study, stance="limit")
    answer = client_for(coder_ana).get(reverse("codebook", args=[study.slug]))
    assert 'aria-label="STR code str, limit, 0 passages"' in answer.content.decode()


def test_a_code_with_codes_below_keeps_its_sign_unless_it_is_a_heading(study: Study, coder_ana, client_for):
    strict, heading = make_code(study), make_code(study, "HEAD", is_codable=False)
    for parent, sign in ((strict, "AA"), (heading, "BB")):
        make_code(study, sign, parent=parent)
    page = client_for(coder_ana).get(at("code", study, strict.pk)).content.decode()
    assert f'<span class="sign">{strict.sign}</span>' in page
    assert '<span class="sign">HEAD</span>' not in page


def test_a_coder_counts_only_passages_they_may_see(study: Study, coder_ana, coder_ben, client_for):
    strict, source = make_code(study), make_source(study)
    code(source, "the film", strict, by=coder_ana)
    code(source, "I click", strict, by=coder_ben)
    page = client_for(coder_ana).get(at("code", study, strict.pk))
    assert page.context["node"].count == 1


def test_the_page_is_the_same_to_the_byte_with_hidden_passages(study: Study, coder_ana, coder_ben, client_for):
    strict, source = make_code(study), make_source(study)
    client = client_for(coder_ana)
    before = _without_token(client, at("code", study, strict.pk))
    code(source, "I click", strict, by=coder_ben)
    submit(source, by=coder_ben)
    assert _without_token(client, at("code", study, strict.pk)) == before


def test_what_a_final_reading_took_over_counts_once(study: Study, lead, coder_ana, client_for):
    strict, source = make_code(study), make_source(study)
    code(source, "the film", strict, by=coder_ana)
    submit(source, by=coder_ana)
    page = client_for(coder_ana).get(at("code", study, strict.pk))
    assert page.context["node"].count == 1


def test_a_new_code_gets_its_meaning_in_the_studys_languages(study: Study, lead, client_for):
    answer = client_for(lead).post(at("code_new", study), FIELDS | {"name_fr": "Contexte"})
    added = Code.objects.get()
    assert answer.url == at("code", study, added.pk)
    assert added.revision.names == {"en": "Context", "fr": "Contexte"}


def test_a_taken_sign_is_told_beside_its_field(study: Study, lead, client_for):
    make_code(study, "CTX")
    answer = client_for(lead).post(at("code_new", study), FIELDS)
    assert answer.status_code == 422
    assert answer.context["form"].errors.get("sign")


def test_a_code_without_a_name_is_refused_beside_the_name(study: Study, lead, client_for):
    answer = client_for(lead).post(at("code_new", study), FIELDS | {"name_en": ""})
    assert answer.context["form"].errors.get("name_en")


def test_editing_makes_the_next_revision(study: Study, lead, client_for):
    strict = make_code(study)
    client_for(lead).post(at("code_edit", study, strict.pk), FIELDS)
    strict.refresh_from_db()
    assert (strict.sign, strict.revision.number) == ("CTX", 2)


def test_what_another_wrote_meanwhile_is_not_overwritten_unawares(study: Study, lead, supervisor, client_for):
    strict = make_code(study)
    page, client = at("code_edit", study, strict.pk), client_for(lead)
    opened = client.get(page).context["form"]["based_on"].value()
    client_for(supervisor).post(page, FIELDS | {"definition_en": "Sharper", "based_on": opened})
    answer = client.post(page, FIELDS | {"name_en": "Mine", "based_on": opened})
    strict.refresh_from_db()
    assert strict.revision.definitions["en"] == "Sharper"
    assert answer.context["form"].non_field_errors() and answer.context["form"]["name_en"].value() == "Mine"
    again = answer.context["form"]["based_on"].value()
    assert client.post(page, FIELDS | {"name_en": "Mine", "based_on": again}).status_code == 302


@pytest.mark.parametrize(("where", "order"), [("up", ["BB", "AA", "CC"]), ("down", ["AA", "CC", "BB"])])
def test_a_code_moves_one_place(study: Study, lead, client_for, where: str, order: list[str]):
    rows = [make_code(study, sign) for sign in ("AA", "BB", "CC")]
    client_for(lead).post(at("code_move", study, rows[1].pk), {"where": where})
    assert list(Code.objects.order_by("position").values_list("sign", flat=True)) == order


def test_a_code_moves_below_another_once_one_knows_what_it_touches(study: Study, lead, coder_ana, client_for):
    branch, strict = make_code(study, "NORM"), make_code(study)
    source = make_source(study)
    code(source, "the film", make_code(study, "LOW", parent=strict), by=coder_ana)
    submit(source, by=coder_ana)
    client, asked = client_for(lead), {"where": "under", "parent": branch.pk}
    page = client.post(at("code_move", study, strict.pk), asked)
    strict.refresh_from_db()
    assert (page.context["extent"].passages, page.context["extent"].coders, strict.parent) == (1, 1, None)
    client.post(at("code_move", study, strict.pk), asked | {"confirmed": "yes"})
    strict.refresh_from_db()
    assert strict.parent == branch


def test_a_move_among_siblings_is_offered_back_once(study: Study, lead, client_for):
    rows, client = [make_code(study, sign) for sign in ("AA", "BB")], client_for(lead)
    page = client.post(at("code_move", study, rows[1].pk), {"where": "up"}, follow=True)
    undo = page.context["undo"]
    assert client.get(at("code", study, rows[1].pk)).context["undo"] is None
    client.post(at("codebook_undo", study, undo.pk), {"code": rows[1].pk})
    assert list(Code.objects.order_by("position").values_list("sign", flat=True)) == ["AA", "BB"]


def test_a_code_is_not_offered_a_place_below_itself(study: Study, lead, client_for):
    branch = make_code(study, "NORM")
    child = make_code(study, parent=branch)
    answer = client_for(lead).post(at("code_move", study, branch.pk), {"where": "under", "parent": child.pk})
    assert answer.status_code == 422


def test_a_code_lists_its_memos_and_asks_for_another(study: Study, coder_ana, client_for):
    row = make_code(study)
    memo = make_memo(study, by=coder_ana, about="code", subject_id=row.pk, title="A border case")
    page = client_for(coder_ana).get(at("code", study, row.pk)).content.decode()
    assert f'href="{at("memo", study, memo.pk)}">A border case' in page
    assert f"about=code&amp;subject={row.pk}" in page
    assert client_for(coder_ana).get(at("memo_new", study), {"about": "code", "subject": row.pk}).status_code == 200


def test_retiring_says_first_how_many_passages_of_how_many_coders_have_it(study: Study, lead, coder_ana, client_for):
    strict, source = make_code(study), make_source(study)
    code(source, "the film", strict, by=coder_ana)
    code(source, "I click", strict, by=coder_ana)
    submit(source, by=coder_ana)
    page = client_for(lead).get(at("code_retire", study, strict.pk))
    assert page.context["extent"] == Extent(2, 1)


def test_retiring_counts_no_passage_of_an_open_reading(study: Study, lead, coder_ana, client_for):
    strict = make_code(study)
    code(make_source(study), "the film", strict, by=coder_ana)
    assert client_for(lead).get(at("code_retire", study, strict.pk)).context["extent"].passages == 0


def test_a_retired_code_can_be_restored(study: Study, lead, client_for):
    strict = make_code(study)
    client_for(lead).post(at("code_retire", study, strict.pk))
    assert at("code_restore", study, strict.pk) in client_for(lead).get(at("code", study, strict.pk)).content.decode()
    client_for(lead).post(at("code_restore", study, strict.pk))
    strict.refresh_from_db()
    assert strict.retired_at is None


def test_a_published_version_keeps_what_a_code_meant(study: Study, lead, coder_ana, client_for):
    strict = make_code(study)
    client_for(lead).post(at("codebook_publish", study), {"note": "first"})
    client_for(lead).post(at("code_edit", study, strict.pk), FIELDS | {"name_en": "Renamed"})
    page = client_for(coder_ana).get(at("codebook_version", study, 1)).content.decode()
    assert "code str" in page
    assert "Renamed" not in page


def test_the_page_says_which_codes_changed_since_the_last_version(study: Study, lead, client_for):
    strict, other = make_code(study), make_code(study, "CTX")
    publish_codebook(viewer=as_lead(study), id=study.pk, note="", at=AT)
    client_for(lead).post(at("code_edit", study, strict.pk), FIELDS | {"sign": "STR"})
    draft = client_for(lead).get(at("code", study, other.pk)).context["draft"]
    assert (draft.number, draft.changed) == (2, frozenset({strict.pk}))


def test_a_version_that_is_not_there_is_missing(study: Study, lead, client_for):
    assert client_for(lead).get(at("codebook_version", study, 1)).status_code == 404


def test_a_phrase_that_cannot_be_read_is_told_beside_its_field(study: Study, lead, client_for):
    strict = make_code(study)
    entry = {"expression": "(open", "kind": "lemmas", "language": "en"}
    answer = client_for(lead).post(at("lexicon_add", study, strict.pk), entry)
    assert answer.status_code == 422
    assert answer.context["lexicon_form"].errors.get("expression")


def test_a_phrase_is_added_to_the_code(study: Study, lead, client_for):
    strict = make_code(study)
    client_for(lead).post(at("lexicon_add", study, strict.pk), {"expression": "too strict", "kind": "lemmas"})
    assert LexiconEntry.objects.get().code == strict


def test_an_entry_can_be_retired(study: Study, lead, client_for):
    entry = make_entry(make_code(study), "too strict")
    client_for(lead).post(at("lexicon_retire", study, entry.pk))
    assert not LexiconEntry.objects.filter(retired_at=None).exists()


def test_a_coder_does_not_see_what_the_machine_looks_for(study: Study, coder_ana, client_for):
    strict = make_code(study)
    client = client_for(coder_ana)
    before = _without_token(client, at("code", study, strict.pk))
    make_entry(strict, "too strict")
    assert _without_token(client, at("code", study, strict.pk)) == before


def test_a_bad_table_is_shown_line_by_line(study: Study, lead, client_for):
    answer = _send(client_for(lead), at("codebook_import", study), b"sign,name_en\nSTRICT,Strict")
    assert [problem.line for problem in answer.context["problems"]] == [2]
    assert not Code.objects.exists()


def test_a_table_of_codes_is_brought_in(study: Study, lead, client_for):
    _send(client_for(lead), at("codebook_import", study), b"sign,name_en\nSTR,Strict")
    assert Code.objects.get().sign == "STR"


def test_how_many_codes_were_placed_by_their_names_is_told(study: Study, lead, client_for):
    browser = client_for(lead)
    _send(browser, at("codebook_import", study), b"Code,Memo\nNorms,\nNorms > Strict,\n")
    assert Code.objects.get(parent__isnull=False).revision.names["en"] == "Strict"
    assert "1 was placed below another, as its name said" in browser.get(at("codebook", study)).content.decode()


def test_what_a_table_brought_in_is_undone_on_the_page_of_changes(study: Study, lead, client_for):
    client = client_for(lead)
    _send(client, at("codebook_import", study), b"sign,name_en\nSTR,Strict\nTAC,Tacit")
    undo = reverse("codebook_undo", args=[study.slug, CodebookChange.objects.get().pk])
    page = client.get(at("codebook_changes", study)).content.decode()
    assert "2 codes:" in page and undo in page
    client.post(undo)
    assert not Code.objects.filter(retired_at=None).exists()


def test_an_import_in_use_says_why_it_is_not_undone(study: Study, lead, client_for):
    client = client_for(lead)
    _send(client, at("codebook_import", study), b"sign,name_en\nSTR,Strict")
    publish_codebook(viewer=as_lead(study), id=uuid.uuid4(), note="", at=AT)
    undo = reverse("codebook_undo", args=[study.slug, CodebookChange.objects.get().pk])
    assert "A published version holds codes" in client.post(undo, follow=True).content.decode()


def test_a_table_of_entries_is_brought_in(study: Study, lead, client_for):
    make_code(study)
    _send(client_for(lead), at("lexicon_import", study), b"sign,kind,expression\nSTR,lemmas,strict")
    assert LexiconEntry.objects.count() == 1


def test_publishing_an_empty_codebook_says_why_not(study: Study, lead, client_for):
    answer = client_for(lead).post(at("codebook_publish", study), {"note": ""})
    assert answer.context["form"].non_field_errors()
    assert not CodebookVersion.objects.exists()


@pytest.mark.parametrize("name", ["code_new", "codebook_publish", "codebook_import", "lexicon_import"])
def test_a_coder_may_not_write_the_codebook(study: Study, coder_ana, client_for, name: str):
    assert client_for(coder_ana).get(at(name, study)).status_code == 403


def test_the_page_takes_the_same_number_of_queries_for_any_number_of_codes(
    study: Study, lead, client_for, django_assert_num_queries, django_assert_max_num_queries
):
    strict = make_code(study)
    client = client_for(lead)
    with django_assert_max_num_queries(30) as counted:
        client.get(at("code", study, strict.pk))
    for number in range(10):
        make_code(study, f"A{number}", parent=strict)
    with django_assert_num_queries(len(counted)):
        client.get(at("code", study, strict.pk))


def _send(client: Client, url: str, content: bytes):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return client.post(url, {"file": SimpleUploadedFile("table.csv", content)})


def _without_token(client: Client, url: str) -> bytes:
    import re

    return re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', b"", client.get(url).content)

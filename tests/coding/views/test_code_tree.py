"""Merging, splitting, examples, versions beside each other, and the second look, as pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coding.actions.code_examples import take_example
from coding.actions.code_tree import retire_code
from coding.actions.codebooks import Meaning, publish_codebook, redefine_code
from coding.models import Code, CodebookChange, Coder
from coding.queries.codebook import passages_by_code
from coding.queries.passages_of import examples_of, passages_of_code
from fieldstudy.errors import Conflict, Missing
from observations.models import Study
from tests import builders
from tests.builders import AT, as_lead, code, make_code, make_source, submit, viewer_of
from tests.shared import shared


def at(name: str, study: Study, *args: object) -> str:
    return reverse(name, args=[study.slug, *args])


@shared
def strict(study: Study) -> Code:
    return make_code(study)


def define(study: Study, row: Code, definition: str) -> None:
    row.refresh_from_db()
    meaning = Meaning(row.revision.names, {"en": definition})
    redefine_code(
        viewer=as_lead(study), code=row, sign=row.sign, meaning=meaning, stance=row.stance, asks_weight=False, at=AT
    )


def test_a_merge_says_first_what_it_touches_as_far_as_one_may_know(
    study, strict, lead, coder_ana, coder_ben, client_for
):
    norm, source = make_code(study, "NOR"), make_source(study)
    code(source, "the film", strict, by=coder_ana)
    submit(source, by=coder_ana)
    code(source, "I click", strict, by=coder_ben)
    page = client_for(lead).get(at("code_merge", study, strict.pk), {"into": norm.pk})
    assert (page.context["extent"].passages, page.context["extent"].coders) == (1, 1)


def test_the_agreed_reading_is_no_coder_who_is_asked(study, strict, lead, coder_ana, coder_ben, client_for):
    norm, source = make_code(study, "NOR"), make_source(study)
    for coder in (coder_ana, coder_ben):
        code(source, "the film", strict, by=coder)
        submit(source, by=coder)
    Coder.objects.filter(user=coder_ben).update(kind="consensus", user=None)
    page = client_for(lead).get(at("code_merge", study, strict.pk), {"into": norm.pk})
    assert (page.context["extent"].passages, page.context["extent"].coders) == (2, 1)


def test_a_code_lists_as_many_passages_as_it_counts(study, strict, lead, coder_ana, client_for):
    norm, source = make_code(study, "NOR"), make_source(study)
    for one in (strict, norm):
        code(source, "the film", one, by=coder_ana)
    client = client_for(lead)
    client.post(at("code_merge", study, norm.pk), {"into": strict.pk, "keeps": "into"})
    viewer = viewer_of(study, coder_ana)
    assert passages_of_code(viewer, strict).count() == passages_by_code(viewer)[strict.pk] == 1


def test_a_merge_is_made_and_undone_on_the_page_of_changes(study, strict, lead, coder_ana, client_for):
    norm, source = make_code(study, "NOR"), make_source(study)
    code(source, "the film", strict, by=coder_ana)
    client = client_for(lead)
    client.post(at("code_merge", study, strict.pk), {"into": norm.pk, "keeps": "into"})
    assert passages_by_code(viewer_of(study, coder_ana)) == {norm.pk: 1}
    change = CodebookChange.objects.get()
    assert at("codebook_undo", study, change.pk) in client.get(at("codebook_changes", study)).content.decode()
    client.post(at("codebook_undo", study, change.pk))
    assert passages_by_code(viewer_of(study, coder_ana)) == {strict.pk: 1}


def test_a_coder_reads_the_changes_and_undoes_none(study, strict, coder_ana, client_for):
    retire_code(viewer=as_lead(study), code=strict, at=AT)
    page = client_for(coder_ana).get(at("codebook_changes", study))
    assert at("codebook_undo", study, CodebookChange.objects.get().pk) not in page.content.decode()


def test_a_split_without_a_second_code_is_shown_again(study, strict, lead, client_for):
    answer = client_for(lead).post(at("code_split", study, strict.pk), {"part1-sign": "ONE", "part1-name_en": "One"})
    assert answer.status_code == 422
    assert "sign" in answer.context["forms"][1].errors


def test_a_code_is_split_on_its_page(study, strict, lead, client_for):
    parts = {"part1-sign": "ONE", "part1-name_en": "One", "part2-sign": "TWO", "part2-name_en": "Two"}
    client_for(lead).post(at("code_split", study, strict.pk), parts)
    assert set(Code.objects.filter(split_from=strict).values_list("sign", flat=True)) == {"ONE", "TWO"}


@pytest.mark.parametrize(("where", "parent"), [("in", "AA"), ("out", None)])
def test_a_code_goes_one_level_in_or_out(study, lead, client_for, where: str, parent: str | None):
    branch = make_code(study, "AA")
    row = make_code(study, "BB") if where == "in" else make_code(study, "BB", parent=branch)
    client_for(lead).post(at("code_move", study, row.pk), {"where": where, "confirmed": "yes"})
    row.refresh_from_db()
    assert (row.parent and row.parent.sign) == parent


def test_a_code_lands_where_it_was_dropped(study, lead, client_for):
    rows = [make_code(study, sign) for sign in ("AA", "BB", "CC")]
    client_for(lead).post(at("code_move", study, rows[2].pk), {"where": "under", "parent": "", "position": "0"})
    assert list(Code.objects.order_by("position").values_list("sign", flat=True)) == ["CC", "AA", "BB"]


def test_an_example_is_shown_to_nobody_who_may_not_know_of_its_passage(study, strict, lead, coder_ana, coder_ben):
    source = make_source(study)
    segment = code(source, "the film", strict, by=coder_ana)
    submit(source, by=coder_ana)
    take_example(viewer=as_lead(study), code=strict, segment_id=segment.pk, is_counter=False, at=AT)
    strict.refresh_from_db()
    assert [one.passage.words for one in examples_of(as_lead(study), [strict])[strict.pk]] == ["the film"]
    assert examples_of(viewer_of(study, coder_ben), [strict])[strict.pk] == []


def test_a_passage_that_may_not_be_quoted_is_no_example(study, strict, coder_ana):
    closed = builders.make_participant(study, quote=False, machine=True)
    source = make_source(study, speakers={"Dr Sorel": closed})
    segment = code(source, "the film", strict, by=coder_ana)
    submit(source, by=coder_ana)
    with pytest.raises(Conflict):
        take_example(viewer=as_lead(study), code=strict, segment_id=segment.pk, is_counter=False, at=AT)


def test_a_passage_of_an_open_reading_is_no_example_of_the_leads(study, strict, coder_ana):
    segment = code(make_source(study), "the film", strict, by=coder_ana)
    with pytest.raises(Missing):
        take_example(viewer=as_lead(study), code=strict, segment_id=segment.pk, is_counter=False, at=AT)


def test_the_passages_of_a_code_take_the_same_number_of_queries_for_any_number(
    study, strict, lead, coder_ana, client_for
):
    def ask() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client_for(lead).get(at("code_passages", study, strict.pk))
        return len(queries)

    for number in range(2):
        source = make_source(study, title=f"Interview {number}")
        code(source, "the film", strict, by=coder_ana)
        submit(source, by=coder_ana)
    ask()
    before = ask()
    source = make_source(study, title="Another")
    for phrase in ("I read", "the film", "first", "I click"):
        code(source, phrase, strict, by=coder_ana)
    submit(source, by=coder_ana)
    assert ask() == before


def test_two_versions_are_shown_word_by_word(study, strict, coder_ana, client_for):
    define(study, strict, "It marks far too much.")
    publish_codebook(viewer=as_lead(study), id=builders.uuid.uuid4(), note="", at=AT)
    define(study, strict, "It marks what is normal.")
    page = client_for(coder_ana).get(at("codebook_differences", study)).content.decode()
    assert "<del>far too much</del>" in page and "<ins>what is normal</ins>" in page


def test_a_version_that_is_not_there_is_missing(study, strict, coder_ana, client_for):
    publish_codebook(viewer=as_lead(study), id=builders.uuid.uuid4(), note="", at=AT)
    assert client_for(coder_ana).get(at("codebook_differences", study), {"from": "7"}).status_code == 404


def test_the_printed_codebook_holds_every_language_when_asked(study, strict, coder_ana, client_for):
    page = client_for(coder_ana).get(at("codebook_print", study), {"all": "on"})
    assert page.status_code == 200
    assert page.content.decode().count("code str") >= 2
    assert "<dt>French</dt>" in page.content.decode()


def test_a_coder_keeps_a_passage_and_takes_that_back(study, strict, coder_ana, client_for):
    segment = code(make_source(study), "the film", strict, by=coder_ana)
    define(study, strict, "Other")
    client = client_for(coder_ana)
    assert client.get(at("recode", study)).context["current"].words == "the film"
    client.post(at("recode_decide", study, segment.pk), {"outcome": "kept"})
    assert client.get(at("recode", study)).context["current"] is None
    client.post(at("recode_undo", study, segment.pk))
    assert client.get(at("recode", study)).context["total"] == 1


def test_the_overview_counts_a_coders_passages_to_look_at_again(study, strict, coder_ana, client_for):
    code(make_source(study), "the film", strict, by=coder_ana)
    define(study, strict, "Other")
    assert at("recode", study) in client_for(coder_ana).get(at("study", study)).content.decode()


def test_a_proposal_is_adopted_under_the_sign_the_lead_gives(study, strict, lead, coder_ana, client_for):
    source = make_source(study)
    code(source, "the film", strict, by=coder_ana)
    reading = submit(source, by=coder_ana)
    Code.objects.filter(pk=strict.pk).update(proposed_in=reading, sign="~AB", position=2_000_000_000)
    client = client_for(lead)
    assert client.get(at("code_proposals", study)).context["rows"][0][2] == "COD"
    client.post(at("code_adopt", study, strict.pk), {"sign": "seen"})
    strict.refresh_from_db()
    assert (strict.sign, strict.proposed_in, strict.position) == ("SEEN", None, 0)


def test_a_declined_proposal_can_be_restored_with_a_sign_of_its_own(study, strict, lead, coder_ana, client_for):
    source = make_source(study)
    code(source, "the film", strict, by=coder_ana)
    Code.objects.filter(pk=strict.pk).update(proposed_in=submit(source, by=coder_ana), sign="~AB")
    client = client_for(lead)
    client.post(at("code_decline", study, strict.pk))
    client.post(at("code_restore", study, strict.pk))
    strict.refresh_from_db()
    assert (strict.sign, strict.retired_at) == ("COD", None)


def test_what_changed_in_another_language_is_shown_where_a_passage_is_looked_at_again(
    study, strict, coder_ana, client_for
):
    code(make_source(study), "the film", strict, by=coder_ana)
    meaning = Meaning(strict.revision.names, strict.revision.definitions | {"fr": "Plus stricte"})
    redefine_code(
        viewer=as_lead(study), code=strict, sign="STR", meaning=meaning, stance=strict.stance, asks_weight=False, at=AT
    )
    page = client_for(coder_ana).get(at("recode", study)).content.decode()
    assert "has another definition since, in French." in page
    assert "<ins>Plus stricte</ins>" in page


def test_after_a_decision_the_queue_goes_on_where_one_was(study, strict, coder_ana, client_for):
    source = make_source(study)
    for words in ("the film", "I click"):
        code(source, words, strict, by=coder_ana)
    define(study, strict, "Other")
    client = client_for(coder_ana)
    first, second = client.get(at("recode", study)).context["queue"]
    decided = client.post(at("recode_decide", study, first.pk), {"outcome": "kept", "then": second.pk})
    assert decided["Location"].endswith(f"?at={second.pk}")

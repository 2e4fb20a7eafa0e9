import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from coding.actions.second_opinion import decide
from coding.actions.tagging import start_tagging
from coding.models import Code, Decision, Reading, Segment, Suggestion
from fieldstudy.models import User
from observations.models import Source, Study
from tests.builders import AT, as_lead, code, do_jobs, make_code, make_entry, make_source, submit, viewer_of
from tests.shared import shared

TEXT = "It flags every scar. Nobody checked it here. We asked them. I read the film first."


@shared
def strict(study: Study) -> Code:
    return make_code(study, "STR")


@shared
def source(study: Study) -> Source:
    return make_source(study, TEXT)


def tag(study: Study, *entries: tuple[Code, str]) -> None:
    for row, phrase in entries:
        make_entry(row, phrase)
    sources = list(Source.objects.filter(study=study).select_related("revision"))
    start_tagging(viewer=as_lead(study), id=uuid.uuid4(), sources=sources, at=AT)
    do_jobs()


def url(name: str, source: Source, *args: object) -> str:
    return reverse(name, args=[source.study.slug, source.pk, *args])


def kinds(client: Client, source: Source) -> list[str]:
    lines = client.get(url("second_opinion", source)).context["opinion"].lines
    return [line.difference.kind for line in lines]


def settle(client: Client, source: Source, outcome: str, **more: object):
    suggestion = Suggestion.objects.get()
    return client.post(url("opinion_decide", source, suggestion.pk), {"outcome": outcome} | more)


@pytest.fixture
def opened(study: Study, strict: Code, source: Source, coder_ana: User, client_for) -> Client:
    """Ana's browser, her reading of nothing submitted, the machine with one passage to add."""
    submit(source, by=coder_ana)
    tag(study, (strict, "flag"))
    return client_for(coder_ana)


def test_before_submission_the_page_says_why_it_is_closed(study, strict, source, coder_ana, client_for):
    page = client_for(coder_ana).get(url("second_opinion", source))
    assert page.status_code == 200
    assert url("workspace", source) in page.content.decode()
    assert "opinion" not in (page.context or {})


def test_before_submission_the_page_is_the_same_to_the_byte_whatever_the_machine_found(
    study, strict, source, coder_ana, client_for, django_assert_max_num_queries, django_assert_num_queries
):
    client = client_for(coder_ana)
    code(source, "I read", strict, by=coder_ana)
    with django_assert_max_num_queries(20) as counted:
        before = _plain(client, url("second_opinion", source))
    tag(study, (strict, "flag"))
    with django_assert_num_queries(len(counted)):
        assert _plain(client, url("second_opinion", source)) == before


def test_before_submission_a_suggestion_cannot_be_decided(study, strict, source, coder_ana, client_for):
    tag(study, (strict, "flag"))
    assert settle(client_for(coder_ana), source, "take").status_code == 404


def test_opening_is_recorded_once(opened, source):
    opened.get(url("second_opinion", source))
    first = Reading.objects.get(phase="final").revealed_at
    opened.get(url("second_opinion", source))
    assert Reading.objects.get(phase="final").revealed_at == first is not None


def test_what_the_machine_would_add_is_listed(opened, source):
    assert kinds(opened, source) == ["would_add"]


def test_what_agrees_is_counted_and_not_listed(study, strict, source, coder_ana, client_for):
    code(source, "flags every", strict, by=coder_ana)
    submit(source, by=coder_ana)
    tag(study, (strict, "flag"))
    opinion = client_for(coder_ana).get(url("second_opinion", source)).context["opinion"]
    assert (opinion.lines, opinion.agreed) == ([], 1)


def test_other_limits_are_a_difference(study, strict, source, coder_ana, client_for):
    code(source, "flags every scar. Nobody checked it here. We asked them.", strict, by=coder_ana)
    submit(source, by=coder_ana)
    tag(study, (strict, "flag"))
    assert kinds(client_for(coder_ana), source) == ["other_limits"]


def test_what_the_machine_would_not_code_asks_no_decision(study, strict, source, coder_ana, client_for):
    code(source, "I read the film", strict, by=coder_ana)
    submit(source, by=coder_ana)
    tag(study, (strict, "flag"))
    opinion = client_for(coder_ana).get(url("second_opinion", source)).context["opinion"]
    assert [line.asks for line in opinion.lines] == [True, False]


def test_nothing_is_said_before_the_machine_has_read_the_text(strict, source, coder_ana, client_for):
    code(source, "I read the film", strict, by=coder_ana)
    submit(source, by=coder_ana)
    assert kinds(client_for(coder_ana), source) == []


def test_the_reason_names_the_entry_with_the_words_it_found(opened, source):
    context = opened.get(url("second_opinion", source)).context
    assert [(entry.expression, words) for entry, words in context["why"]] == [("flag", ["flags"])]


def test_taking_makes_a_passage_in_the_final_reading_alone(opened, source):
    settle(opened, source, "take")
    assert [segment.reading.phase for segment in Segment.objects.all()] == ["final"]


def test_adjusting_takes_the_selected_borders(opened, source):
    settle(opened, source, "adjust", start=3, end=8)
    made = Segment.objects.get()
    assert (made.now_start, made.now_end) == (3, 8)


def test_adjusting_without_borders_says_what_to_do(opened, source):
    answer = settle(opened, source, "adjust")
    assert (answer.status_code, Decision.objects.count()) == (422, 0)


def test_a_rejection_keeps_its_reason(opened, source):
    settle(opened, source, "reject", reason="a joke")
    assert Decision.objects.get().reason == "a joke"


def test_a_decision_answers_htmx_with_the_list_and_its_progress(opened, source):
    suggestion = Suggestion.objects.get()
    answer = opened.post(
        url("opinion_decide", source, suggestion.pk), {"outcome": "reject"}, headers={"HX-Request": "true"}
    )
    assert answer.content.decode().lstrip().startswith('<aside class="review"')
    assert answer.context["opinion"].settled == 1


def test_a_decision_can_be_undone(opened, source):
    settle(opened, source, "take")
    opened.post(url("opinion_undo", source, Decision.objects.get().pk))
    assert Segment.objects.filter(removed_at=None).count() == 0
    assert opened.get(url("second_opinion", source)).context["opinion"].settled == 0


def test_nobody_undoes_anothers_decision(opened, source, coder_ben, client_for):
    settle(opened, source, "take")
    answer = client_for(coder_ben).post(url("opinion_undo", source, Decision.objects.get().pk))
    assert answer.status_code == 404


def test_closing_the_final_reading_is_confirmed_first(opened, source):
    assert opened.get(url("opinion_close", source)).status_code == 200
    assert Reading.objects.get(phase="final").state == "open"


def test_a_closed_final_reading_takes_no_decision(opened, source):
    opened.post(url("opinion_close", source))
    assert settle(opened, source, "take").status_code == 409


def test_a_decision_stands_once_the_final_reading_is_closed(opened, source):
    settle(opened, source, "take")
    opened.post(url("opinion_close", source))
    answer = opened.post(url("opinion_undo", source, Decision.objects.get().pk))
    assert (answer.status_code, Decision.objects.get().undone_at) == (409, None)


def test_the_record_counts_turns_of_submitted_blind_readings(study, strict, coder_ana, coder_ben, client_for):
    rows = [make_source(study, f"It flags scar {number}.", "It is strict.") for number in range(3)]
    for row in rows:
        code(row, "It is strict", strict, by=coder_ana)
        submit(row, by=coder_ana)
    tag(study, (strict, "flag"))
    context = client_for(coder_ana).get(url("second_opinion", rows[0])).context
    assert (context["record"].both, context["record"].missed, context["record"].extra) == (0, 3, 3)


def test_the_record_holds_nothing_of_sources_one_has_not_submitted(study, strict, coder_ana, coder_ben, client_for):
    mine, other = make_source(study, TEXT), make_source(study, "It flags scars.", title="Interview 2")
    submit(mine, by=coder_ana)
    submit(other, by=coder_ben)
    tag(study, (strict, "flag"))
    context = client_for(coder_ana).get(url("second_opinion", mine)).context
    assert context["record"].n + context["elsewhere"].n == 1


def test_a_share_of_too_few_is_withheld_on_the_page(opened, source):
    assert "too few" in opened.get(url("second_opinion", source)).content.decode()


def test_turns_closed_to_the_machine_are_told_and_not_held_against_it(study, strict, coder_ana, client_for):
    from tests.builders import make_participant

    silent = make_participant(study, "P01", machine=False)
    source = make_source(study, TEXT, speakers={"Dr Sorel": silent}, participants=(silent,))
    code(source, "I read the film", strict, by=coder_ana)
    submit(source, by=coder_ana)
    tag(study, (strict, "flag"))
    opinion = client_for(coder_ana).get(url("second_opinion", source)).context["opinion"]
    assert (opinion.lines, opinion.closed_turns, opinion.unseen) == ([], 1, 1)


def test_someone_who_does_not_code_has_no_second_opinion(study, source, lead, client_for):
    assert client_for(lead).get(url("second_opinion", source)).status_code == 403


def test_the_page_takes_the_same_number_of_queries_for_any_number_of_suggestions(
    study, strict, coder_ana, client_for, django_assert_num_queries, django_assert_max_num_queries
):
    short, long = make_source(study, "It flags."), make_source(study, "It flags. It flags. It flags.", title="Long")
    for row in (short, long):
        submit(row, by=coder_ana)
    tag(study, (strict, "flag"))
    client = client_for(coder_ana)
    client.get(url("second_opinion", long))
    client.get(url("second_opinion", short))
    with django_assert_max_num_queries(40) as counted:
        client.get(url("second_opinion", short))
    with django_assert_num_queries(len(counted)):
        client.get(url("second_opinion", long))


def test_what_another_coder_decides_does_not_show(study, strict, source, coder_ana, coder_ben, client_for):
    for coder in (coder_ana, coder_ben):
        submit(source, by=coder)
    tag(study, (strict, "flag"))
    suggestion = Suggestion.objects.get()
    decide(viewer=viewer_of(study, coder_ben), id=uuid.uuid4(), suggestion_id=suggestion.pk, outcome="reject", at=AT)
    assert client_for(coder_ana).get(url("second_opinion", source)).context["opinion"].settled == 0


def _plain(client: Client, address: str) -> bytes:
    return re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', b"", client.get(address).content)

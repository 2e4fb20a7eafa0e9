import uuid
from datetime import date

import pytest
from django.urls import reverse

from coding.actions.coders import assign
from coding.actions.reopened import reopen_reading
from coding.actions.rounds import Aim, open_calibration
from coding.models import Assignment
from coding.queries.assignments import drawn, matrix_of
from coding.views import assignments
from observations.models import Study
from tests.builders import AT, as_lead, code, give_roles, make_code, make_member, make_source, submit, viewer_of


@pytest.fixture
def page(study: Study) -> str:
    return reverse("assignments", args=[study.slug])


def states(viewer) -> dict[str, str]:
    return {cell.user.name: cell.state for cell in matrix_of(viewer).cells()}


def test_several_sources_are_handed_to_several_coders_at_once(study, lead, coder_ana, coder_ben, client_for, page):
    first, second = make_source(study), make_source(study, title="Interview 2")
    cells = [f"{coder_ana.pk}:{first.pk}", f"{coder_ana.pk}:{second.pk}", f"{coder_ben.pk}:{first.pk}"]
    client_for(lead).post(page, {"cells": cells, "due_on": "2026-05-28"})
    assert Assignment.objects.filter(due_on="2026-05-28").count() == 3


def test_sources_beyond_a_page_stand_on_the_next_one(study, lead, coder_ana, client_for, page, monkeypatch):
    monkeypatch.setattr(assignments, "PAGE", 2)
    titles = [make_source(study, title=f"Interview {number}").title for number in range(3)]
    pages = [client_for(lead).get(page, {"page": number}).content.decode() for number in (1, 2)]
    assert [[title for title in titles if f">{title}<" in content] for content in pages] == [titles[:2], titles[2:]]


def test_what_is_ticked_on_a_later_page_leads_back_to_it(study, lead, coder_ana, client_for, page):
    source = make_source(study)
    answer = client_for(lead).post(f"{page}?page=2", {"cells": f"{coder_ana.pk}:{source.pk}"})
    assert answer.headers["Location"] == f"{page}?page=2"


def test_nothing_ticked_says_what_to_do(study, lead, coder_ana, client_for, page):
    make_source(study)
    answer = client_for(lead).post(page, {})
    assert (answer.status_code, "cells" in answer.context["form"].errors) == (422, True)


def test_all_free_sources_are_handed_to_one_coder_at_once(study, lead, coder_ana, coder_ben, client_for, page):
    first, second = make_source(study), make_source(study, title="Interview 2")
    submit(second, by=coder_ana)
    client_for(lead).post(page, {"all_of": str(coder_ana.pk)})
    assert set(Assignment.objects.values_list("coder__user", "source")) == {(coder_ana.pk, first.pk)}


def test_a_coder_who_has_every_source_is_handed_none(study, lead, coder_ana, client_for, page):
    source = make_source(study)
    client_for(lead).post(page, {"cells": [f"{coder_ana.pk}:{source.pk}"]})
    assert client_for(lead).post(page, {"all_of": str(coder_ana.pk)}).status_code == 422


def test_the_matrix_says_how_far_each_coder_is(study, lead, coder_ana, coder_ben, client_for, page):
    source = make_source(study)
    client_for(lead).post(page, {"cells": [f"{coder_ana.pk}:{source.pk}"]})
    assert states(as_lead(study)) == {"Ana": "assigned", "Ben": "unassigned"}
    code(source, "the film", make_code(study), by=coder_ana)
    submit(source, by=coder_ben)
    assert states(as_lead(study)) == {"Ana": "reading", "Ben": "submitted"}


def test_a_lead_who_codes_does_not_learn_that_anothers_reading_has_begun(study, lead, coder_ana):
    give_roles(study, lead, "lead", "coder")
    source = make_source(study)
    code(source, "the film", make_code(study), by=coder_ana)
    assert states(viewer_of(study, lead))["Ana"] == "unassigned"


def test_an_assignment_can_be_taken_back(study, lead, coder_ana, client_for, page):
    source = make_source(study)
    client_for(lead).post(page, {"cells": [f"{coder_ana.pk}:{source.pk}"]})
    given = Assignment.objects.get()
    client_for(lead).post(reverse("assignment_withdraw", args=[study.slug, given.pk]))
    assert states(as_lead(study)) == {"Ana": "unassigned"}


def test_a_coder_does_not_hand_out_sources(study, coder_ana, client_for, page):
    assert client_for(coder_ana).get(page).status_code == 403


def test_the_matrix_takes_the_same_number_of_queries_for_any_number_of_sources(
    study, lead, coder_ana, client_for, page, django_assert_max_num_queries, django_assert_num_queries
):
    make_source(study)
    client = client_for(lead)
    with django_assert_max_num_queries(20) as counted:
        client.get(page)
    for number in range(4):
        make_source(study, title=f"Interview {number}")
    with django_assert_num_queries(len(counted)):
        client.get(page)


def test_what_the_lot_gives_is_shown_and_then_handed_out(study, lead, coder_ana, coder_ben, client_for):
    for number in range(4):
        make_source(study, title=f"Interview {number}")
    asked = {"readers": 2, "share": 50, "seed": 7, "due_on": "2026-05-28"}
    draw, browser = reverse("assignments_draw", args=[study.slug]), client_for(lead)
    shown = browser.post(draw, asked)
    assert sorted(len(sources) for _, sources, _ in shown.context["handed"]) == [3, 3]
    assert not Assignment.objects.exists()
    browser.post(draw, asked | {"hand_out": "1"})
    assert Assignment.objects.filter(due_on="2026-05-28").count() == 6


def test_a_draw_that_gives_nothing_says_why(study, lead, coder_ana, client_for):
    submit(make_source(study), by=coder_ana)
    answer = client_for(lead).post(
        reverse("assignments_draw", args=[study.slug]), {"readers": 1, "share": 100, "seed": 1}
    )
    assert "Every source has that many coders already" in answer.content.decode()


def test_without_coders_or_sources_the_draw_leads_to_what_to_do_first(study, lead, client_for, page):
    answer = client_for(lead).get(reverse("assignments_draw", args=[study.slug]))
    assert (answer.status_code, answer.headers["Location"]) == (302, page)


def test_what_is_read_to_calibrate_by_is_neither_drawn_nor_handed_out_with_the_rest(
    study, lead, coder_ana, coder_ben, client_for, page
):
    note, source = make_source(study, title="Short note"), make_source(study)
    calibrate(study, note, coder_ana, coder_ben)
    matrix = matrix_of(as_lead(study))
    assert matrix.overlap.sources == 1
    assert {cell.elsewhere for cell in matrix.cells() if cell.source == note} == {2}
    handed = drawn(matrix, readers=2, share=100, seed=1)
    assert {one for _, sources in handed for one in sources} == {source}
    client_for(lead).post(page, {"all_of": str(coder_ana.pk)})
    assert list(Assignment.objects.filter(round=1).values_list("source", flat=True)) == [source.pk]


def test_what_is_read_to_calibrate_by_can_still_be_ticked(study, lead, coder_ana, coder_ben, client_for, page):
    note = make_source(study, title="Short note")
    calibrate(study, note, coder_ana, coder_ben)
    browser = client_for(lead)
    assert "in round 2" in browser.get(page).content.decode()
    browser.post(page, {"cells": [f"{coder_ana.pk}:{note.pk}"]})
    assert Assignment.objects.filter(round=1, source=note).count() == 1


def calibrate(study, source, *users):
    handed = [(user, [source]) for user in users]
    lead = as_lead(study)
    open_calibration(viewer=lead, id=uuid.uuid4(), handed=handed, aim=Aim(), due_on=None, note="", at=AT)


def test_a_day_that_has_passed_is_told_as_past(study, lead, coder_ana, client_for, page):
    assign(viewer=as_lead(study), user=coder_ana, sources=[make_source(study)], due_on=date(2020, 3, 1), at=AT)
    assert "was due 1 March 2020" in client_for(lead).get(page).content.decode()


def test_a_source_is_offered_to_those_alone_who_do_not_have_it(study, lead, coder_ana, coder_ben, client_for):
    source, third = make_source(study), make_member(study, "cleo", "coder")
    for user in (coder_ana, coder_ben):
        (given,) = assign(viewer=as_lead(study), user=user, sources=[source], due_on=None, at=AT)
    answer = client_for(lead).get(reverse("assignment_hand_on", args=[study.slug, given.pk]))
    assert list(answer.context["form"].fields["to"].queryset) == [third]


def test_a_source_that_everybody_has_can_only_be_taken_back(study, lead, coder_ana, coder_ben, client_for):
    source = make_source(study)
    for user in (coder_ana, coder_ben):
        (given,) = assign(viewer=as_lead(study), user=user, sources=[source], due_on=None, at=AT)
    answer = client_for(lead).get(reverse("assignment_hand_on", args=[study.slug, given.pk]))
    assert "It can only be taken back" in answer.content.decode()


def test_a_reopened_reading_says_why(study, lead, coder_ana, client_for, page):
    reading = submit(make_source(study), by=coder_ana)
    reopen_reading(viewer=as_lead(study), reading_id=reading.pk, id=uuid.uuid4(), reason="Read too fast.", at=AT)
    assert ": Read too fast." in client_for(lead).get(page).content.decode()

import uuid
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from coding.actions.rounds import serve_again
from coding.models import Assignment, Draw, Reading, Round
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders


def at(name, study, *parts):
    return reverse(name, args=[study.slug, *parts])


def test_a_calibration_round_is_opened_from_its_form(study, lead, coder_ana, coder_ben, client_for):
    code, source = builders.make_code(study), builders.make_source(study)
    said = {"sources": [source.pk], "coders": [coder_ana.pk, coder_ben.pk], "target": "0.7", "targets": "str 0.8"}
    answer = client_for(lead).post(at("round_new", study), said)
    assert answer.headers["Location"] == at("round", study, 2)
    round = Round.objects.get()
    assert (round.target, round.targets) == (0.7, {str(code.pk): 0.8})
    assert Assignment.objects.filter(round=2).count() == 2


def test_a_target_for_no_code_says_which_line(study, lead, coder_ana, coder_ben, client_for):
    source = builders.make_source(study)
    said = {"sources": [source.pk], "coders": [coder_ana.pk, coder_ben.pk], "target": "0.7", "targets": "NIX 0.8"}
    answer = client_for(lead).post(at("round_new", study), said)
    assert "NIX 0.8" in answer.content.decode() and answer.status_code == 422


def test_what_is_drawn_to_be_read_again_is_shown_and_then_served(study, lead, coder_ana, client_for):
    source = builders.make_source(study)
    builders.submit(source, by=coder_ana)
    browser, said = client_for(lead), {"weeks": 0, "each": 1, "seed": 7}
    shown = browser.post(at("round_again", study), said)
    (key,) = shown.context["drawn"]
    answer = browser.post(at("round_again", study), said | {"hand_out": "1", "cells": [key]})
    assert answer.headers["Location"] == at("round", study, 2)
    assert (Round.objects.get().seed, Round.objects.get().purpose) == (7, "again")


def test_nothing_ticked_serves_nothing(study, lead, coder_ana, client_for):
    builders.submit(builders.make_source(study), by=coder_ana)
    said = {"weeks": 0, "each": 1, "seed": 7, "hand_out": "1"}
    assert client_for(lead).post(at("round_again", study), said).status_code == 422
    assert not Round.objects.exists()


def test_abandoning_says_first_what_is_lost(study, lead, coder_ana, client_for):
    reading = builders.code(builders.make_source(study), "the film", builders.make_code(study), by=coder_ana).reading
    told = client_for(lead).get(at("reading_abandon", study, reading.pk)).content.decode()
    assert "1 passage of Ana will not count" in told


def test_a_submitted_cell_offers_to_reopen(study, lead, coder_ana, client_for):
    reading = builders.submit(builders.make_source(study), by=coder_ana)
    browser, address = client_for(lead), at("reading_reopen", study, reading.pk)
    assert address in browser.get(at("assignments", study)).content.decode()
    browser.post(address, {"reason": "Too soon"})
    assert Reading.objects.get(reopens=reading).reason == "Too soon"


def test_a_draw_is_kept_and_told(study, lead, coder_ana, coder_ben, client_for):
    for number in range(2):
        builders.make_source(study, title=f"Interview {number}")
    asked = {"readers": 2, "share": 50, "seed": 4711, "hand_out": "1"}
    browser = client_for(lead)
    browser.post(at("assignments_draw", study), asked)
    draw = Draw.objects.get()
    assert (draw.seed, draw.share, draw.readers, draw.assignments.count()) == (4711, 50, 2, 3)
    told = browser.get(at("assignments", study)).content.decode()
    assert "Drawn so far" in told and "0 of 2 sources" in told


def test_a_submission_sent_twice_does_not_submit_the_next_round(study, lead, coder_ana, client_for):
    source = builders.make_source(study)
    builders.submit(source, by=coder_ana)
    _handed_again(study, coder_ana, source, at=timezone.now() + timedelta(days=1))
    path = reverse("api:reading_submit", args=[study.slug, source.pk])
    answer = client_for(coder_ana).post(path, {"phase": "first", "round": 1}, content_type="application/json")
    assert (answer.status_code, Reading.objects.filter(round=2).count()) == (409, 0)


def test_codes_in_too_few_turns_are_named_in_one_line(study, lead, coder_ana, client_for):
    source, code = builders.make_source(study), builders.make_code(study)
    builders.code(source, "the film", code, by=coder_ana)
    builders.submit(source, by=coder_ana)
    _handed_again(study, coder_ana, source, at=timezone.now())
    builders.code(source, "the film", code, by=coder_ana)
    builders.submit(source, by=coder_ana)
    told = client_for(lead).get(at("round", study, 2))
    assert [(row.told, [one.code for one in row.few]) for row in told.context["passes"]] == [([], [code])]
    assert "Used in too few turns to tell:" in told.content.decode()


def _handed_again(study: Study, coder: User, source: Source, *, at: datetime) -> None:
    handed = [(coder, [source])]
    lead = builders.as_lead(study)
    serve_again(viewer=lead, id=uuid.uuid4(), handed=handed, weeks=0, seed=None, due_on=None, note="", at=at)


def test_without_a_source_or_coders_there_is_nothing_to_calibrate_on(study, lead, client_for):
    assert "two people with the coder role" in client_for(lead).get(at("round_new", study)).content.decode()


def test_a_source_that_coders_know_each_others_reading_of_calibrates_nothing(
    study, lead, coder_ana, coder_ben, client_for
):
    source = builders.make_source(study, title="Interview 7")
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    said = {"sources": [source.pk], "coders": [coder_ana.pk, coder_ben.pk], "target": "0.7"}
    answer = client_for(lead).post(at("round_new", study), said)
    assert "without having seen what others say of it" in answer.content.decode() and answer.status_code == 422
    assert not Round.objects.exists()


def test_a_lead_who_codes_does_not_learn_so_what_others_have_submitted(study, lead, coder_ana, coder_ben, client_for):
    builders.give_roles(study, lead, "lead", "coder")
    source = builders.make_source(study)
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    said = {"sources": [source.pk], "coders": [coder_ana.pk, coder_ben.pk], "target": "0.7"}
    assert client_for(lead).post(at("round_new", study), said).status_code == 302


def test_a_round_says_who_reads_what_in_it_and_what_each_code_is_to_reach(
    study, lead, coder_ana, coder_ben, client_for
):
    source = builders.make_source(study, title="Interview 7")
    builders.make_code(study, "STR")
    said = {"sources": [source.pk], "coders": [coder_ana.pk, coder_ben.pk], "target": "0.7", "targets": "STR 0.8"}
    page = client_for(lead).post(at("round_new", study), said, follow=True).content.decode()
    assert all(told in page for told in ("Interview 7", "Ana", "Ben", "STR .80"))


def test_figures_of_a_round_nobody_has_submitted_say_why_there_are_none(study, lead, coder_ana, coder_ben, client_for):
    source = builders.make_source(study)
    said = {"sources": [source.pk], "coders": [coder_ana.pk, coder_ben.pk], "target": "0.7"}
    browser = client_for(lead)
    browser.post(at("round_new", study), said)
    answer = browser.post(at("round_compute", study, 2), follow=True)
    assert "nothing to compare yet" in answer.content.decode() and answer.redirect_chain


def test_a_round_says_when_what_is_left_to_read_is_due(study, lead, coder_ana, coder_ben, client_for):
    source = builders.make_source(study)
    said = {"sources": [source.pk], "coders": [coder_ana.pk, coder_ben.pk], "target": "0.7", "due_on": "2099-12-05"}
    browser = client_for(lead)
    browser.post(at("round_new", study), said)
    builders.submit(source, by=coder_ana)
    shown = browser.get(at("round", study, 2))
    assert [row.due_on for row in shown.context["progress"]] == [None, date(2099, 12, 5)]
    assert "5 December 2099" in shown.content.decode()


def test_a_round_says_of_how_many_codes_nothing_can_be_said(study, lead, coder_ana, coder_ben, client_for):
    turns = [f"Shadow {number} passes by." for number in range(6)]
    source = builders.make_source(study, *turns)
    often, once = builders.make_code(study, "STR"), builders.make_code(study, "LIM")
    said = {"sources": [source.pk], "coders": [coder_ana.pk, coder_ben.pk], "target": "0.7"}
    browser = client_for(lead)
    browser.post(at("round_new", study), said)
    for coder in (coder_ana, coder_ben):
        for number in range(5):
            builders.code(source, f"Shadow {number}", often, by=coder)
        builders.code(source, "Shadow 5", once, by=coder)
        builders.submit(source, by=coder)
    told = browser.post(at("round_compute", study, 2), follow=True).content.decode()
    assert "1 code was used often enough to tell. Of 1 other that was used nothing can be said." in told
    assert "One source alone allows no interval." in told

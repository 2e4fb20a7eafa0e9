"""The audit's pages, over HTTP."""

import json
import re
import uuid
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coding.actions import agreement
from coding.actions.agreement import start_agreement_run
from coding.management.commands import agreement as command
from coding.models import AgreementRun, Code
from fieldstudy.models import Job, User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

LINES = tuple(f"Line {number} of the talk." for number in range(8))


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study, "STR")


@shared
def source(study: Study, strict: Code, coder_ana: User, coder_ben: User) -> Source:
    """Ana codes lines 0 to 5, Ben 0 to 3 and 6; both submit."""
    source = builders.make_source(study, *LINES)
    for line in range(6):
        builders.code(source, LINES[line], strict, by=coder_ana)
    for line in (0, 1, 2, 3, 6):
        builders.code(source, LINES[line], strict, by=coder_ben)
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    return source


@shared
def run(study: Study, source: Source, supervisor: User) -> AgreementRun:
    viewer = builders.viewer_of(study, supervisor)
    run = start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit="turn", site=None, at=builders.AT)
    builders.do_jobs()
    run.refresh_from_db()
    return run


@pytest.fixture
def page(study: Study) -> str:
    return reverse("agreement", args=[study.slug])


def passages(run: AgreementRun, code: Code) -> str:
    return reverse("agreement_passages", args=[run.study.slug, run.pk, code.pk])


def test_before_two_readings_the_page_says_what_is_missing(page, study, supervisor, client_for):
    answer = client_for(supervisor).get(page)
    assert answer.status_code == 200
    assert "Two coders have to submit" in answer.content.decode()


def test_before_the_first_run_the_page_offers_to_compute(page, source, supervisor, client_for):
    assert "Compute agreement" in client_for(supervisor).get(page).content.decode()


def test_starting_a_small_audit_leads_to_its_figures(page, study, source, supervisor, client_for):
    client = client_for(supervisor)
    started = client.post(reverse("agreement_start", args=[study.slug]), {"unit": "sentence"})
    shown = client.get(started["Location"]).content.decode()
    assert 'id="codes"' in shown and f"seed {AgreementRun.objects.get().seed}" in shown


def test_starting_a_large_audit_leads_to_a_page_that_shows_the_work(
    page, study, source, supervisor, client_for, monkeypatch
):
    monkeypatch.setattr(agreement, "AT_ONCE", 0)
    client = client_for(supervisor)
    started = client.post(reverse("agreement_start", args=[study.slug]), {"unit": "sentence"})
    assert started.status_code == 302 and "unit=sentence" in started["Location"]
    assert (
        f'id="job-{Job.objects.get(kind="coding.compute_agreement").pk}"'
        in client.get(started["Location"]).content.decode()
    )


def test_starting_with_nothing_to_compare_says_so(study, supervisor, client_for):
    answer = client_for(supervisor).post(reverse("agreement_start", args=[study.slug]), {"unit": "turn"})
    assert answer.status_code == 409


def test_the_table_shows_alpha_and_links_every_number(page, run, strict, supervisor, client_for):
    shown = client_for(supervisor).get(page).content.decode()
    assert '<svg class="forest"' in shown
    assert f'href="{passages(run, strict)}?pair=0-1"' in shown


def test_the_page_in_french_writes_numbers_with_a_comma(page, run, supervisor, client_for):
    client = client_for(supervisor)
    client.post(reverse("set_language"), {"language": "fr"})
    assert ">0,67</text>" in client.get(page).content.decode()


def test_a_coder_may_not_see_the_page(page, study, coder_ana, client_for):
    assert client_for(coder_ana).get(page).status_code == 403


def test_an_outsider_finds_nothing(page, run, strict, outsider, client_for):
    client = client_for(outsider)
    assert {client.get(page).status_code, client.get(passages(run, strict)).status_code} == {404}


@pytest.mark.parametrize("site", ["x", "00000000-0000-0000-0000-000000000000"])
def test_a_site_that_is_not_there_is_missing(page, study, supervisor, client_for, site):
    assert client_for(supervisor).get(page, {"site": site}).status_code == 404


def test_a_number_opens_the_passages_in_the_panel(run, strict, supervisor, client_for):
    answer = client_for(supervisor).get(passages(run, strict), headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert shown.lstrip().startswith("<aside")
    assert "3 turns where readings differ" in shown and LINES[4] in shown


def test_the_passages_are_a_page_of_their_own_too(run, strict, supervisor, client_for):
    shown = client_for(supervisor).get(passages(run, strict), {"at": "2"}).content.decode()
    assert 'id="codes"' in shown and "2 of 3" in shown and LINES[5] in shown


def test_the_panel_names_no_coder(run, strict, supervisor, client_for):
    shown = client_for(supervisor).get(passages(run, strict), headers={"HX-Request": "true"}).content.decode()
    assert not {name for name in ("Ana", "Ben", "C1", "C2") if name in shown}


def test_the_panel_links_to_the_turn_in_the_text(run, source, strict, supervisor, client_for):
    shown = client_for(supervisor).get(passages(run, strict), headers={"HX-Request": "true"}).content.decode()
    assert f"{reverse('workspace', args=[source.study.slug, source.pk])}#t5" in shown


def test_all_codes_together_open_their_passages(study, run, supervisor, client_for):
    address = reverse("agreement_all_passages", args=[study.slug, run.pk])
    assert "3 turns where readings differ" in client_for(supervisor).get(address).content.decode()


def test_a_stale_run_offers_to_compute_again(page, study, run, supervisor, coder_ana, coder_ben, client_for):
    later = builders.make_source(study, *LINES, title="Interview 2")
    for coder in (coder_ana, coder_ben):
        builders.submit(later, by=coder)
    assert "Compute again" in client_for(supervisor).get(page).content.decode()


def test_the_table_can_be_taken_as_csv(study, run, supervisor, client_for):
    answer = client_for(supervisor).get(reverse("agreement_csv", args=[study.slug, run.pk]))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"].startswith("text/csv")
    assert [line.split(",")[0] for line in lines] == ["code", "STR", "all (sets)"]
    assert lines[0].endswith("seed,replicates") and lines[1].endswith(f"{run.seed},1000")


def test_a_code_in_detail_links_each_row_to_its_passages(study, run, source, strict, supervisor, client_for):
    shown = (
        client_for(supervisor).get(reverse("agreement_detail", args=[study.slug, run.pk, strict.pk])).content.decode()
    )
    assert f"{passages(run, strict)}?agreed=1&amp;source={source.pk}" in shown
    assert "STR in detail" in shown and "Every measure, by every unit" in shown
    assert f"{reverse('disputes', args=[study.slug])}?kind=missed&amp;code={strict.pk}" in shown


def test_all_codes_in_detail_have_a_page_and_a_table(study, run, supervisor, client_for):
    client = client_for(supervisor)
    assert (
        "All codes in detail" in client.get(reverse("agreement_all_detail", args=[study.slug, run.pk])).content.decode()
    )
    table = client.get(reverse("agreement_all_detail_csv", args=[study.slug, run.pk])).content.decode("utf-8-sig")
    assert table.splitlines()[0].startswith("by,key,") and "by turn,masi," in table


def test_the_panel_keeps_what_was_asked_for_in_its_links(run, source, strict, supervisor, client_for):
    asked = {"agreed": "1", "source": str(source.pk), "measure": "ac1"}
    answer = client_for(supervisor).get(passages(run, strict), asked, headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert "7 turns where it is used" in shown
    assert f"?at=2&amp;source={source.pk}&amp;agreed=1&amp;measure=ac1" in shown


def test_the_detail_is_read_over_the_api(study, run, strict, supervisor, client_for):
    address = reverse("api:agreement_run_detail", args=[study.slug, run.pk])
    client = client_for(supervisor)
    told = client.get(address, {"code": str(strict.pk)}).json()
    assert told["code"] == str(strict.pk) and told["kinds"]["missed"] == 3
    assert {part["by"] for part in told["groups"]} == {"source", "kind", "site", "version", "observed", "submitted"}
    assert client.get(address).json()["code"] is None
    assert client.get(address, {"code": "x"}).status_code == 404


def test_two_runs_are_compared_on_a_page_as_csv_and_over_the_api(study, run, supervisor, client_for):
    client = client_for(supervisor)
    client.post(reverse("agreement_start", args=[study.slug]), {"unit": "turn"})
    other = AgreementRun.objects.exclude(pk=run.pk).get()
    both = [study.slug, run.pk, other.pk]
    assert (
        "Compare with this one"
        in client.get(reverse("agreement_runs", args=both[:1]), {"with": run.pk}).content.decode()
    )
    assert "the same readings of the same texts" in client.get(reverse("agreement_compare", args=both)).content.decode()
    assert client.get(reverse("agreement_compare_csv", args=both)).content.decode("utf-8-sig").startswith("code,id,")
    told = client.get(reverse("api:agreement_runs_compare", args=both)).json()
    assert (told["before"], told["after"]) == (str(run.pk), str(other.pk))
    assert told["codes"][0]["difference"] == 0.0 and told["overall"]["code"] is None


def test_the_rules_of_an_audit_are_chosen_in_its_form_and_kept(study, page, run, supervisor, client_for):
    client = client_for(supervisor)
    sent = {"unit": "turn", "half": "1", "all_turns": "1"}
    answer = client.post(reverse("agreement_start", args=[study.slug]), sent, follow=True)
    other = AgreementRun.objects.exclude(pk=run.pk).get()
    assert (other.options["half"], other.options["all_turns"]) == (True, True)
    shown = answer.content.decode()
    assert answer.context["page"].run == other and "at least half coded" in shown
    assert '<input type="hidden" name="half" value="1">' in shown
    assert client.get(page).context["page"].run == run


def test_runs_of_other_rules_are_not_set_beside_each_other(study, run, supervisor, client_for):
    client = client_for(supervisor)
    client.post(reverse("agreement_start", args=[study.slug]), {"unit": "turn", "half": "1"})
    other = AgreementRun.objects.exclude(pk=run.pk).get()
    listed = client.get(reverse("agreement_runs", args=[study.slug]))
    assert [each.beside for each in listed.context["runs"]] == [None, None]
    compared = client.get(reverse("agreement_compare", args=[study.slug, run.pk, other.pk]))
    assert not compared.context["comparison"].is_like


CLOSED = re.compile(r'<td class="num(?: nowrap)?">(?:<b>|\s)*[-−+.,\d]+[^<]*</')
"""A figure in a table, not its interval, that leads nowhere."""


def test_every_figure_of_the_pages_beside_the_table_opens_its_passages(study, run, strict, supervisor, client_for):
    client = client_for(supervisor)
    again = start_agreement_run(
        viewer=builders.viewer_of(study, supervisor), id=uuid.uuid4(), unit="turn", site=None, at=builders.AT
    )
    builders.do_jobs()
    for address in (
        reverse("agreement_detail", args=[study.slug, run.pk, strict.pk]),
        reverse("agreement_all_detail", args=[study.slug, run.pk]),
        reverse("agreement_compare", args=[study.slug, run.pk, again.pk]),
    ):
        shown = client.get(address).content.decode()
        assert "agreed=1" in shown and CLOSED.findall(shown) == []


def test_the_panel_leads_to_the_definition(study, run, strict, supervisor, client_for):
    edit = reverse("code_edit", args=[study.slug, strict.pk])
    assert edit in client_for(supervisor).get(passages(run, strict)).content.decode()


def test_the_history_a_run_was_cut_at_is_told_only_whoever_does_not_code(study, run, supervisor, client_for):
    """Its number goes up with every passage anybody codes, in sources too that a coder still reads alone."""
    address, client = reverse("api:agreement_run", args=[study.slug, run.pk]), client_for(supervisor)
    assert client.get(address).json()["cut"] == run.cut
    builders.give_roles(study, supervisor, "supervisor", "coder")
    source = Source.objects.get()
    builders.code(source, LINES[7], Code.objects.get(), by=supervisor)
    builders.submit(source, by=supervisor)
    assert client.get(address).json()["cut"] is None


def test_free_segments_are_an_audit_of_their_own(study, page, run, strict, supervisor, client_for):
    client = client_for(supervisor)
    answer = client.post(reverse("agreement_start", args=[study.slug]), {"unit": "segment"}, follow=True)
    (row,) = answer.context["page"].rows
    assert (row.code, row.n, row.positive.value) == (strict, 11, 73)
    other = AgreementRun.objects.get(unit="segment")
    shown = client.get(passages(other, strict)).content.decode()
    assert "3 turns where readings differ" in shown and "same place %" in shown
    for address in ("agreement_detail", "agreement_detail_csv"):
        assert client.get(reverse(address, args=[study.slug, other.pk, strict.pk])).status_code == 200
    assert client.get(reverse("agreement_all_detail", args=[study.slug, other.pk])).status_code == 200
    table = client.get(reverse("agreement_csv", args=[study.slug, other.pk])).content.decode("utf-8-sig")
    assert "measure f1_50,low f1_50,high f1_50" in table.splitlines()[0]


def test_rules_are_asked_for_and_told_over_the_api(study, source, supervisor, client_for):
    address = reverse("api:agreement_runs", args=[study.slug])
    client = client_for(supervisor)
    for unit, half in (("sentence", True), ("segment", False)):
        told = client.post(address, {"unit": unit, "half": True}, content_type="application/json").json()
        assert (told["unit"], told["half"], told["all_turns"]) == (unit, half, False)


def test_the_panel_says_the_number_it_was_opened_by(run, strict, supervisor, client_for):
    asked = {"pair": "0-1", "measure": "positive"}
    answer = client_for(supervisor).get(passages(run, strict), asked, headers={"HX-Request": "true"})
    assert answer.context["behind"].figure.value == pytest.approx(8 / 11)
    assert "both yes <b>.73</b>" in answer.content.decode()


def test_the_pages_take_a_fixed_number_of_queries(study, page, run, strict, supervisor, client_for):
    client = client_for(supervisor)
    addresses = {
        page: 18,
        passages(run, strict): 28,
        reverse("agreement_detail", args=[study.slug, run.pk, strict.pk]): 28,
        reverse("agreement_runs", args=[study.slug]): 10,
    }
    taken = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        taken[address] = len(captured)
    assert {address: n for address, n in taken.items() if n > addresses[address]} == {}


def test_a_finished_run_makes_the_page_load_again(study, run, supervisor, client_for):
    answer = client_for(supervisor).get(reverse("agreement_waiting", args=[study.slug, run.pk]))
    assert answer["HX-Refresh"] == "true"


def test_a_run_is_started_and_read_over_the_api(study, source, strict, supervisor, client_for):
    client = client_for(supervisor)
    runs = reverse("api:agreement_runs", args=[study.slug])
    started = client.post(runs, {"unit": "character"}, content_type="application/json")
    assert started.status_code == 201 and started.json()["state"] == "done"
    read = client.get(reverse("api:agreement_run", args=[study.slug, started.json()["id"]])).json()
    assert read["result"]["codes"][0]["code"] == str(strict.pk)
    assert read["seed"] == read["result"]["seed"] > 0 and read["replicates"] == 1000
    assert [listed["id"] for listed in client.get(runs).json()["results"]] == [read["id"]]


def test_the_api_hides_a_run_over_hidden_readings(study, run, lead, client_for):
    builders.give_roles(study, lead, "lead", "coder")
    client = client_for(lead)
    assert client.get(reverse("api:agreement_run", args=[study.slug, run.pk])).status_code == 404
    assert client.get(reverse("api:agreement_runs", args=[study.slug])).json()["results"] == []


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers' part done at once, where the command would wait for them."""
    monkeypatch.setattr(command, "wait_for", lambda job, label: builders.do_jobs())


def called(study: Study, *options: str) -> str:
    out = StringIO()
    call_command("agreement", study.slug, *options, stdout=out)
    return out.getvalue()


def test_the_command_prints_a_table(study, source, worker):
    lines = called(study).splitlines()
    assert lines[0] == "By turn. Sources: 1. Units: 8. Coders: 2."
    assert [line.split()[0] for line in lines[2:]] == ["code", "STR", "all"]


def test_the_command_prints_json(study, source, strict, supervisor, worker):
    told = json.loads(called(study, "--json", "--unit", "sentence", "--as", supervisor.email))
    assert told["unit"] == "sentence" and told["codes"][0]["sign"] == "STR"
    assert AgreementRun.objects.get().started_by == supervisor


def test_the_command_says_when_there_is_nothing_to_compare(study, worker):
    with pytest.raises(CommandError, match=r"agreement\.nothing_to_compare"):
        called(study)


def test_the_command_knows_sites_by_name(study, source, worker):
    with pytest.raises(CommandError, match=r"command\.no_such_site"):
        called(study, "--site", "Nowhere")

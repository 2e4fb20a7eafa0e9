"""Audits of agreement, from submitted readings to stored figures."""

import json
import uuid

import pytest

from coding.actions import agreement
from coding.actions.agreement import compute_at_once, start_agreement_run
from coding.actions.codebooks import publish_codebook
from coding.models import AgreementRun, Code
from coding.queries.agreement import scope_of, words_read
from fieldstudy.errors import FieldstudyError
from fieldstudy.models import Job, User
from observations.importers.base import ParsedTurn
from observations.models import Site, Source, Study
from tests import builders
from tests.shared import shared

LINES = (
    "The software marks the scar.",
    "I know this man.",
    "It marks every bent rib.",
    "We click twice.",
    "He was a mason.",
    "Then we wait.",
)


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study, "STR")


@shared
def source(study: Study, strict: Code, coder_ana: User, coder_ben: User) -> Source:
    """Ana codes the first and third line, Ben the first and fourth; both submit."""
    source = builders.make_source(study, *LINES)
    for line in (0, 2):
        builders.code(source, LINES[line], strict, by=coder_ana)
    for line in (0, 3):
        builders.code(source, LINES[line], strict, by=coder_ben)
    builders.submit(source, by=coder_ana)
    builders.submit(source, by=coder_ben)
    return source


def start(study: Study, by: User, *, unit: str = "turn", site: Site | None = None) -> AgreementRun:
    viewer = builders.viewer_of(study, by)
    return start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit=unit, site=site, at=builders.AT)


def compute(study: Study, by: User, *, unit: str = "turn", site: Site | None = None) -> AgreementRun:
    run = start(study, by, unit=unit, site=site)
    builders.do_jobs()
    run.refresh_from_db()
    return run


def figures_of(run: AgreementRun, code: Code) -> dict:
    assert run.result is not None
    return next(figures for figures in run.result["codes"] if figures["code"] == str(code.pk))


def refusal(study: Study, by: User, **more: object) -> str:
    with pytest.raises(FieldstudyError) as refused:
        start(study, by, **more)  # type: ignore[arg-type]
    return refused.value.code


def test_alpha_of_two_coders_is_the_one_computed_by_hand(study: Study, source: Source, strict: Code, supervisor: User):
    # Six units, four ratings of twelve with the code, two pairs apart: 1 - (12 - 1) * 2 / (4 * 8).
    found = figures_of(compute(study, supervisor), strict)
    assert found["alpha"]["value"] == pytest.approx(1 - 11 * 2 / 32)


def test_what_stands_beside_alpha(study: Study, source: Source, strict: Code, supervisor: User):
    found = figures_of(compute(study, supervisor), strict)
    assert (found["sign"], found["n"]) == ("STR", 3)
    assert found["percent"] == pytest.approx(4 / 6)
    assert found["positive"] == pytest.approx(0.5)
    assert found["prevalence"] == pytest.approx(4 / 12)


def test_a_run_states_what_it_was_computed_from(study: Study, source: Source, supervisor: User):
    run = compute(study, supervisor)
    assert run.job is not None and run.job.state == Job.State.DONE
    assert run.readings == sorted(str(reading.pk) for reading in source.readings.filter(phase="first"))
    assert run.cut and run.computed_at
    assert run.result is not None and run.result["sources"] == {str(source.pk): str(source.revision_id)}
    assert run.result["independent"] is True


def test_a_run_keeps_the_seed_it_drew_from(study: Study, source: Source, supervisor: User):
    run = compute(study, supervisor)
    assert run.result is not None and 0 < run.seed < 2**63
    assert (run.result["seed"], run.result["replicates"]) == (run.seed, run.options["replicates"])


def test_a_small_audit_is_computed_at_once(study: Study, source: Source, supervisor: User):
    run = compute_at_once(start(study, supervisor))
    assert run.computed_at is not None and Job.objects.get(kind="coding.compute_agreement").state == Job.State.DONE


def test_a_large_audit_is_left_to_the_workers(study: Study, source: Source, supervisor: User, monkeypatch):
    monkeypatch.setattr(agreement, "AT_ONCE", 1)
    assert compute_at_once(start(study, supervisor)).computed_at is None


def test_the_words_read_are_counted_once_per_reading(study: Study, source: Source, supervisor: User):
    words = sum(len(line.split()) for line in LINES)
    assert words_read(scope_of(builders.viewer_of(study, supervisor), None)) == 2 * words


def test_where_and_what_are_told_apart(study: Study, source: Source, strict: Code, supervisor: User):
    # Line 1 is coded by both and alike; lines 3 and 4 by one each.
    result = compute(study, supervisor).result
    assert result is not None
    assert result["where"]["n"] == 3 and result["where"]["alpha"]["value"] == pytest.approx(1 - 11 * 2 / 32)
    assert result["what"]["n"] == 1 and result["what"]["coverage"] == pytest.approx(1 / 3)


def test_one_source_alone_has_no_interval(study: Study, source: Source, strict: Code, supervisor: User):
    interval = figures_of(compute(study, supervisor), strict)["alpha"]["interval"]
    assert interval["low"] is None and interval["undefined_because"]


def test_the_same_readings_give_the_same_figures(
    study: Study, source: Source, strict: Code, supervisor: User, coder_ana: User, coder_ben: User
):
    other = builders.make_source(study, *LINES, title="Interview 2")
    builders.code(other, LINES[1], strict, by=coder_ana)
    for coder in (coder_ana, coder_ben):
        builders.submit(other, by=coder)
    one, again = compute(study, supervisor), compute(study, supervisor)
    assert figures_of(one, strict)["alpha"]["interval"]["resampled"] == "units"
    assert json.dumps(one.result, sort_keys=True) == json.dumps(again.result, sort_keys=True)


def test_questions_are_no_units(study: Study, strict: Code, supervisor: User, coder_ana: User, coder_ben: User):
    source = builders.make_source(study, ParsedTurn(text="And then?", kind="question"), "Then we wait.")
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    run = compute(study, supervisor)
    assert run.result is not None and run.result["n_units"] == 1


@pytest.mark.parametrize(("unit", "count"), [("turn", 6), ("sentence", 6), ("character", len("\n".join(LINES)))])
def test_units_are_turns_sentences_or_characters(study: Study, source: Source, supervisor: User, unit: str, count: int):
    run = compute(study, supervisor, unit=unit)
    assert run.result is not None and run.result["n_units"] == count


def test_a_code_nobody_used_is_undefined(study: Study, source: Source, supervisor: User):
    unused = builders.make_code(study, "EXP")
    for unit in ("turn", "character"):
        alpha = figures_of(compute(study, supervisor, unit=unit), unused)["alpha"]
        assert alpha["value"] is None and "no coder used" in alpha["undefined_because"]


def test_passages_of_a_merged_code_count_for_its_target(study: Study, source: Source, strict: Code, supervisor: User):
    target = builders.make_code(study, "NOR")
    Code.objects.filter(pk=strict.pk).update(merged_into=target)
    run = compute(study, supervisor)
    assert figures_of(run, target)["n"] == 3
    assert run.result is not None and str(strict.pk) not in [found["code"] for found in run.result["codes"]]


def test_a_code_that_a_codebook_lacked_is_missing_for_that_reading(
    study: Study, strict: Code, supervisor: User, lead: User, coder_ana: User, coder_ben: User
):
    source = builders.make_source(study, *LINES)
    viewer = builders.as_lead(study)
    publish_codebook(viewer=viewer, id=uuid.uuid4(), note="", at=builders.AT)
    builders.submit(source, by=coder_ana)
    late = builders.make_code(study, "LAT")
    publish_codebook(viewer=viewer, id=uuid.uuid4(), note="", at=builders.AT)
    builders.code(source, LINES[0], late, by=coder_ben)
    builders.submit(source, by=coder_ben)
    run = compute(study, supervisor)
    assert figures_of(run, late)["n"] == 0
    assert figures_of(run, late)["percent"] is None
    assert run.result is not None and run.result["codebooks"] == [1, 2]


def test_a_site_is_audited_alone(study: Study, source: Source, supervisor: User, coder_ana: User, coder_ben: User):
    site = builders.make_site(study)
    elsewhere = builders.make_source(study, *LINES, title="Interview 2", site=site)
    for coder in (coder_ana, coder_ben):
        builders.submit(elsewhere, by=coder)
    run = compute(study, supervisor, site=site)
    assert run.result is not None and list(run.result["sources"]) == [str(elsewhere.pk)]


def test_without_two_readings_of_a_source_there_is_nothing_to_compare(
    study: Study, strict: Code, supervisor: User, coder_ana: User, coder_ben: User
):
    source = builders.make_source(study, *LINES)
    builders.submit(source, by=coder_ana)
    builders.code(source, LINES[0], strict, by=coder_ben)
    assert refusal(study, supervisor) == "agreement.nothing_to_compare"


def test_readings_that_were_not_blind_are_left_out(study: Study, source: Source, supervisor: User, coder_ana: User):
    source.readings.filter(coder__user=coder_ana).update(is_blind=False)
    assert refusal(study, supervisor) == "agreement.nothing_to_compare"


def test_in_an_open_study_agreement_is_not_independent(lead: User):
    study = builders.make_study(lead, slug="open", mode="open")
    builders.make_code(study)
    source = builders.make_source(study, *LINES)
    for name in ("ida", "tom"):
        builders.submit(source, by=builders.make_member(study, name, "coder"))
    run = compute(study, lead)
    assert run.result is not None and run.result["independent"] is False


def test_a_lead_who_codes_compares_only_what_they_submitted(
    study: Study, source: Source, lead: User, coder_ana: User, coder_ben: User
):
    builders.give_roles(study, lead, "lead", "coder")
    assert refusal(study, lead) == "agreement.nothing_to_compare"
    builders.submit(source, by=lead)
    other = builders.make_source(study, *LINES, title="Interview 2")
    for coder in (coder_ana, coder_ben):
        builders.submit(other, by=coder)
    run = compute(study, lead)
    assert run.result is not None
    assert list(run.result["sources"]) == [str(source.pk)]
    assert run.result["left_out"]["own_unsubmitted"] == 1


def test_a_coder_may_not_start_an_audit(study: Study, source: Source, coder_ana: User):
    assert refusal(study, coder_ana) == "access.not_permitted"


def test_an_unknown_unit_is_refused(study: Study, source: Source, supervisor: User):
    assert refusal(study, supervisor, unit="word") == "agreement.unit_unknown"


def test_the_same_id_gives_the_same_run(study: Study, source: Source, supervisor: User):
    viewer, run_id = builders.viewer_of(study, supervisor), uuid.uuid4()
    first = start_agreement_run(viewer=viewer, id=run_id, unit="turn", site=None, at=builders.AT)
    assert start_agreement_run(viewer=viewer, id=run_id, unit="turn", site=None, at=builders.AT) == first
    assert AgreementRun.objects.count() == 1


def test_the_same_id_for_another_audit_is_refused(study: Study, source: Source, supervisor: User):
    viewer, run_id = builders.viewer_of(study, supervisor), uuid.uuid4()
    start_agreement_run(viewer=viewer, id=run_id, unit="turn", site=None, at=builders.AT)
    with pytest.raises(FieldstudyError) as refused:
        start_agreement_run(viewer=viewer, id=run_id, unit="character", site=None, at=builders.AT)
    assert refused.value.code == "agreement.id_taken"

"""The list of audits, and two of them compared."""

import uuid

import pytest

from coding.actions.agreement import compute_at_once, start_agreement_run
from coding.actions.reopened import reopen_reading
from coding.models import AgreementRun, Code, Reading
from coding.queries.agreement_runs import compare_runs, comparison_table, runs_listed
from fieldstudy.errors import FieldstudyError
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

LINES = tuple(f"Line {number} of the talk." for number in range(8))


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study, "STR")


def make_pair(study: Study, strict: Code, ana: User, ben: User, title: str, apart: int) -> Source:
    """Both code lines 0 to 4; Ana codes some more."""
    source = builders.make_source(study, *LINES, title=title)
    for line in range(5 + apart):
        builders.code(source, LINES[line], strict, by=ana)
    for line in range(5):
        builders.code(source, LINES[line], strict, by=ben)
    for coder in (ana, ben):
        builders.submit(source, by=coder)
    return source


def compute(study: Study, by: User, unit: str = "turn") -> AgreementRun:
    viewer = builders.viewer_of(study, by)
    return compute_at_once(start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit=unit, site=None, at=builders.AT))


@shared
def two(study, strict, supervisor, coder_ana, coder_ben) -> tuple[AgreementRun, AgreementRun]:
    make_pair(study, strict, coder_ana, coder_ben, "Interview 1", 1)
    before = compute(study, supervisor)
    make_pair(study, strict, coder_ana, coder_ben, "Interview 2", 3)
    return before, compute(study, supervisor)


def test_the_list_has_the_newest_first_and_what_to_compare_it_with(study, two, supervisor):
    before, after = two
    listed = runs_listed(builders.viewer_of(study, supervisor))
    assert [run.id for run in listed] == [after.pk, before.pk]
    assert [run.beside for run in listed] == [before.pk, None]
    assert (listed[0].readings, listed[0].started_by, listed[0].n) == (4, "Sam", 14)
    assert listed[0].alpha == after.result["overall"]["alpha"]["value"]


def test_the_list_compares_with_the_run_asked_for(study, two, supervisor):
    before, _ = two
    listed = runs_listed(builders.viewer_of(study, supervisor), before.pk)
    assert [run.beside for run in listed] == [before.pk, None]


def test_runs_of_another_unit_are_not_offered_beside(study, two, supervisor):
    compute(study, supervisor, "character")
    assert runs_listed(builders.viewer_of(study, supervisor))[0].beside is None


def test_neither_are_runs_of_another_round(study, two, supervisor):
    before, after = two
    AgreementRun.objects.filter(pk=before.pk).update(round=2)
    viewer = builders.viewer_of(study, supervisor)
    listed = runs_listed(viewer)
    assert [(run.round, run.beside) for run in listed] == [(1, None), (2, None)]
    assert not compare_runs(viewer, before.pk, after.pk).is_like


def test_two_runs_say_what_changed_between_them(study, two, strict, supervisor):
    before, after = two
    found = compare_runs(builders.viewer_of(study, supervisor), after.pk, before.pk)
    assert (found.before, found.after) == (before, after)
    (change,) = found.changes
    assert change.code == strict and change.difference < 0
    assert [read.title for read in found.added] == ["Interview 2"] * 2 and not found.gone and not found.is_same


def test_a_reading_superseded_since_is_named_among_those_no_longer_counted(study, two, supervisor, coder_ana):
    reading = Reading.objects.filter(coder__user=coder_ana, phase="first", source__title="Interview 2").get()
    lead = builders.as_lead(study)
    reopen_reading(viewer=lead, reading_id=reading.pk, id=uuid.uuid4(), reason="Mistake", at=builders.AT)
    before, after = two
    found = compare_runs(builders.viewer_of(study, supervisor), before.pk, after.pk)
    assert reading.pk in [read.id for read in found.added]


def test_runs_of_the_same_readings_are_the_same(study, two, supervisor):
    again = compute(study, supervisor)
    found = compare_runs(builders.viewer_of(study, supervisor), two[1].pk, again.pk)
    assert found.is_same and found.changes[0].difference == 0.0


def test_the_comparison_has_a_value_for_each_column(study, two, supervisor):
    table = comparison_table(compare_runs(builders.viewer_of(study, supervisor), two[0].pk, two[1].pk))
    assert {len(row) for row in table} == {len(table[0])} and [row[0] for row in table] == ["code", "STR", "all"]


def test_a_run_over_hidden_readings_is_neither_listed_nor_compared(study, two, lead):
    builders.give_roles(study, lead, "lead", "coder")
    viewer = builders.viewer_of(study, lead)
    assert runs_listed(viewer) == []
    with pytest.raises(FieldstudyError) as refused:
        compare_runs(viewer, two[0].pk, two[1].pk)
    assert refused.value.code == "access.missing"


def test_the_place_in_the_history_a_run_was_cut_at_is_told_to_whoever_does_not_code(study, two, supervisor, coder_ana):
    cuts = [run.cut for run in reversed(two)]
    assert [one.cut for one in runs_listed(builders.viewer_of(study, supervisor))] == cuts
    builders.give_roles(study, coder_ana, "supervisor", "coder")
    assert [one.cut for one in runs_listed(builders.viewer_of(study, coder_ana))] == [None, None]

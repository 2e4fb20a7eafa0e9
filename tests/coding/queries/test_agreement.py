"""What an audit may compare and show, and to whom."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coding.actions.agreement import start_agreement_run
from coding.agreement import reasons
from coding.models import AgreementRun, Code
from coding.queries.agreement import runs_visible_to, scope_of
from coding.queries.agreement_detail import detail_of, detail_table
from coding.queries.agreement_pages import audit_page, audit_table, finished_run
from coding.queries.agreement_passages import Asked, Behind, passages_behind
from fieldstudy.errors import FieldstudyError
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

LINES = tuple(f"Line {number} of the talk." for number in range(8))


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study, "STR")


def make_pair(study: Study, strict: Code, ana: User, ben: User, *, title: str = "Interview 1") -> Source:
    """Ana codes lines 0 to 5, Ben 0 to 3 and 6; both submit."""
    source = builders.make_source(study, *LINES, title=title)
    for line in range(6):
        builders.code(source, LINES[line], strict, by=ana)
    for line in (0, 1, 2, 3, 6):
        builders.code(source, LINES[line], strict, by=ben)
    for coder in (ana, ben):
        builders.submit(source, by=coder)
    return source


@shared
def source(study: Study, strict: Code, coder_ana: User, coder_ben: User) -> Source:
    return make_pair(study, strict, coder_ana, coder_ben)


def compute(study: Study, by: User, unit: str = "turn") -> AgreementRun:
    viewer = builders.viewer_of(study, by)
    run = start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit=unit, site=None, at=builders.AT)
    builders.do_jobs()
    run.refresh_from_db()
    return run


def behind(study: Study, by: User, run: AgreementRun, code: Code | None, pair: str = "", at: int = 1, **more) -> Behind:
    asked = Asked(pair=pair, at=at, **more)
    return passages_behind(builders.viewer_of(study, by), run, code.pk if code else None, asked)


def queries_of(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_a_scope_says_how_many_sources_wait_for_a_second_reading(study, source, supervisor, coder_ana):
    builders.submit(builders.make_source(study, *LINES, title="Interview 2"), by=coder_ana)
    scope = scope_of(builders.viewer_of(study, supervisor), None)
    assert (len(scope.readings), scope.alone) == (2, 1)


def test_hidden_readings_leave_no_trace_in_a_scope(study, strict, source, lead, coder_ana, coder_ben):
    builders.give_roles(study, lead, "lead", "coder")
    builders.submit(source, by=lead)
    viewer = builders.viewer_of(study, lead)
    hidden = builders.make_source(study, *LINES, title="Interview 2")
    before = scope_of(viewer, None)
    for coder in (coder_ana, coder_ben):
        builders.submit(hidden, by=coder)
    assert scope_of(viewer, None) == before


def test_a_run_over_readings_one_may_not_know_of_is_not_there(study, source, supervisor, lead):
    run = compute(study, supervisor)
    builders.give_roles(study, lead, "lead", "coder")
    viewer = builders.viewer_of(study, lead)
    assert not runs_visible_to(viewer).exists()
    with pytest.raises(FieldstudyError) as refused:
        finished_run(viewer, run.pk)
    assert refused.value.code == "access.missing"


def test_the_page_shows_a_code_with_its_figures(study, source, strict, supervisor):
    compute(study, supervisor)
    page = audit_page(builders.viewer_of(study, supervisor), "turn", None)
    (row,) = page.rows
    assert (row.code, row.n, row.percent.value, row.positive.value) == (strict, 7, 62, 73)
    assert row.plot is not None and row.plot.dot.endswith("%")
    assert page.pairs == ("C1–C2",)


def test_codes_stand_weakest_first(study, strict, supervisor, coder_ana, coder_ben):
    better = builders.make_code(study, "TAC")
    source = builders.make_source(study, *LINES)
    for line in range(6):
        for coder in (coder_ana, coder_ben):
            builders.code(source, LINES[line], better, by=coder)
        builders.code(source, LINES[line], strict, by=coder_ana)
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    compute(study, supervisor)
    page = audit_page(builders.viewer_of(study, supervisor), "turn", None)
    assert [row.code.sign for row in page.rows] == ["STR", "TAC"]


def test_a_rare_code_is_withheld(study, strict, supervisor, coder_ana, coder_ben):
    source = builders.make_source(study, *LINES)
    builders.code(source, LINES[0], strict, by=coder_ana)
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    compute(study, supervisor)
    (row,) = audit_page(builders.viewer_of(study, supervisor), "turn", None).cannot
    assert row.value is None and row.withheld and row.counts == {"n": 1, "needed": 5}
    assert [cell.step for cell in row.cells] == ["none"]


def test_a_new_submission_makes_a_run_stale(study, strict, source, supervisor, coder_ana, coder_ben):
    compute(study, supervisor)
    viewer = builders.viewer_of(study, supervisor)
    assert not audit_page(viewer, "turn", None).is_stale
    make_pair(study, strict, coder_ana, coder_ben, title="Interview 2")
    assert audit_page(viewer, "turn", None).is_stale


def test_a_merged_code_makes_a_run_stale(study, strict, source, supervisor):
    compute(study, supervisor)
    Code.objects.filter(pk=strict.pk).update(merged_into=builders.make_code(study, "NOR"))
    assert audit_page(builders.viewer_of(study, supervisor), "turn", None).is_stale


def test_a_page_costs_the_same_for_one_source_or_five(study, strict, source, supervisor, coder_ana, coder_ben):
    viewer = builders.viewer_of(study, supervisor)
    compute(study, supervisor)
    before = queries_of(lambda: audit_page(viewer, "turn", None))
    for number in range(2, 6):
        make_pair(study, strict, coder_ana, coder_ben, title=f"Interview {number}")
    compute(study, supervisor)
    assert queries_of(lambda: audit_page(viewer, "turn", None)) == before


def test_passages_behind_a_number_are_the_differing_turns(study, source, strict, supervisor):
    found = behind(study, supervisor, compute(study, supervisor), strict)
    assert [place.turn for place in found.places] == [5, 6, 7]


def test_passages_cost_the_same_for_one_source_or_three(study, strict, source, supervisor, coder_ana, coder_ben):
    run = compute(study, supervisor)
    before = queries_of(lambda: behind(study, supervisor, run, strict))
    for number in (2, 3):
        make_pair(study, strict, coder_ana, coder_ben, title=f"Interview {number}")
    again = compute(study, supervisor)
    assert queries_of(lambda: behind(study, supervisor, again, strict)) == before


def test_each_side_shows_its_own_passages_of_the_turn(study, source, strict, supervisor):
    found = behind(study, supervisor, compute(study, supervisor), strict)
    words = sorted(passage.words for side in found.sides for passage in side.passages)
    assert [side.letter for side in found.sides] == ["A", "B"]
    assert words == [LINES[4]]
    assert found.before is None and found.after == 2


def test_the_pieces_of_a_side_are_the_words_of_the_turn(study, source, strict, supervisor):
    found = behind(study, supervisor, compute(study, supervisor), strict)
    assert {"".join(piece.words for piece in side.pieces) for side in found.sides} == {LINES[4]}


def test_which_reading_is_a_stays_the_same(study, source, strict, supervisor):
    run = compute(study, supervisor)
    assert behind(study, supervisor, run, strict).sides == behind(study, supervisor, run, strict).sides


def test_a_place_beyond_the_last_is_the_last(study, source, strict, supervisor):
    assert behind(study, supervisor, compute(study, supervisor), strict, at=99).at == 3


def test_all_codes_together_have_passages_too(study, source, strict, supervisor):
    assert len(behind(study, supervisor, compute(study, supervisor), None).places) == 3


@pytest.mark.parametrize("pair", ["0-9", "1-0", "x"])
def test_a_pair_that_is_not_there_is_missing(study, source, strict, supervisor, pair):
    with pytest.raises(FieldstudyError) as refused:
        behind(study, supervisor, compute(study, supervisor), strict, pair)
    assert refused.value.code == "access.missing"


def test_a_code_of_another_run_is_missing(study, source, supervisor):
    run = compute(study, supervisor)
    with pytest.raises(FieldstudyError) as refused:
        behind(study, supervisor, run, builders.make_code(study, "NEW"))
    assert refused.value.code == "access.missing"


def test_passages_by_sentence_set_the_rest_of_the_turn_back(study, strict, supervisor, coder_ana, coder_ben):
    source = builders.make_source(study, "I read it first. Then I click.")
    builders.code(source, "Then I click.", strict, by=coder_ana)
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    found = behind(study, supervisor, compute(study, supervisor, "sentence"), strict)
    pieces = [(piece.words.strip(), piece.is_context) for piece in found.sides[0].pieces]
    assert pieces == [("I read it first.", True), ("Then I click.", False)]


def test_the_table_has_a_row_per_code_and_one_for_all(study, source, supervisor):
    table = audit_table(compute(study, supervisor))
    assert [row[0] for row in table] == ["code", "STR", "all (sets)"]
    assert len({len(row) for row in table}) == 1


def test_places_where_they_agree_too_are_all_that_n_counts(study, source, strict, supervisor):
    run = compute(study, supervisor)
    page = audit_page(builders.viewer_of(study, supervisor), "turn", None)
    assert len(behind(study, supervisor, run, strict, agreed=True).places) == page.rows[0].n == 7
    assert len(behind(study, supervisor, run, strict).places) == 3


def test_the_places_can_be_limited_to_a_group_of_sources(study, source, strict, supervisor, coder_ana, coder_ben):
    other = make_pair(study, strict, coder_ana, coder_ben, title="Interview 2")
    run = compute(study, supervisor)
    only = behind(study, supervisor, run, strict, group={"source": str(other.pk)})
    assert {place.source for place in only.places} == {other} and len(only.places) == 3
    assert not behind(study, supervisor, run, strict, group={"site": "nowhere"}).places


def test_memos_stand_under_the_letter_of_their_coder(study, source, strict, supervisor, coder_ana):
    segment = source.readings.get(coder__user=coder_ana, phase="first").segments.order_by("now_start")[4]
    builders.make_memo(study, by=coder_ana, about="segment", subject_id=segment.pk, text="Too strict?")
    run = compute(study, supervisor)
    (noted,) = [side for side in behind(study, supervisor, run, strict).sides if side.passages]
    assert [memo.text for memo in noted.passages[0].memos] == ["Too strict?"]


def test_another_measure_changes_the_numbers_and_their_order(study, source, strict, supervisor):
    compute(study, supervisor)
    viewer = builders.viewer_of(study, supervisor)
    alpha, positive = (audit_page(viewer, "turn", None, measure=name).rows[0] for name in ("alpha", "positive"))
    assert positive.value == pytest.approx(8 / 11) and positive.value != alpha.value
    assert (
        positive.low is None
        and positive.no_interval_because == reasons.ONE_BLOCK
        and positive.cells[0].value == pytest.approx(8 / 11)
    )


@pytest.mark.parametrize("measure", ["alpha", "ac1", "cohen", "fleiss", "conger", "brennan", "percent", "positive"])
def test_every_measure_of_the_table_has_an_interval(study, source, strict, supervisor, coder_ana, coder_ben, measure):
    make_pair(study, strict, coder_ana, coder_ben, title="Interview 2")
    compute(study, supervisor)
    (row,) = audit_page(builders.viewer_of(study, supervisor), "turn", None, measure=measure).rows
    (cell,) = row.cells
    assert row.plot.low and row.low < row.value < row.high
    assert cell.low < cell.value < cell.high
    assert row.percent.low < row.percent.value < row.percent.high


def test_an_unknown_measure_is_alpha(study, source, strict, supervisor):
    compute(study, supervisor)
    assert audit_page(builders.viewer_of(study, supervisor), "turn", None, measure="x").measure == "alpha"


def test_a_code_in_detail_is_pooled_and_source_by_source(study, source, strict, supervisor, coder_ana, coder_ben):
    make_pair(study, strict, coder_ana, coder_ben, title="Interview 2")
    run = compute(study, supervisor)
    detail = detail_of(builders.viewer_of(study, supervisor), run, strict.pk)
    assert not detail.has_moved and detail.spread.sources == detail.spread.defined == 2
    one, other = detail.groups["source"]
    assert one.part == other.part and one.part.n == 7
    assert detail.spread.mean == detail.spread.median == one.alpha
    assert detail.groups["site"][0].part.sources == 2


def test_every_measure_is_there_by_every_unit(study, source, strict, supervisor):
    run = compute(study, supervisor)
    detail = detail_of(builders.viewer_of(study, supervisor), run, strict.pk)
    assert set(detail.measures["alpha"]) == {"turn", "sentence", "character"}
    assert detail.measures["alpha"]["turn"].value == pytest.approx(run.result["codes"][0]["alpha"]["value"])
    assert detail.segments["u_alpha"].value is not None
    assert detail.kinds == {"missed": 3, "border": 0, "sibling": 0, "far": 0}


@pytest.mark.parametrize("unit", ["turn", "character"])
def test_all_codes_in_detail_agree_with_the_table(study, source, strict, supervisor, unit):
    run = compute(study, supervisor, unit)
    detail = detail_of(builders.viewer_of(study, supervisor), run, None)
    assert not detail.has_moved and detail.groups["source"][0].part.values["percent"] == pytest.approx(
        run.result["overall"]["percent"]
    )


def test_a_detail_takes_as_many_queries_for_two_sources_as_for_one(
    study, source, strict, supervisor, coder_ana, coder_ben
):
    viewer = builders.viewer_of(study, supervisor)
    run = compute(study, supervisor)
    one = queries_of(lambda: detail_of(viewer, run, strict.pk))
    make_pair(study, strict, coder_ana, coder_ben, title="Interview 2")
    run = compute(study, supervisor)
    assert queries_of(lambda: detail_of(viewer, run, strict.pk)) == one


def test_the_detail_table_has_a_value_for_each_column(study, source, strict, supervisor):
    run = compute(study, supervisor)
    table = detail_table(detail_of(builders.viewer_of(study, supervisor), run, strict.pk))
    assert {len(row) for row in table} == {len(table[0])}

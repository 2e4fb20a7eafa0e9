"""Matrices of a small study: what stands in which cell, whose it is, and what the database is asked."""

import uuid
from datetime import date
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coding.actions.consensus import consensus_reading
from coding.models import Code, Coder, Encounter, PromiseLink, Segment
from coding.queries.matrices import Asked, Matrix, all_readings_hold, matrix_of
from coding.queries.matrix_passages import passages_behind
from fieldstudy.errors import Missing
from fieldstudy.models import User
from observations.actions.studies import add_promise, add_tool
from observations.importers.base import ParsedTurn
from observations.models import Participant, Source, SourceTool, Study, Tool, Value, Variable
from tests import builders
from tests.architecture.test_blindness_everywhere import acting
from tests.shared import shared

TEXT = ("I read the film first. Then I click.", "Every shadow is a nodule to it.")


@shared
def patient(study: Study) -> Participant:
    patient = builders.make_participant(study, "P09", machine=True)
    acting(builders.as_lead(study).user)
    Participant.objects.filter(pk=patient.pk).update(role="patient")
    return patient


@shared
def source(study: Study, patient: Participant) -> Source:
    willing = builders.make_participant(study, "P01", machine=True)
    turns = [ParsedTurn(text=TEXT[0], speaker="Dr"), ParsedTurn(text=TEXT[1], speaker="Mme")]
    site = builders.make_site(study)
    return builders.make_source(study, *turns, site=site, speakers={"Dr": willing, "Mme": patient})


@shared
def codes(study: Study) -> list[Code]:
    return [builders.make_code(study, sign) for sign in ("STR", "TAC")]


@shared
def coded(source: Source, codes: list[Code], coder_ana: User, coder_ben: User) -> Source:
    """Ana has both codes on the film, and the first on a shadow; Ben has the first on the film."""
    builders.code(source, "read the film", codes[0], by=coder_ana)
    builders.code(source, "the film first", codes[1], by=coder_ana)
    builders.code(source, "shadow", codes[0], by=coder_ana)
    builders.code(source, "read the film", codes[0], by=coder_ben)
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    return source


def told(viewer: Any, **asked: Any) -> dict[str, dict[str, int]]:
    """The cells that hold something, by sign or key of the row and name of the column."""
    matrix = matrix_of(viewer, Asked(**asked))
    return {row: cells for row, cells in _cells(matrix).items() if cells}


def _cells(matrix: Matrix) -> dict[str, dict[str, int]]:
    placed = matrix.placed
    names = [column.code.sign if column.code else column.label for column in placed.columns]
    return {
        row.code.sign if row.code else row.key: {names[at]: int(n) for at, n in enumerate(matrix.counts[place]) if n}
        for place, row in enumerate(placed.rows)
    }


@shared
def seeing(study: Study, supervisor: User) -> Any:
    return builders.viewer_of(study, supervisor)


def test_passages_are_counted_per_coder_while_nothing_is_agreed(coded: Source, seeing: Any) -> None:
    matrix = matrix_of(seeing, Asked())
    assert matrix.placed.layer.is_all
    assert _cells(matrix) == {"STR": {"Val-Clair": 3}, "TAC": {"Val-Clair": 1}}


def test_one_coder_can_be_counted_alone(coded: Source, seeing: Any, coder_ben: User) -> None:
    ben = str(Coder.objects.get(user=coder_ben).pk)
    assert told(seeing, layer=ben) == {"STR": {"Val-Clair": 1}}


def test_sources_count_once(coded: Source, seeing: Any) -> None:
    assert told(seeing, count="sources") == {"STR": {"Val-Clair": 1}, "TAC": {"Val-Clair": 1}}


def test_words_under_two_coders_passages_count_once(coded: Source, seeing: Any) -> None:
    assert told(seeing, count="words") == {"STR": {"Val-Clair": 4}, "TAC": {"Val-Clair": 3}}


def test_participants_are_those_who_speak_in_a_passage(coded: Source, seeing: Any) -> None:
    assert told(seeing, count="participants") == {"STR": {"Val-Clair": 2}, "TAC": {"Val-Clair": 1}}


def test_roles_are_those_of_who_speaks(coded: Source, seeing: Any) -> None:
    assert told(seeing, by="role") == {"STR": {"Professional": 2, "Patient": 1}, "TAC": {"Professional": 1}}


def test_a_source_with_two_tools_counts_with_each_and_once_in_all(coded: Source, seeing: Any, study: Study) -> None:
    lead = builders.as_lead(study)
    for name in ("Lumen", "Orbis"):
        tool = add_tool(viewer=lead, id=uuid.uuid4(), name=name, kind="other")
        acting(lead.user)
        SourceTool.objects.create(study=study, source=coded, tool=tool)
    matrix = matrix_of(seeing, Asked(by="tool"))
    assert _cells(matrix)["STR"] == {"Lumen": 3, "Orbis": 3}
    assert (matrix.row_totals, matrix.column_totals) == ([3, 1], [4, 4])


def test_overlapping_codes_meet_in_one_coders_reading(coded: Source, seeing: Any) -> None:
    assert told(seeing, by="overlap") == {"STR": {"TAC": 1}, "TAC": {"STR": 1}}


def test_codes_in_one_turn_meet_once_a_turn(coded: Source, seeing: Any) -> None:
    assert told(seeing, by="turn", count="sources") == {"STR": {"TAC": 1}, "TAC": {"STR": 1}}


def test_a_merged_code_counts_with_what_it_was_merged_into(
    coded: Source, seeing: Any, codes: list[Code], study: Study
) -> None:
    acting(builders.as_lead(study).user)
    Code.objects.filter(pk=codes[1].pk).update(merged_into=codes[0], retired_at=builders.AT)
    assert told(seeing) == {"STR": {"Val-Clair": 4}}


def test_branches_gather_the_codes_below_them(source: Source, study: Study, seeing: Any, coder_ana: User) -> None:
    top = builders.make_code(study, "TOP")
    low = builders.make_code(study, "LOW", parent=top)
    builders.code(source, "shadow", low, by=coder_ana)
    builders.submit(source, by=coder_ana)
    assert told(seeing, of="branches") == {"TOP": {"Val-Clair": 1}}


def test_a_site_without_passages_leaves_nothing(coded: Source, seeing: Any, study: Study) -> None:
    other = builders.make_site(study, "Elsewhere")
    assert told(seeing, site=other.pk) == {}


def variable(study: Study, subject: str, kind: str, *values: Any) -> str:
    acting(builders.as_lead(study).user)
    made = Variable.objects.create(study=study, name="Years", subject=subject, kind=kind)
    for thing, value in values:
        Value.objects.create(study=study, variable=made, **{subject: thing}, **value)
    return f"variable:{made.pk}"


def test_values_of_a_variable_are_columns(coded: Source, seeing: Any, study: Study) -> None:
    by = variable(study, "source", "text", (coded, {"text": "night"}))
    assert told(seeing, by=by) == {"STR": {"night": 3}, "TAC": {"night": 1}}


def test_a_participants_value_counts_where_they_speak(coded: Source, study: Study, patient: Participant) -> None:
    by = variable(study, "participant", "integer", (patient, {"number": 7}))
    assert told(builders.as_lead(study), by=by)["STR"] == {"7": 1, "Not recorded": 2}


def test_a_participants_value_is_not_compared_by_whoever_does_not_protect_them(
    coded: Source, seeing: Any, study: Study, patient: Participant
) -> None:
    by = variable(study, "participant", "text", (patient, {"text": "marigold"}))
    with pytest.raises(Missing):
        matrix_of(seeing, Asked(by=by))


def test_many_numbers_become_ranges(coded: Source, seeing: Any, study: Study) -> None:
    others = [builders.make_source(study, "Words.", title=f"N {number}") for number in range(11)]
    numbers = [(one, {"number": number}) for number, one in enumerate([coded, *others])]
    matrix = matrix_of(seeing, Asked(by=variable(study, "source", "integer", *numbers)))
    assert [column.label for column in matrix.placed.columns] == ["0–2", "3–5", "6–8", "9–11"]
    assert matrix.counts[0].tolist() == [3, 0, 0, 0]


def test_what_somebody_wrote_in_a_value_is_in_no_address(coded: Source, seeing: Any, study: Study) -> None:
    by = variable(study, "source", "text", (coded, {"text": "marigold"}))
    assert "marigold" not in [column.key for column in matrix_of(seeing, Asked(by=by)).placed.columns]


def mark(model: Any, segment: Segment, **fields: Any) -> None:
    acting(segment.reading.coder.user)  # type: ignore[arg-type]
    span = {name: getattr(segment, name) for name in ("start", "end", "now_start", "now_end")}
    model.objects.create(
        study_id=segment.study_id,
        source_id=segment.source_id,
        reading_id=segment.reading_id,
        revision_id=segment.revision_id,
        created_at=builders.AT,
        **span,
        **fields,
    )


@shared
def tool(study: Study) -> Tool:
    return add_tool(viewer=builders.as_lead(study), id=uuid.uuid4(), name="Lumen", kind="other")


def test_promises_stand_against_what_use_says(
    source: Source, study: Study, codes: list[Code], tool: Tool, seeing: Any, coder_ana: User
) -> None:
    promise = add_promise(viewer=builders.as_lead(study), id=uuid.uuid4(), tool=tool, text={"en": "Saves time"})
    segment = builders.code(source, "shadow", codes[0], by=coder_ana)
    mark(PromiseLink, segment, promise=promise, stance="contradicts")
    builders.submit(source, by=coder_ana)
    assert told(seeing, of="promises", by="stance") == {str(promise.pk): {"contradicts": 1}}
    matrix = matrix_of(seeing, Asked(of="promises", by="stance-site"))
    assert [column.group for column in matrix.placed.columns] == ["Val-Clair"] * 3
    assert matrix.placed.rows[0].group == "Lumen"


def test_what_was_agreed_counts_marks_once_it_has_some(
    source: Source, study: Study, codes: list[Code], tool: Tool, seeing: Any, coder_ana: User
) -> None:
    segment = builders.code(source, "film", codes[0], by=coder_ana)
    mark(Encounter, segment, tool=tool, read_first="machine", response="overrode")
    builders.submit(source, by=coder_ana)
    acting(builders.as_lead(study).user)
    agreed = consensus_reading(builders.as_lead(study), source, 1, builders.AT)
    assert not matrix_of(seeing, Asked()).placed.layer.is_all
    assert told(seeing, of="encounters", by="tool") == {"overrode": {"Lumen": 1}}
    assert all_readings_hold(seeing, matrix_of(seeing, Asked(of="encounters", by="tool", layer="consensus")))
    agreed.coder.user = coder_ana
    segment.reading = agreed
    mark(Encounter, segment, tool=tool, read_first="human", response="followed")
    assert told(seeing, of="encounters", by="tool") == {"followed": {"Lumen": 1}}


@pytest.mark.parametrize(
    ("by", "column"),
    [("tool", "Lumen"), ("site", "Val-Clair"), ("first", "the tool spoke first"), ("role", "Patient")],
)
def test_encounters_stand_against_what_people_did(
    source: Source,
    codes: list[Code],
    tool: Tool,
    seeing: Any,
    coder_ana: User,
    patient: Participant,
    by: str,
    column: str,
) -> None:
    segment = builders.code(source, "film", codes[0], by=coder_ana)
    mark(Encounter, segment, tool=tool, participant=patient, read_first="machine", response="overrode")
    builders.submit(source, by=coder_ana)
    assert told(seeing, of="encounters", by=by) == {"overrode": {column: 1}}


def test_a_coder_who_is_not_there_is_missing(coded: Source, seeing: Any) -> None:
    with pytest.raises(Missing):
        matrix_of(seeing, Asked(layer=str(uuid.uuid4())))


def test_a_coder_of_whom_nothing_may_be_known_is_missing(coded: Source, study: Study, coder_ana: User) -> None:
    late = builders.make_member(study, "late", "coder")
    ana = str(Coder.objects.get(user=coder_ana).pk)
    with pytest.raises(Missing):
        matrix_of(builders.viewer_of(study, late), Asked(layer=ana))


def test_passages_behind_a_cell_stand_in_their_turn(coded: Source, seeing: Any, codes: list[Code]) -> None:
    behind = passages_behind(seeing, Asked(), str(codes[1].pk), str(coded.site_id), 1)
    ((shown,), words) = behind.shown, behind.shown[0].words
    assert (words.before, words.words, words.after.split(".")[0]) == ("I read ", "the film first", "")
    assert shown.segment == Segment.objects.get(code=codes[1], reading__phase="first").pk


def test_every_cell_opens_as_many_passages_as_it_counts(coded: Source, seeing: Any) -> None:
    for by in ("site", "source", "kind", "tool", "participant", "role", "overlap"):
        matrix = matrix_of(seeing, Asked(by=by))
        for row, heading in enumerate(matrix.placed.rows):
            assert passages_behind(seeing, Asked(by=by), heading.key, "", 1).n == matrix.row_totals[row]
            for at, column in enumerate(matrix.placed.columns):
                behind = passages_behind(seeing, Asked(by=by), heading.key, column.key, 1)
                assert behind.n == matrix.counts[row, at] == len(behind.shown), (by, heading.label, column.label)


def test_words_that_two_codes_share_are_shown_for_both(coded: Source, seeing: Any, codes: list[Code]) -> None:
    first, second = (str(one.pk) for one in codes)
    (shown,) = passages_behind(seeing, Asked(by="overlap"), first, second, 1).shown
    assert shown.words.words == "the film"
    assert {heading.key for heading in shown.headings} == {first, second}


def test_a_row_that_is_not_there_is_missing(coded: Source, seeing: Any) -> None:
    with pytest.raises(Missing):
        passages_behind(seeing, Asked(), str(uuid.uuid4()), "", 1)


def queries_of(viewer: Any) -> list[int]:
    taken = []
    for by, count in product(("site", "tool", "role", "overlap", "turn"), ("segments", "participants", "words")):
        with CaptureQueriesContext(connection) as queries:
            matrix_of(viewer, Asked(by=by, count=count))
            passages_behind(viewer, Asked(by=by, count=count), "", "", 1)
        taken.append(len(queries))
    return taken


def test_more_passages_take_no_more_queries(
    coded: Source, seeing: Any, study: Study, codes: list[Code], coder_ana: User
) -> None:
    before = queries_of(seeing)
    more = builders.make_source(study, *TEXT, title="More")
    for phrase in ("film", "click", "nodule", "shadow"):
        builders.code(more, phrase, codes[0], by=coder_ana)
    builders.submit(more, by=coder_ana)
    assert queries_of(seeing) == before


def test_dates_are_written_as_the_reader_writes_them(coded: Source, seeing: Any, study: Study) -> None:
    by = variable(study, "source", "date", (coded, {"day": date(2026, 3, 14)}))
    assert told(seeing, by=by)["TAC"] == {"14 March 2026": 1}

"""Free segments as the unit of an audit."""

from dataclasses import replace

import numpy as np
import pytest

from coding.agreement import reasons
from coding.agreement.bootstrap import resampling_counts
from coding.agreement.boundary import boundary_f1
from coding.agreement.spans import Continua, Spans
from coding.agreement.unitizing import UNITIZED, cu_alpha, cu_coverage, ku_alpha, meetings_by_block, u_alpha
from coding.audit import audit
from coding.audit_material import Material
from coding.audit_measures import OF_SEGMENTS
from tests.coding.test_audit import LINES, material, turns_of

SOURCES = 9
COLUMNS = ("source", "coder", "code", "start", "end")


def many(*, stacked: bool = False) -> Material:
    """Nine sources of two coders, who mostly mark the same words, one source with a code of one of them alone."""
    turns = [turn for source in range(SOURCES) for turn in turns_of(source, *LINES)]
    coded = [(source, "ana", "STR", LINES[source % 5].strip()) for source in range(SOURCES)]
    coded += [(source, "ben", "STR", LINES[source % 5].strip()[: 3 + source]) for source in range(SOURCES)]
    coded += [(source, "ana", "TAC", "Six") for source in range(4)]
    coded += [(source, "ben", "TAC" if source else "STR", "Six") for source in range(3)]
    if stacked:
        coded += [(source, "ana", "TAC", LINES[source % 5].strip()) for source in range(SOURCES)]
    return material(turns, *coded, unit="segment")


def resampled(continua: Continua, counts: np.ndarray) -> Continua:
    """Sources drawn anew, spelt out."""
    drawn = np.repeat(np.arange(len(counts)), counts.astype(int))
    spans = continua.given
    parts = [(new, spans.chosen(spans.source == old)) for new, old in enumerate(drawn)]
    whole = Spans(
        np.concatenate([np.full(len(part), new) for new, part in parts]),
        *(np.concatenate([getattr(part, name) for _, part in parts]) for name in ("coder", "code", "start", "end")),
    )
    return Continua(whole, continua.begins[drawn], continua.lengths[drawn], continua.finished[drawn], continua.codes)


@pytest.mark.parametrize("name", ["u_alpha", "cu_alpha", "cu_coverage", "ku_alpha"])
def test_the_product_of_sums_equals_measuring_each_resample(name: str) -> None:
    continua = many().whole
    measure = {"u_alpha": u_alpha, "cu_alpha": cu_alpha, "cu_coverage": cu_coverage, "ku_alpha": ku_alpha}[name]
    counts = resampling_counts(SOURCES, 12, np.random.default_rng(3))
    quick = UNITIZED[name](meetings_by_block(continua, continua.source_begins).weighted(counts)).reshape(12, -1)
    for row, drawn in zip(quick, counts, strict=True):
        plain = measure(resampled(continua, drawn))
        values = [found.value for found in (plain if isinstance(plain, tuple) else (plain,))]
        assert row.tolist() == pytest.approx([np.nan if value is None else value for value in values], nan_ok=True)


def test_a_code_has_its_own_u_alpha_with_an_interval() -> None:
    given = many()
    (found, _) = audit(given, seed=5)["codes"]
    assert found["alpha"]["value"] == pytest.approx(u_alpha(given.continua(0)).value)
    assert found["alpha"]["interval"]["low"] <= found["alpha"]["value"] <= found["alpha"]["interval"]["high"]
    assert set(found["measures"]) == set(OF_SEGMENTS)


@pytest.mark.parametrize(("name", "overlap"), [("f1_50", 0.5), ("f1_100", 1.0)])
def test_borders_are_compared_with_an_interval(name: str, overlap: float) -> None:
    given = many()
    told = audit(given, seed=5)["codes"][0]["measures"][name]
    assert told["value"] == boundary_f1(given.continua(0), overlap=overlap)[0].value
    assert 0.0 <= told["low"] <= told["value"] <= told["high"] <= 1.0


def test_stacked_codes_are_told_apart_from_places() -> None:
    figures = audit(many(stacked=True), seed=5)
    assert figures["overall"]["alpha"]["undefined_because"] == reasons.OVERLAPPING_CODES
    assert figures["what"]["alpha"]["undefined_because"] == reasons.OVERLAPPING_CODES
    assert figures["overall"]["alpha"]["interval"]["undefined_because"] == reasons.UNDEFINED_ESTIMATE
    assert figures["where"]["alpha"]["value"] is not None


def test_few_sources_have_a_value_without_an_interval() -> None:
    given = material(turns_of(0, *LINES), (0, "ana", "STR", "One"), (0, "ben", "STR", "One."), unit="segment")
    found = audit(given, seed=5)["codes"][0]["alpha"]
    assert found["value"] is not None and found["interval"]["undefined_because"] == reasons.ONE_BLOCK


def test_n_counts_segments_of_all_coders() -> None:
    assert [found["n"] for found in audit(many(), seed=5, replicates=20)["codes"]] == [19, 6]


def few() -> Material:
    """Three of those sources, with a passage that runs over two turns."""
    turns = [turn for source in range(3) for turn in turns_of(source, *LINES)]
    coded = [(source, coder, "STR", LINES[source].strip()) for source in range(3) for coder in ("ana", "ben")]
    coded += [(0, "ana", "TAC", "Six"), (1, "ben", "TAC", "Six"), (2, "ana", "TAC", "Six"), (2, "ben", "TAC", "Six")]
    given = material(turns, *coded, unit="segment")
    over = Spans.from_rows([(1, 0, 0, 0, given.turns[1].end)])
    kept = given.spans.chosen((given.spans.source != 1) | (given.spans.coder != 0))
    return replace(
        given, spans=Spans(*(np.concatenate([getattr(each, name) for each in (kept, over)]) for name in COLUMNS))
    )


def test_the_sums_of_all_turns_are_those_of_the_sources() -> None:
    continua = few().whole
    by_turn, by_source = (meetings_by_block(continua, each) for each in (continua.turn_begins, continua.source_begins))
    assert len(by_turn.own) == len(few().turns)
    for name in ("met", "own", "covered"):
        assert getattr(by_turn, name).sum(axis=0) == pytest.approx(getattr(by_source, name).sum(axis=0))


def test_under_eight_sources_turns_are_drawn() -> None:
    figures = audit(few(), seed=5)
    intervals = [figures["overall"]["alpha"]["interval"], figures["codes"][0]["alpha"]["interval"]]
    assert {(each["resampled"], each["blocks"]) for each in intervals} == {("units", len(few().turns))}
    assert all(each["low"] <= each["high"] for each in intervals)


def test_one_source_has_no_interval() -> None:
    turns = list(turns_of(0, *LINES))
    coded = [(0, coder, "STR", "Six") for coder in ("ana", "ben")]
    interval = audit(material(turns, *coded, unit="segment"), seed=5)["overall"]["alpha"]["interval"]
    assert interval["undefined_because"] == reasons.ONE_BLOCK

"""Character-level coefficients against expanded text and an independent program."""

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.agreement import reasons
from coding.agreement.characters import char_alpha_binary, char_alpha_nominal, char_kappa
from coding.agreement.cohen import cohen_kappa
from coding.agreement.percent import percent_agreement, positive_agreement
from coding.agreement.ratings import MISSING, Ratings
from coding.agreement.spans import Continua, Spans, merged
from tests.coding.agreement.tables import by_name, make_continua

LENGTHS = (12, 7)
ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(0, 2), st.integers(0, 6), st.integers(1, 5)).filter(
        lambda row: row[3] + row[4] <= LENGTHS[row[0]]
    ),
    max_size=25,
)
FINISHED = st.lists(st.booleans(), min_size=8, max_size=8).map(lambda flags: np.array(flags).reshape(2, 4))


def make(rows: list[tuple[int, ...]], finished: np.ndarray) -> Continua:
    spans = Spans.from_rows([(source, coder, code, start, start + width) for source, coder, code, start, width in rows])
    return Continua(spans, np.zeros(2, dtype=np.int64), np.array(LENGTHS), finished, ("a", "b", "c"))


def expanded(continua: Continua, code: int) -> np.ndarray:
    """One row per coder, one column per character; NaN where the coder did not finish the source."""
    n_coders = continua.finished.shape[1]
    parts = [np.zeros((n_coders, length)) for length in continua.lengths]
    given = continua.given
    for source, coder, which, start, end in zip(
        given.source, given.coder, given.code, given.start, given.end, strict=True
    ):
        if which == code:
            parts[source][coder, start:end] = 1.0
    for source, part in enumerate(parts):
        part[~continua.finished[source]] = np.nan
    return np.concatenate(parts, axis=1)


@given(ROWS, FINISHED)
@settings(max_examples=150, deadline=None)
def test_char_alpha_equals_an_independent_program_on_expanded_text(
    rows: list[tuple[int, ...]], finished: np.ndarray
) -> None:
    continua = make(rows, finished)
    for code, found in enumerate(char_alpha_binary(continua)):
        if found.value is not None:
            known = krippendorff.alpha(expanded(continua, code), level_of_measurement="nominal")
            assert found.value == pytest.approx(known, abs=1e-9)


@given(ROWS, FINISHED)
@settings(max_examples=100, deadline=None)
def test_percent_and_positive_agreement_equal_those_of_expanded_text(
    rows: list[tuple[int, ...]], finished: np.ndarray
) -> None:
    continua = make(rows, finished)
    for code, found in enumerate(char_alpha_binary(continua)):
        table = expanded(continua, code).T
        values = np.where(np.isnan(table), MISSING, table).astype(np.int64)
        ratings = Ratings(values=values, categories=("rest", "x"))
        for name, measure in (("percent_agreement", percent_agreement), ("positive_agreement", positive_agreement)):
            known = measure(ratings).value
            assert found.extra.get(name) == (None if known is None else pytest.approx(known, abs=1e-9))


def test_every_character_weighs_the_same_however_many_coders_read_it() -> None:
    # Ten characters on which two coders differ, ten on which four agree: half of the characters, whoever counts.
    spans = Spans.from_rows([(0, 0, 0, 0, 10), *((1, coder, 0, 0, 10) for coder in range(4))])
    finished = np.array([[True, True, False, False], [True, True, True, True]])
    (found,) = char_alpha_binary(Continua(spans, np.array([0, 0]), np.array([10, 10]), finished, ("x",)))
    assert found.extra["percent_agreement"] == 0.5
    assert found.extra["positive_agreement"] == 120 / 130


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_char_kappa_equals_cohen_on_expanded_text(rows: list[tuple[int, ...]]) -> None:
    continua = make([row for row in rows if row[1] < 2], np.ones((2, 2), dtype=np.bool_))
    for code, found in enumerate(char_kappa(continua)):
        table = expanded(continua, code).T
        values = np.where(np.isnan(table), MISSING, table).astype(np.int64)
        known = cohen_kappa(Ratings(values=values, categories=("rest", "x")))
        assert found.value == (None if known.value is None else pytest.approx(known.value, abs=1e-9))


def test_char_alpha_nominal_takes_the_gap_as_a_category() -> None:
    continua = make_continua({"ana": [(0, 5, "a"), (5, 9, "b")], "ben": [(1, 5, "a"), (5, 11, "b")]})
    table = [[1] * 5 + [2] * 4 + [0] * 11, [0] + [1] * 4 + [2] * 6 + [0] * 9]
    known = krippendorff.alpha(table, level_of_measurement="nominal")
    assert char_alpha_nominal(continua).value == pytest.approx(known)


def test_char_kappa_is_for_two_coders() -> None:
    found = char_kappa(make_continua({"ana": [(0, 5, "a")], "ben": [], "cleo": []}))
    assert found[0].undefined_because == reasons.TWO_CODERS_ONLY


def test_a_code_over_every_character_is_undefined() -> None:
    found = char_alpha_binary(make_continua({"ana": [(0, 20, "a")], "ben": [(0, 20, "a")]}))
    assert found[0].undefined_because == reasons.ONE_CATEGORY


def test_char_alpha_comes_with_prevalence_beside_it() -> None:
    found = by_name(char_alpha_binary(make_continua({"ana": [(0, 5, "a")], "ben": [(0, 10, "a")]})))
    extra = found["char_alpha_binary[a]"].extra
    assert extra["prevalence"] == pytest.approx(15 / 40)
    assert extra["percent_agreement"] == pytest.approx(15 / 20)
    assert extra["positive_agreement"] == pytest.approx(2 * 5 / 15)


def test_merging_joins_chains_and_what_lies_within() -> None:
    spans = Spans.from_rows([(0, 0, 0, 4, 9), (0, 0, 0, 0, 5), (0, 0, 0, 1, 3), (0, 0, 0, 9, 11), (0, 0, 1, 0, 4)])
    found = merged(spans)
    assert list(zip(found.code, found.start, found.end, strict=True)) == [(0, 0, 9), (0, 9, 11), (1, 0, 4)]

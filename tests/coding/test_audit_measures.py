"""Measures by character from sums are those on expanded text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.agreement.ratings import MISSING, Ratings
from coding.agreement.spans import Spans
from coding.audit_material import AuditedTurn, Material
from coding.audit_measures import ALL, measures_by_character, measures_of

LENGTHS = (9, 14, 6)
CODERS = 3

rows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, CODERS - 1), st.integers(0, 12), st.integers(1, 6)), max_size=8
)
finished = st.lists(st.booleans(), min_size=9, max_size=9)


def make_material(spans: list[tuple[int, int, int, int]], read: list[bool]) -> Material:
    kept = [
        (source, coder, 0, start, min(start + size, LENGTHS[source]))
        for source, coder, start, size in spans
        if start < LENGTHS[source]
    ]
    turns = tuple(
        AuditedTurn(str(place), place, 1, "speech", 0, "x" * length, ()) for place, length in enumerate(LENGTHS)
    )
    return Material(
        unit="character",
        sources=("a", "b", "c"),
        coders=("1", "2", "3"),
        codes=("STR",),
        turns=turns,
        spans=Spans.from_rows(kept),
        finished=np.array(read, dtype=np.bool_).reshape(3, CODERS),
        available=np.ones((3, CODERS, 1), dtype=np.bool_),
    )


def expanded(material: Material) -> Ratings:
    values = np.full((sum(LENGTHS), CODERS), MISSING, dtype=np.int64)
    begins = np.cumsum((0, *LENGTHS))
    for source, length in enumerate(LENGTHS):
        values[begins[source] : begins[source] + length, material.finished[source]] = 0
    spans = material.spans
    for source, coder, start, end in zip(spans.source, spans.coder, spans.start, spans.end, strict=True):
        if material.finished[source, coder]:
            values[begins[source] + start : begins[source] + end, coder] = 1
    return Ratings(values=values, categories=("rest", "STR"))


@given(rows, finished)
def test_sums_give_what_expanded_text_gives(spans, read):
    material = make_material(spans, read)
    by_sums, by_text = measures_by_character(material, 0), measures_of(expanded(material), ALL)
    for name in set(ALL) - {"cohen"}:
        one, other = by_sums[name].value, by_text[name].value
        assert (one is None) == (other is None), name
        if one is not None:
            assert one == pytest.approx(other, abs=1e-9), name


def test_the_mean_of_the_pairs_is_lights():
    material = make_material([(0, 0, 0, 5), (0, 1, 2, 5), (0, 2, 1, 5), (1, 0, 3, 4)], [True] * 9)
    by_text = measures_of(expanded(material), ("cohen",))["cohen"]
    assert measures_by_character(material, 0)["cohen"].value == pytest.approx(by_text.value)

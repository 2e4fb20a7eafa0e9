from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstudy.errors import Invalid
from fieldstudy.spans import Span, merge


@st.composite
def spans(draw: st.DrawFn, length: int = 40) -> Span:
    start = draw(st.integers(0, length - 1))
    return Span(start, draw(st.integers(start + 1, length)))


def test_an_empty_span_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        Span(3, 3)
    assert raised.value.code == "span.empty"


def test_a_span_before_the_text_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        Span(-1, 3)
    assert raised.value.code == "span.negative"


def test_spans_sort_by_start_and_then_by_end() -> None:
    assert sorted([Span(2, 3), Span(0, 9), Span(0, 2)]) == [Span(0, 2), Span(0, 9), Span(2, 3)]


def test_spans_that_touch_do_not_overlap() -> None:
    assert not Span(0, 3).overlaps(Span(3, 5))


@given(spans(), spans())
def test_an_intersection_holds_what_both_cover(one: Span, other: Span) -> None:
    shared = one.intersection(other)
    covered = set(range(one.start, one.end)) & set(range(other.start, other.end))
    assert covered == (set(range(shared.start, shared.end)) if shared else set())
    assert one.overlaps(other) == bool(covered)


@given(st.lists(spans(), max_size=12))
def test_merging_keeps_the_covered_characters(given_spans: list[Span]) -> None:
    merged = merge(given_spans)
    before = {point for span in given_spans for point in range(span.start, span.end)}
    assert before == {point for span in merged for point in range(span.start, span.end)}
    assert all(left.end < right.start for left, right in pairwise(merged))


def test_a_span_contains_itself() -> None:
    assert Span(1, 4).contains(Span(1, 4))


def test_a_shifted_span_keeps_its_length() -> None:
    assert Span(1, 4).shifted(10) == Span(11, 14)


def test_trimming_loses_no_break_spaces_at_the_edges() -> None:
    text = "«\u00a0oui \u00a0»"
    assert Span(1, 7).trimmed(text) == Span(2, 5)


def test_a_span_of_white_space_trims_to_nothing() -> None:
    assert Span(0, 2).trimmed(" \n") is None


def test_trimming_beyond_the_text_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        Span(0, 4).trimmed("abc")
    assert raised.value.code == "span.out_of_range"

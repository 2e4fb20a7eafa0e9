"""Character-level alpha of 50 codes by 5 coders, against expanded text, timed in the same run.

Run with ``pytest tests/benchmarks/test_agreement_speed.py -s``.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from time import perf_counter

import krippendorff
import numpy as np
import pytest

from coding.agreement.bootstrap import tallied_intervals
from coding.agreement.ratings import FloatArray
from coding.agreement.spans import Spans
from coding.agreement.sums import binary_alpha, sum_characters
from coding.agreement.tallies import Tallies

CODES, CODERS, LENGTH, SEGMENTS_EACH = 50, 5, 100_000, 8
SOURCES, REPLICATES = 100, 1_000
MANY_SOURCES, SOURCE_LENGTH, SEGMENTS_PER_SOURCE = 1_000, 10_000, 100
FEW_SOURCES = 40
"""As many of the thousand sources as can be expanded to one flag per code, coder and character."""


@cache
def make_spans() -> Spans:
    """Eight segments of 20 to 300 characters per coder and code in one long source."""
    draw = np.random.default_rng(11)
    count = CODES * CODERS * SEGMENTS_EACH
    coder, code = np.divmod(np.repeat(np.arange(CODES * CODERS), SEGMENTS_EACH), CODES)
    # Coders roughly share their places, so that agreement is neither none nor full.
    shared = draw.integers(0, LENGTH - 400, (CODES, SEGMENTS_EACH))
    start = shared[code, np.tile(np.arange(SEGMENTS_EACH), CODES * CODERS)] + draw.integers(0, 90, count)
    end = start + draw.integers(20, 300, count)
    return Spans(np.zeros(count, dtype=np.int64), coder, code, start, end)


@cache
def make_expanded() -> np.ndarray:
    """The same segments as one flag per code, coder and character."""
    spans = make_spans()
    table = np.zeros((CODES, CODERS, LENGTH), dtype=np.int8)
    for coder, code, start, end in zip(spans.coder, spans.code, spans.start, spans.end, strict=True):
        table[code, coder, start:end] = 1
    return table


def by_events() -> FloatArray:
    sums = sum_characters(make_spans(), np.array([LENGTH]), np.ones((1, CODERS), dtype=np.bool_), CODES)
    total = sums.binary.total()
    return binary_alpha(total.apart, total.ones, total.values)[0]


def by_plain_sums(table: np.ndarray | None = None) -> FloatArray:
    """Alpha of each code from the number of coders on every character."""
    table = make_expanded() if table is None else table
    inside = table.sum(axis=1, dtype=np.int64)
    ones, apart = inside.sum(axis=1), (inside * (CODERS - inside)).sum(axis=1) / (CODERS - 1)
    values = CODERS * table.shape[2]
    alpha: FloatArray = 1.0 - (values - 1) * apart / (ones * (values - ones))
    return alpha


@cache
def make_package_tables(codes: int) -> FloatArray:
    """The first codes in the form the package documents: floats, so that NaN can stand for missing."""
    return make_expanded()[:codes].astype(np.float64)


def by_package(codes: int) -> list[float]:
    return [float(krippendorff.alpha(table, level_of_measurement="nominal")) for table in make_package_tables(codes)]


@cache
def make_corpus(sources: int) -> Spans:
    """A hundred segments of 20 to 300 characters in each source of 10,000, by coders who roughly share their places."""
    draw = np.random.default_rng(17)
    count = sources * SEGMENTS_PER_SOURCE
    source = np.repeat(np.arange(sources), SEGMENTS_PER_SOURCE)
    # Each passage is looked for by all five coders, under a code that they mostly share.
    passage = np.tile(np.repeat(np.arange(SEGMENTS_PER_SOURCE // CODERS), CODERS), sources)
    places = draw.integers(0, SOURCE_LENGTH - 400, (sources, SEGMENTS_PER_SOURCE // CODERS))
    shared = draw.integers(0, CODES, places.shape)[source, passage]
    code = np.where(draw.random(count) < 0.8, shared, draw.integers(0, CODES, count))
    start = places[source, passage] + draw.integers(0, 90, count)
    return Spans(source, np.arange(count) % CODERS, code, start, start + draw.integers(20, 300, count))


def alphas_of(spans: Spans, sources: int) -> FloatArray:
    lengths, finished = np.full(sources, SOURCE_LENGTH), np.ones((sources, CODERS), dtype=np.bool_)
    total = sum_characters(spans, lengths, finished, CODES).binary.total()
    return binary_alpha(total.apart, total.ones, total.values)[0]


@cache
def make_expanded_corpus(sources: int) -> np.ndarray:
    spans = make_corpus(sources)
    table = np.zeros((CODES, CODERS, sources * SOURCE_LENGTH), dtype=np.int8)
    base = spans.source * SOURCE_LENGTH
    for coder, code, start, end in zip(spans.coder, spans.code, base + spans.start, base + spans.end, strict=True):
        table[code, coder, start:end] = 1
    return table


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The shortest time of `repeats` runs, the one least disturbed by other work on the machine."""
    times = []
    for _ in range(repeats):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return min(times)


def test_sweeping_events_gives_the_same_alphas() -> None:
    assert by_events() == pytest.approx(by_plain_sums(), abs=1e-9)
    assert by_events()[:2].tolist() == pytest.approx(by_package(2), abs=1e-9)


def test_sweeping_events_is_thirty_times_faster_than_plain_sums() -> None:
    make_expanded()
    ours, plain = seconds(by_events, 101), seconds(by_plain_sums, 5)
    print(f"\nevents {ours * 1e3:.2f} ms, plain sums {plain * 1e3:.1f} ms: {plain / ours:.0f} times")
    assert plain / ours >= 30


def test_a_thousand_replicates_take_a_tenth_of_a_second() -> None:
    draw = np.random.default_rng(3)
    values = np.full((SOURCES, CODES), 5_000.0)
    ones = draw.integers(100, 900, (SOURCES, CODES)).astype(np.float64)
    blank = dict.fromkeys((field.name for field in fields(Tallies)), np.zeros((SOURCES, CODES)))
    sums = Tallies(**blank | {"apart": ones * draw.random((SOURCES, CODES)) * 0.4, "ones": ones, "values": values})
    alpha = ["krippendorff_alpha_nominal"]
    taken = seconds(lambda: tallied_intervals(alpha, sums, np.random.default_rng(5), replicates=REPLICATES), 5)
    print(f"\n{REPLICATES} replicates of {CODES} codes over {SOURCES} sources: {taken * 1e3:.0f} ms")
    assert taken <= 0.1


def test_ten_million_characters_take_a_blink() -> None:
    spans = make_corpus(MANY_SOURCES)
    assert len(spans) == 100_000
    taken = seconds(lambda: alphas_of(spans, MANY_SOURCES), 11)
    print(f"\n50 codes, 5 coders, 1,000 sources, 10 million characters, 100,000 segments: {taken * 1e3:.1f} ms")
    assert taken <= 0.25


def test_sources_as_many_as_can_be_expanded_give_the_same_alphas() -> None:
    found = alphas_of(make_corpus(FEW_SOURCES), FEW_SOURCES)
    table = make_expanded_corpus(FEW_SOURCES)
    assert found == pytest.approx(by_plain_sums(table), abs=1e-9)
    known = krippendorff.alpha(table[0].astype(np.float64), level_of_measurement="nominal")
    assert found[0] == pytest.approx(known, abs=1e-9)


def test_sources_as_many_as_can_be_expanded_are_as_much_faster() -> None:
    spans, table = make_corpus(FEW_SOURCES), make_expanded_corpus(FEW_SOURCES)
    ours, plain = seconds(lambda: alphas_of(spans, FEW_SOURCES), 31), seconds(lambda: by_plain_sums(table), 3)
    one_code = table[0].astype(np.float64)
    package = CODES * seconds(lambda: krippendorff.alpha(one_code, level_of_measurement="nominal"), 3)
    size = f"{FEW_SOURCES} sources of {SOURCE_LENGTH:,} characters"
    print(f"\n{size}: ours {ours * 1e3:.2f} ms, plain sums {plain * 1e3:.0f} ms: {plain / ours:.0f} times;")
    print(f"krippendorff package (one code, times fifty) {package:.0f} s: {package / ours:.0f} times")
    assert plain / ours >= 30
    assert package / ours >= 5_000

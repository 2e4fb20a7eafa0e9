"""Character-level alpha of 50 codes by 5 coders, against expanded text, timed in the same run.

Run with ``pytest tests/benchmarks/test_agreement_speed.py -s``.
"""

from collections.abc import Callable
from functools import cache
from time import perf_counter

import krippendorff
import numpy as np
import pytest

from coding.agreement.bootstrap import binary_alpha_intervals
from coding.agreement.ratings import FloatArray
from coding.agreement.spans import Spans
from coding.agreement.sums import BinarySums, binary_alpha, sum_characters

CODES, CODERS, LENGTH, SEGMENTS_EACH = 50, 5, 100_000, 8
SOURCES, REPLICATES = 100, 1_000


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


def by_plain_sums() -> FloatArray:
    """Alpha of each code from the number of coders on every character."""
    table = make_expanded()
    inside = table.sum(axis=1, dtype=np.int64)
    ones, apart = inside.sum(axis=1), (inside * (CODERS - inside)).sum(axis=1) / (CODERS - 1)
    values = CODERS * LENGTH
    alpha: FloatArray = 1.0 - (values - 1) * apart / (ones * (values - ones))
    return alpha


@cache
def make_package_tables(codes: int) -> FloatArray:
    """The first codes in the form the package documents: floats, so that NaN can stand for missing."""
    return make_expanded()[:codes].astype(np.float64)


def by_package(codes: int) -> list[float]:
    return [float(krippendorff.alpha(table, level_of_measurement="nominal")) for table in make_package_tables(codes)]


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


def test_sweeping_events_is_five_thousand_times_faster_than_the_package() -> None:
    make_package_tables(5)
    ours = seconds(by_events, 101)
    # The package works code by code: five codes stand for fifty.
    package = seconds(lambda: by_package(5), 1) * CODES / 5
    print(f"\nevents {ours * 1e3:.2f} ms, krippendorff package {package:.2f} s: {package / ours:.0f} times")
    assert package / ours >= 5_000


def test_a_thousand_replicates_take_a_tenth_of_a_second() -> None:
    draw = np.random.default_rng(3)
    values = np.full((SOURCES, CODES), 5_000.0)
    ones = draw.integers(100, 900, (SOURCES, CODES)).astype(np.float64)
    sums = BinarySums(apart=ones * draw.random((SOURCES, CODES)) * 0.4, ones=ones, values=values)
    taken = seconds(lambda: binary_alpha_intervals(sums, np.random.default_rng(5), replicates=REPLICATES), 5)
    print(f"\n{REPLICATES} replicates of {CODES} codes over {SOURCES} sources: {taken * 1e3:.0f} ms")
    assert taken <= 0.1

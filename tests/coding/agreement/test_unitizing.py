"""The unitizing coefficients against the definitions spelt out character by character."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.agreement import SEGMENT_MEASURES, reasons
from coding.agreement.alpha_u import alpha_u_1995
from coding.agreement.ratings import RatingsError
from coding.agreement.spans import Continua, Spans
from coding.agreement.unitizing import bar_u_alpha, cu_alpha, cu_coverage, ku_alpha, u_alpha
from tests.coding.agreement.tables import by_name, make_continua

LENGTH = 16
Segment = tuple[int, int, str]


@st.composite
def coded_line(draw: st.DrawFn) -> list[Segment]:
    """Segments of one coder that do not overlap; they may abut."""
    borders = sorted(draw(st.sets(st.integers(0, LENGTH), min_size=2, max_size=8)))
    codes = draw(st.lists(st.sampled_from(["a", "b", ""]), min_size=len(borders) - 1, max_size=len(borders) - 1))
    return [(start, end, code) for start, end, code in zip(borders, borders[1:], codes, strict=False) if code]


CODINGS = st.lists(coded_line(), min_size=2, max_size=4).filter(any)


def sections(own: list[Segment]) -> list[Segment]:
    """Segments and the gaps between them (code ""), in order."""
    placed, at = [], 0
    for start, end, code in sorted(own):
        placed += [(at, start, "")] if start > at else []
        placed.append((start, end, code))
        at = end
    return placed + ([(at, LENGTH, "")] if at < LENGTH else [])


def common(one: Segment, other: Segment) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def by_definition(coders: list[list[Segment]]) -> dict[str, float]:
    """Coincidences of 2016 summed over every pair of sections."""
    m, lines = len(coders), [sections(own) for own in coders]
    codes = sorted({code for own in coders for _, _, code in own})
    values = ["", *codes]
    met = dict.fromkeys(((c, k) for c in values for k in values), 0.0)
    for one, other in permutations(lines, 2):
        for g in one:
            for h in other:
                met[g[2], h[2]] += common(g, h) / (m - 1)
    own = {c: sum((e - s) ** (2 if c else 1) for line in lines for s, e, k in line if k == c) for c in values}
    total = m * LENGTH
    spread = {c: sum(met[c, k] for k in values) for c in values}
    possible = total**2 - sum(own.values())
    chance = (
        {(c, k): total * (spread[c] * spread[k] - (c == k) * own[c]) / possible for c, k in met} if possible else {}
    )
    return {
        "observed": total - sum(met[c, c] for c in values),
        "expected": total - sum(chance[c, c] for c in values) if chance else 0.0,
        "gap_observed": sum(met["", k] for k in codes),
        "gap_expected": sum(chance["", k] for k in codes) if chance else 0.0,
        **common_by_definition(lines, met, codes, m),
    }


def common_by_definition(
    lines: list[list[Segment]], met: dict[tuple[str, str], float], codes: list[str], m: int
) -> dict[str, float]:
    totals = {c: sum(met[c, k] for k in codes) for c in codes}
    length = sum(totals.values())
    covered = dict.fromkeys(codes, 0.0)
    for one, other in permutations(lines, 2):
        for g in one:
            if g[2]:
                covered[g[2]] += sum(common(g, h) for h in other if h[2]) ** 2 / (m - 1)
    divisor = length - sum(covered.values()) / length if length else 0.0
    if not divisor:
        return {"length": length}
    chance = {(c, k): (totals[c] * totals[k] - (c == k) * covered[c]) / divisor for c in codes for k in codes}
    figures = {"length": length}
    apart = sum(chance.values()) - sum(chance[c, c] for c in codes)
    if apart > 1e-9:
        figures["cu"] = 1 - (length - sum(met[c, c] for c in codes)) / apart
    for c in codes:
        row = sum(chance[c, k] for k in codes)
        if totals[c] and row > 1e-9 and row - chance[c, c] > 1e-9:  # where nothing is expected, nothing is defined
            figures[f"ku[{c}]"] = 1 - row / totals[c] * (totals[c] - met[c, c]) / (row - chance[c, c])
    return figures


def named(coders: list[list[Segment]]) -> Continua:
    return make_continua({f"c{place}": own for place, own in enumerate(coders)}, length=LENGTH)


@given(CODINGS)
@settings(max_examples=60, deadline=None)
def test_u_alpha_follows_the_definition(coders: list[list[Segment]]) -> None:
    known, found = by_definition(coders), u_alpha(named(coders))
    if known["expected"] > 1e-9:
        assert found.value == pytest.approx(1 - known["observed"] / known["expected"], abs=1e-9)
    else:
        assert found.undefined_because == reasons.NO_CHANCE_DISAGREEMENT


@given(CODINGS)
@settings(max_examples=60, deadline=None)
def test_bar_u_alpha_follows_the_definition(coders: list[list[Segment]]) -> None:
    known, found = by_definition(coders), bar_u_alpha(named(coders))
    if known["gap_expected"] > 1e-9:
        assert found.value == pytest.approx(1 - known["gap_observed"] / known["gap_expected"], abs=1e-9)
    else:
        assert found.undefined_because == reasons.EVERYTHING_CODED


@given(CODINGS)
@settings(max_examples=60, deadline=None)
def test_cu_alpha_follows_the_definition(coders: list[list[Segment]]) -> None:
    known, found = by_definition(coders), cu_alpha(named(coders))
    assert found.value == pytest.approx(known["cu"], abs=1e-9) if "cu" in known else found.value is None


@given(CODINGS)
@settings(max_examples=60, deadline=None)
def test_ku_alpha_follows_the_definition(coders: list[list[Segment]]) -> None:
    known, found = by_definition(coders), by_name(ku_alpha(named(coders)))
    values = {name.replace("ku_alpha", "ku"): each.value for name, each in found.items() if each.value is not None}
    assert values == pytest.approx({name: value for name, value in known.items() if name.startswith("ku")}, abs=1e-9)


@given(CODINGS)
@settings(max_examples=60, deadline=None)
def test_coverage_is_the_share_two_coders_share(coders: list[list[Segment]]) -> None:
    found = cu_coverage(named(coders)).value
    assert found == pytest.approx(by_definition(coders)["length"] / (len(coders) * LENGTH))


def alpha_u_by_definition(coders: list[list[Segment]], code: str) -> tuple[float, float]:
    """Disagreements of 1995 over every pair of sections."""
    m, lines = len(coders), [sections([each for each in own if each[2] == code]) for own in coders]
    distance = 0
    for i, one in enumerate(lines):
        for other in lines[i + 1 :]:
            for g in one:
                for h in other:
                    if g[2] and h[2] and common(g, h):
                        distance += (g[0] - h[0]) ** 2 + (g[1] - h[1]) ** 2
                    elif bool(g[2]) != bool(h[2]):
                        unit, gap = (g, h) if g[2] else (h, g)
                        distance += (unit[1] - unit[0]) ** 2 if common(unit, gap) == unit[1] - unit[0] else 0
    units = [end - start for line in lines for start, end, value in line if value]
    gaps = [end - start for line in lines for start, end, value in line if not value]
    chance = sum(
        (len(units) - 1) * (2 * u**3 - 3 * u**2 + u) / 3 + u**2 * sum(a - u + 1 for a in gaps if a >= u) for u in units
    )
    possible = m * LENGTH * (m * LENGTH - 1) - sum(u * (u - 1) for u in units)
    return 2 * distance / (m * (m - 1) * LENGTH**2), 2 / LENGTH * chance / possible


@given(CODINGS)
@settings(max_examples=60, deadline=None)
def test_alpha_u_of_1995_follows_the_definition(coders: list[list[Segment]]) -> None:
    found = by_name(alpha_u_1995(named(coders)))
    codes = sorted({code for own in coders for _, _, code in own})
    known = [alpha_u_by_definition(coders, code) for code in codes]
    assert [found[f"alphaU_1995[{code}]"].observed for code in codes] == pytest.approx([each[0] for each in known])
    assert [found[f"alphaU_1995[{code}]"].expected for code in codes] == pytest.approx([each[1] for each in known])
    pooled = 1 - sum(each[0] for each in known) / sum(each[1] for each in known)
    assert found["alphaU_1995"].value == pytest.approx(pooled)


def test_sources_are_summed_whatever_their_order_or_origin() -> None:
    rows = [(0, 0, 0, 2, 7), (0, 1, 0, 3, 7), (1, 0, 1, 0, 4), (1, 2, 1, 1, 4), (2, 1, 0, 4, 6), (2, 2, 1, 4, 8)]
    finished = np.array([[True, True, True], [True, False, True], [False, True, True]])
    moved = [((source + 1) % 3, coder, code, start + 10**15, end + 10**15) for source, coder, code, start, end in rows]
    here = Continua(Spans.from_rows(rows), np.zeros(3, dtype=np.int64), np.array([9, 5, 8]), finished, ("a", "b"))
    there = Continua(
        Spans.from_rows(moved), np.full(3, 10**15), np.array([8, 9, 5]), np.roll(finished, 1, axis=0), ("a", "b")
    )
    for name in SEGMENT_MEASURES:
        for one, other in zip(
            by_name(SEGMENT_MEASURES[name](here)).values(), by_name(SEGMENT_MEASURES[name](there)).values(), strict=True
        ):
            assert one.value == (None if other.value is None else pytest.approx(other.value, abs=1e-12))


SILENT = {"ana": [(0, 5, "a"), (8, 12, "b")], "ben": [(0, 5, "a"), (8, 12, "b")], "cleo": []}


def with_finished(finished: list[bool]) -> Continua:
    whole = make_continua(SILENT)
    return Continua(whole.given, whole.begins, whole.lengths, np.array([finished]), whole.codes)


@pytest.mark.parametrize("name", ["u_alpha", "bar_u_alpha", "char_alpha_nominal"])
def test_a_coder_who_never_finished_is_missing(name: str) -> None:
    found = SEGMENT_MEASURES[name](with_finished([True, True, False]))
    assert by_name(found)[name].value == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["u_alpha", "bar_u_alpha", "char_alpha_nominal"])
def test_a_coder_who_finished_in_silence_disagrees(name: str) -> None:
    value = by_name(SEGMENT_MEASURES[name](with_finished([True, True, True])))[name].value
    assert value is not None
    assert value < 0.5


@pytest.mark.parametrize("name", SEGMENT_MEASURES)
def test_a_source_one_coder_finished_gives_nothing(name: str) -> None:
    found = SEGMENT_MEASURES[name](with_finished([True, False, False]))
    assert all(each.value is None for each in by_name(found).values())


@pytest.mark.parametrize(
    "name", ["u_alpha", "bar_u_alpha", "cu_alpha", "cu_coverage", "ku_alpha", "char_alpha_nominal"]
)
def test_different_codes_on_one_passage_are_refused(name: str) -> None:
    found = SEGMENT_MEASURES[name](make_continua({"ana": [(0, 6, "a"), (4, 9, "b")], "ben": [(0, 6, "a")]}))
    assert {each.undefined_because for each in by_name(found).values()} == {reasons.OVERLAPPING_CODES}


def test_one_code_by_itself_is_measured_where_the_whole_is_refused() -> None:
    whole = make_continua({"ana": [(0, 6, "a"), (4, 9, "b")], "ben": [(0, 6, "a")]})
    assert u_alpha(whole.of_code(0)).value == pytest.approx(1.0)


def test_overlapping_segments_of_one_code_count_once() -> None:
    twice = make_continua({"ana": [(0, 5, "a"), (3, 8, "a")], "ben": [(0, 8, "a")]})
    assert u_alpha(twice).value == pytest.approx(1.0)


def test_abutting_segments_stay_apart() -> None:
    apart = make_continua({"ana": [(0, 4, "a"), (4, 8, "a")], "ben": [(2, 8, "a")]})
    whole = make_continua({"ana": [(0, 8, "a")], "ben": [(2, 8, "a")]})
    assert u_alpha(apart).value != u_alpha(whole).value


def test_the_origin_of_offsets_is_free() -> None:
    here = make_continua({"ana": [(0, 4, "a")], "ben": [(1, 4, "a")]})
    there = make_continua({"ana": [(150, 154, "a")], "ben": [(151, 154, "a")]}, begin=150)
    values = [
        [each.value for name in SEGMENT_MEASURES for each in by_name(SEGMENT_MEASURES[name](each_one)).values()]
        for each_one in (here, there)
    ]
    assert values[0] == values[1]


def test_nothing_coded_is_undefined() -> None:
    assert u_alpha(make_continua({"ana": [], "ben": []})).undefined_because == reasons.NOTHING_CODED


def test_one_segment_over_everything_is_undefined() -> None:
    found = u_alpha(make_continua({"ana": [(0, 20, "a")], "ben": [(0, 20, "a")]}))
    assert found.undefined_because == reasons.NO_CHANCE_DISAGREEMENT


def test_alpha_u_wants_every_coder_on_every_source() -> None:
    spans = Spans.from_rows([(0, 0, 0, 0, 4), (0, 1, 0, 0, 4), (1, 2, 0, 0, 4)])
    finished = np.array([[True, True, True], [True, True, False]])
    whole = Continua(spans, np.array([0, 0]), np.array([9, 9]), finished, ("a",))
    assert alpha_u_1995(whole)[0].undefined_because == reasons.UNEVEN_CODERS


def test_a_segment_outside_its_source_is_refused() -> None:
    with pytest.raises(RatingsError) as refusal:
        make_continua({"ana": [(0, 21, "a")], "ben": []}, length=20)
    assert refusal.value.code == "continua.span_out_of_range"

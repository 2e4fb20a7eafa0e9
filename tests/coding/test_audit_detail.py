"""One code of an audit in detail: groups of sources and what the measures stand on."""

import numpy as np
import pytest

from coding.agreement import reasons
from coding.agreement.bootstrap import alpha_interval
from coding.audit import audit
from coding.audit_detail import every_measure, parts_of
from coding.audit_material import Material, Unit
from coding.audit_measures import ALL
from tests.coding.test_audit import CODERS, LINES, material, turns_of

SOURCES = 10


def many(unit: Unit = "turn") -> Material:
    turns = [turn for source in range(SOURCES) for turn in turns_of(source, *LINES)]
    coded = [(source, coder, "STR", LINES[source % 4].strip()) for source in range(SOURCES) for coder in CODERS[:2]]
    return material(turns, *coded, (3, "ana", "STR", "Six"), (4, "ben", "STR", "Five"), unit=unit)


@pytest.mark.parametrize("unit", ["turn", "sentence", "character", "segment"])
def test_all_sources_together_have_the_figures_of_the_table(unit: Unit):
    given = many(unit)
    part = parts_of(given, 0, seed=4).part(range(SOURCES))
    stored = audit(given, seed=4)["codes"][0]
    assert part.values["alpha"] == pytest.approx(stored["alpha"]["value"])
    assert (part.intervals["alpha"].low, part.intervals["alpha"].high) == pytest.approx(
        (stored["alpha"]["interval"]["low"], stored["alpha"]["interval"]["high"])
    )
    assert (part.n, part.sources) == (stored["n"], SOURCES)


@pytest.mark.parametrize("unit", ["turn", "sentence", "character"])
def test_a_group_of_few_sources_resamples_units(unit: Unit):
    part = parts_of(many(unit), 0, seed=4).part([2, 3, 4])
    for name in ("alpha", "percent", "positive"):
        interval = part.intervals[name]
        assert interval.resampled == "units"
        assert interval.low <= part.values[name] <= interval.high


@pytest.mark.parametrize("code", [0, None])
def test_one_source_has_no_interval(code: int | None):
    part = parts_of(many(), code, seed=4).part([3])
    assert part.values["alpha"] is not None
    assert part.intervals["alpha"].undefined_because == reasons.ONE_BLOCK


def test_sets_of_a_group_are_drawn_from_it_alone():
    part = parts_of(many(), None, seed=4).part([2, 3, 4])
    sets = many().decisions("turn").sets()
    some = sets.ratings.of_units(np.isin(sets.ratings.blocks, [2, 3, 4]))
    distances = 1.0 - np.eye(len(sets.sets))
    known = alpha_interval(some, distances, np.random.default_rng(4))
    assert (part.intervals["alpha"].low, part.intervals["alpha"].blocks) == pytest.approx((known.low, 18))


def test_every_measure_has_an_interval_by_every_unit():
    measured, _ = every_measure(many(), 0, seed=4)
    without = {(each.measure, each.unit) for each in measured if each.interval is None or each.interval.low is None}
    assert {each.measure for each in measured if each.unit == "turn"} == set(ALL)
    # No other code is there to tell this one from.
    assert without == {("ku_alpha", "segment")}


def test_a_unit_says_what_its_measures_stand_on():
    turns = turns_of(0, *LINES) + turns_of(1, *LINES)
    coded = [(0, coder, "STR", "One") for coder in CODERS]
    given = material(turns, *coded, (1, "ana", "STR", "Two"), coders=CODERS, missing=((1, "cleo"),))
    bases = {base.unit: base for base in every_measure(given, 0, seed=1, replicates=9)[1]}
    assert (bases["turn"].n, bases["turn"].units, bases["turn"].missing) == (2, 12, 6)
    assert bases["turn"].prevalence == pytest.approx(4 / 30)
    assert bases["character"].missing == len("".join(LINES))
    assert (bases["segment"].n, bases["segment"].missing) == (4, 1)

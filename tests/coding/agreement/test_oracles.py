"""Coefficients on fixed units and sets against well-kept independent programs, on random ratings.

The programs are imported where they are used: they take seconds, in each process that collects tests.
"""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from coding.agreement import NOMINAL_MEASURES, SET_MEASURES, WEIGHTED_MEASURES, cohen
from coding.agreement.percent import positive_agreement
from coding.agreement.ratings import MISSING, Ratings
from coding.agreement.sets import SetRatings, set_distances

SIZE = 4
TWO_CODERS = arrays.arrays(np.int64, st.tuples(st.integers(2, 15), st.just(2)), elements=st.integers(0, SIZE - 1))
COMPLETE = arrays.arrays(np.int64, st.tuples(st.integers(2, 12), st.integers(2, 4)), elements=st.integers(0, SIZE - 1))
SETS = st.lists(
    st.lists(st.one_of(st.none(), st.sets(st.sampled_from("abc"), min_size=1)), min_size=3, max_size=3),
    min_size=2,
    max_size=8,
)
quick = settings(max_examples=25, deadline=None)


def as_ratings(values: np.ndarray) -> Ratings:
    return Ratings(values=values, categories=tuple("0123"), numbers=np.arange(SIZE, dtype=np.float64))


def as_task(values: np.ndarray) -> Any:
    from nltk.metrics.agreement import AnnotationTask
    from nltk.metrics.distance import binary_distance

    return AnnotationTask(
        [(f"c{coder}", f"u{unit}", int(value)) for (unit, coder), value in np.ndenumerate(values) if value != MISSING],
        distance=binary_distance,
    )


@pytest.mark.parametrize("weighting", ["identity", "linear", "quadratic"])
@given(values=TWO_CODERS)
@quick
def test_cohen_equals_two_programs(weighting: str, values: np.ndarray) -> None:
    from sklearn.metrics import cohen_kappa_score
    from statsmodels.stats.inter_rater import cohens_kappa

    used = np.unique(values)
    # With two categories apart from each other, or three unevenly, weights by place are not weights by number.
    assume(np.array_equal(used, np.arange(used[0], used[-1] + 1)))
    found = cohen.cohen_kappa(as_ratings(values), weighting=weighting).value  # type: ignore[arg-type]
    assume(found is not None)
    weights = None if weighting == "identity" else weighting
    assert found == pytest.approx(cohen_kappa_score(*values.T, weights=weights), abs=1e-9)
    table = np.zeros((SIZE, SIZE))
    np.add.at(table, tuple(values.T), 1)
    assert found == pytest.approx(cohens_kappa(table, wt=weights, return_results=False), abs=1e-9)


@pytest.mark.parametrize(("name", "method"), [("fleiss_kappa", "fleiss"), ("brennan_prediger", "randolph")])
@given(values=COMPLETE)
@quick
def test_fleiss_and_the_free_marginal_kappa_equal_another_program(name: str, method: str, values: np.ndarray) -> None:
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    assume(len(np.unique(values)) > 1)
    counts, _ = aggregate_raters(values)
    assert NOMINAL_MEASURES[name](as_ratings(values)).value == pytest.approx(fleiss_kappa(counts, method), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("percent_agreement", "avg_Ao"),
        ("fleiss_kappa", "pi"),
        ("conger_kappa", "multi_kappa"),
        ("light_kappa", "kappa"),
        ("brennan_prediger", "S"),
        ("krippendorff_alpha_nominal", "alpha"),
    ],
)
@given(values=COMPLETE)
@quick
def test_coefficients_for_many_coders_equal_another_program(name: str, theirs: str, values: np.ndarray) -> None:
    found = NOMINAL_MEASURES[name](as_ratings(values)).value
    assume(found is not None)
    assert found == pytest.approx(getattr(as_task(values), theirs)(), abs=1e-9)


@pytest.mark.parametrize("distance", ["jaccard", "masi", "passonneau2004"])
@given(table=SETS)
@quick
def test_set_alpha_equals_another_program(distance: str, table: list[list[set[str] | None]]) -> None:
    from nltk.metrics.agreement import AnnotationTask
    from nltk.metrics.distance import jaccard_distance

    ratings = SetRatings.from_table(table)
    found = SET_MEASURES[f"alpha_set_{distance}"](ratings).value
    assume(found is not None)
    rows = [
        (f"c{coder}", f"u{unit}", frozenset(cell))
        for unit, row in enumerate(table)
        for coder, cell in enumerate(row)
        if cell is not None and sum(each is not None for each in row) > 1
    ]

    def ours(one: frozenset[str], other: frozenset[str]) -> float:
        return float(set_distances((one, other), distance)[0, 1])  # type: ignore[arg-type]

    # The other program's MASI rounds a third to .33; its frame is compared with our distance in its place.
    known = AnnotationTask(rows, distance=jaccard_distance if distance == "jaccard" else ours).alpha()
    assert found == pytest.approx(known, abs=1e-9)


@given(values=arrays.arrays(np.int64, st.tuples(st.integers(1, 12), st.just(2)), elements=st.integers(0, 1)))
@quick
def test_positive_agreement_is_the_f_measure(values: np.ndarray) -> None:
    from sklearn.metrics import f1_score

    found = positive_agreement(Ratings(values=values, categories=("rest", "x"))).value
    assume(found is not None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert found == pytest.approx(f1_score(*values.T), abs=1e-9)


@pytest.mark.parametrize("name", sorted(set(WEIGHTED_MEASURES) - {"brennan_prediger_linear", "gwet_ac2_linear"}))
def test_no_weights_are_needed_for_two_categories(name: str) -> None:
    plain = {"gwet_ac2": "gwet_ac1"}.get(name.rpartition("_")[0], name.rpartition("_")[0])
    values = np.array([[0, 0], [3, 3], [0, 3], [3, 3]])
    known = NOMINAL_MEASURES[plain](as_ratings(values)).value
    assert WEIGHTED_MEASURES[name](as_ratings(values)).value == pytest.approx(known)

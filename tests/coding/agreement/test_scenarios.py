"""The same scenes for every coefficient: two or three coders of a short text, as units, as sets and as segments."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from coding.agreement import BINARY_MEASURES, MEASURES, SEGMENT_MEASURES, SET_MEASURES, reasons
from coding.agreement.ratings import MISSING, Coefficient, Ratings
from coding.agreement.sets import SetRatings
from coding.agreement.spans import Continua, Spans

Segment = tuple[int, int, str]
Scene = Mapping[str, Sequence[Segment] | None]
"""Segments by coder; None for a coder who never worked on the text."""

CODES = ("a", "b", "c")
PAIRS_ONLY = {name for name in MEASURES if name.startswith(("cohen_kappa", "scott_pi"))} | {"char_kappa"}
EXACT = sorted(name for name in MEASURES if name != "cu_coverage")
"""Every name but the one that is a share of the text and no agreement."""
MANY = sorted(set(MEASURES) - PAIRS_ONLY)
COUNTS_NO_GAP = {"cu_alpha", "cu_coverage", "ku_alpha"}
"""What looks only where two coders coded, so that a silent third changes at most the coverage."""


def as_sets(scene: Scene, length: int) -> list[list[set[str] | None]]:
    """The codes of every character, one row per character."""
    return [
        [None if own is None else {code for start, end, code in own if start <= place < end} for own in scene.values()]
        for place in range(length)
    ]


def as_ratings(scene: Scene, length: int) -> Ratings:
    """One code per character, the gap being a category of its own; the codes stand for 1, 2, 3."""
    index = {"": 0, **{code: place + 1 for place, code in enumerate(CODES)}}
    values = [
        [MISSING if cell is None else index[max(cell, default="")] for cell in row] for row in as_sets(scene, length)
    ]
    table = np.array(values, dtype=np.int64).reshape(length, len(scene))
    return Ratings(table, ("", *CODES), numbers=np.arange(4, dtype=np.float64))


def as_continua(scene: Scene, length: int) -> Continua:
    rows = [
        (0, coder, CODES.index(code), start, end)
        for coder, own in enumerate(scene.values())
        for start, end, code in own or ()
    ]
    finished = np.array([[own is not None for own in scene.values()]])
    return Continua(Spans.from_rows(rows), np.array([0]), np.array([length]), finished, CODES)


def measured(name: str, scene: Scene, length: int = 12) -> Coefficient:
    """What a coefficient says of a scene: of code a, where it speaks of one code only."""
    if name in SEGMENT_MEASURES:
        found = SEGMENT_MEASURES[name](as_continua(scene, length))
        each = {one.name: one for one in (found if isinstance(found, tuple) else (found,))}
        return each.get(name) or each[f"{name}[a]"]
    if name in SET_MEASURES:
        return SET_MEASURES[name](SetRatings.from_table(as_sets(scene, length)))
    ratings = as_ratings(scene, length)
    return MEASURES[name](ratings.one_against_rest(1) if name in BINARY_MEASURES else ratings)  # type: ignore[return-value]


ALIKE: Scene = {"ana": [(0, 4, "a"), (6, 9, "b")], "ben": [(0, 4, "a"), (6, 9, "b")]}
APART: Scene = {"ana": [(0, 4, "a"), (4, 8, "b")], "ben": [(0, 4, "b"), (4, 8, "a")]}
NEAR: Scene = {"ana": [(0, 4, "a"), (6, 9, "b")], "ben": [(1, 4, "a"), (6, 8, "b"), (9, 11, "a")]}
THREE: Scene = {**NEAR, "cleo": [(0, 5, "a"), (6, 9, "b"), (10, 12, "c")]}
SILENT: Scene = {**ALIKE, "cleo": []}
ABSENT: Scene = {**ALIKE, "cleo": None}
STACKED: Scene = {"ana": [(0, 6, "a"), (4, 9, "b")], "ben": [(0, 6, "a"), (4, 9, "b")]}


@pytest.mark.parametrize("name", EXACT)
def test_identical_coders_agree_fully(name: str) -> None:
    assert measured(name, ALIKE).value == pytest.approx(1.0)


@pytest.mark.parametrize("name", sorted(set(EXACT) - {"bar_u_alpha", "negative_agreement", "boundary_f1@1"}))
def test_coders_who_never_choose_alike_do_not_agree(name: str) -> None:
    value = measured(name, APART, length=8).value
    assert value is not None
    assert value < 0.5 if "_quadratic" in name or "_linear" in name or name == "alphaU_1995" else value <= 1e-12


@pytest.mark.parametrize("name", sorted(set(MANY) - COUNTS_NO_GAP))
def test_a_coder_in_silence_disagrees(name: str) -> None:
    value = measured(name, SILENT).value
    assert value is None or value < 1.0 - 1e-9
    assert value is not None or name == "light_kappa"


@pytest.mark.parametrize("name", MANY)
def test_a_coder_who_never_worked_is_missing(name: str) -> None:
    found, without = measured(name, ABSENT), measured(name, ALIKE)
    assert found.n_missing > without.n_missing == 0
    if name in ("light_kappa", "alphaU_1995"):
        # The mean over pairs lacks a pair; alpha_U asks for who finished something, so that it stands.
        assert found.value == (None if name == "light_kappa" else without.value)
    else:
        assert found.value == pytest.approx(without.value)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_one_category_gives_full_agreement_or_the_reason_why_not(name: str) -> None:
    found = measured(name, {"ana": [(0, 12, "a")], "ben": [(0, 12, "a")]})
    assert (found.value is None) == bool(found.undefined_because)
    assert found.value in (None, 1.0)


@pytest.mark.parametrize("name", sorted(SEGMENT_MEASURES))
def test_stacked_codes_are_refused_or_measured_apart(name: str) -> None:
    found = measured(name, STACKED)
    if found.value is None:
        assert found.undefined_because == reasons.OVERLAPPING_CODES
    else:
        assert found.value == pytest.approx(1.0)


@pytest.mark.parametrize("name", sorted(SET_MEASURES))
def test_stacked_codes_are_one_set(name: str) -> None:
    assert measured(name, STACKED).value == pytest.approx(1.0)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_the_order_of_coders_is_free(name: str) -> None:
    scene = NEAR if name in PAIRS_ONLY else THREE
    known = measured(name, scene).value
    assert measured(name, dict(reversed(scene.items()))).value == pytest.approx(known)
    assert known is not None


@pytest.mark.parametrize("name", sorted(set(MEASURES) - {n for n in MEASURES if "_linear" in n or "_quadratic" in n}))
def test_the_names_of_codes_are_free(name: str) -> None:
    scene = NEAR if name in PAIRS_ONLY else THREE
    swap = {"a": "a", "b": "c", "c": "b"}
    renamed = {coder: [(start, end, swap[code]) for start, end, code in own or ()] for coder, own in scene.items()}
    if name.startswith("krippendorff_alpha_") and not name.endswith("nominal"):
        assert measured(name, renamed).value != pytest.approx(measured(name, scene).value)
    else:
        assert measured(name, renamed).value == pytest.approx(measured(name, scene).value)


@pytest.mark.parametrize("name", sorted(MEASURES))
@pytest.mark.parametrize("again", [(0, 4, "a"), (2, 4, "a"), (1, 3, "a")], ids=["twice", "overlapping", "within"])
def test_segments_of_one_code_count_once(name: str, again: Segment) -> None:
    scene = {**NEAR, "ana": [*(NEAR["ana"] or ()), again]}
    assert measured(name, scene).value == measured(name, NEAR).value


@pytest.mark.parametrize("name", sorted(MEASURES))
@pytest.mark.parametrize("length", [0, 12])
def test_nothing_coded_gives_the_reason(name: str, length: int) -> None:
    found = measured(name, {"ana": [], "ben": []}, length=length)
    # That two coders saw no unit worth a code is an agreement, of which only plain percentages can speak.
    speaks = {"percent_agreement": 1.0, "negative_agreement": 1.0, "cu_coverage": 0.0} if length else {}
    assert found.value == speaks.get(name)
    assert found.value is not None or found.undefined_because


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_every_coefficient_says_its_size_and_what_it_saw(name: str) -> None:
    found = measured(name, NEAR)
    assert found.n_units > 0
    assert found.n_coders == 2
    assert found.n_missing == 0
    assert found.observed is not None

"""Every worked case of the literature we have, through the same door as a user's file."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coding.agreement.measure import measure_csv
from coding.agreement.ratings import Coefficient
from tests.coding.agreement.tables import csv_of_units

CASES = {case["id"]: case for case in json.loads(Path(__file__).with_name("published.json").read_text())["cases"]}
PUBLISHED = [
    pytest.param(case["id"], name, *expected, id=f"{case['id']}-{name}")
    for case in CASES.values()
    for name, expected in case["published"].items()
]
RECOMPUTED = [
    pytest.param(case["id"], name, expected, id=f"{case['id']}-{name}")
    for case in CASES.values()
    for name, expected in case["recomputed"].items()
]


@cache
def measured(case_id: str) -> dict[str, Coefficient]:
    return {found.name: found for found in measure_case(CASES[case_id])}


def measure_case(case: dict[str, Any]) -> tuple[Coefficient, ...]:
    if case["kind"] == "segments":
        lines = ["coder,start,end,code", *(",".join(map(str, segment)) for segment in case["segments"])]
        content = "\n".join(lines).encode()
        return measure_csv(content, length=case["length"], begin=case["begin"]).coefficients
    units = [ratings for count, ratings in case["patterns"] for _ in range(count)]
    found = measure_csv(csv_of_units(list(zip(*units, strict=True))))
    assert found.kind == case["kind"]
    return found.coefficients


@pytest.mark.parametrize(("case_id", "name", "value", "tolerance"), PUBLISHED)
def test_a_published_value_is_met_to_its_digits(case_id: str, name: str, value: float, tolerance: float) -> None:
    assert measured(case_id)[name].value == pytest.approx(value, abs=tolerance)


@pytest.mark.parametrize(("case_id", "name", "value"), RECOMPUTED)
def test_a_value_two_programs_agree_on_is_met_to_ten_digits(case_id: str, name: str, value: float) -> None:
    assert measured(case_id)[name].value == pytest.approx(value, abs=2e-10)


@pytest.mark.parametrize(("code", "printed"), [("A", 0.03125), ("B", 2.26736), ("C", 0.02777), ("D", 0.38715)])
def test_the_observed_disagreement_of_each_continuum_is_the_printed_one(code: str, printed: float) -> None:
    # It does not change with the length the continua are stretched to.
    assert measured("kripp1995_stretched")[f"alphaU_1995[{code}]"].observed == pytest.approx(printed, abs=0.00001)


def test_the_printed_disagreements_of_2004_are_met() -> None:
    found = measured("kripp2004_unitizing")["alphaU_1995[c]"]
    assert (found.observed, found.expected) == pytest.approx((0.0144, 0.0532), abs=0.0001)


def test_the_set_distances_with_empty_sets_give_the_printed_disagreement() -> None:
    empty: list[str] = []
    first = [empty, ["A"], ["A"], ["A"], ["A", "B"], ["A", "B"], ["A", "B", "C"], ["C"], ["C"]]
    second = [empty, empty, ["A"], ["B"], ["A"], ["A", "C"], ["A", "B", "C"], ["A", "C"], ["A", "C"]]
    found = {each.name: each for each in measure_csv(csv_of_units([first, second])).coefficients}
    assert found["alpha_set_passonneau2004"].observed == pytest.approx(0.333, abs=0.001)
    assert found["alpha_set_passonneau2004"].value == pytest.approx(0.186, abs=0.001)
    assert found["alpha_set_masi_product"].value == pytest.approx(0.252, abs=0.001)
    assert found["percent_agreement"].value == pytest.approx(0.333, abs=0.001)

"""Values, standard errors and intervals against irrCAC, an independent program, on ratings drawn once."""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from coding.agreement.measure import measure_csv
from coding.agreement.ratings import Coefficient
from tests.coding.agreement.tables import csv_of_units

Values = dict[str, list[float]]
Table = list[list[int | None]]
SCRIPT = Path(__file__).with_name("irrcac.py")
PARTS = ("", ".se", ".ci95_lo", ".ci95_hi")
# Units, coders, the numbers that categories stand for, the share of ratings that are missing.
SHAPES = [
    (12, 2, (1, 2, 3), 0.0),
    (40, 2, (0, 1), 0.0),
    (30, 2, (1, 2, 3, 4), 0.2),
    (15, 3, (1, 2, 3), 0.0),
    (60, 3, (0, 1), 0.1),
    (25, 3, (1, 2, 4, 9), 0.3),
    (20, 4, (1, 2, 3, 4, 5), 0.0),
    (80, 5, (0, 1, 2), 0.25),
    (200, 6, (-2, -1, 0, 1, 2), 0.5),
]


def _drawn() -> list[Table]:
    draw = np.random.default_rng(2014)
    tables = []
    for units, coders, numbers, missing in SHAPES:
        truth = draw.choice(numbers, size=units)
        table = [[int(draw.choice(numbers) if draw.random() < 0.4 else true) for _ in range(coders)] for true in truth]
        # The first coder rates every unit: a unit without any rating stops irrCAC.
        tables.append(
            [[each if at == 0 or draw.random() >= missing else None for at, each in enumerate(row)] for row in table]
        )
    return tables


TABLES = _drawn()
MEASURES = [
    *("gwet_ac1", "gwet_ac2_linear", "gwet_ac2_quadratic"),
    *("fleiss_kappa", "fleiss_kappa_linear", "fleiss_kappa_quadratic"),
    *("brennan_prediger", "brennan_prediger_linear", "brennan_prediger_quadratic"),
    *("conger_kappa", "conger_kappa_linear", "conger_kappa_quadratic"),
    *("krippendorff_alpha_nominal", "krippendorff_alpha_interval"),
]


@cache
def _told() -> list[Values] | str:
    """What irrCAC says of each table, or why it says nothing."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        return "uv is not installed"
    finished = subprocess.run(
        [uv, "run", "--quiet", "--script", str(SCRIPT)],
        input=json.dumps(TABLES),
        env={name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    if finished.returncode:
        return f"irrCAC did not answer ({finished.stderr.strip().splitlines()[-1]})"
    told: list[Values] = json.loads(finished.stdout)
    return told


@cache
def _found(place: int) -> dict[str, Coefficient]:
    measured = measure_csv(csv_of_units(list(zip(*TABLES[place], strict=True))))
    return {each.name: each for each in measured.coefficients}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("place", range(len(TABLES)), ids=[str(shape) for shape in SHAPES])
def test_values_standard_errors_and_intervals_are_those_of_irrcac(place: int, name: str) -> None:
    told = _told()
    if isinstance(told, str):
        reason = f"{told}: {SCRIPT.name} is NOT compared here"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    known, found = told[place][name], _found(place)
    # Quantiles of t differ from the ninth digit on between the releases of scipy that the two use.
    assert [found[f"{name}{part}"].value for part in PARTS] == pytest.approx(known[:4], abs=1e-8)
    if not name.startswith("krippendorff"):
        assert (found[name].observed, found[name].expected) == pytest.approx(known[4:], abs=1e-9)

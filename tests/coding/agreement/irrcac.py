# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["irrCAC==0.4.4"]
# ///
"""What irrCAC says of the tables of ratings that come in, by unit and coder as JSON, null where there is none.

A program of its own, run by `uv run --script`: irrCAC asks for a scipy that does not go with the platform's numpy.
Out come, for each table, [coefficient, standard error, interval low, interval high, observed, expected] by measure.
"""

import json
import sys

import pandas as pd
from irrCAC.raw import CAC

WEIGHTS = {"": "identity", "_linear": "linear", "_quadratic": "quadratic"}
ALPHAS = {"": "krippendorff_alpha_nominal", "_quadratic": "krippendorff_alpha_interval"}


def values_of(ratings: list[list[float | None]]) -> dict[str, list[float]]:
    told = {}
    for ending, weights in WEIGHTS.items():
        table = CAC(pd.DataFrame(ratings, dtype=float), weights=weights, digits=12)
        told[f"gwet_ac{2 if ending else 1}{ending}"] = table.gwet()
        told[f"fleiss_kappa{ending}"] = table.fleiss()
        told[f"brennan_prediger{ending}"] = table.bp()
        told[f"conger_kappa{ending}"] = table.conger()
        if ending in ALPHAS:
            told[ALPHAS[ending]] = table.krippendorff()
    return {name: _numbers(each["est"]) for name, each in told.items()}


def _numbers(told: dict) -> list[float]:
    return [told["coefficient_value"], told["se"], *told["confidence_interval"], told["pa"], told["pe"]]


json.dump([values_of(ratings) for ratings in json.load(sys.stdin)], sys.stdout)

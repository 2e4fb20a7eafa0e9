"""The frame shared by all coefficients of the form (observed - chance) / (1 - chance).

Kappas, Brennan-Prediger and Gwet's coefficients take the same observed agreement and differ in what they expect by
chance. Units rated by one coder do not enter observed agreement; they do enter the marginals chance is read from.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coding.agreement import reasons
from coding.agreement.ratings import Coefficient, FloatArray, Ratings
from coding.agreement.student import t_quantile
from coding.agreement.weights import Weighting, agreement_weights


@dataclass(frozen=True, eq=False)
class Chance:
    """Agreement expected by chance.

    `agreement` is the expectation itself; `by_unit` (shape (n_units,)) its linearised contributions, whose mean is
    the expectation; `slope` how strongly they enter the coefficient's linearised form (0 where chance is fixed).
    """

    agreement: float
    by_unit: FloatArray
    slope: float


ChanceModel = Callable[[Ratings, FloatArray], Chance]


def observed_agreement(counts: FloatArray, weights: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
    """Share of agreeing pairs of coders in each unit, with weights for near misses, and whether it has a pair at all.

    Returns
    -------
    (shares, paired) : float arrays, shape (n_units,)
        `shares` is 0 where `paired` is 0.
    """
    raters = counts.sum(axis=1)
    agreeing = (counts * ((counts if weights is None else counts @ weights) - 1.0)).sum(axis=1)
    paired = (raters >= 2).astype(np.float64)
    shares: FloatArray = np.where(raters >= 2, agreeing / np.maximum(raters * (raters - 1.0), 1.0), 0.0)
    return shares, paired


def corrected_for_chance(
    name: str, ratings: Ratings, model: ChanceModel, weighting: Weighting = "identity"
) -> Coefficient:
    """A chance-corrected coefficient with Gwet's analytic standard error and 95% interval.

    Parameters
    ----------
    name : str
        The name the coefficient is published under.
    ratings : Ratings
        Any number of coders, missing ratings allowed.
    model : callable
        What is expected by chance.
    weighting : {"identity", "linear", "quadratic"}
        Credit for near misses; other than identity it needs numbers.

    Returns
    -------
    Coefficient
        `observed` and `expected` are agreements; `extra` holds `se`, `ci95_lo`, `ci95_hi` (t interval, n - 1 degrees of
        freedom, clipped to 1). None where no unit has two ratings or all ratings fall in one category.

    Source
    ------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition, chapters 2, 3 and 5.
    """
    used = ratings.in_use
    weights = agreement_weights(used, weighting)
    if weights is None:
        return ratings.undefined(name, reasons.NOT_NUMBERS)
    shares, paired = observed_agreement(used.counts, None if weighting == "identity" else weights)
    if not paired.any():
        return ratings.undefined(name, reasons.NO_PAIRS)
    observed = float(shares.sum() / paired.sum())
    if len(used.categories) < 2:
        return ratings.undefined(name, reasons.ONE_CATEGORY, observed=observed)
    chance = model(used, weights)
    value = (observed - chance.agreement) / (1.0 - chance.agreement)
    linear = len(paired) / paired.sum() * (shares - chance.agreement * paired) / (1.0 - chance.agreement)
    linear -= chance.slope * (1.0 - value) * (chance.by_unit - chance.agreement) / (1.0 - chance.agreement)
    return ratings.coefficient(
        name, value, observed=observed, expected=chance.agreement, extra=analytic_interval(value, linear)
    )


def analytic_interval(
    value: float, linearised: FloatArray, *, around: float | None = None
) -> dict[str, float | int | str | None]:
    """Standard error and 95% t interval of a coefficient from its linearised contributions, shape (n_units,).

    The interval lies `around` the coefficient as published where that is not the value its contributions vary about.
    """
    units = len(linearised)
    if units < 2:
        return {"se": None, "ci95_lo": None, "ci95_hi": None}
    error = math.sqrt(float(((linearised - value) ** 2).sum()) / (units * (units - 1)))
    reach = t_quantile(0.975, units - 1) * error
    centre = value if around is None else around
    return {"se": error, "ci95_lo": centre - reach, "ci95_hi": min(1.0, centre + reach)}

"""Krippendorff's alpha for one value per unit and coder."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from coding.agreement import reasons
from coding.agreement.chance import analytic_interval
from coding.agreement.ratings import Coefficient, FloatArray, Ratings

Metric = Literal["nominal", "ordinal", "interval", "ratio"]


def metric_distances(metric: Metric, numbers: FloatArray, totals: FloatArray) -> FloatArray:
    """Squared distances between categories.

    Parameters
    ----------
    metric : {"nominal", "ordinal", "interval", "ratio"}
        Nominal 0 or 1; ordinal counts the values in between, half of the two ends included; interval `(c - k)^2`;
        ratio `((c - k) / (c + k))^2`.
    numbers : float array, shape (n_categories,)
        Ascending; only their count matters for nominal and their order for ordinal.
    totals : float array, shape (n_categories,)
        Pairable values per category (the marginals of the coincidences).

    Source
    ------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section on metric differences.
    """
    place = np.cumsum(totals) - totals / 2.0 if metric == "ordinal" else numbers
    apart: FloatArray = place[:, None] - place[None, :]
    if metric == "ratio":
        together = place[:, None] + place[None, :]
        apart = np.divide(apart, together, out=np.zeros_like(apart), where=together != 0.0)
    return apart**2


def krippendorff_alpha(ratings: Ratings, *, metric: Metric = "nominal", name: str | None = None) -> Coefficient:
    """Agreement among any number of coders, corrected for chance, with missing ratings allowed.

    Returns
    -------
    Coefficient
        `observed` and `expected` are disagreements in the unit of the metric. None when no unit has two ratings, when
        all pairable ratings are the same, or when the metric asks for numbers there are none of. `extra` holds Gwet's
        analytic `se` and interval for metrics whose distances are fixed (all but ordinal).

    Source
    ------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability; Krippendorff (2019), Content Analysis, chapter 12.
    """
    name = name or f"krippendorff_alpha_{metric}"
    problem = _unfit(ratings, metric)
    if problem:
        return ratings.undefined(name, problem)
    pairable = ratings.of_units(ratings.counts.sum(axis=1) >= 2).in_use
    if not pairable.n_units:
        return ratings.undefined(name, reasons.NO_PAIRS)
    counts = pairable.counts
    raters, totals = counts.sum(axis=1), counts.sum(axis=0)
    if metric == "nominal":
        apart = raters**2 - (counts**2).sum(axis=1)
        far = raters * totals.sum() - counts @ totals
        largest = float(len(totals) > 1)
    else:
        distances = metric_distances(metric, numbers_of(pairable), totals)
        apart = (counts * (counts @ distances)).sum(axis=1)
        far = counts @ (distances @ totals)
        largest = float(distances.max())
    found = Disagreements(raters, apart, far, largest)
    return alpha_of_disagreements(ratings, name, found, interval=metric != "ordinal")


def numbers_of(ratings: Ratings) -> FloatArray:
    """What the categories stand for, or their places where they stand for nothing."""
    return np.arange(len(ratings.categories), dtype=np.float64) if ratings.numbers is None else ratings.numbers


@dataclass(frozen=True, eq=False)
class Disagreements:
    """What alpha is made of, by unit with two values or more; float arrays of shape (n_units,).

    Attributes
    ----------
    raters : float array
        Values in the unit.
    apart : float array
        Distances between the unit's values, summed over ordered pairs.
    far : float array
        Distances from each of the unit's values to all values of all these units, summed.
    largest : float
        The largest distance between two values; 0 where all are alike.
    """

    raters: FloatArray
    apart: FloatArray
    far: FloatArray
    largest: float


def alpha_of_disagreements(ratings: Ratings, name: str, found: Disagreements, *, interval: bool = True) -> Coefficient:
    """Alpha of given disagreements within units and by chance, with Gwet's interval where distances are fixed."""
    values = float(found.raters.sum())
    observed = float((found.apart / (found.raters - 1.0)).sum()) / values
    expected = float(found.far.sum()) / (values * (values - 1.0))
    if not found.largest:
        return ratings.undefined(name, reasons.ONE_CATEGORY, observed=observed, expected=expected)
    counted = {"n_pairable": round(values), **(_linearised_interval(found) if interval else {})}
    return ratings.coefficient(name, 1.0 - observed / expected, observed=observed, expected=expected, extra=counted)


def alpha_from_coincidences(ratings: Ratings, name: str, met: FloatArray, distances: FloatArray) -> Coefficient:
    """Alpha of given coincidences and distances, both of shape (n_categories, n_categories)."""
    totals = met.sum(axis=0)
    values = float(totals.sum())
    if values == 0.0:
        return ratings.undefined(name, reasons.NO_PAIRS)
    observed = float((met * distances).sum()) / values
    expected = float(totals @ distances @ totals) / (values * (values - 1.0))
    if np.count_nonzero(totals) < 2 or expected == 0.0:
        return ratings.undefined(name, reasons.ONE_CATEGORY, observed=observed, expected=expected)
    extra = {"n_pairable": round(values)}
    return ratings.coefficient(name, 1.0 - observed / expected, observed=observed, expected=expected, extra=extra)


def _unfit(ratings: Ratings, metric: Metric) -> str | None:
    if metric == "nominal":
        return None
    if ratings.numbers is None:
        return reasons.NOT_NUMBERS
    if metric == "ratio" and (ratings.numbers < 0).any():
        return reasons.NEGATIVE_NUMBERS
    return None


def _linearised_interval(found: Disagreements) -> dict[str, float | int | str | None]:
    """Gwet's linearised standard error of alpha (2014, chapter 5), and the t interval around alpha.

    The error is that of the uncorrected form; the small-sample correction enters it only where units have unequal
    numbers of ratings, as in Gwet's own computations.
    """
    raters, values = found.raters, float(found.raters.sum())
    mean_raters = values / len(raters)
    excess = (raters - mean_raters) / mean_raters
    shares = (raters - found.apart / (found.largest * (raters - 1.0))) / mean_raters
    near = raters - found.far / (found.largest * values)
    observed, chance = float(shares.mean()), float(near.sum()) / values
    value = (observed - chance) / (1.0 - chance)
    corrected = observed + (1.0 - observed) / values
    linear = (shares - corrected * excess - chance) / (1.0 - chance)
    by_unit = near / mean_raters - chance * excess
    linear -= 2.0 * (1.0 - value) * (by_unit - chance) / (1.0 - chance)
    return analytic_interval(value, linear, around=(corrected - chance) / (1.0 - chance))

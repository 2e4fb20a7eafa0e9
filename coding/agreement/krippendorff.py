"""Krippendorff's alpha for one value per unit and coder."""

from typing import Literal

import numpy as np

from coding.agreement import reasons
from coding.agreement.chance import analytic_interval
from coding.agreement.ratings import Coefficient, FloatArray, Ratings

Metric = Literal["nominal", "ordinal", "interval", "ratio"]


def coincidences(counts: FloatArray) -> FloatArray:
    """How often two categories meet within a unit, each unit weighing as many values as it has.

    Parameters
    ----------
    counts : float array, shape (n_units, n_categories)
        Coders per unit and category. Units with fewer than two are not pairable and are dropped.

    Returns
    -------
    float array, shape (n_categories, n_categories)
        Symmetric; sums to the number of pairable values.
    """
    raters = counts.sum(axis=1)
    pairable = counts[raters >= 2]
    weighted = pairable / (raters[raters >= 2, None] - 1.0)
    met: FloatArray = weighted.T @ pairable - np.diag(weighted.sum(axis=0))
    return met


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
    if metric == "nominal":
        return 1.0 - np.eye(len(totals))
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
    met = coincidences(pairable.counts)
    totals = met.sum(axis=0)
    numbers = pairable.numbers if pairable.numbers is not None else np.arange(len(totals), dtype=np.float64)
    distances = metric_distances(metric, numbers, totals)
    extra = {} if metric == "ordinal" else linearised_interval(pairable.counts, distances)
    return alpha_from_coincidences(ratings, name, met, distances, extra)


def alpha_from_coincidences(
    ratings: Ratings,
    name: str,
    met: FloatArray,
    distances: FloatArray,
    extra: dict[str, float | int | str | None] | None = None,
) -> Coefficient:
    """Alpha of given coincidences and distances, both of shape (n_categories, n_categories)."""
    totals = met.sum(axis=0)
    values = float(totals.sum())
    if values == 0.0:
        return ratings.undefined(name, reasons.NO_PAIRS)
    observed = float((met * distances).sum()) / values
    expected = float(totals @ distances @ totals) / (values * (values - 1.0))
    if np.count_nonzero(totals) < 2 or expected == 0.0:
        return ratings.undefined(name, reasons.ONE_CATEGORY, observed=observed, expected=expected)
    counted = {"n_pairable": round(values), **(extra or {})}
    return ratings.coefficient(name, 1.0 - observed / expected, observed=observed, expected=expected, extra=counted)


def _unfit(ratings: Ratings, metric: Metric) -> str | None:
    if metric == "nominal":
        return None
    if ratings.numbers is None:
        return reasons.NOT_NUMBERS
    if metric == "ratio" and (ratings.numbers < 0).any():
        return reasons.NEGATIVE_NUMBERS
    return None


def linearised_interval(counts: FloatArray, distances: FloatArray) -> dict[str, float | int | str | None]:
    """Gwet's linearised standard error of alpha (2014, chapter 5), and the t interval around alpha.

    The error is that of the uncorrected form; the small-sample correction enters it only where units have unequal
    numbers of ratings, as in Gwet's own computations.
    """
    largest = float(distances.max(initial=0.0))
    if np.count_nonzero(counts.any(axis=0)) < 2 or largest == 0.0:
        return {}
    weights = 1.0 - distances / largest
    raters = counts.sum(axis=1)
    mean_raters = float(raters.mean())
    excess = (raters - mean_raters) / mean_raters
    shares = (counts * (counts @ weights - 1.0)).sum(axis=1) / (mean_raters * (raters - 1.0))
    observed = float(shares.mean())
    use = counts.mean(axis=0) / mean_raters
    nearness = weights @ use
    chance = float(use @ nearness)
    value = (observed - chance) / (1.0 - chance)
    corrected = observed + (1.0 - observed) / float(raters.sum())
    linear = (shares - corrected * excess - chance) / (1.0 - chance)
    by_unit = counts @ nearness / mean_raters - chance * excess
    linear -= 2.0 * (1.0 - value) * (by_unit - chance) / (1.0 - chance)
    return analytic_interval(value, linear, around=(corrected - chance) / (1.0 - chance))

"""Agreement without any correction for chance."""

import numpy as np

from coding.agreement import reasons
from coding.agreement.chance import analytic_interval, observed_agreement
from coding.agreement.ratings import Coefficient, Ratings


def percent_agreement(ratings: Ratings, *, name: str = "percent_agreement") -> Coefficient:
    """The share of agreeing pairs of coders, averaged over the units that two or more rated; from 0 to 1.

    Every unit weighs the same, however many coders rated it. `extra` holds `se`, `ci95_lo` and `ci95_hi`, as for the
    chance-corrected coefficients with nothing expected by chance.

    Source
    ------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition, chapter 2 (written p_a there).
    """
    shares, paired = observed_agreement(ratings.counts)
    if not paired.any():
        return ratings.undefined(name, reasons.NO_PAIRS)
    value = float(shares.sum() / paired.sum())
    rated = ratings.counts.any(axis=1)
    linear = rated.sum() / paired.sum() * shares[rated]
    extra = {**analytic_interval(value, linear), "n_units_paired": int(paired.sum())}
    return ratings.coefficient(name, value, observed=value, extra=extra)


def prevalence(ratings: Ratings) -> float | None:
    """The share of ratings in the second category of two, on units with two ratings or more; None without any."""
    raters = ratings.counts.sum(axis=1)
    values = float(raters[raters >= 2].sum())
    return float(ratings.counts[raters >= 2, 1].sum()) / values if values else None


def positive_agreement(ratings: Ratings, *, name: str = "positive_agreement") -> Coefficient:
    """Of all pairings in which a coder chose the second category of two, the share in which the other did too.

    For two coders this is Dice's coefficient, 2a / (2a + b + c). `extra` holds the prevalence: the share of ratings,
    on units with two or more, in that category; and `se`, `ci95_lo` and `ci95_hi` of a ratio of sums over units.

    Source
    ------
    Dice (1945), Ecology 26; Cicchetti and Feinstein (1990), Journal of Clinical Epidemiology 43; for the error Graham
    and Bull (1998), Journal of Clinical Epidemiology 51.
    """
    return _one_sided(ratings, 1, name, reasons.NOT_RATED_POSITIVE)


def negative_agreement(ratings: Ratings, *, name: str = "negative_agreement") -> Coefficient:
    """Of all pairings in which a coder did not choose the second category of two, the share in which nobody did.

    Source
    ------
    Cicchetti and Feinstein (1990), Journal of Clinical Epidemiology 43.
    """
    return _one_sided(ratings, 0, name, reasons.NOT_RATED_NEGATIVE)


def _one_sided(ratings: Ratings, category: int, name: str, when_unused: str) -> Coefficient:
    counts = ratings.counts
    raters = counts.sum(axis=1)
    if not (raters >= 2).any():
        return ratings.undefined(name, reasons.NO_PAIRS)
    chosen = counts[:, category]
    agreeing = float((chosen * (chosen - 1.0)).sum())
    pairings = float((chosen * np.maximum(raters - 1.0, 0.0)).sum())
    if not pairings:
        return ratings.undefined(name, when_unused)
    value = agreeing / pairings
    rated = raters >= 1
    others = np.maximum(raters[rated] - 1.0, 0.0)
    linear = value + chosen[rated] * (chosen[rated] - 1.0 - value * others) * (rated.sum() / pairings)
    extra = {**analytic_interval(value, linear), "prevalence": prevalence(ratings)}
    return ratings.coefficient(name, value, observed=value, extra=extra)

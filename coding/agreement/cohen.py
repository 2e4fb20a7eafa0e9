"""Cohen's kappa for two coders, and Light's kappa, its mean over all pairs of coders."""

from itertools import combinations

import numpy as np

from coding.agreement import reasons
from coding.agreement.chance import corrected_for_chance
from coding.agreement.conger import own_use
from coding.agreement.ratings import MISSING, Coefficient, Ratings
from coding.agreement.weights import Weighting


def cohen_kappa(ratings: Ratings, *, weighting: Weighting = "identity", name: str = "cohen_kappa") -> Coefficient:
    """Agreement of two coders, chance taken from each one's own use of categories.

    Only units that both rated are used.

    Source
    ------
    Cohen (1960), Educational and Psychological Measurement 20; weighted: Cohen (1968), Psychological Bulletin 70.
    """
    if ratings.n_coders != 2:
        return ratings.undefined(name, reasons.TWO_CODERS_ONLY)
    shared = corrected_for_chance(name, ratings.shared(), own_use, weighting)
    return ratings.coefficient(
        name,
        shared.value,
        shared.undefined_because,
        observed=shared.observed,
        expected=shared.expected,
        extra={**shared.extra, "n_units_shared": shared.n_units},
    )


def light_kappa(ratings: Ratings, *, name: str = "light_kappa") -> Coefficient:
    """The mean of Cohen's kappa over all pairs of coders, each on the units that both rated.

    Returns
    -------
    Coefficient
        None when any pair has no kappa: a mean over the other pairs would be another quantity. `observed` and
        `expected` are means over the pairs too; the kappa of these means is another quantity again.

    Source
    ------
    Light (1971), Psychological Bulletin 76.
    """
    pairs = [_agreement_of_pair(ratings, pair) for pair in combinations(range(ratings.n_coders), 2)]
    reason = next((pair for pair in pairs if isinstance(pair, str)), None if pairs else reasons.NO_PAIRS)
    agreements = [pair for pair in pairs if not isinstance(pair, str)]
    if reason:
        return ratings.undefined(name, reasons.PAIR_UNDEFINED if agreements else reason)
    observed, expected = np.array(agreements).T
    value = float(((observed - expected) / (1.0 - expected)).mean())
    return ratings.coefficient(
        name,
        value,
        observed=float(observed.mean()),
        expected=float(expected.mean()),
        extra={"n_pairs": len(pairs)},
    )


def _agreement_of_pair(ratings: Ratings, pair: tuple[int, int]) -> tuple[float, float] | str:
    """Observed and expected agreement of two coders on the units both rated, or why they have no kappa."""
    chosen = ratings.values[:, pair]
    chosen = chosen[(chosen != MISSING).all(axis=1)]
    if not len(chosen):
        return reasons.NO_PAIRS
    one, other = (np.bincount(own, minlength=len(ratings.categories)) / len(chosen) for own in chosen.T)
    if np.count_nonzero(one + other) < 2:
        return reasons.ONE_CATEGORY
    return float((chosen[:, 0] == chosen[:, 1]).mean()), float(one @ other)

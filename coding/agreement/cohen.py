"""Cohen's kappa for two coders, and Light's kappa, its mean over all pairs of coders."""

from itertools import combinations

from coding.agreement import reasons
from coding.agreement.chance import corrected_for_chance
from coding.agreement.conger import own_use
from coding.agreement.ratings import Coefficient, Ratings
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
    pairs = [cohen_kappa(ratings.of_coders(pair)) for pair in combinations(range(ratings.n_coders), 2)]
    values = [pair.value for pair in pairs if pair.value is not None]
    if not pairs or len(values) < len(pairs):
        reason = reasons.PAIR_UNDEFINED if values else (pairs[0].undefined_because if pairs else reasons.NO_PAIRS)
        return ratings.undefined(name, reason or reasons.NO_PAIRS)
    observed, expected = (
        sum(figure for figure in figures if figure is not None) / len(pairs)
        for figures in ([pair.observed for pair in pairs], [pair.expected for pair in pairs])
    )
    value = sum(values) / len(values)
    return ratings.coefficient(name, value, observed=observed, expected=expected, extra={"n_pairs": len(pairs)})

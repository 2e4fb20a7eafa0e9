"""Fleiss' kappa and, for two coders, Scott's pi: chance from the pooled use of categories."""

from coding.agreement import reasons
from coding.agreement.chance import Chance, corrected_for_chance
from coding.agreement.ratings import Coefficient, FloatArray, Ratings
from coding.agreement.weights import Weighting


def fleiss_kappa(ratings: Ratings, *, weighting: Weighting = "identity", name: str = "fleiss_kappa") -> Coefficient:
    """Agreement among any number of coders, chance taken from how often each category was used by all of them.

    Units with a single rating count in the use of categories, not in observed agreement.

    Source
    ------
    Fleiss (1971), Psychological Bulletin 76; with missing ratings and weights as in Gwet (2014), chapters 2 and 3.
    """
    return corrected_for_chance(name, ratings, _pooled_use, weighting)


def scott_pi(ratings: Ratings, *, weighting: Weighting = "identity", name: str = "scott_pi") -> Coefficient:
    """Agreement of two coders, chance taken from their pooled use of categories.

    Only units that both rated are used.

    Source
    ------
    Scott (1955), Public Opinion Quarterly 19.
    """
    if ratings.n_coders != 2:
        return ratings.undefined(name, reasons.TWO_CODERS_ONLY)
    shared = corrected_for_chance(name, ratings.shared(), _pooled_use, weighting)
    return ratings.coefficient(
        name,
        shared.value,
        shared.undefined_because,
        observed=shared.observed,
        expected=shared.expected,
        extra={**shared.extra, "n_units_shared": shared.n_units},
    )


def _pooled_use(ratings: Ratings, weights: FloatArray) -> Chance:
    shares = ratings.counts / ratings.counts.sum(axis=1, keepdims=True)
    use = shares.mean(axis=0)
    nearness = weights @ use
    return Chance(agreement=float(use @ nearness), by_unit=shares @ nearness, slope=2.0)

"""Gwet's AC1 and AC2: chance only where a rating is hard, so that skewed categories do not drown agreement."""

from coding.agreement.chance import Chance, corrected_for_chance
from coding.agreement.ratings import Coefficient, FloatArray, Ratings
from coding.agreement.weights import Weighting


def gwet_ac1(ratings: Ratings, *, name: str = "gwet_ac1") -> Coefficient:
    """Agreement among any number of coders, steady when one category is rare or very common.

    Units with a single rating count in the use of categories, not in observed agreement.

    Source
    ------
    Gwet (2008), British Journal of Mathematical and Statistical Psychology 61; Gwet (2014), chapter 4.
    """
    return corrected_for_chance(name, ratings, _hard_ratings)


def gwet_ac2(ratings: Ratings, *, weighting: Weighting, name: str) -> Coefficient:
    """Gwet's coefficient with credit for near misses between numbered categories.

    Source
    ------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition, chapter 4.
    """
    return corrected_for_chance(name, ratings, _hard_ratings, weighting)


def _hard_ratings(ratings: Ratings, weights: FloatArray) -> Chance:
    size = len(ratings.categories)
    shares = ratings.counts / ratings.counts.sum(axis=1, keepdims=True)
    use = shares.mean(axis=0)
    scale = float(weights.sum()) / (size * (size - 1))
    return Chance(
        agreement=scale * float((use * (1.0 - use)).sum()),
        by_unit=scale * (shares @ (1.0 - use)),
        slope=2.0,
    )

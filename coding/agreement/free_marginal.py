"""Brennan and Prediger's kappa: chance as if every category in use were equally likely."""

import numpy as np

from coding.agreement.chance import Chance, corrected_for_chance
from coding.agreement.ratings import Coefficient, FloatArray, Ratings
from coding.agreement.weights import Weighting


def brennan_prediger(
    ratings: Ratings, *, weighting: Weighting = "identity", name: str = "brennan_prediger"
) -> Coefficient:
    """Agreement among any number of coders, chance fixed at 1 / (number of categories in use).

    Also known as Bennett's S, for two coders, and as the free-marginal kappa.

    Source
    ------
    Brennan and Prediger (1981), Educational and Psychological Measurement 41; weights as in Gwet (2014), chapter 3.
    """
    return corrected_for_chance(name, ratings, _even_use, weighting)


def _even_use(ratings: Ratings, weights: FloatArray) -> Chance:
    return Chance(agreement=float(weights.mean()), by_unit=np.zeros(ratings.n_units), slope=0.0)

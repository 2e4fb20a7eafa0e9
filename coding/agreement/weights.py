"""How near two categories are: agreement weights in [0, 1], 1 on the diagonal."""

from typing import Literal

import numpy as np

from coding.agreement.ratings import FloatArray, Ratings

Weighting = Literal["identity", "linear", "quadratic"]


def agreement_weights(ratings: Ratings, weighting: Weighting) -> FloatArray | None:
    """Weights between the categories of `ratings`, or None where they have no order.

    Parameters
    ----------
    ratings : Ratings
        Its `numbers` give the distances; unequal steps between numbers count as unequal.
    weighting : {"identity", "linear", "quadratic"}
        Identity gives 1 for the same category and 0 otherwise; linear `1 - |c-k| / (max-min)`; quadratic
        `1 - (c-k)^2 / (max-min)^2`.

    Returns
    -------
    float array, shape (n_categories, n_categories), or None
        None when linear or quadratic weights are asked of three or more categories that are not numbers. Two
        categories need no order: any weighting is the identity.

    Source
    ------
    Cohen (1968), Psychological Bulletin 70; Gwet (2014), Handbook of Inter-Rater Reliability, chapter 3.
    """
    size = len(ratings.categories)
    if weighting == "identity" or size <= 2:
        return np.eye(size)
    if ratings.numbers is None:
        return None
    distance = np.abs(ratings.numbers[:, None] - ratings.numbers[None, :])
    share: FloatArray = distance / distance.max()
    return 1.0 - (share if weighting == "linear" else share**2)

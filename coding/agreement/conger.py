"""Conger's kappa: chance from each coder's own use of categories, averaged over pairs of coders."""

import numpy as np

from coding.agreement import reasons
from coding.agreement.chance import Chance, corrected_for_chance
from coding.agreement.ratings import MISSING, Coefficient, FloatArray, Ratings
from coding.agreement.weights import Weighting


def conger_kappa(ratings: Ratings, *, weighting: Weighting = "identity", name: str = "conger_kappa") -> Coefficient:
    """Agreement among any number of coders, chance averaged over pairs from each coder's own use of categories.

    Each coder's use is taken over the units that coder rated.

    Source
    ------
    Conger (1980), Psychological Bulletin 88; with missing ratings, weights and the linearised variance as in
    Gwet (2014), chapters 2, 3 and 5.
    """
    if ratings.n_coders < 2:
        return ratings.undefined(name, reasons.NO_PAIRS)
    return corrected_for_chance(name, ratings, own_use, weighting)


def own_use(ratings: Ratings, weights: FloatArray) -> Chance:
    """Chance agreement over ordered pairs of coders, with Gwet's linearisation by unit."""
    given = ratings.values != MISSING
    per_coder = given.sum(axis=0).astype(np.float64)
    active = np.flatnonzero(per_coder)
    values, given, per_coder = ratings.values[:, active], given[:, active], per_coder[active]
    coders, width = len(active), len(ratings.categories)
    chosen = (values + width * np.arange(coders))[given]
    use = np.bincount(chosen, minlength=coders * width).reshape(coders, width) / per_coder[:, None]
    others = (use.sum(axis=0) - use) @ weights
    met = (use * others).sum(axis=1)
    pairs = coders * (coders - 1)
    # A coder's missing units leave that coder's proportions as they are; the correction keeps the mean right.
    presence = given - per_coder / ratings.n_units
    shift = np.where(given, others[np.arange(coders), values], 0.0) - presence * met
    by_unit = (shift * (ratings.n_units / per_coder)).sum(axis=1)
    return Chance(agreement=float(met.sum() / pairs), by_unit=by_unit / pairs, slope=2.0)

"""Quantiles of Student's t distribution, for analytic confidence intervals."""

import math
from functools import lru_cache

_TERMS = 400
_TINY = 1e-300


@lru_cache(maxsize=512)
def t_quantile(probability: float, degrees: int) -> float:
    """The t value below which a share `probability` (0.5 < p < 1) of the distribution lies.

    Parameters
    ----------
    probability : float
        Between 0.5 and 1, both excluded.
    degrees : int
        Degrees of freedom, 1 or more.

    Source
    ------
    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1 (t by the incomplete beta function) and 26.5.8
    (its continued fraction); the root is found by bisection.
    """
    low, high = 0.0, 1.0
    while _upper_tail(high, degrees) > 1.0 - probability:
        high *= 2.0
    for _ in range(200):
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if _upper_tail(middle, degrees) > 1.0 - probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _upper_tail(t: float, degrees: int) -> float:
    return 0.5 * _incomplete_beta(degrees / 2.0, 0.5, degrees / (degrees + t * t))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    front = math.exp(log_front)
    # The fraction converges quickly only on one side of the mean; the other side follows by symmetry.
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _beta_fraction(a, b, x) / a
    return 1.0 - front * _beta_fraction(b, a, 1.0 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    numerator, denominator = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    denominator = 1.0 / (denominator or _TINY)
    fraction = denominator
    for term in range(1, _TERMS):
        twice = 2 * term
        for step in (
            term * (b - term) * x / ((a + twice - 1.0) * (a + twice)),
            -(a + term) * (a + b + term) * x / ((a + twice) * (a + twice + 1.0)),
        ):
            denominator = 1.0 / ((1.0 + step * denominator) or _TINY)
            numerator = (1.0 + step / numerator) or _TINY
            factor = numerator * denominator
            fraction *= factor
        if abs(factor - 1.0) < 1e-15:
            break
    return fraction

"""Wilson's score interval for a proportion."""

from math import sqrt

# The 97.5th percentile of the standard normal distribution: intervals hold 95%.
Z_95 = 1.959963984540054


def wilson(successes: int, n: int, *, z: float = Z_95) -> tuple[float, float] | None:
    """The interval in which the proportion behind `successes` of `n` lies, as two proportions in [0, 1].

    Parameters
    ----------
    successes, n : int
        Counts, `0 <= successes <= n`.
    z : float
        Standard normal quantile; the default gives 95%.

    Returns
    -------
    tuple of float, or None
        Lower and upper limit; None when `n` is 0 and nothing can be said.

    Source
    ------
    Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22; without continuity
    correction, as method 3 in Newcombe (1998), Statistics in Medicine 17, whose Table I is the test.
    """
    if n == 0:
        return None
    centre = 2 * successes + z * z
    spread = z * sqrt(z * z + 4 * successes * (1 - successes / n))
    width = 2 * (n + z * z)
    return max(0.0, (centre - spread) / width), min(1.0, (centre + spread) / width)

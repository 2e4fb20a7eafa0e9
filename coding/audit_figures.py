"""The figures of an audit as they are stored: a coefficient with its interval, or why it has none."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from coding.agreement import reasons
from coding.agreement.bootstrap import Interval
from coding.agreement.ratings import Coefficient

Figures = dict[str, Any]
FEWEST: Final = 5
"""Pages withhold a coefficient when a code is used in fewer units than this."""


def told(found: Coefficient, n: int, interval: Interval | None = None) -> Figures:
    """A coefficient's value and interval, or why it has none; that nobody used the code says more than its reason."""
    because = found.undefined_because
    if because in (reasons.ONE_CATEGORY, reasons.NOT_RATED_POSITIVE) and n == 0:
        because = reasons.CODE_NOT_USED
    figures = {"value": found.value, "undefined_because": because}
    if interval is None or found.value is None:
        return figures
    return {**figures, "low": interval.low, "high": interval.high, "degenerate": interval.degenerate}


def with_interval(figures: Figures, interval: Interval) -> Figures:
    """The headline: all there is to say of its interval."""
    return {**figures, "interval": asdict(interval)}


def beside(found: Mapping[str, Coefficient], n: int, intervals: Mapping[str, Interval]) -> Figures:
    """The headline with its interval, the two shares every table shows, and all measures to choose from."""
    return {
        "alpha": with_interval(told(found["alpha"], n), intervals["alpha"]),
        "percent": found["percent"].value if "percent" in found else None,
        "positive": found["positive"].value if "positive" in found else None,
        "measures": {name: told(each, n, intervals.get(name)) for name, each in found.items()},
    }


def pair_figures(
    coders: tuple[str, str], n: int, found: Mapping[str, Coefficient], intervals: Mapping[str, Interval]
) -> Figures:
    """What two coders say of a code."""
    return {
        "coders": list(coders),
        "n": n,
        **{name: told(each, n, intervals.get(name)) for name, each in found.items()},
    }

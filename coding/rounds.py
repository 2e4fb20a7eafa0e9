"""Whether a calibration round has reached its target, code by code, and when calibrating can end."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Outcome = Literal["met", "missed", "few", "undefined"]
TARGET: Final = 0.67
"""Krippendorff's customary threshold for tentative conclusions."""


@dataclass(frozen=True)
class Verdict:
    """A code's value in a round against its target, both in the units of the measure.

    `n` is in how many units anybody used the code; "few" is too few of them to tell.
    """

    code: str
    n: int
    value: float | None
    target: float
    outcome: Outcome


def verdict(code: str, *, n: int, value: float | None, target: float, fewest: int) -> Verdict:
    """What a value says: met from the target on, and nothing below `fewest` units or where it is undefined."""
    outcome: Outcome
    if n < fewest:
        outcome = "few"
    elif value is None:
        outcome = "undefined"
    else:
        outcome = "met" if value >= target else "missed"
    return Verdict(code, n, value, target, outcome)


def can_end(verdicts: Iterable[Verdict]) -> bool:
    """The exit rule: every code that can be told of meets its target, and there is one."""
    outcomes = {one.outcome for one in verdicts}
    return "met" in outcomes and "missed" not in outcomes

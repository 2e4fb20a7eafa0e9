import pytest

from coding.rounds import can_end, verdict


@pytest.mark.parametrize(
    ("n", "value", "outcome"),
    [(9, 0.67, "met"), (9, 0.66, "missed"), (4, 0.9, "few"), (9, None, "undefined")],
)
def test_a_value_is_told_against_its_target(n: int, value: float | None, outcome: str) -> None:
    assert verdict("STR", n=n, value=value, target=0.67, fewest=5).outcome == outcome


def of(*values: float | None) -> list[object]:
    return [verdict("STR", n=9, value=value, target=0.67, fewest=5) for value in values]


def test_calibration_can_end_when_every_code_that_can_be_told_of_meets_its_target() -> None:
    few = verdict("LIM", n=2, value=0.1, target=0.67, fewest=5)
    assert can_end([*of(0.8, 0.7), few])
    assert not can_end([*of(0.8, 0.6), few])


def test_calibration_does_not_end_on_nothing() -> None:
    assert not can_end(of(None))

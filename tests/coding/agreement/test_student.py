"""Student's t against printed tables."""

import pytest

from coding.agreement.student import t_quantile


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [(1, 12.7062047), (2, 4.30265273), (5, 2.57058184), (9, 2.26215716), (30, 2.04227246), (1000, 1.96233908)],
)
def test_the_quantile_is_the_tabled_one(degrees: int, expected: float) -> None:
    assert t_quantile(0.975, degrees) == pytest.approx(expected, abs=5e-8)

import pytest

from coding.wilson import wilson


@pytest.mark.parametrize(
    ("successes", "n", "lower", "upper"),
    # Newcombe (1998), Statistics in Medicine 17:857-872, Table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(successes: int, n: int, lower: float, upper: float):
    found = wilson(successes, n)
    assert found is not None
    assert (round(found[0], 4), round(found[1], 4)) == (lower, upper)


def test_nothing_is_said_of_no_cases():
    assert wilson(0, 0) is None


def test_the_interval_of_all_mirrors_that_of_none():
    low, high = wilson(20, 20) or (0, 0)
    assert (round(low, 4), high) == (0.8389, 1.0)

from coding.saturation import saturation


def test_a_study_is_saturated_when_a_run_brings_nothing_new() -> None:
    found = saturation([{1, 2}, {3}, {4}, {5}, {6}, {1}, {2}])
    assert (found.new, found.reached, found.at) == ((2, 1, 1, 1, 1, 0, 0), (2, 3, 4, 5, 6, 6, 6), 5)


def test_a_study_that_still_brings_codes_is_not_saturated() -> None:
    assert saturation([{number} for number in range(9)]).at is None


def test_too_few_sources_say_nothing_of_saturation() -> None:
    assert saturation([{1}, {1}, {1}, {1}, {1}]).at is None


def test_without_any_code_in_the_base_nothing_is_said() -> None:
    assert saturation([set(), set(), set(), set(), set(), set()]).at is None


def test_new_information_may_be_up_to_the_threshold() -> None:
    base = [set(range(20)), set(), set(), set()]
    assert saturation([*base, {20}, set()]).at == 4
    assert saturation([*base, {20, 21}, set()]).at is None

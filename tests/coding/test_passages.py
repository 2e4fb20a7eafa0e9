"""Rules that settle by themselves, on what sides hold."""

import uuid

import pytest

from coding.passages import Passage, alike, common_to, majority, overlapping, runs_of, unanimous, union_of

PRO, STR = uuid.UUID(int=1), uuid.UUID(int=2)


def on(*spans: tuple[int, int], code: uuid.UUID = PRO) -> list[Passage]:
    return [Passage(code, start, end) for start, end in spans]


def test_stretches_that_overlap_or_touch_are_joined() -> None:
    assert runs_of([(4, 8), (0, 5), (8, 9), (12, 14)]) == ((0, 9), (12, 14))


def test_merging_keeps_every_code_of_every_side() -> None:
    sides = {"a": on((0, 5)), "b": [*on((3, 9)), *on((0, 4), code=STR)]}
    assert union_of(sides) == (Passage(STR, 0, 4), Passage(PRO, 0, 9))


def test_what_all_hold_is_the_words_they_share_under_one_code() -> None:
    assert common_to({"a": on((0, 9)), "b": on((3, 12))}) == (Passage(PRO, 3, 9),)
    assert common_to({"a": on((0, 9)), "b": on((0, 9), code=STR)}) == ()
    assert common_to({}) == ()


def test_unanimous_is_one_code_by_all_on_words_that_all_hold() -> None:
    assert unanimous({"a": on((0, 9)), "b": on((3, 12)), "c": on((2, 5))}) == (Passage(PRO, 3, 5),)


@pytest.mark.parametrize(
    "sides",
    [
        {"a": on((0, 9)), "b": []},
        {"a": [], "b": []},
        {"a": on((0, 9)), "b": on((0, 9), code=STR)},
        {"a": on((0, 6)), "b": on((4, 9)), "c": on((0, 2))},
        {"a": on((0, 9))},
    ],
)
def test_unanimous_settles_nothing_else(sides: dict[str, list[Passage]]) -> None:
    assert unanimous(sides) is None


def test_the_majority_is_more_than_half_word_for_word() -> None:
    assert majority({"a": on((0, 9)), "b": on((0, 4), (4, 9)), "c": []}) == "a"
    assert majority({"a": [], "b": [], "c": on((0, 9))}) == "a"


def test_two_against_two_is_no_majority() -> None:
    assert majority({"a": on((0, 9)), "b": on((0, 9)), "c": [], "d": []}) is None
    assert majority({"a": on((0, 9)), "b": on((1, 9))}) is None
    assert majority({}) is None


def test_how_alike_sides_are_is_told_by_the_two_least_alike() -> None:
    assert alike({"a": on((0, 10)), "b": on((0, 8)), "c": on((0, 10))}) == 0.8
    assert alike({"a": on((0, 10)), "b": []}) == 0


def test_an_overlap_of_just_the_threshold_settles() -> None:
    sides = {"a": on((0, 10)), "b": on((0, 8))}
    assert overlapping(sides, 0.8) == (Passage(PRO, 0, 10),)
    assert overlapping(sides, 0.81) is None

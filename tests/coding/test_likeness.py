import numpy as np
import pytest

from coding.likeness import likeness

FILM = {"film": 2, "shadow": 1, "read": 1}
OTHERS = [FILM, {"film": 1, "shadow": 1, "tea": 3}, {"tea": 1, "milk": 1, "sugar": 1}]


def test_a_turn_is_wholly_like_itself() -> None:
    assert likeness(FILM, OTHERS)[0] == pytest.approx(1)


def test_more_shared_words_are_more_like() -> None:
    scores = likeness(FILM, OTHERS)
    assert scores[0] > scores[1] > scores[2] == 0


def test_a_turn_of_two_words_is_like_none() -> None:
    assert likeness(FILM, [{"film": 1, "shadow": 1}, *OTHERS])[0] == 0


def test_words_that_every_turn_has_tell_nothing() -> None:
    turns = [{"film": 1, "a": 1, "b": 1}, {"film": 1, "c": 1, "d": 1}]
    assert likeness({"film": 3}, turns).tolist() == [0, 0]


def test_words_nobody_else_says_make_it_like_none() -> None:
    assert likeness({"marigold": 1}, OTHERS).tolist() == [0, 0, 0]


def test_without_turns_there_is_nothing() -> None:
    assert len(likeness(FILM, [])) == 0


def test_likeness_is_the_cosine_of_weighted_words() -> None:
    turns = [{"a": 1, "b": 3, "c": 1}, {"b": 1, "d": 1, "e": 2}, {"c": 1, "d": 1, "f": 1}]
    words = sorted({word for turn in turns for word in turn})
    held = {word: sum(word in turn for turn in turns) for word in words}

    def vector(turn: dict[str, int]) -> np.ndarray:
        return np.array(
            [(1 + np.log(turn[word])) * np.log(4 / (1 + held[word])) if word in turn else 0 for word in words]
        )

    one, other = vector(turns[0]), vector(turns[1])
    assert likeness(turns[0], turns)[1] == pytest.approx(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

import sys

from coding.tagging.characters import model_text


def test_apostrophes_are_made_plain() -> None:
    assert model_text("l’image d‘un") == "l'image d'un"


def test_no_break_spaces_are_made_plain() -> None:
    assert model_text("sûr\u00a0?\u202f!") == "sûr ? !"


def test_no_character_changes_the_length() -> None:
    every = "".join(chr(point) for point in range(sys.maxunicode + 1))
    assert len(model_text(every)) == len(every)

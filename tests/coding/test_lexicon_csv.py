import pytest

from coding.lexicon_csv import read_lexicon
from observations.importers.base import ImportFailed

HEADER = "sign,language,kind,expression,note\n"


def problems(rows: str) -> list[tuple[str, int | None]]:
    with pytest.raises(ImportFailed) as caught:
        read_lexicon((HEADER + rows).encode(), known_signs=["STR"])
    return [(problem.code, problem.line) for problem in caught.value.problems]


def test_a_row_gives_an_entry():
    [entry] = read_lexicon((HEADER + "str,en,lemmas,too strict,why").encode(), known_signs=["STR"])
    assert (entry.sign, entry.language, entry.kind, entry.expression, entry.note) == (
        "STR", "en", "lemmas", "too strict", "why",
    )  # fmt: skip


def test_a_repeated_row_counts_once():
    entries = read_lexicon((HEADER + "STR,en,lemmas,strict,\nSTR,en,lemmas,strict,again").encode(), known_signs=["STR"])
    assert [entry.line for entry in entries] == [2]


def test_an_expression_that_cannot_be_read_is_told_with_its_line():
    assert problems("STR,en,lemmas,fine,\nSTR,en,lemmas,(open,\nSTR,en,pattern,[,") == [
        ("lexicon.bracket", 3),
        ("lexicon.json", 4),
    ]


def test_an_entry_for_no_known_code_is_a_problem():
    assert problems("CTX,en,lemmas,fine,") == [("lexicon.sign_unknown", 2)]


def test_a_language_is_a_code_or_nothing():
    assert problems("STR,english,lemmas,fine,") == [("lexicon.language", 2)]


def test_an_expression_longer_than_is_kept_is_a_problem():
    assert ("lexicon.too_long", 2) in problems("STR,en,lemmas," + "a" * 2001 + ",")


def test_a_file_without_entries_says_so():
    assert problems("") == [("lexicon.empty", None)]

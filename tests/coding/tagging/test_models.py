"""The real French and English models: what a lemma phrase finds in running text."""

import pytest

from coding.tagging.lexicon import Entry, compile
from coding.tagging.tags import Tag, TurnText, tag_turns


def tags_in(text: str, language: str, expression: str, kind: str = "lemmas") -> list[Tag]:
    lexicon = compile([Entry("e1", "PSA", language, kind, expression)], language)  # type: ignore[arg-type]
    return list(tag_turns([TurnText("t1", 0, text, language)], {language: lexicon}))


def words_found(text: str, language: str, expression: str, kind: str = "lemmas") -> list[str]:
    return [
        text[evidence.start : evidence.end]
        for tag in tags_in(text, language, expression, kind)
        for evidence in tag.evidence
    ]


@pytest.mark.parametrize(
    ("text", "expression", "words"),
    [
        ("Les internes perdent leurs savoirs.", "perdre ... savoir", ["perdent leurs savoirs"]),
        ("Il regarde l’image avant le logiciel.", "l'image", ["l’image"]),
        ("C’est la perte d’un savoir tacite.", "perte de un savoir", ["perte d’un savoir"]),
        ("On parle de savoir-faire ici.", "savoir-faire", ["savoir-faire"]),
        ("Ce ne sont que des parties.", "parties", ["parties"]),
        ("Est-il sûr\u00a0? Elle en doute\u202f!", "doute|douter", ["doute"]),
        ("👩🏽‍⚕️ «\u00a0Nous doutons\u00a0», dit-elle.", "douter", ["doutons"]),
    ],
)
def test_french_phrases_are_found_by_their_lemmas(text: str, expression: str, words: list[str]) -> None:
    assert words_found(text, "fr", expression) == words


@pytest.mark.parametrize(
    ("text", "expression", "words"),
    [
        ("The juniors were losing their skills.", "lose ... skill", ["losing their skills"]),
        ("I don’t trust it.", "don't trust", ["don’t trust"]),
        ("She asked for second opinions.", "second opinion", ["second opinions"]),
    ],
)
def test_english_phrases_are_found_by_their_lemmas(text: str, expression: str, words: list[str]) -> None:
    assert words_found(text, "en", expression) == words


def test_a_pattern_sees_parts_of_speech() -> None:
    expression = '[{"POS": "ADJ"}, {"LEMMA": "opinion"}]'
    assert words_found("A second opinion and their opinion.", "en", expression, "pattern") == ["second opinion"]


def test_two_runs_of_a_model_give_the_same_tags() -> None:
    text = "Les internes perdent leurs savoirs, et l’on n’y peut rien. " * 20
    assert tags_in(text, "fr", "perdre ... savoir") == tags_in(text, "fr", "perdre ... savoir")


def test_turns_of_two_languages_are_tagged_in_their_order() -> None:
    entries = [Entry("f", "PSA", "fr", "lemmas", "perdre"), Entry("e", "PSA", "en", "lemmas", "lose")]
    lexicons = {language: compile(entries, language) for language in ("fr", "en")}
    turns = [
        TurnText("1", 0, "Ils perdent.", "fr"),
        TurnText("2", 12, "They lost.", "en-GB"),
        TurnText("3", 22, "Elle perdait.", "fr-CA"),
    ]
    assert [tag.turn_id for tag in tag_turns(turns, lexicons)] == ["1", "2", "3"]

import json
from typing import Any

import pytest

from coding.tagging.patterns import ATTRIBUTES, needed_words, parse_patterns
from fieldstudy.errors import Invalid


def parse(tokens: Any) -> list[list[dict[str, Any]]]:
    return parse_patterns(json.dumps(tokens))


def refusal_of(expression: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        parse_patterns(expression)
    return refusal.value


def test_a_list_of_tokens_is_one_pattern() -> None:
    assert parse([{"LEMMA": "perte"}, {"POS": "NOUN"}]) == [[{"LEMMA": "perte"}, {"POS": "NOUN"}]]


def test_a_list_of_lists_is_alternatives() -> None:
    assert len(parse([[{"LEMMA": "perte"}], [{"LEMMA": "oubli"}]])) == 2


def test_attributes_may_be_written_in_lower_case() -> None:
    assert parse([{"lemma": "perte"}]) == [[{"LEMMA": "perte"}]]


@pytest.mark.parametrize(("written", "read"), [("*", "{0,5}"), ("+", "{1,6}"), ("{2}", "{2,2}"), ("{,3}", "{0,3}")])
def test_repeats_are_counted(written: str, read: str) -> None:
    assert parse([{"LEMMA": "a"}, {"POS": "ADJ", "OP": written}])[0][1]["OP"] == read


def test_words_are_read_with_plain_apostrophes() -> None:
    assert parse([{"LOWER": "l’"}]) == [[{"LOWER": "l'"}]]


@pytest.mark.parametrize(
    ("tokens", "code"),
    [
        ([], "lexicon.shape"),
        ({"LEMMA": "perte"}, "lexicon.shape"),
        ("perte", "lexicon.shape"),
        (["perte"], "lexicon.shape"),
        ([[]], "lexicon.empty"),
        ([{"LEMMA": {"REGEX": "(a+)+$"}}], "lexicon.test"),
        ([{"TEXT": {"FUZZY": "perte"}}], "lexicon.test"),
        ([{"LEMMA": {}}], "lexicon.test"),
        ([{"LEMMA": {"IN": "perte"}}], "lexicon.value"),
        ([{"LEMMA": {"IN": []}}], "lexicon.value"),
        ([{"LEMMA": {"IN": ["a"] * 201}}], "lexicon.value"),
        ([{"LEMMA": 3}], "lexicon.value"),
        ([{"LEMMA": "a" * 101}], "lexicon.value"),
        ([{"LOWER": "Perte"}], "lexicon.value"),
        ([{"IS_ALPHA": "yes"}], "lexicon.value"),
        ([{"LENGTH": True}], "lexicon.value"),
        ([{"LENGTH": {">=": 1e9}}], "lexicon.value"),
        ([{"LENGTH": {"IN": [1]}}], "lexicon.test"),
        ([{"_": {"secret": True}}], "lexicon.attribute"),
        ([{"ENT_TYPE": "PER"}], "lexicon.attribute"),
        ([{"DEP": "nsubj"}], "lexicon.attribute"),
        ([{"LEMMA": "a", "lemma": "b"}], "lexicon.shape"),
        ([{"LEMMA": "a", "OP": "**"}], "lexicon.operator"),
        ([{"LEMMA": "a", "OP": "{}"}], "lexicon.operator"),
        ([{"LEMMA": "a", "OP": "{3,1}"}], "lexicon.operator"),
        ([{"LEMMA": "a", "OP": "{1,99}"}], "lexicon.operator"),
        ([{"LEMMA": "a", "OP": ["+"]}], "lexicon.operator"),
        ([{"LEMMA": "a"}, *[{"OP": "*"}] * 3], "lexicon.costly"),
        ([{"LEMMA": "a"}, *[{"OP": "?"}] * 11], "lexicon.costly"),
        ([{"LEMMA": "a", "OP": "{40}"}, {"LEMMA": "a", "OP": "{40}"}], "lexicon.costly"),
        ([{"LEMMA": "a", "OP": "?"}], "lexicon.all_optional"),
        ([{}], "lexicon.all_optional"),
        ([{"LEMMA": "a", "OP": "!"}], "lexicon.all_optional"),
        ([{"LEMMA": "a"}] * 51, "lexicon.too_long"),
        ([[{"LEMMA": "a"}]] * 11, "lexicon.too_long"),
    ],
)
def test_what_is_unsafe_or_means_nothing_here_is_refused(tokens: Any, code: str) -> None:
    assert refusal_of(json.dumps(tokens)).code == code


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("", "lexicon.empty"),
        ("[{", "lexicon.json"),
        ("[" * 9_999, "lexicon.shape"),
        ("[" + "9" * 9_000 + "]", "lexicon.shape"),
        (" " * 10_001 + "[]", "lexicon.too_long"),
        ('[{"LEMMA": "a", "LEMMA": "b"}]', "lexicon.shape"),
        ('[{"LENGTH": NaN}]', "lexicon.value"),
    ],
)
def test_hostile_json_is_refused(expression: str, code: str) -> None:
    assert refusal_of(expression).code == code


def test_a_refusal_of_json_says_where() -> None:
    assert refusal_of('[{"LEMMA": "a"},\n {"POS" "NOUN"}]').values == {"line": 2, "column": 9}


def test_a_refusal_says_which_token_and_what_is_known() -> None:
    refusal = refusal_of('[{"LEMMA": "a"}, {"COLOUR": "red"}]')
    assert (refusal.values["token"], refusal.values["found"]) == (2, "COLOUR")
    assert all(attribute in str(refusal) for attribute in ATTRIBUTES)


@pytest.mark.parametrize(
    "tokens",
    [
        [{"LEMMA": {"IN": ["perte", "oubli"]}}, {"POS": "ADJ", "OP": "*"}, {"LOWER": "savoir", "OP": "{1,2}"}],
        [{"MORPH": {"IS_SUPERSET": ["Number=Plur"]}}, {"LENGTH": {">=": 4}, "OP": "!"}, {"SHAPE": "dd"}],
        [{"IS_PUNCT": True}, {"ORTH": "x", "OP": "{2}"}, {"TAG": {"NOT_IN": ["NN"]}, "OP": "?"}, {"LENGTH": 3}],
    ],
)
def test_spacy_takes_what_is_accepted(tokens: list[dict[str, Any]]) -> None:
    import spacy
    from spacy.matcher import Matcher

    matcher = Matcher(spacy.blank("fr").vocab, validate=True)
    matcher.add("entry", parse(tokens), greedy="LONGEST")
    assert len(matcher) == 1


def test_the_worst_accepted_pattern_ends_soon_on_a_hostile_text() -> None:
    import spacy
    from spacy.matcher import Matcher

    nlp = spacy.blank("fr")
    matcher = Matcher(nlp.vocab)
    matcher.add("entry", parse([*[{"LOWER": "a", "OP": "*"}] * 2, {"LOWER": "x"}]), greedy="LONGEST")
    assert matcher(nlp.make_doc("a " * 300)) == []


def test_a_pattern_needs_the_words_of_its_required_tokens() -> None:
    pattern = parse([{"LOWER": {"IN": ["a", "b"]}}, {"LEMMA": "savoir"}, {"TEXT": "x", "OP": "?"}])[0]
    assert needed_words(pattern) == ({"a", "b"}, {"savoir"})


def test_a_pattern_without_required_words_needs_none() -> None:
    assert needed_words(parse([{"POS": "NOUN"}, {"LOWER": "x", "OP": "!"}])[0]) == ()

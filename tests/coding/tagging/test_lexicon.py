import csv
import subprocess
import sys
from pathlib import Path

import pytest

from coding.tagging.lexicon import Entry, compile, digest, parse_expression
from fieldstudy.errors import Invalid

DEMONSTRATION = Path(__file__).parents[3] / "fieldstudy" / "demonstration" / "lexicon.csv"


def entry(expression: str, *, id: str = "e1", code: str = "PSA", language: str = "de", kind: str = "lemmas") -> Entry:
    return Entry(id, code, language, kind, expression)  # type: ignore[arg-type]


def found(text: str, *entries: Entry) -> list[str]:
    """What the entries find in a German text, which has no model: words are found as they are written."""
    import spacy

    doc = spacy.blank("de").make_doc(text)
    return [text[hit.start : hit.end] for hit in compile(entries, "de").find(doc)]


def test_a_phrase_is_read_as_a_pattern_on_lemmas() -> None:
    assert parse_expression("lemmas", "Perte|oubli (de) ... savoir") == [
        [
            {"LEMMA": {"IN": ["perte", "oubli"]}},
            {"LEMMA": "de", "OP": "?"},
            {"TEXT": {"NOT_IN": [".", "!", "?", "…", "..."]}, "OP": "{0,5}"},
            {"LEMMA": "savoir"},
        ]
    ]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        parse_expression("regex", ".*")
    assert refusal.value.code == "lexicon.kind"


def test_expressions_are_read_without_spacy() -> None:
    script = "import sys, coding.tagging.lexicon; sys.exit('spacy' in sys.modules or 'django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_digest_changes_with_an_expression() -> None:
    assert digest([entry("Wissen")]) != digest([entry("Können")])


def test_the_digest_ignores_order() -> None:
    one, other = entry("Wissen"), entry("Können", id="e2")
    assert digest([one, other]) == digest([other, one])


def test_a_phrase_is_found_whatever_its_capitals() -> None:
    assert found("Das WISSEN geht.", entry("Wissen")) == ["WISSEN"]


def test_a_phrase_is_found_across_a_double_space() -> None:
    assert found("das  alte   Wissen", entry("alt|alte Wissen")) == ["alte   Wissen"]


def test_the_matches_of_one_entry_do_not_overlap() -> None:
    assert found("so so so so so", entry("so so")) == ["so so", "so so"]


def test_different_entries_may_overlap() -> None:
    assert found("altes Wissen", entry("altes Wissen"), entry("Wissen", id="e2")) == ["altes Wissen", "Wissen"]


def test_entries_of_other_languages_are_left_out() -> None:
    assert found("Wissen", entry("Wissen", language="fr")) == []


def test_entries_of_no_language_are_looked_for_in_all() -> None:
    assert found("ein Score", entry("Score", language="")) == ["Score"]


def test_a_pattern_is_found_by_its_tests() -> None:
    expression = '[{"LIKE_NUM": true}, {"LOWER": {"IN": ["prozent", "%"]}}]'
    assert found("zu 87 Prozent sicher", entry(expression, kind="pattern")) == ["87 Prozent"]


def test_alternatives_of_a_pattern_are_each_found() -> None:
    expression = '[[{"LOWER": "wissen"}], [{"LOWER": "können"}]]'
    assert found("Wissen, Können", entry(expression, kind="pattern")) == ["Wissen", "Können"]


def test_a_pattern_on_lemmas_finds_nothing_without_a_model() -> None:
    assert found("Wissen", entry('[{"LEMMA": "Wissen"}]', kind="pattern")) == []


def test_a_lemma_is_found_in_another_form() -> None:
    lexicon = compile([entry("perdre", language="fr")], "fr")
    import spacy
    from spacy.tokens import Doc

    vocab = spacy.blank("fr").vocab
    doc = Doc(vocab, words=["Ils", "perdaient"], lemmas=["il", "perdre"])
    assert [(hit.start, hit.end) for hit in lexicon.find(doc)] == [(4, 13)]


def test_an_expression_that_cannot_be_read_is_refused_when_compiled() -> None:
    with pytest.raises(Invalid):
        compile([entry("(")], "de")


@pytest.mark.skipif(not DEMONSTRATION.exists(), reason="the demonstration study has no lexicon here")
def test_the_lexicon_of_the_demonstration_can_be_read() -> None:
    with DEMONSTRATION.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(parse_expression(row["kind"], row["expression"]) for row in rows)

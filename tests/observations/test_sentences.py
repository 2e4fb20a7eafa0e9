import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observations.sentences import SEGMENTER, sentence_ends


def sentences(text: str, language: str = "fr") -> list[str]:
    ends = sentence_ends(text, language)
    return [text[start:end].strip() for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    "text",
    [
        "Le Dr. Sorel lit d’abord l’image",
        "On a vu M. Ferrand et Mme. Vasseur hier",
        "Une dose, p. ex. 3,5 mg, suffit",
        "Il y en a 3.5 fois plus, c.-à-d. Thoralis exagère",
        "Avec J. Dupont et le Pr. Keller",
        "Voir fig. 3 et p. 12",
        "Des clichés, des notes, etc. mais rien de plus",
        "Elle hésite… puis tranche",
        "« Vraiment ? » dit-elle",
        "« Attention ! » et il sort",
        "1. Ouvrir l’image",
    ],
)
def test_a_french_sentence_stays_whole(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "I asked Dr. Bell and Mrs. Shah about it",
        "Some tools, e.g. Lumenor, say so",
        "That is i.e. Recidix alone",
        "See no. 5 vs. Figure 2",
        "The score was 0.82 on that day",
        "“Really?” she said",
        "Miles et al. found nothing",
    ],
)
def test_an_english_sentence_stays_whole(text: str) -> None:
    assert sentences(text, "en") == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Je lis. Puis je compare.", ["Je lis.", "Puis je compare."]),
        ("« Je lis. » Puis il compare.", ["« Je lis. »", "Puis il compare."]),
        ("C’est grave\u00a0? Oui\u00a0! Très.", ["C’est grave\u00a0?", "Oui\u00a0!", "Très."]),
        ("Elle a dit «\u00a0non\u00a0!\u00a0» Puis rien.", ["Elle a dit «\u00a0non\u00a0!\u00a0»", "Puis rien."]),
        ("Elle a dit «\u00a0non\u00a0!\u00a0». Puis rien.", ["Elle a dit «\u00a0non\u00a0!\u00a0».", "Puis rien."]),
        ("Elle hésite… Personne ne répond.", ["Elle hésite…", "Personne ne répond."]),
        ("Des notes, etc. Puis rien.", ["Des notes, etc.", "Puis rien."]),
        ("Il a dit non. Et c’est tout.", ["Il a dit non.", "Et c’est tout."]),
        ("Oui.\nNon", ["Oui.", "Non"]),
        ("Premier point\nDeuxième point", ["Premier point", "Deuxième point"]),
        ("Il y en avait 12. Dix étaient normales.", ["Il y en avait 12.", "Dix étaient normales."]),
    ],
)
def test_french_sentences_are_cut_apart(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“I read first.” Then I look.", ["“I read first.”", "Then I look."]),
        ("She said no. It was late.", ["She said no.", "It was late."]),
        ("It began at 9 a.m. The list was long.", ["It began at 9 a.m.", "The list was long."]),
        ("Well... Maybe.", ["Well...", "Maybe."]),
        ("So did I. Then we left.", ["So did I.", "Then we left."]),
    ],
)
def test_english_sentences_are_cut_apart(text: str, expected: list[str]) -> None:
    assert sentences(text, "en") == expected


def test_a_line_broken_before_a_small_letter_goes_on() -> None:
    assert sentences("une phrase\nqui continue") == ["une phrase\nqui continue"]


def test_an_empty_text_has_no_sentence() -> None:
    assert sentence_ends("", "fr") == []


def test_an_unknown_language_knows_the_abbreviations_of_both() -> None:
    assert len(sentence_ends("Mrs. Shah et Mme. Vasseur", "pt")) == 1


def test_the_rules_have_a_version() -> None:
    assert SEGMENTER == "rules-1"


@given(st.text("aA .!?…»« \n1é", max_size=60), st.sampled_from(["fr", "en", ""]))
def test_sentences_partition_the_text(text: str, language: str) -> None:
    ends = sentence_ends(text, language)
    assert ends == sorted(set(ends))
    assert (ends[-1:] == [len(text)]) if text else ends == []


@given(st.text("aA .!?…»« \n1é", max_size=60))
def test_no_sentence_but_the_only_one_is_blank(text: str) -> None:
    ends = sentence_ends(text, "fr")
    if len(ends) > 1:
        assert all(text[start:end].strip() for start, end in zip([0, *ends], ends, strict=False))


@pytest.mark.parametrize("text", ["." * 200_000 + "x", " " * 200_000 + "x", ". » " * 50_000, "\n " * 100_000])
def test_odd_long_texts_are_cut_quickly(text: str) -> None:
    began = time.process_time()
    assert sentence_ends(text, "fr")[-1] == len(text)
    assert time.process_time() - began < 2

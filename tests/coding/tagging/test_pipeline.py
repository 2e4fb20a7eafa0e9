import os

import pytest

from coding.tagging import pipeline as module
from coding.tagging.pipeline import MISSING_NOTES, pipeline, version
from fieldstudy.errors import Unavailable


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_language_with_a_model_lacks_nothing(language: str) -> None:
    assert pipeline(language).missing == ()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_model_is_loaded_without_parser_or_names(language: str) -> None:
    assert not {"parser", "ner", "senter"} & set(pipeline(language).nlp.pipe_names)
    assert "lemmatizer" in pipeline(language).nlp.pipe_names


def test_a_pipeline_is_loaded_once_for_all_regions_of_a_language() -> None:
    assert pipeline("fr-CA") is pipeline("FR")


def test_a_language_without_a_model_says_what_it_lacks() -> None:
    blank = pipeline("de")
    assert (blank.name, blank.missing) == ("blank_de", ("lemmas", "parts_of_speech"))


@pytest.mark.parametrize("language", ["", "xx", "zz", "tlh", "../fr", "fr.lex_attrs", "th"])
def test_an_unknown_language_is_cut_at_spaces(language: str) -> None:
    assert pipeline(language).name == "blank_xx"
    assert "tokenizer" in pipeline(language).missing


def test_everything_a_language_may_lack_has_a_note() -> None:
    assert set(pipeline("zz").missing) == set(MISSING_NOTES)


def test_a_model_that_is_not_installed_is_named() -> None:
    with pytest.raises(Unavailable) as refusal:
        module._with_model("fr_core_news_huge")
    assert refusal.value.code == "tagging.model_missing"


def test_a_version_names_spacy_models_rules_with_the_lexicon() -> None:
    made = version(["fr", "de", "fr-CA"], "abc")
    assert [part.split("==")[0] for part in made.split()] == [
        "spacy",
        "blank_de",
        "fr_core_news_sm",
        "rules",
        "lexicon",
    ]


def test_a_version_does_not_depend_on_the_order_of_languages() -> None:
    assert version(["fr", "en"], "abc") == version(["en", "fr"], "abc")


def test_numeric_libraries_are_told_how_many_threads_to_use() -> None:
    assert os.environ["OMP_NUM_THREADS"]

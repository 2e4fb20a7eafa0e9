"""Texts kept in several languages: a mapping of language code to text, and how one is chosen to be shown."""

from collections.abc import Mapping


def pick(texts: Mapping[str, str] | None, language: str) -> str:
    """The text in `language`, else in English, else in French, else in whatever language there is; "" for none."""
    if not texts:
        return ""
    wanted = language.split("-")[0]
    for candidate in (wanted, "en", "fr", *sorted(texts)):
        if texts.get(candidate):
            return texts[candidate]
    return ""

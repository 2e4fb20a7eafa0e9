"""A guess at the language of a text from its commonest words."""

import re

_WORDS = re.compile(r"[^\W\d_]+")
_LETTERS_READ = 200_000

# Words common in one of the two languages and not a word of the other.
_FRENCH = """
    le la les un une des du de et est je tu il elle nous vous ils elles que qui ne pas dans pour avec sur ce cette mais
    c j l d qu n était sont au aux ça plus être avait
"""
_ENGLISH = """
    the of and to is was that it in you he she they we this with for not be are have but at by from what so had were
    there my your would
"""
_COMMON = {"fr": frozenset(_FRENCH.split()), "en": frozenset(_ENGLISH.split())}
_LEAST_SEEN = 3


def guess_language(text: str) -> str:
    """`"fr"` or `"en"` when its common words are three or more, and twice as many as the other's; else `""`."""
    words = _WORDS.findall(text[:_LETTERS_READ].lower())
    seen = {language: sum(word in common for word in words) for language, common in _COMMON.items()}
    first, second = sorted(seen, key=lambda language: seen[language], reverse=True)
    return first if seen[first] >= _LEAST_SEEN and seen[first] >= 2 * seen[second] else ""

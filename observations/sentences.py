"""Cutting a turn into sentences by rule, in French and English.

The rules are few and fixed, so that units of agreement can be counted again years later: a change of any rule is a new
`SEGMENTER`.
"""

import re

SEGMENTER = "rules-1"

# A full stop, question or exclamation mark, or ellipsis, with what may close behind it, then white space.
_MAY_END = re.compile(r"(?P<mark>[.!?…。！？؟]+)(?:[\u00a0\u202f ]?»|[”’\"')\]])*(?P<gap>\s+|$)|(?P<line>\s*\n\s*)")
_OPENERS = re.compile(r"[\s«“‘\"'(\[—–-]*")
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.[ \u00a0\u202f-]?(?:à[ -])?)*[^\W_]+$|[^\W_]+[°]?$")
_ONLY_NUMBER = re.compile(r"\s*\(?(?:\d{1,3}|[^\W\d_])$")

_TITLES = "dr pr m mm mme mmes mlle mlles me mgr prof st ste"
_BOTH = f"{_TITLES} vs cf art fig vol p pp n no tél tel approx env max min al"
_FRENCH = f"{_BOTH} p.ex c.-à-d c.à.d éd coll chap ch av boul bd hab janv févr avr juil sept oct nov déc réf resp"
_ENGLISH = f"{_BOTH} mr mrs ms jr sr e.g i.e ed eds ch chap dept est gen sgt jan feb apr aug sep sept oct nov dec ref"
_ABBREVIATIONS = {
    "fr": frozenset(_FRENCH.split()),
    "en": frozenset(_ENGLISH.split()),
    "": frozenset(f"{_FRENCH} {_ENGLISH}".split()),
}
# Words that are abbreviations only before a capital or figure that belongs to them, and else end a sentence.
_BEFORE_NUMBER = frozenset("p pp n no art fig vol chap ch max min est env approx réf ref".split(" "))
_WORDS_TOO = frozenset(("me", "no", "n", "est", "max", "min", "al", "art", "st", "sept", "ch", "p", "av", "ed", "gen", "dec"))


def sentence_ends(text: str, language: str) -> list[int]:
    r"""Where the sentences of a turn end, in code points: in order, the last at the end of `text`.

    The sentences partition the text; white space between two belongs to the first. A mark ends a sentence unless a
    lower-case letter follows, or it belongs to an abbreviation, an initial, or the number of a list. A line feed ends
    one unless a lower-case letter follows. `language` is "fr" or "en"; for others the abbreviations of both are known.

    Examples
    --------
    >>> sentence_ends("Le Dr Sorel lit. Il hésite.", "fr")
    [17, 27]
    >>> sentence_ends("", "fr")
    []
    """
    abbreviations = _ABBREVIATIONS.get(language, _ABBREVIATIONS[""])
    ends: list[int] = []
    start = 0
    for found in _MAY_END.finditer(text):
        if found.end() == len(text) or not text[start : found.start()].strip():
            continue
        if _goes_on(text, found, start, abbreviations):
            continue
        ends.append(found.end())
        start = found.end()
    return [*ends, len(text)] if text else []


def _goes_on(text: str, found: re.Match[str], start: int, abbreviations: frozenset[str]) -> bool:
    """Whether the sentence that began at `start` goes on behind this mark or line feed."""
    opened = _OPENERS.match(text, found.end())
    following = text[opened.end() if opened else found.end() :][:1]
    if following.islower():
        return True
    if found["mark"] != "." or "\n" in (found["gap"] or ""):
        return False
    before = text[max(start, found.start() - 40) : found.start()]
    if _ONLY_NUMBER.fullmatch(text[start : found.start()]):
        return True
    word = _LAST_WORD.search(before)
    return word is not None and _is_abbreviation(word[0], following, abbreviations)


def _is_abbreviation(word: str, following: str, abbreviations: frozenset[str]) -> bool:
    if len(word) == 1 and word.isupper():
        return True
    compact = re.sub(r"[ \u00a0\u202f]", "", word).casefold()
    if compact in _BEFORE_NUMBER:
        return following.isdecimal()
    return compact in abbreviations

"""Cutting a turn into sentences by rule, in French and English.

The rules are few and fixed, so that units of agreement can be counted again years later: a change of any rule is a new
`SEGMENTER`.
"""

import re

SEGMENTER = "rules-1"

# A full stop, question or exclamation mark, or ellipsis, with what may close behind it, then white space.
# Runs of marks and of white space are tried from their beginning only, so that time stays linear in the text.
_MAY_END = re.compile(
    r"(?<![.!?…。！？؟])(?P<mark>[.!?…。！？؟]++)(?:[\u00a0\u202f ]?»|[”’\"')\]])*+(?P<gap>\s+|$)"
    r"|(?<!\s)(?P<line>[^\S\n]*+\n\s*)"
)
_CLOSERS = frozenset("»”’)].,;:!?…")
_OPENERS = re.compile(r"[\s«“‘\"'(\[—–-]*")
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.[ \u00a0\u202f-]?(?:à[ -])?)*[^\W_]+$|[^\W_]+[°]?$")
_ONLY_NUMBER = re.compile(r"\s*\(?(?:\d{1,3}|[^\W\d_])$")

# Before a name, and always with a capital: "Me" is a lawyer, "me" is not.
_TITLES = frozenset(
    ("dr", "pr", "m", "mm", "mme", "mmes", "mlle", "mlles", "me", "mgr", "prof", "st", "ste", "mr", "mrs", "ms")
)
# Before a number; elsewhere these are words, or end a sentence.
_BEFORE_NUMBER = frozenset(
    ("p", "pp", "n", "no", "art", "fig", "vol", "chap", "ch", "max", "min", "env", "approx", "réf", "ref")
)
_EITHER = "vs cf al tél tel"
_FRENCH = f"{_EITHER} p.ex c.-à-d c.à.d éd coll bd hab janv févr avr juil oct nov déc"
_ENGLISH = f"{_EITHER} e.g i.e dept jan feb apr aug oct nov"
_ABBREVIATIONS = {
    "fr": frozenset(_FRENCH.split()),
    "en": frozenset(_ENGLISH.split()),
    "": frozenset(f"{_FRENCH} {_ENGLISH}".split()),
}


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
    # A mark that closes further on («\u00a0Non.\u00a0».) is not yet the end: the no-break space before » is no gap.
    if following.islower() or text[found.end() :][:1] in _CLOSERS:
        return True
    if found["mark"] != "." or "\n" in (found["gap"] or ""):
        return False
    before = text[max(start, found.start() - 40) : found.start()]
    if _ONLY_NUMBER.fullmatch(text[start : found.start()]):
        return True
    word = _LAST_WORD.search(before)
    return word is not None and _is_abbreviation(word[0], following, abbreviations)


def _is_abbreviation(word: str, following: str, abbreviations: frozenset[str]) -> bool:
    if len(word) == 1 and word.isupper() and word != "I":
        return True
    compact = re.sub(r"[ \u00a0\u202f]", "", word).casefold()
    if compact in _BEFORE_NUMBER and following.isdecimal():
        return True
    return compact in abbreviations or (compact in _TITLES and word[0].isupper())

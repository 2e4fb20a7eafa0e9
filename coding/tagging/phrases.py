"""Lemma phrases: "perte|disparition (de) savoir", how they are read and how they are found among words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from unicodedata import normalize

from coding.tagging.characters import model_text
from fieldstudy.errors import Invalid, gettext_noop

MAX_WORDS = 50
MAX_CHARACTERS = 4_000
MAX_GAP = 5

# A gap does not leap over the end of a sentence.
GAP_STOPS = (".", "!", "?", "…", "...")

_PIECE = re.compile(r"\s+|\.{3}|[()|…]|(?:(?!\.{3})[^\s()|…])+")


@dataclass(frozen=True)
class Word:
    """One place of a phrase: what may stand there, and whether it may be left out.

    Each alternative is a tuple of tokens, one as written, or several where the language cuts the word ("l'image").
    """

    alternatives: tuple[tuple[str, ...], ...]
    optional: bool = False


@dataclass(frozen=True)
class Gap:
    """Up to `MAX_GAP` tokens of any kind but the end of a sentence."""


Phrase = tuple[Word | Gap, ...]


def parse_phrase(expression: str) -> Phrase:
    """The places of a lemma phrase, in order, its words in lower case.

    Words stand apart by spaces; `a|b` is one place with alternatives, `(a)` may be left out, `...` or `…` allows up to
    five tokens between two words.

    Raises
    ------
    Invalid
        `lexicon.empty`, `lexicon.too_long`, `lexicon.bracket`, `lexicon.alternative`, `lexicon.gap`,
        `lexicon.all_optional`; `position` counts characters from 1.
    """
    if len(expression) > MAX_CHARACTERS:
        raise Invalid(
            "lexicon.too_long",
            gettext_noop("The expression has %(found)s characters; at most %(limit)s are read."),
            found=len(expression),
            limit=MAX_CHARACTERS,
        )
    pieces = _Pieces(expression)
    places: list[Word | Gap] = []
    while (piece := pieces.look()) is not None:
        if piece in ("...", "…"):
            pieces.take()
            places.append(Gap())
        else:
            places.append(_word(pieces))
    _check_phrase(places)
    return tuple(places)


def as_pattern(phrase: Phrase) -> list[dict[str, Any]]:
    """The phrase as spaCy Matcher token dicts, to show what is looked for and to start a pattern from.

    The dicts name lemmas alone: that a word is also found as it is written has no form there.
    """
    return [_token_dict(place) for place in phrase]


def cut_words(phrase: Phrase, cut: Callable[[str], Sequence[str]]) -> Phrase:
    """The phrase with each word also cut into tokens as the language cuts it in running text.

    A lead writes "l'image" or "savoir-faire" as one word, and the pipeline reads two or three tokens. The word in one
    piece is kept as an alternative beside it, as a cut may depend on what stands around.
    """
    return tuple(place if isinstance(place, Gap) else _cut_word(place, cut) for place in phrase)


def first_words(phrase: Phrase) -> set[str]:
    """The words a match of the phrase can begin with."""
    found: set[str] = set()
    for place in phrase:
        if isinstance(place, Word):
            found.update(tokens[0] for tokens in place.alternatives)
            if not place.optional:
                break
    return found


def needed_words(phrase: Phrase) -> tuple[frozenset[str], ...]:
    """For each place that must be there, the words that can begin it: a text without one of them cannot match."""
    return tuple(
        frozenset(tokens[0] for tokens in place.alternatives)
        for place in phrase
        if isinstance(place, Word) and not place.optional
    )


def longest_match(phrase: Phrase, start: int, lemmas: Sequence[str], forms: Sequence[str]) -> int | None:
    """Where the longest match of the phrase that begins at token `start` ends (exclusive); None without one.

    `lemmas` and `forms` are the tokens' lemmas and written forms, both in lower case; a token is the word if either is.
    Work grows with the places times the tokens they can reach, whatever is written in the phrase or the text.
    """
    reached = {start}
    for place in phrase:
        if isinstance(place, Gap):
            reached = {end for at in reached for end in _gap_ends(at, forms)}
            continue
        after = {
            at + len(tokens) for at in reached for tokens in place.alternatives if _stands_at(tokens, at, lemmas, forms)
        }
        reached = reached | after if place.optional else after
        if not reached:
            return None
    return max(reached)


def _stands_at(tokens: tuple[str, ...], at: int, lemmas: Sequence[str], forms: Sequence[str]) -> bool:
    if at + len(tokens) > len(forms):
        return False
    return all(token in (lemmas[at + step], forms[at + step]) for step, token in enumerate(tokens))


def _gap_ends(at: int, forms: Sequence[str]) -> list[int]:
    ends = [at]
    for end in range(at + 1, min(at + MAX_GAP, len(forms)) + 1):
        if forms[end - 1] in GAP_STOPS:
            break
        ends.append(end)
    return ends


def _cut_word(word: Word, cut: Callable[[str], Sequence[str]]) -> Word:
    ways: dict[tuple[str, ...], None] = {}
    for tokens in word.alternatives:
        ways[tokens] = None
        ways[tuple(part.lower() for token in tokens for part in cut(token))] = None
    return replace(word, alternatives=tuple(ways))


def _token_dict(place: Word | Gap) -> dict[str, Any]:
    if isinstance(place, Gap):
        return {"TEXT": {"NOT_IN": list(GAP_STOPS)}, "OP": f"{{0,{MAX_GAP}}}"}
    words = [" ".join(tokens) for tokens in place.alternatives]
    pattern: dict[str, Any] = {"LEMMA": words[0] if len(words) == 1 else {"IN": words}}
    return {**pattern, "OP": "?"} if place.optional else pattern


class _Pieces:
    """The signs and words of an expression, one after the other, with where each begins (from 1)."""

    def __init__(self, expression: str) -> None:
        plain = model_text(normalize("NFC", expression))
        found = [(match[0], match.start() + 1) for match in _PIECE.finditer(plain) if not match[0].isspace()]
        self._pieces = found
        self._next = 0
        self._end = len(plain) + 1

    def look(self) -> str | None:
        """The next piece, left in place; None at the end."""
        return self._pieces[self._next][0] if self._next < len(self._pieces) else None

    def take(self) -> str | None:
        """The next piece, taken away; None at the end."""
        piece = self.look()
        self._next += piece is not None
        return piece

    @property
    def position(self) -> int:
        """Where the next piece begins, in characters from 1."""
        return self._pieces[self._next][1] if self._next < len(self._pieces) else self._end


def _word(pieces: _Pieces) -> Word:
    """The place that begins with the next piece: one word, alternatives, or either in brackets."""
    opened = pieces.position
    optional = pieces.look() == "("
    if optional:
        pieces.take()
    words = [_plain_word(pieces)]
    while pieces.look() == "|":
        pieces.take()
        words.append(_plain_word(pieces))
    if optional and pieces.take() != ")":
        raise Invalid(
            "lexicon.bracket",
            gettext_noop(
                "The bracket opened at character %(position)s is not closed after one word: "
                "write (word) or (one|other), and each further word in brackets of its own."
            ),
            position=opened,
        )
    return Word(tuple((word,) for word in dict.fromkeys(words)), optional)


def _plain_word(pieces: _Pieces) -> str:
    position = pieces.position
    piece = pieces.take()
    if piece == ")":
        raise Invalid(
            "lexicon.bracket",
            gettext_noop("At character %(position)s a bracket closes that holds no word or was not opened."),
            position=position,
        )
    if piece is None:
        raise Invalid(
            "lexicon.alternative",
            gettext_noop("The phrase ends at character %(position)s, where a word was expected."),
            position=position,
        )
    if piece in ("(", "|", "...", "…"):
        raise Invalid(
            "lexicon.alternative",
            gettext_noop("At character %(position)s a word was expected, and %(found)s was found."),
            position=position,
            found=piece,
        )
    return piece.lower()


def _check_phrase(places: list[Word | Gap]) -> None:
    required = [isinstance(place, Word) and not place.optional for place in places]
    gaps = [number for number, place in enumerate(places) if isinstance(place, Gap)]
    if not places:
        raise Invalid("lexicon.empty", gettext_noop("The expression is empty; at least one word was expected."))
    if sum(len(place.alternatives) for place in places if isinstance(place, Word)) + len(gaps) > MAX_WORDS:
        raise Invalid(
            "lexicon.too_long",
            gettext_noop("The phrase has more than %(limit)s words and gaps; write it as several entries."),
            limit=MAX_WORDS,
        )
    edges = [-1, *gaps, len(places)]
    if gaps and not all(any(required[before + 1 : after]) for before, after in pairwise(edges)):
        raise Invalid(
            "lexicon.gap",
            gettext_noop("A gap (...) stands between two words that must be there; none begins or ends a phrase."),
        )
    if not any(required):
        raise Invalid(
            "lexicon.all_optional",
            gettext_noop("Everything in the phrase may be left out; at least one word must be there."),
        )

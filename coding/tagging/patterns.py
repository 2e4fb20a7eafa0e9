"""Patterns: spaCy Matcher token dicts written as JSON, held to what can be read safely and means something here."""

import json
import re
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

from coding.tagging.characters import model_text
from fieldstudy.errors import Invalid, gettext_noop

MAX_CHARACTERS = 10_000
MAX_PATTERNS = 10
MAX_TOKENS = 50
MAX_VALUES = 200
MAX_VALUE_LENGTH = 100
MAX_REPEATS = 5
MAX_LEFT_OPEN = 10

WORD_ATTRIBUTES = ("TEXT", "ORTH", "LOWER", "NORM", "LEMMA")
CLASS_ATTRIBUTES = ("POS", "TAG", "MORPH", "SHAPE")
FLAG_ATTRIBUTES = (
    "IS_ALPHA", "IS_ASCII", "IS_DIGIT", "IS_LOWER", "IS_UPPER", "IS_TITLE",
    "IS_PUNCT", "IS_SPACE", "IS_STOP", "LIKE_NUM",
)  # fmt: skip
ATTRIBUTES = (*WORD_ATTRIBUTES, *CLASS_ATTRIBUTES, *FLAG_ATTRIBUTES, "LENGTH", "OP")
SET_TESTS = ("IN", "NOT_IN")
MORPH_TESTS = ("IN", "NOT_IN", "IS_SUBSET", "IS_SUPERSET", "INTERSECTS")
NUMBER_TESTS = ("==", "!=", ">=", "<=", ">", "<")
OPERATORS = ("!", "?", "*", "+", "1", "{n}", "{n,m}", "{,m}", "{n,}")

_COUNTED = re.compile(r"\{(\d{1,2})?(,)?(\d{1,2})?\}")

TokenPattern = dict[str, Any]


def parse_patterns(expression: str) -> list[list[TokenPattern]]:
    """The token dicts of a pattern: one list of them, or a list of such lists as alternatives.

    Only the attributes of `ATTRIBUTES` are taken: the pipelines have no parser and no names, a regular expression can
    take for ever on a hostile text, and an extension would run code. Repeats are counted: `*` and `+` stop after five
    more tokens, and what may be left out in one pattern adds up to `MAX_LEFT_OPEN` at most, as spaCy follows every way
    of leaving it out.

    Raises
    ------
    Invalid
        `lexicon.json`, `lexicon.empty`, `lexicon.too_long`, `lexicon.shape`, `lexicon.attribute`, `lexicon.test`,
        `lexicon.value`, `lexicon.operator`, `lexicon.costly`, `lexicon.all_optional`; `token` counts from 1.
    """
    read = _read_json(expression)
    if not isinstance(read, list) or not read:
        raise _shape(gettext_noop("A pattern is a JSON list of tokens, and %(found)s was found."), found=_shown(read))
    lists = read if all(isinstance(one, list) for one in read) else [read]
    if len(lists) > MAX_PATTERNS or any(len(tokens) > MAX_TOKENS for tokens in lists):
        raise Invalid(
            "lexicon.too_long",
            gettext_noop("A pattern has at most %(tokens)s tokens, and an entry at most %(patterns)s patterns."),
            tokens=MAX_TOKENS,
            patterns=MAX_PATTERNS,
        )
    return [_pattern(tokens) for tokens in lists]


def needed_words(pattern: list[TokenPattern]) -> tuple[frozenset[str], ...]:
    """For each token that must be there and names words, those words: a text without one of them cannot match.

    Looked at first, so that most patterns cost a text nothing.
    """
    needed = []
    for token in pattern:
        if not _must_be_there(token):
            continue
        for attribute in ("TEXT", "ORTH", "LOWER", "LEMMA"):
            value = token.get(attribute)
            if isinstance(value, str):
                needed.append(frozenset([value]))
            elif isinstance(value, dict) and "IN" in value:
                needed.append(frozenset(value["IN"]))
    return tuple(needed)


def _read_json(expression: str) -> Any:
    if not expression.strip():
        raise Invalid("lexicon.empty", gettext_noop("The expression is empty; a JSON list of tokens was expected."))
    if len(expression) > MAX_CHARACTERS:
        raise Invalid(
            "lexicon.too_long",
            gettext_noop("The expression has %(found)s characters; at most %(limit)s are read."),
            found=len(expression),
            limit=MAX_CHARACTERS,
        )
    try:
        return json.loads(expression, object_pairs_hook=_no_key_twice)
    except json.JSONDecodeError as problem:
        raise Invalid(
            "lexicon.json",
            gettext_noop("The pattern is not JSON: line %(line)s, column %(column)s."),
            line=problem.lineno,
            column=problem.colno,
        ) from problem
    except (ValueError, RecursionError) as problem:
        raise _shape(gettext_noop("The pattern is nested too deeply or holds a number that is too long.")) from problem


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise _shape(gettext_noop("%(found)s stands twice in one token, and once was expected."), found=twice[:40])
    return dict(pairs)


def _pattern(tokens: Any) -> list[TokenPattern]:
    if not tokens:
        raise Invalid("lexicon.empty", gettext_noop("A pattern has no token; at least one was expected."))
    pattern = [_token(token, number) for number, token in enumerate(tokens, start=1)]
    repeats = [_repeats(token.get("OP", "1")) for token in pattern]
    if sum(most - least for least, most in repeats) > MAX_LEFT_OPEN or sum(most for _, most in repeats) > MAX_TOKENS:
        raise Invalid(
            "lexicon.costly",
            gettext_noop(
                "The pattern leaves too much open: %(limit)s tokens that may be left out or repeated at most "
                "(? counts 1, * and + count 5), and %(tokens)s tokens in all."
            ),
            limit=MAX_LEFT_OPEN,
            tokens=MAX_TOKENS,
        )
    if not any(_must_be_there(token) for token in pattern):
        raise Invalid(
            "lexicon.all_optional",
            gettext_noop("The pattern would be found anywhere; at least one token that says what it is must be there."),
        )
    return pattern


def _must_be_there(token: TokenPattern) -> bool:
    """Whether the token says what it is (not only what it is not) and may not be left out."""
    operator = token.get("OP", "1")
    return operator != "!" and _repeats(operator)[0] > 0 and any(attribute != "OP" for attribute in token)


def _token(token: Any, number: int) -> TokenPattern:
    if not isinstance(token, dict):
        raise _shape(
            gettext_noop('Token %(token)s is %(found)s; an object such as {"LEMMA": "savoir"} was expected.'),
            token=number,
            found=_shown(token),
        )
    checked = {attribute.upper(): _value(attribute.upper(), value, number) for attribute, value in token.items()}
    if len(checked) != len(token):
        raise _shape(gettext_noop("Token %(token)s names one attribute twice."), token=number)
    return checked


def _value(attribute: str, value: Any, number: int) -> Any:
    check = _CHECKS.get(attribute)
    if check is None:
        raise Invalid(
            "lexicon.attribute",
            gettext_noop("Token %(token)s tests %(found)s; known are %(expected)s."),
            token=number,
            found=attribute[:40],
            expected=", ".join(ATTRIBUTES),
        )
    return check(attribute, value, number)


def _words(attribute: str, value: Any, number: int) -> Any:
    """A word, or a test on a set of words, with apostrophes and spaces as the model reads them."""
    tests = MORPH_TESTS if attribute == "MORPH" else SET_TESTS
    if isinstance(value, dict):
        _known_tests(value, tests, number)
        return {test: _word_list(attribute, words, number) for test, words in value.items()}
    return _one_word(attribute, value, number)


def _word_list(attribute: str, words: Any, number: int) -> list[str]:
    if not isinstance(words, list) or not words or len(words) > MAX_VALUES:
        message = gettext_noop("Token %(token)s: this test on %(attribute)s takes a list of 1 to %(limit)s words.")
        raise Invalid("lexicon.value", message, token=number, attribute=attribute, limit=MAX_VALUES)
    return [_one_word(attribute, word, number) for word in words]


def _one_word(attribute: str, word: Any, number: int) -> str:
    if not isinstance(word, str) or not 0 < len(word) <= MAX_VALUE_LENGTH:
        message = gettext_noop("Token %(token)s: %(attribute)s takes a word of 1 to %(limit)s characters.")
        raise Invalid("lexicon.value", message, token=number, attribute=attribute, limit=MAX_VALUE_LENGTH)
    if attribute == "LOWER" and word != word.lower():
        message = gettext_noop("Token %(token)s: LOWER is compared in lower case; %(found)s would never be found.")
        raise Invalid("lexicon.value", message, token=number, found=word[:40])
    return model_text(normalize("NFC", word))


def _flag(attribute: str, value: Any, number: int) -> bool:
    if not isinstance(value, bool):
        message = gettext_noop("Token %(token)s: %(attribute)s takes true or false.")
        raise Invalid("lexicon.value", message, token=number, attribute=attribute)
    return value


def _length(attribute: str, value: Any, number: int) -> Any:
    tests = value if isinstance(value, dict) else {"==": value}
    _known_tests(tests, NUMBER_TESTS, number)
    if not all(type(length) is int and 0 <= length <= MAX_VALUE_LENGTH for length in tests.values()):
        message = gettext_noop("Token %(token)s: LENGTH takes a whole number from 0 to %(limit)s.")
        raise Invalid("lexicon.value", message, token=number, limit=MAX_VALUE_LENGTH)
    return value


def _operator(attribute: str, value: Any, number: int) -> str:
    counted = isinstance(value, str) and value in ("!", "?", "*", "+", "1")
    if not counted and (not isinstance(value, str) or _counts(value) is None):
        raise Invalid(
            "lexicon.operator",
            gettext_noop("Token %(token)s has an operator that is not one of %(expected)s (m at most %(limit)s)."),
            token=number,
            expected="  ".join(OPERATORS),
            limit=MAX_TOKENS,
        )
    if value in ("!", "?", "1"):
        return str(value)
    least, most = _repeats(value)
    return f"{{{least},{most}}}"


_CHECKS: dict[str, Callable[[str, Any, int], Any]] = {
    **dict.fromkeys((*WORD_ATTRIBUTES, *CLASS_ATTRIBUTES), _words),
    **dict.fromkeys(FLAG_ATTRIBUTES, _flag),
    "LENGTH": _length,
    "OP": _operator,
}


def _repeats(operator: str) -> tuple[int, int]:
    """The least and most tokens an operator stands for; `!` is one token that is anything else."""
    fixed = {"1": (1, 1), "!": (1, 1), "?": (0, 1), "*": (0, MAX_REPEATS), "+": (1, 1 + MAX_REPEATS)}
    return fixed.get(operator) or _counts(operator) or (0, MAX_TOKENS)


def _counts(operator: str) -> tuple[int, int] | None:
    match = _COUNTED.fullmatch(operator)
    if match is None or not (match[1] or match[3]):
        return None
    least = int(match[1] or 0)
    most = int(match[3]) if match[3] else least + (MAX_REPEATS if match[2] else 0)
    return (least, most) if least <= most and 0 < most <= MAX_TOKENS else None


def _known_tests(value: dict[str, Any], known: tuple[str, ...], number: int) -> None:
    unknown = next((test for test in value if test not in known), None)
    if unknown is not None or not value:
        raise Invalid(
            "lexicon.test",
            gettext_noop("Token %(token)s uses the test %(found)s; known here are %(expected)s."),
            token=number,
            found=(unknown or "{}")[:40],
            expected=", ".join(known),
        )


def _shape(message: str, **values: Any) -> Invalid:
    return Invalid("lexicon.shape", message, **values)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:40]

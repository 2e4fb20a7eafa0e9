"""The lexicon of a study: which words and patterns make the machine suggest which code."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, get_args

from coding.tagging.patterns import parse_patterns
from coding.tagging.phrases import as_pattern, parse_phrase
from fieldstudy.errors import Invalid, gettext_noop

if TYPE_CHECKING:
    from coding.tagging.matching import Lexicon

Kind = Literal["lemmas", "pattern"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True)
class Entry:
    """One line of a lexicon: an expression in a language that speaks for a code.

    `language` is that of the turns it is looked for in, "" for all of them; `note` is the lead's own reason. Ids are
    compared and kept as text.
    """

    id: str
    code: str
    language: str
    kind: Kind
    expression: str
    note: str = ""


def parse_expression(kind: str, expression: str) -> list[list[dict[str, Any]]]:
    """What an expression looks for, as lists of spaCy Matcher token dicts, each list one way of finding it.

    Checks an expression without spaCy, so a form can do it. A lemma phrase gives one list that names its lemmas;
    `*` and `+` of a pattern come back as the counts they stand for.

    Raises
    ------
    Invalid
        `lexicon.kind`, or what `parse_phrase` and `parse_patterns` raise.
    """
    if kind == "lemmas":
        return [as_pattern(parse_phrase(expression))]
    if kind == "pattern":
        return parse_patterns(expression)
    raise Invalid(
        "lexicon.kind",
        gettext_noop("The kind is %(found)s; expected is one of %(expected)s."),
        found=kind[:40],
        expected=", ".join(KINDS),
    )


def digest(entries: Iterable[Entry]) -> str:
    """32 hexadecimal digits that change when any entry does; their order and notes make no difference."""
    lines = sorted(
        json.dumps([entry.id, entry.code, entry.language, entry.kind, entry.expression]) for entry in entries
    )
    return sha256("\n".join(lines).encode()).hexdigest()[:32]


def compile(entries: Iterable[Entry], language: str) -> "Lexicon":
    """The entries of a language (and of no language) ready to be looked for in that language's turns.

    Raises
    ------
    Invalid
        What `parse_expression` raises, for the first entry that cannot be read.
    Unavailable
        `tagging.model_missing` when the language's model is not installed.
    """
    # spaCy takes seconds and a hundred megabytes to import: who compiles pays, not every page that shows a lexicon.
    from coding.tagging.matching import compile_entries

    return compile_entries(entries, language)

"""What one types to search the words of a study: words, "phrases", prefix*, -without, OR."""

import re
from dataclasses import dataclass

from coding.retrieval.tokens import OPENING
from coding.retrieval.words import AND, EXCEPT, NOT, OR
from fieldstudy.errors import Invalid, gettext_noop

LONGEST = 300
# What parts words: the same code points by which the database cuts turns into words before it looks for their stems.
APART = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u02bb-\u02bf\u2000-\u206f\u207a-\u207e\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020"
    r"\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufff0-\uffff"
    r"\U0001f000-\U0001faff]+"
)
WORD = re.compile(f"[^{APART[1:-2]}]+")
JOINING = AND | OR | NOT | EXCEPT
_PIECE = re.compile(r"""\s*(?P<minus>-)?(?:(?P<quote>["“«])|(?P<bare>[^\s"“”«»]+)|(?P<stray>[”»]))""")


@dataclass(frozen=True)
class Slot:
    """A word to be met, in any inflection; with `is_prefix`, any word that begins so."""

    word: str
    is_prefix: bool = False


@dataclass(frozen=True)
class Term:
    """Words one after the other."""

    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Branch:
    """Terms that a turn must all hold, and terms it must not hold."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Search:
    """A turn is found when it fits any of the branches."""

    branches: tuple[Branch, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms that are looked for, each once."""
        return tuple(dict.fromkeys(term for branch in self.branches for term in branch.wanted))

    @property
    def slots(self) -> tuple[Slot, ...]:
        """All words that are looked for, each once."""
        return tuple(dict.fromkeys(slot for term in self.terms for slot in term.slots))

    def expression(self) -> str:
        """The search in the notation of the database's `to_tsquery`, which finds the stems."""
        return " | ".join(f"({_all(branch)})" for branch in self.branches)


def read_search(text: str) -> Search:
    """What was typed, read: words side by side are all wanted in one turn, OR (OU) parts alternatives.

    Written in capitals, AND (ET) asks for nothing more, and NOT (SAUF) leaves out what follows as a minus does.

    Raises
    ------
    Invalid
        `search.empty` without a word, `search.too_long`, `search.only_without` when a part has only words to leave out.
    """
    if len(text) > LONGEST:
        raise Invalid("search.too_long", gettext_noop("A search may have %(most)s characters."), most=LONGEST)
    branches: list[tuple[list[Term], list[Term]]] = [([], [])]
    at, leaves_out = 0, False
    while piece := _PIECE.match(text, at):
        at, words = piece.end(), piece["bare"] or ""
        joining = words.casefold() if words.isupper() and not piece["minus"] else ""
        if piece["quote"]:
            end = text.find(OPENING[piece["quote"]], at)
            words, at = (text[at:], len(text)) if end < 0 else (text[at:end], end + 1)
        elif joining in JOINING:
            leaves_out = joining in NOT | EXCEPT
            if joining in OR:
                branches.append(([], []))
            continue
        term = term_of(words)
        if term is not None:
            branches[-1][bool(piece["minus"]) or leaves_out].append(term)
            leaves_out = False
    kept = [Branch(tuple(wanted), tuple(unwanted)) for wanted, unwanted in branches if wanted or unwanted]
    if not kept:
        raise Invalid("search.empty", gettext_noop("Type a word to look for."), beside="text")
    if any(not branch.wanted for branch in kept):
        raise Invalid(
            "search.only_without",
            gettext_noop("Each part of a search needs a word to look for, beside those to leave out."),
            beside="text",
        )
    return Search(tuple(kept))


def term_of(words: str) -> Term | None:
    """The words of a stretch as a term, None when there are none; a * right after a word asks for its beginning."""
    slots = [Slot(found[0], words[found.end() : found.end() + 1] == "*") for found in WORD.finditer(words)]
    return Term(tuple(slots)) if slots else None


def slot_expression(slot: Slot) -> str:
    """A word in the notation of `to_tsquery`."""
    return f"'{slot.word}':*" if slot.is_prefix else f"'{slot.word}'"


def _all(branch: Branch) -> str:
    wanted = [_term(term) for term in branch.wanted]
    return " & ".join([*wanted, *(f"!{_term(term)}" for term in branch.unwanted)])


def _term(term: Term) -> str:
    return f"({' <-> '.join(slot_expression(slot) for slot in term.slots)})"

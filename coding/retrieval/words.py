"""The words of the query language: English ones, and the French ones that say the same."""

import unicodedata
from types import MappingProxyType

from coding.retrieval.nodes import Relation, Unit


def plain(text: str) -> str:
    """The text without capitals and accents, by which words and names are compared."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip()


AND = frozenset({"and", "et"})
OR = frozenset({"or", "ou"})
NOT = frozenset({"not", "non", "pas"})
EXCEPT = frozenset({"except", "sauf"})
RELATIONS = MappingProxyType(
    {
        ("overlapping",): Relation.OVERLAPPING,
        ("chevauchant",): Relation.OVERLAPPING,
        ("within",): Relation.WITHIN,
        ("dans",): Relation.WITHIN,
        ("containing",): Relation.CONTAINING,
        ("contenant",): Relation.CONTAINING,
        ("near",): Relation.NEAR,
        ("pres", "de"): Relation.NEAR,
        ("followed", "by"): Relation.FOLLOWED_BY,
        ("suivi", "de"): Relation.FOLLOWED_BY,
        ("preceded", "by"): Relation.PRECEDED_BY,
        ("precede", "de"): Relation.PRECEDED_BY,
    }
)
FIRST_WORDS = frozenset(words[0] for words in RELATIONS)
UNITS = MappingProxyType(
    {
        "turn": Unit.TURNS,
        "turns": Unit.TURNS,
        "tour": Unit.TURNS,
        "tours": Unit.TURNS,
        "character": Unit.CHARACTERS,
        "characters": Unit.CHARACTERS,
        "caractere": Unit.CHARACTERS,
        "caracteres": Unit.CHARACTERS,
    }
)
SAME_TURN = frozenset({("same", "turn"), ("meme", "tour")})
SAME_READING = frozenset({("same", "reading"), ("meme", "lecture")})
ANY_READING = frozenset({("any", "reading"), ("toute", "lecture")})

FIELDS = MappingProxyType(
    {
        "code": "code",
        "under": "under",
        "sous": "under",
        "coder": "coder",
        "codeur": "coder",
        "codeuse": "coder",
        "phase": "phase",
        "layer": "layer",
        "couche": "layer",
        "made": "made",
        "origine": "made",
        "version": "version",
        "round": "round",
        "passe": "round",
        "kind": "kind",
        "genre": "kind",
        "source": "source",
        "date": "date",
        "site": "site",
        "lieu": "site",
        "tool": "tool",
        "outil": "tool",
        "participant": "participant",
        "speaker": "participant",
        "locuteur": "participant",
        "role": "role",
        "language": "language",
        "langue": "language",
        "weight": "weight",
        "poids": "weight",
        "var": "var",
    }
)
ORDERED = frozenset({"weight", "version", "round", "date", "var"})
NUMBERS = frozenset({"weight", "version", "round"})
VALUES: MappingProxyType[str, dict[str, str]] = MappingProxyType(
    {
        "phase": {
            "first": "first",
            "premiere": "first",
            "final": "final",
            "finale": "final",
            "any": "any",
            "toutes": "any",
        },
        "layer": {
            "person": "person",
            "personne": "person",
            "machine": "machine",
            "consensus": "consensus",
            "outside": "outside",
            "exterieur": "outside",
        },
        "made": {"hand": "hand", "main": "hand", "suggestion": "suggestion"},
        "kind": {
            "interview": "interview",
            "entretien": "interview",
            "field_note": "field_note",
            "field note": "field_note",
            "note": "field_note",
            "note de terrain": "field_note",
            "document": "document",
        },
        "role": {
            "professional": "professional",
            "professionnel": "professional",
            "professionnelle": "professional",
            "patient": "patient",
            "patiente": "patient",
            "maker": "maker",
            "fabricant": "maker",
            "manager": "manager",
            "direction": "manager",
            "other": "other",
            "autre": "other",
        },
    }
)
KEYWORDS = AND | OR | NOT | EXCEPT | FIRST_WORDS

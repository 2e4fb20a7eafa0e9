"""What differs between two states of a codebook, code by code and word by word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["added", "split", "merged", "removed", "renamed", "moved", "redefined"]
PieceKind = Literal["same", "gone", "new"]
KINDS: tuple[Kind, ...] = ("added", "split", "merged", "removed", "renamed", "moved", "redefined")
DEFINING = ("definitions", "include_when", "exclude_when", "examples")
_TOKEN = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")


@dataclass(frozen=True)
class Held:
    """A code as one state of the codebook holds it; `texts` leads from field to language to text.

    `merged_into` and `split_from` are ids of codes, of what is known of the code now.
    """

    code: str
    sign: str
    parent: str | None
    stance: str
    is_codable: bool
    texts: Mapping[str, Mapping[str, str]]
    merged_into: str | None = None
    split_from: str | None = None


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stands on both sides, or on one of them."""

    kind: PieceKind
    text: str


@dataclass(frozen=True)
class TextChange:
    """One text of a code on both sides: its field, its language, and its words on the left and on the right."""

    field: str
    language: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


@dataclass(frozen=True)
class Difference:
    """A code that differs: in which ways, and what it was and is. `other` is what it was merged into or split from."""

    code: str
    kinds: tuple[Kind, ...]
    before: Held | None
    after: Held | None
    other: str | None = None
    texts: tuple[TextChange, ...] = field(default=())


def compare(before: Mapping[str, Held], after: Mapping[str, Held]) -> list[Difference]:
    """The codes that differ between two states, in the order of the later one and then of the earlier.

    A code that is gone was merged when it counts as another code now, and split when codes of the later state were
    made from it. `redefined` is another definition, rule, example or stance; `renamed` another name or sign.
    """
    parts = {held.split_from for held in after.values()}
    found = []
    for code in [*after, *(code for code in before if code not in after)]:
        was, now = before.get(code), after.get(code)
        kinds = _kinds(was, now, parts)
        if kinds:
            other = was.merged_into if was and now is None else now.split_from if now and was is None else None
            found.append(Difference(code, kinds, was, now, other, tuple(text_changes(was, now))))
    return found


def _kinds(was: Held | None, now: Held | None, parts: set[str | None]) -> tuple[Kind, ...]:
    if now is None:
        assert was is not None
        return ("merged",) if was.merged_into else ("split",) if was.code in parts else ("removed",)
    if was is None:
        return ("added",)
    same_names = was.sign == now.sign and was.texts.get("names", {}) == now.texts.get("names", {})
    same_meaning = (was.stance, was.is_codable) == (now.stance, now.is_codable) and all(
        was.texts.get(name, {}) == now.texts.get(name, {}) for name in DEFINING
    )
    kinds: list[Kind] = []
    if not same_names:
        kinds.append("renamed")
    if was.parent != now.parent:
        kinds.append("moved")
    if not same_meaning:
        kinds.append("redefined")
    return tuple(kinds)


def text_changes(was: Held | None, now: Held | None) -> Iterator[TextChange]:
    """The texts that differ, names first, with their words side by side; none for a code on one side alone."""
    if was is not None and now is not None:
        yield from changed_texts(was.texts, now.texts, ("names", *DEFINING))


def changed_texts(
    before_by_field: Mapping[str, Mapping[str, str]],
    after_by_field: Mapping[str, Mapping[str, str]],
    fields: Sequence[str],
) -> Iterator[TextChange]:
    """The texts of some fields that differ, by language, with their words side by side."""
    for name in fields:
        left, right = before_by_field.get(name, {}), after_by_field.get(name, {})
        for language in dict.fromkeys([*left, *right]):
            old, new = left.get(language, ""), right.get(language, "")
            if old != new:
                before, after = side_by_side(old, new)
                yield TextChange(name, language, before, after)


def side_by_side(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two texts cut into what they share and what stands in one alone, by words; each side joined is its text."""
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, start, end, other_start, other_end in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        _add(before, "same" if kind == "equal" else "gone", left[start:end])
        _add(after, "same" if kind == "equal" else "new", right[other_start:other_end])
    return tuple(before), tuple(after)


def _add(pieces: list[Piece], kind: PieceKind, tokens: Sequence[str]) -> None:
    if tokens:
        pieces.append(Piece(kind, "".join(tokens)))

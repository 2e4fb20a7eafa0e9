"""The codebook as a tree in reading order, with names in the language asked for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exports.records import CodeRecord, Texts
from fieldstudy.errors import Invalid, gettext_noop

PATH_SEPARATOR = " > "


def language_order(language: str, languages: Sequence[str], others: Iterable[str] = ()) -> tuple[str, ...]:
    """The asked language, then the study's in its own order, then the rest by code point; each once."""
    return tuple(dict.fromkeys([language, *languages, *sorted(others)]))


def in_language(texts: Texts, language: str, languages: Sequence[str]) -> str:
    """The text in the asked language, or in the next language that has one, or ``""``."""
    for tag in language_order(language, languages, texts):
        if texts.get(tag):
            return texts[tag]
    return ""


def code_name(code: CodeRecord, language: str, languages: Sequence[str]) -> str:
    """The code's name in the asked language; its sign where it has no name at all."""
    return in_language(code.names, language, languages) or code.sign


@dataclass(frozen=True, slots=True)
class CodeTree:
    """The codes by parent, siblings in order of position, sign and id."""

    children: dict[str | None, list[CodeRecord]]

    def walk(self, parent_id: str | None = None) -> Iterator[tuple[CodeRecord, tuple[CodeRecord, ...]]]:
        """Each code with the codes above it, top first; parents before children, siblings in order."""
        pending: list[tuple[CodeRecord, tuple[CodeRecord, ...]]]
        pending = [(code, ()) for code in reversed(self.children.get(parent_id, []))]
        while pending:
            code, above = pending.pop()
            yield code, above
            pending.extend((child, (*above, code)) for child in reversed(self.children.get(code.id, [])))

    def paths(self, language: str, languages: Sequence[str]) -> dict[str, str]:
        """Code id to names from the top down to the code: ``"Branch > Code"``."""
        return {
            code.id: PATH_SEPARATOR.join(code_name(step, language, languages) for step in (*above, code))
            for code, above in self.walk()
        }


def code_tree(codes: Sequence[CodeRecord]) -> CodeTree:
    """The tree of the given codes.

    Raises
    ------
    Invalid
        `export.dangling_reference` when a parent is not among the codes, `export.code_cycle` when codes are each
        other's parents.
    """
    known = {code.id for code in codes}
    children: dict[str | None, list[CodeRecord]] = {}
    for code in codes:
        if code.parent_id is not None and code.parent_id not in known:
            raise dangling_reference("code", code.parent_id)
        children.setdefault(code.parent_id, []).append(code)
    for siblings in children.values():
        siblings.sort(key=lambda code: (code.position, code.sign, code.id))
    tree = CodeTree(children)
    reached = sum(1 for _ in tree.walk())
    if reached < len(codes):
        raise Invalid(
            "export.code_cycle",
            gettext_noop("%(count)s codes are not under the top of the codebook: each is below itself."),
            count=len(codes) - reached,
        )
    return tree


def dangling_reference(kind: str, record_id: str) -> Invalid:
    """The error for a record that points at one which is not in the dataset."""
    return Invalid(
        "export.dangling_reference",
        gettext_noop("The dataset refers to %(kind)s %(id)s, which is not in it."),
        kind=kind,
        id=record_id,
    )

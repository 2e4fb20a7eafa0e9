"""The columns of a codebook's table, under whatever names the platform and other programs write them.

A table made elsewhere has one text for each code and a column of names: `name`, `nom`, `tag`, `code` …; its texts are
taken to be in one language, and columns it has besides (counts, colours, dates) are left out and told. Where names say
their language (`name_en`) or codes have a `sign`, the table is one of ours and an unknown column is a mistake.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coding.retrieval.words import plain

TEXTS = {
    "name": "names",
    "definition": "definitions",
    "include": "include_when",
    "exclude": "exclude_when",
    "example": "examples",
}
OURS = ("sign", "parent", "codable", "hue", "stance", "asks_weight")
EXPORTED = {"is_codable": "codable", "include_when": "include", "exclude_when": "exclude", "examples": "example"}
EXPORTED_ALONE = ("code", "refi_guid", "position", "path", "hue_color", "retired")
ELSEWHERE = EXPORTED | {
    "nom": "name",
    "tag": "name",
    "label": "name",
    "libelle": "name",
    "etiquette": "name",
    "code name": "name",
    "nom du code": "name",
    "theme": "name",
    "description": "definition",
    "memo": "definition",
    "code memo": "definition",
    "comment": "definition",
    "commentaire": "definition",
    "include when": "include",
    "inclure quand": "include",
    "exclude when": "exclude",
    "exclure quand": "exclude",
    "exemple": "example",
    "exemples": "example",
    "parent code": "parent",
    "code parent": "parent",
    "signe": "sign",
}
_IN_LANGUAGE = re.compile(r"(.+?)_([a-z]{2,3})")


@dataclass(frozen=True)
class Columns:
    """The header under our own names ("" for a column left out), those left out as written, and those not known."""

    names: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def has_names(self) -> bool:
        """Whether a column holds the codes' names."""
        return any(text_of(name) == "name" for name in self.names)


def columns_of(header: Sequence[str], language: str) -> Columns:
    """What the columns of a header in small letters are; texts that do not say their language are in `language`."""
    told = [_own(name) for name in header]
    is_ours = "sign" in header or any(_in_language(name) for name in told)
    if "code" in header and "sign" not in told:
        is_named = any(name == "name" or text_of(name) == "name" for name in told)
        told[header.index("code")] = "sign" if is_named else "name"
    told = [f"{name}_{language}" if name in TEXTS else name for name in told]
    seen: set[str] = set()
    names, left_out = [], []
    for name, written in zip(told, header, strict=True):
        is_known = name in (*OURS, *EXPORTED_ALONE) or bool(text_of(name))
        if not is_known or name in seen:
            left_out.append(written)
        names.append(name if is_known and name not in seen else "")
        seen.add(name)
    return Columns(tuple(names), *(((), tuple(left_out)) if is_ours else (tuple(left_out), ())))


def text_of(name: str) -> str:
    """Which of the texts a column holds, "" where it holds none."""
    found = _in_language(name)
    return found[0] if found else ""


def _own(written: str) -> str:
    name = plain(written)
    if name in (*OURS, *EXPORTED_ALONE):
        return name
    found = _IN_LANGUAGE.fullmatch(name)
    if found and ELSEWHERE.get(found[1], found[1]) in TEXTS:
        return f"{ELSEWHERE.get(found[1], found[1])}_{found[2]}"
    return ELSEWHERE.get(name, name)


def _in_language(name: str) -> tuple[str, str] | None:
    found = _IN_LANGUAGE.fullmatch(name)
    return (found[1], found[2]) if found and found[1] in TEXTS else None

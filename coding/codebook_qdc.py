"""A REFI-QDA codebook file (.qdc) as codes to bring in, and what of it has no place here.

Source: REFI-QDA standard 1.0, Codebook.xsd of 2019; files with the older namespaces of the drafts are read as well.
"""

import re
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import cast

from lxml import etree

from coding.codebook_csv import HUE_COLORS, CodeRow
from coding.signs import sign_for
from fieldstudy.errors import gettext_noop
from observations.importers.base import ImportFailed, ImportProblem

MOST_CODES = 5_000
MOST_DEEP = 50
LONGEST_NAME = 120
LONGEST_TEXT = 20_000
_NAMESPACE = re.compile(r"\{urn:QDA-XML:(codebook|project):[\d:.]+\}")
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_LABELS = {
    "name": "names",
    "nom": "names",
    "definition": "definitions",
    "définition": "definitions",
    "include when": "include_when",
    "inclure quand": "include_when",
    "exclude when": "exclude_when",
    "exclure quand": "exclude_when",
    "examples": "examples",
    "exemples": "examples",
}
_LABELLED = re.compile(rf"({'|'.join(_LABELS)}) \(([a-z]{{2,3}})\): ", re.IGNORECASE)
_SIGN = re.compile(r"Sign: ([^\W_]{2,4})")


@dataclass(frozen=True)
class QdcCode:
    """A code of the file with its GUID, and whether the codebook has it already (then it is a parent alone)."""

    row: CodeRow
    guid: uuid.UUID
    is_known: bool


@dataclass(frozen=True)
class Qdc:
    """The codes of a file, parents first, and the number of code sets, which have no place in the codebook here."""

    codes: tuple[QdcCode, ...]
    sets: int


def read_qdc(content: bytes, *, language: str, known: dict[uuid.UUID, str], signs: Collection[str]) -> Qdc:
    """The codes of a REFI-QDA codebook.

    Parameters
    ----------
    content : bytes
        The file.
    language : str
        The language its names and descriptions are taken to be in.
    known : dict of UUID to str
        The codes the codebook has, by their GUID in exchange, with their signs: these are not brought in again.
    signs : collection of str
        The signs in use.

    Raises
    ------
    ImportFailed
        `qdc.unreadable`, `qdc.no_codebook`, `qdc.guid`, `qdc.guid_twice`, `qdc.too_large`, `code.name_empty`.
    """
    root = _parsed(content)
    reader = _Reader(language, known, signs)
    top = next((child for child in root if _name(child) == "Codes"), None)
    found = list(reader.codes(top, "", 1)) if top is not None else []
    problems = reader.problems
    if not found and not problems:
        problems.append(ImportProblem("codebook.empty", gettext_noop("There is no code in the file.")))
    if problems:
        raise ImportFailed(problems)
    return Qdc(tuple(found), sum(_name(element) == "Set" for element in root.iter(etree.Element)))


class _Reader:
    def __init__(self, language: str, known: dict[uuid.UUID, str], signs: Collection[str]) -> None:
        self.language, self.known, self.signs = language, known, {*signs, *known.values()}
        self.seen: set[uuid.UUID] = set()
        self.problems: list[ImportProblem] = []

    def codes(self, parent: etree._Element, sign_above: str, depth: int) -> Iterator[QdcCode]:
        for element in parent:
            if _name(element) != "Code":
                continue
            if depth > MOST_DEEP or len(self.seen) >= MOST_CODES:
                message = gettext_noop("At most %(codes)s codes, %(deep)s levels deep, are read at once.")
                raise ImportFailed(
                    [ImportProblem("qdc.too_large", message, values={"codes": MOST_CODES, "deep": MOST_DEEP})]
                )
            code = self._code(element, sign_above)
            if code is not None:
                yield code
                yield from self.codes(element, code.row.sign, depth + 1)

    def _code(self, element: etree._Element, sign_above: str) -> QdcCode | None:
        line = cast("int", element.sourceline)
        guid = _guid(element.get("guid", ""))
        if guid is None:
            self._bad(line, "qdc.guid", gettext_noop("A code has no GUID of 8-4-4-4-12 hexadecimal digits."))
            return None
        if guid in self.seen:
            self._bad(line, "qdc.guid_twice", gettext_noop("Two codes have the same GUID."))
            return None
        name = element.get("name", "").strip()
        if not name:
            self._bad(line, "code.name_empty", gettext_noop("A code needs a name."))
            return None
        self.seen.add(guid)
        texts, sign = described(name[:LONGEST_NAME], _description(element), self.language)
        is_known = guid in self.known
        if is_known:
            sign = self.known[guid]
        elif not sign or sign in self.signs:
            sign = sign_for(name, self.signs)
        self.signs.add(sign)
        color = element.get("color", "")
        color = color.lower() if _COLOR.fullmatch(color) else ""
        row = CodeRow(
            line=line,
            sign=sign,
            parent=sign_above,
            is_codable=element.get("isCodable", "true").strip() not in ("false", "0"),
            hue=HUE_COLORS.index(color) + 1 if color in HUE_COLORS else None,
            stance="neither",
            asks_weight=False,
            texts=texts,
            color=color if len(color) == 7 and color not in HUE_COLORS else "",
        )
        return QdcCode(row, guid, is_known)

    def _bad(self, line: int, code: str, message: str) -> None:
        self.problems.append(ImportProblem(code, message, line=line))


def described(name: str, description: str, language: str) -> tuple[dict[str, dict[str, str]], str]:
    """A code's texts by field and language, and its sign or "".

    A description that this platform wrote has a labelled line for each text and the sign at its end; any other is the
    definition as it stands.
    """
    texts: dict[str, dict[str, str]] = {field: {} for field in dict.fromkeys(_LABELS.values())}
    sign = ""
    place: tuple[str, str] | None = None
    free: list[str] = []
    for line in description.strip().splitlines():
        if found := _LABELLED.match(line):
            place = _LABELS[found[1].lower()], found[2].lower()
            texts[place[0]][place[1]] = line[found.end() :]
        elif found := _SIGN.fullmatch(line):
            sign, place = found[1].upper(), None
        elif place is not None:
            texts[place[0]][place[1]] += "\n" + line
        else:
            free.append(line)
    if "\n".join(free).strip():
        texts["definitions"].setdefault(language, "\n".join(free).strip())
    trimmed = {field: {tag: text.strip() for tag, text in held.items()} for field, held in texts.items()}
    # A code that has no name in the language of the file has another one in its place.
    if name not in trimmed["names"].values():
        trimmed["names"] = {language: name} | trimmed["names"]
    return trimmed, sign


def _parsed(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _no_codebook("qdc.unreadable") from None
    if root.getroottree().docinfo.internalDTD is not None or _name(root) != "CodeBook" or not _is_refi(root):
        raise _no_codebook("qdc.no_codebook")
    return root


def _is_refi(root: etree._Element) -> bool:
    return bool(_NAMESPACE.match(str(root.tag)))


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _guid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if "-" in text else None
    except ValueError:
        return None


def _description(element: etree._Element) -> str:
    child = next((child for child in element if _name(child) == "Description"), None)
    return "".join(map(str, child.itertext()))[:LONGEST_TEXT] if child is not None else ""


def _no_codebook(code: str) -> ImportFailed:
    message = gettext_noop("This is not a REFI-QDA codebook (.qdc). Export one from the other program first.")
    return ImportFailed([ImportProblem(code, message)])

"""Messages a person reads, gathered from the code and the templates, and their translations in a catalogue.

Works without GNU gettext: Python is read by its syntax tree, templates by Django's own extractor, catalogues by polib.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PARTS = {"gettext": ("text",), "ngettext": ("text", "plural"), "pgettext": ("context", "text")}
PARTS["npgettext"] = ("context", "text", "plural")
FUNCTIONS = {f"{name}{ending}": parts for name, parts in PARTS.items() for ending in ("", "_lazy", "_noop")}
TEMPLATE_CALL = re.compile(r"(?<!\w)(gettext|ngettext|pgettext|npgettext|_)\(")
LITERAL = re.compile(r"""\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*,?""", re.DOTALL)
# %(name)s is filled in by Python, {name} in the browser.
PLACE = re.compile(r"%\((\w+)\)[-+ #0]*\d*(?:\.\d+)?[a-z]|%([sd])|\{(\w+)\}")
LEFT_OUT = {"migrations", "locale", "__pycache__"}
CLOSE_ENOUGH = 0.8

Key = tuple[str, str]


class MessageError(Exception):
    """A file whose messages cannot be gathered; says which and why."""


@dataclass(frozen=True, order=True)
class Message:
    """A message in English, its plural and its context ("" for none), and the files that say it."""

    text: str
    plural: str = ""
    context: str = ""
    files: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return self.context, self.text


def gather(root: Path, packages: Iterable[str]) -> dict[Key, Message]:
    """All messages of these packages (folders in `root`), by context and text."""
    found: dict[Key, Message] = {}
    for path in _files(root, packages):
        name = path.relative_to(root).as_posix()
        content = path.read_text(encoding="utf-8")
        for message in in_python(content, name) if path.suffix == ".py" else in_template(content, name):
            known = found.get(message.key, message)
            if known.plural and message.plural and known.plural != message.plural:
                raise MessageError(f"{name}: {message.text!r} has two plurals")
            files = tuple(sorted({*known.files, name}))
            found[message.key] = replace(known, plural=known.plural or message.plural, files=files)
    return found


def in_python(source: str, name: str = "") -> Iterator[Message]:
    """The messages of a Python file: the literals given to `gettext` and its kin, under whatever name imported."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise MessageError(f"{name}:{error.lineno}: {error.msg}") from error
    functions = dict(FUNCTIONS)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            functions |= {
                alias.asname: FUNCTIONS[alias.name] for alias in node.names if alias.asname and alias.name in FUNCTIONS
            }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (parts := functions.get(_name_of(node.func))):
            yield from _message(parts, node.args, f"{name}:{node.lineno}")


def in_template(source: str, name: str = "") -> Iterator[Message]:
    """The messages of a Django template."""
    try:
        calls = templatize(source, origin=name)
    except SyntaxError as error:
        raise MessageError(f"{name}: {error}") from error
    for call in TEMPLATE_CALL.finditer(calls):
        parts = PARTS["gettext"] if call[1] == "_" else PARTS[call[1]]
        values, position = [], call.end()
        for _ in parts:
            literal = LITERAL.match(calls, position)
            if literal is None:
                raise MessageError(f"{name}: cannot read the message at {calls[call.start() : call.end() + 40]!r}")
            values.append(str(ast.literal_eval(literal[1])))
            position = literal.end()
        yield _said(parts, values)


def places(text: str) -> set[str]:
    """The places of a message that values go into, by name; a bare one is called `s` or `d`."""
    return {"".join(names) for names in PLACE.findall(text.replace("%%", ""))}


def new_catalogue(language: str) -> polib.POFile:
    """An empty catalogue; plurals of two forms, 0 and 1 being singular, as Django's own French has them."""
    catalogue = polib.POFile(wrapwidth=120)
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    return catalogue


def update(catalogue: polib.POFile, found: dict[Key, Message], *, prune: bool = False) -> None:
    """Bring a catalogue's messages up to date, keeping its translations.

    A message that is new but close to one no longer used takes over its translation, marked fuzzy. What is no longer
    used is kept as obsolete, or dropped with `prune`.
    """
    entries = {_key(entry): entry for entry in catalogue}
    spare = {entry.msgid: entry for key, entry in entries.items() if key not in found and _is_translated(entry)}
    for key, message in found.items():
        if key not in entries:
            entries[key] = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
            catalogue.append(entries[key])
        _describe(entries[key], message)
        if close := [] if _is_translated(entries[key]) else get_close_matches(key[1], spare, 1, CLOSE_ENOUGH):
            _take_over(entries[key], spare[close[0]])
    for key, entry in entries.items():
        entry.obsolete = key not in found
        if entry.obsolete and (prune or not _is_translated(entry)):
            catalogue.remove(entry)
    catalogue.sort(key=lambda entry: (entry.obsolete, entry.occurrences, entry.msgid, entry.msgctxt or ""))


def problems(catalogue: polib.POFile, found: dict[Key, Message]) -> list[str]:
    """What keeps a catalogue from being complete and right, one line each."""
    entries = {_key(entry): entry for entry in catalogue if not entry.obsolete}
    told = [f"obsolete: {entry.msgid!r}" for entry in catalogue if entry.obsolete or _key(entry) not in found]
    for key, message in found.items():
        entry = entries.get(key)
        if entry is None or not _is_translated(entry) or entry.msgid_plural != message.plural:
            told.append(f"not translated: {message.text!r} ({', '.join(message.files)})")
        elif entry.fuzzy:
            told.append(f"fuzzy: {message.text!r}")
        else:
            told += _misplaced(message, entry)
    return sorted(told)


def _files(root: Path, packages: Iterable[str]) -> Iterator[Path]:
    for package in packages:
        for path in sorted((root / package).rglob("*")):
            inside = path.relative_to(root).parts
            is_template = "templates" in inside and path.suffix in (".html", ".txt")
            if path.is_file() and (is_template or path.suffix == ".py") and not LEFT_OUT & set(inside):
                yield path


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _message(parts: tuple[str, ...], arguments: list[ast.expr], place: str) -> Iterator[Message]:
    given = arguments[: len(parts)]
    if any(isinstance(part, ast.JoinedStr | ast.BinOp) for part in given):
        raise MessageError(f"{place}: a message is one literal; put values in places, %(name)s, after translating")
    texts = [part.value for part in given if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if len(texts) == len(parts):
        yield _said(parts, texts)


def _said(parts: tuple[str, ...], texts: list[str]) -> Message:
    given = dict(zip(parts, texts, strict=True))
    return Message(text=given["text"], plural=given.get("plural", ""), context=given.get("context", ""))


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def _translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _is_translated(entry: polib.POEntry) -> bool:
    # polib's own test counts a fuzzy translation as none.
    texts = _translations(entry)
    return bool(texts) and all(texts)


def _describe(entry: polib.POEntry, message: Message) -> None:
    """Set what comes from the code: files, plural, and whether the message has places."""
    entry.occurrences = [(name, "") for name in message.files]
    if (entry.msgid_plural or "") != message.plural:
        known = next(iter(_translations(entry)), "")
        entry.msgstr = "" if message.plural else known
        entry.msgstr_plural = {0: known, 1: ""} if message.plural else {}
        entry.fuzzy = bool(known) and not message.plural
    elif message.plural and not entry.msgstr_plural:
        entry.msgstr_plural = {0: "", 1: ""}
    entry.msgid_plural = message.plural
    fuzzy = ["fuzzy"] if entry.fuzzy else []
    entry.flags = fuzzy + (["python-format"] if "%(" in message.text + message.plural else [])


def _take_over(entry: polib.POEntry, other: polib.POEntry) -> None:
    if bool(entry.msgid_plural) == bool(other.msgid_plural):
        entry.msgstr, entry.msgstr_plural = other.msgstr, dict(other.msgstr_plural)
        entry.flags = ["fuzzy", *entry.flags]


def _misplaced(message: Message, entry: polib.POEntry) -> Iterator[str]:
    """Where a translation lacks a place of its message, or has one that the message has not."""
    wanted, known = places(message.plural or message.text), places(message.text) | places(message.plural)
    for number, text in enumerate(_translations(entry)):
        used = places(text)
        # The singular may say "one" in words, in either language.
        lacking = set() if message.plural and number == 0 else wanted - used
        if lacking or used - known:
            yield f"places differ: {message.text!r} has {sorted(known)}, its translation {sorted(used)}"

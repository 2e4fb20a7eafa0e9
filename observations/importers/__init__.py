"""Importers: from a file of evidence to a source with turns. A new format is one module and one line in `FORMATS`."""

import io
import re
import unicodedata
import zipfile

from fieldstudy.errors import gettext_noop
from observations.importers.archive import ZIP_FAILURES, password_protected
from observations.importers.base import (
    ImportFailed,
    ImportFormat,
    ImportProblem,
    ParsedSource,
    ParsedTurn,
    failed,
)
from observations.importers.docx import read_docx
from observations.importers.markdown_notes import read_markdown
from observations.importers.odt import read_odt
from observations.importers.plain_text import read_plain_text
from observations.importers.webvtt import read_webvtt

LARGEST_FILE = 50 * 1024 * 1024

FORMATS: dict[str, ImportFormat] = {
    "txt": ImportFormat("txt", gettext_noop("Plain text"), (".txt", ".text"), ("text/plain",), read_plain_text),
    "md": ImportFormat("md", gettext_noop("Markdown"), (".md", ".markdown"), ("text/markdown",), read_markdown),
    "docx": ImportFormat(
        "docx",
        gettext_noop("Word"),
        (".docx",),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
        read_docx,
    ),
    "odt": ImportFormat(
        "odt", gettext_noop("OpenDocument text"), (".odt",), ("application/vnd.oasis.opendocument.text",), read_odt
    ),
    "vtt": ImportFormat("vtt", gettext_noop("WebVTT transcript"), (".vtt",), ("text/vtt",), read_webvtt),
}

__all__ = [
    "FORMATS",
    "LARGEST_FILE",
    "ImportFailed",
    "ImportFormat",
    "ImportProblem",
    "ParsedSource",
    "ParsedTurn",
    "bare_name",
    "format_of",
    "read",
]

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
_DAMAGED_ZIP = "damaged zip"
_VTT_START = re.compile(rb"(?:\xef\xbb\xbf)?WEBVTT(?:\s|$)")


def read(data: bytes, filename: str) -> ParsedSource:
    """The source in a file, by the format its name's suffix says, when its content agrees.

    Raises
    ------
    ImportFailed
        And nothing else, whatever the bytes are: `import.unknown_format`, `import.empty`, `import.too_large`,
        `import.password`, `import.other_format`, or what the format's own reader says.
    """
    name = bare_name(filename)
    by_suffix = FORMATS[format_of(name)]
    if not data:
        raise failed("import.empty", gettext_noop("The file is empty."))
    if len(data) > LARGEST_FILE:
        raise failed(
            "import.too_large",
            gettext_noop("The file takes %(megabytes)d MB; at most %(most)d are read."),
            megabytes=len(data) // (1024 * 1024),
            most=LARGEST_FILE // (1024 * 1024),
        )
    _check_content(data, by_suffix)
    return by_suffix.read(data, name)


def format_of(filename: str) -> str:
    """The key in `FORMATS` that a file's name asks for by its suffix.

    Raises
    ------
    ImportFailed
        `import.unknown_format`.
    """
    name = bare_name(filename)
    suffix = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    for known in FORMATS.values():
        if suffix in known.suffixes:
            return known.name
    raise failed(
        "import.unknown_format",
        gettext_noop("Files of this type cannot be imported. Those that can end in %(suffixes)s."),
        found=suffix[:20],
        suffixes=", ".join(known.suffixes[0] for known in FORMATS.values()),
    )


def bare_name(filename: str) -> str:
    """A file's name without folders, composed (NFC): names from some systems arrive decomposed, or with a path."""
    return unicodedata.normalize("NFC", re.split(r"[/\\]", filename)[-1]).strip()


def _check_content(data: bytes, expected: ImportFormat) -> None:
    if data.startswith(_OLD_OFFICE) and _ENCRYPTED_PART in data:
        raise password_protected()
    found = _format_of_content(data)
    agrees = found == expected.name or (found == "text" and expected.name in ("txt", "md", "vtt"))
    if found == _DAMAGED_ZIP and expected.name in ("docx", "odt"):
        return  # its reader says that it is damaged, and not of another kind
    if not agrees:
        raise failed(
            "import.other_format",
            gettext_noop("The file's name says %(expected)s, but what it holds is %(found)s."),
            found=found,
            expected=expected.name,
        )


def _format_of_content(data: bytes) -> str:
    """A short technical name for what the bytes are; `"text"` when nothing says otherwise."""
    starts = {_OLD_OFFICE: "doc", b"%PDF": "pdf", b"{\\rtf": "rtf"}
    for start, name in starts.items():
        if data.startswith(start):
            return name
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _format_of_zip(data)
    return "vtt" if _VTT_START.match(data) else "text"


def _format_of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            names = frozenset(opened.namelist())
    except ZIP_FAILURES:
        return _DAMAGED_ZIP
    if "[Content_Types].xml" in names:
        return "docx" if any(name.startswith("word/") for name in names) else "zip"
    return "odt" if "content.xml" in names and "mimetype" in names else "zip"

"""Reading a zip that came from outside: nothing is unpacked to disk, and nothing is read before it is checked."""

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from fieldstudy.errors import gettext_noop
from observations.importers.base import ImportFailed, failed, unreadable

MOST_ENTRIES = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_XML = 48 * 1024 * 1024
MOST_RATIO = 200
RATIO_FLOOR = 10 * 1024 * 1024
PIECE = 64 * 1024
# What the formats read here are packed by; others unpack without a limit.
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# What zipfile raises on damaged, encrypted or unsupported files; NotImplementedError is a RuntimeError.
ZIP_FAILURES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, LookupError)


@dataclass(frozen=True)
class Archive:
    """The checked entries of a zip; `kind` names the file for messages ("Word (.docx)")."""

    data: bytes
    kind: str
    names: tuple[str, ...]

    @classmethod
    def open(cls, data: bytes, kind: str) -> "Archive":
        """Check a zip's table of contents.

        Raises
        ------
        ImportFailed
            `import.damaged`, `import.password`, `import.unsafe_path`, `import.too_many_entries`,
            `import.too_large_unpacked`.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as opened:
                entries = opened.infolist()
        except ZIP_FAILURES:
            raise unreadable(kind) from None
        if len(entries) > MOST_ENTRIES:
            raise failed(
                "import.too_many_entries",
                gettext_noop("The file holds %(count)d parts; at most %(most)d are read."),
                count=len(entries),
                most=MOST_ENTRIES,
            )
        unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
        if unpacked > MOST_UNPACKED or (unpacked > RATIO_FLOOR and unpacked > MOST_RATIO * max(packed, 1)):
            raise failed(
                "import.too_large_unpacked",
                gettext_noop("Unpacked, the file would take %(megabytes)d MB, or far more than its size lets expect."),
                megabytes=unpacked // (1024 * 1024),
            )
        if any(_is_unsafe(entry) for entry in entries):
            raise failed("import.unsafe_path", gettext_noop("The file holds parts with names that lead outside it."))
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise password_protected()
        if any(entry.compress_type not in PACKINGS for entry in entries):
            raise unreadable(kind)
        return cls(data, kind, tuple(entry.filename for entry in entries))

    def read(self, name: str) -> bytes:
        """The bytes of one entry, unpacked piece by piece: no more than its declared size is, and more is damage."""
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as opened, opened.open(name) as entry:
                return b"".join(iter(lambda: entry.read(PIECE), b""))
        except ZIP_FAILURES:
            raise unreadable(self.kind) from None

    def read_xml(self, name: str) -> etree._Element:
        """The root of one XML entry, read without following anything it points at.

        Raises
        ------
        ImportFailed
            `import.damaged`, `import.dtd` when it declares a document type or entities, `import.too_large_unpacked`.
        """
        data = self.read(name)
        if len(data) > MOST_XML:
            raise failed(
                "import.too_large_unpacked",
                gettext_noop("Unpacked, the file would take %(megabytes)d MB, or far more than its size lets expect."),
                megabytes=len(data) // (1024 * 1024),
            )
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError, LookupError):
            if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
                raise _declares_types() from None
            raise unreadable(self.kind) from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise _declares_types()
        return root

    def only(self, wanted: Callable[[str], bool]) -> bytes:
        """The same archive holding nothing but the `wanted` XML parts, each checked as in `read_xml`, for a library.

        Empty parts, which some programs write, are left out; the part `mimetype` stays as it is.
        """
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as written:
            for name in dict.fromkeys(filter(wanted, self.names)):
                content = self.read(name)
                if content and name != "mimetype":
                    self.read_xml(name)
                if content:
                    written.writestr(name, content)
        return kept.getvalue()


def password_protected() -> ImportFailed:
    """The refusal of an encrypted file, `import.password`."""
    return failed(
        "import.password", gettext_noop("The file is protected by a password. Save it without one and send it again.")
    )


def _declares_types() -> ImportFailed:
    return failed(
        "import.dtd", gettext_noop("The file declares a document type or entities, which is refused as unsafe.")
    )


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    return is_link or name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/")

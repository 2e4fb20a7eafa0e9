"""Reading a zip that came from outside: nothing is unpacked to disk, and nothing is read before it is checked."""

import io
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

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

# How XML from outside is parsed: nothing it points at is followed, and what no document needs is refused.
_CAREFULLY: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}

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
            raise _too_large(unpacked)
        if any(_is_unsafe(entry) for entry in entries):
            raise failed("import.unsafe_path", gettext_noop("The file holds parts with names that lead outside it."))
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise password_protected()
        if any(entry.compress_type not in PACKINGS for entry in entries):
            raise unreadable(kind)
        return cls(data, kind, tuple(entry.filename for entry in entries))

    def read(self, name: str) -> bytes:
        """The bytes of one entry, unpacked piece by piece: no more than its declared size is, and more is damage."""
        return b"".join(self._pieces(name))

    def read_xml(self, name: str) -> etree._Element:
        """The root of one XML entry, read without following anything it points at.

        Raises
        ------
        ImportFailed
            `import.damaged`, `import.dtd` when it declares a document type or entities, `import.too_large_unpacked`.
        """
        self.count_elements(name)
        try:
            return etree.fromstring(self.read(name), etree.XMLParser(**_CAREFULLY))
        except (etree.XMLSyntaxError, ValueError, LookupError):
            raise unreadable(self.kind) from None

    def count_elements(self, name: str) -> Counter[str]:
        """How often each element is in one XML entry, by its local name; the entry is checked and never held whole.

        Raises
        ------
        ImportFailed
            As `read_xml`.
        """
        counted = _Elements()
        self._check(self._pieces(name), counted)
        told: Counter[str] = Counter()
        for tag, count in counted.seen.items():
            told[tag.rpartition("}")[2]] += count
        return told

    def only(self, wanted: Callable[[str], bool], *, instead: Mapping[str, bytes] | None = None) -> bytes:
        """The same archive holding nothing but the `wanted` XML parts, each checked as in `read_xml`, for a library.

        Empty parts, which some programs write, are left out; the part `mimetype` stays as it is. Parts are packed
        again piece by piece, so that no more than the packed bytes is held. Those in `instead` are replaced.
        """
        kept, instead = io.BytesIO(), instead or {}
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
            for name in dict.fromkeys(filter(wanted, self.names)):
                pieces = iter((instead[name],)) if name in instead else self._pieces(name)
                first = next(pieces, b"")
                if not first:
                    continue
                with written.open(name, "w") as entry:
                    through = _written(chain((first,), pieces), entry)
                    if name == "mimetype":
                        deque(through, maxlen=0)
                    else:
                        self._check(through, _Elements())
        return kept.getvalue()

    def _pieces(self, name: str) -> Iterator[bytes]:
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as opened, opened.open(name) as entry:
                yield from iter(lambda: entry.read(PIECE), b"")
        except ZIP_FAILURES:
            raise unreadable(self.kind) from None

    def _check(self, pieces: Iterable[bytes], elements: "_Elements") -> None:
        target: Any = elements  # lxml asks for no more than the methods that are there
        parser = etree.XMLParser(target=target, **_CAREFULLY)
        size = 0
        try:
            for piece in pieces:
                size += len(piece)
                if size > MOST_XML:
                    raise _too_large(size)
                parser.feed(piece)
            parser.close()
        except (etree.XMLSyntaxError, ValueError, LookupError):
            raise unreadable(self.kind) from None


class _Elements:
    """What a parser tells of a document as it goes through: elements are counted, declared types refused."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.seen[tag] += 1

    def doctype(self, *declared: str | None) -> None:
        raise failed(
            "import.dtd", gettext_noop("The file declares a document type or entities, which is refused as unsafe.")
        )

    def close(self) -> None: ...


def _written(pieces: Iterable[bytes], entry: IO[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        entry.write(piece)
        yield piece


def _too_large(size: int) -> ImportFailed:
    return failed(
        "import.too_large_unpacked",
        gettext_noop("Unpacked, the file would take %(megabytes)d MB, or far more than its size lets expect."),
        megabytes=size // (1024 * 1024),
    )


def password_protected() -> ImportFailed:
    """The refusal of an encrypted file, `import.password`."""
    return failed(
        "import.password", gettext_noop("The file is protected by a password. Save it without one and send it again.")
    )


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    return is_link or name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/")

"""The canonical form of evidence text, and the only conversions between ways of counting in it.

Canonical text is NFC, its lines end in ``\\n``, it has no byte order mark, no NUL and no other C0 control than ``\\n``
and ``\\t``. Offsets are code points everywhere in the platform; browsers count UTF-16 units, files UTF-8 bytes.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache

import chardet
import numpy as np
import numpy.typing as npt

from fieldstudy.edits import Edit, EditMap
from fieldstudy.errors import Invalid, gettext_noop

_NOT_CANONICAL = re.compile("^[\x01-\x08\x0b\x0c\x0e-\x1f\ufeff]+|\r\n?|[\u2028\u2029]|[\x01-\x08\x0b\x0c\x0e-\x1f]+")
_LINE_ENDS = frozenset(("\r", "\r\n", "\u2028", "\u2029"))
_SURROGATE = re.compile("[\ud800-\udfff]")

# No character below U+0300 combines with what comes before it (Unicode Standard Annex 15, "quick check"), so only runs
# from there on, with the one character before them, can need composing.
_MAY_COMPOSE = re.compile("[^\u0300-\U0010ffff]?[\u0300-\U0010ffff]+")


def canonical(raw: str) -> tuple[str, EditMap]:
    """The canonical form of `raw`, and the edit map that leads there from `raw`.

    CRLF, CR, U+2028 and U+2029 become ``\\n``; a leading byte order mark and C0 controls go; the rest is composed
    (NFC), each composed character by an edit of its own, so that anchors on `raw` can be carried exactly.

    Raises
    ------
    Invalid
        `text.nul` for U+0000, `text.surrogate` for half of a surrogate pair: neither can be stored as text.

    Source
    ------
    Unicode Standard Annex 15, Normalization Forms.
    """
    if "\0" in raw:
        raise Invalid(
            "text.nul",
            gettext_noop("The text holds a NUL character at position %(position)d."),
            position=raw.index("\0"),
        )
    if broken := _SURROGATE.search(raw):
        raise Invalid(
            "text.surrogate",
            gettext_noop("The text holds half of a character at position %(position)d."),
            position=broken.start(),
        )
    cleaning = EditMap.from_edits(
        (
            Edit(found.start(), found.end(), "\n" if found[0] in _LINE_ENDS else "")
            for found in _NOT_CANONICAL.finditer(raw)
        ),
        len(raw),
    )
    cleaned = cleaning.apply(raw)
    if unicodedata.is_normalized("NFC", cleaned):
        return cleaned, cleaning
    composing = EditMap.from_edits(_composing_edits(cleaned), len(cleaned))
    return composing.apply(cleaned), cleaning.then(composing)


def is_canonical(text: str) -> bool:
    """Whether `canonical` would leave `text` as it is."""
    broken = "\0" in text or _SURROGATE.search(text) or _NOT_CANONICAL.search(text)
    return not broken and unicodedata.is_normalized("NFC", text)


def _composing_edits(text: str) -> Iterator[Edit]:
    for run in _MAY_COMPOSE.finditer(text):
        if unicodedata.is_normalized("NFC", run[0]):
            continue
        start = run.start()
        for cluster in _clusters(run[0]):
            composed = unicodedata.normalize("NFC", cluster)
            if composed != cluster:
                yield Edit(start, start + len(cluster), composed)
            start += len(cluster)


def _clusters(run: str) -> Iterator[str]:
    """`run` cut wherever composing on either side cannot reach the other."""
    start = 0
    for index in range(1, len(run)):
        if _begins_cluster(run[index]):
            yield run[start:index]
            start = index
    yield run[start:]


@lru_cache(maxsize=4096)
def _begins_cluster(character: str) -> bool:
    first = unicodedata.normalize("NFD", character)[0]
    return unicodedata.combining(first) == 0 and first not in _composing_seconds()


@lru_cache(maxsize=1)
def _composing_seconds() -> frozenset[str]:
    """The characters that some other character composes with when they follow it, Hangul vowels and finals included."""
    decompositions = (unicodedata.decomposition(chr(point)) for point in range(0xC0, 0x30000))
    pairs = (parts.split() for parts in decompositions if parts and not parts.startswith("<"))
    seconds = {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2}
    return frozenset(seconds | {chr(point) for point in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))})


class Offsets:
    """Conversions of many offsets in one text between code points, UTF-16 units and UTF-8 bytes.

    Every method takes offsets from 0 to the text's length in their unit and gives as many, in the same order. Work is
    one pass over the text for each unit used, then a binary search for all offsets together.

    Raises
    ------
    Invalid
        `offset.out_of_range`, or `offset.inside_character` for a unit or byte offset inside a character.
    """

    def __init__(self, text: str) -> None:
        self._points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")

    @cached_property
    def _utf16(self) -> npt.NDArray[np.int64]:
        return _borders(1 + (self._points > 0xFFFF))

    @cached_property
    def _utf8(self) -> npt.NDArray[np.int64]:
        return _borders(1 + (self._points > 0x7F) + (self._points > 0x7FF) + (self._points > 0xFFFF))

    def to_utf16(self, points: Iterable[int]) -> list[int]:
        """UTF-16 units before each code point offset."""
        return _at(self._utf16, points)

    def to_utf8(self, points: Iterable[int]) -> list[int]:
        """UTF-8 bytes before each code point offset."""
        return _at(self._utf8, points)

    def from_utf16(self, units: Iterable[int]) -> list[int]:
        """Code points before each UTF-16 offset."""
        return _index_of(self._utf16, units)

    def from_utf8(self, positions: Iterable[int]) -> list[int]:
        """Code points before each UTF-8 byte offset."""
        return _index_of(self._utf8, positions)


def _borders(widths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where each character begins, and where the last ends; shape (characters + 1,)."""
    return np.concatenate(([0], np.cumsum(widths, dtype=np.int64)))


def _checked(offsets: Iterable[int], last: int) -> npt.NDArray[np.int64]:
    wanted = np.fromiter(offsets, dtype=np.int64)
    outside = wanted[(wanted < 0) | (wanted > last)]
    if outside.size:
        raise Invalid(
            "offset.out_of_range",
            gettext_noop("Offset %(offset)d is outside the text, which ends at %(last)d."),
            offset=int(outside[0]),
            last=last,
        )
    return wanted


def _at(borders: npt.NDArray[np.int64], offsets: Iterable[int]) -> list[int]:
    found: list[int] = borders[_checked(offsets, len(borders) - 1)].tolist()
    return found


def _index_of(borders: npt.NDArray[np.int64], offsets: Iterable[int]) -> list[int]:
    wanted = _checked(offsets, int(borders[-1]))
    found = np.searchsorted(borders, wanted)
    inside = wanted[borders[found] != wanted]
    if inside.size:
        raise Invalid(
            "offset.inside_character",
            gettext_noop("Offset %(offset)d is inside a character."),
            offset=int(inside[0]),
        )
    indexes: list[int] = found.tolist()
    return indexes


_BYTE_ORDER_MARKS: Sequence[tuple[bytes, str]] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = frozenset("ÀÂÄÆÇÈÉÊËÎÏÔÖÙÛÜŒàâäæçèéêëîïôöùûüÿœ«»‘’“”–—…•·°€§²³\u00a0")
_BINARY = re.compile(b"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LEAST_CONFIDENCE = 0.3


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file, and the name of the encoding it was read in.

    A byte order mark decides; else strict UTF-8; else Windows-1252, when every accented letter or sign is one that
    French writes; else what chardet finds, when it is sure enough. The mark is not part of the text.

    Raises
    ------
    Invalid
        `text.binary` for what is no text, `text.damaged` for text that breaks its own encoding (cut in the middle of a
        character, or mostly valid UTF-8), `text.encoding_unknown` when none can be told.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding), encoding
    if _BINARY.search(data):
        raise Invalid("text.binary", gettext_noop("This is not a text file: it holds bytes that no text has."))
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(data, error)
    western = data.decode("cp1252", "replace")
    if all(character in _WESTERN for character in set(western) if character > "\x7f"):
        return western, "cp1252"
    return _detected(data)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _damaged(encoding, error.start) from None


def _damaged(encoding: str, position: int) -> Invalid:
    return Invalid(
        "text.damaged",
        gettext_noop("The file says it is %(encoding)s, but breaks off or is damaged at byte %(position)d."),
        encoding=encoding,
        position=position,
    )


def _refuse_damaged_utf8(data: bytes, error: UnicodeDecodeError) -> None:
    """Refuse what is UTF-8 but for a few bytes: read in another encoding it would be quietly garbled."""
    lenient = data.decode("utf-8", "surrogateescape")
    broken = len(_SURROGATE.findall(lenient))
    sound = sum(character > "\x7f" for character in lenient) - broken
    if sound > broken:
        raise _damaged("utf-8", error.start)


def _detected(data: bytes) -> tuple[str, str]:
    found = chardet.detect(data, prefer_superset=True)
    encoding = found["encoding"]
    if encoding and found["confidence"] >= _LEAST_CONFIDENCE:
        try:
            return data.decode(encoding), encoding.lower()
        except (UnicodeDecodeError, LookupError):
            pass
    raise Invalid(
        "text.encoding_unknown",
        gettext_noop("The file's character encoding cannot be told. Save it as UTF-8 and send it again."),
    )

"""Archives from outside, whose tables of contents may lie."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from observations.importers.archive import Archive
from observations.importers.base import ImportFailed

MEGABYTES = 2**20


def packed(content: bytes, by: int = zipfile.ZIP_DEFLATED, declared: int | None = None) -> bytes:
    """An archive of one part, `declared` as longer or shorter than it is."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", by) as archive:
        archive.writestr("a.xml", content)
    raw = held.getvalue()
    size = len(content) if declared is None else declared
    return raw.replace(struct.pack("<I", len(content)), struct.pack("<I", size))


def test_a_part_is_read_whole() -> None:
    assert Archive.open(packed(b"<a/>" * 50_000), "Word").read("a.xml") == b"<a/>" * 50_000


def test_a_part_that_has_more_than_it_says_is_damaged_and_not_unpacked() -> None:
    archive = Archive.open(packed(bytes(64 * MEGABYTES), declared=100), "Word")
    tracemalloc.start()
    with pytest.raises(ImportFailed) as refused:
        archive.read("a.xml")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.problems[0].code == "import.damaged"
    assert most < 2 * MEGABYTES


@pytest.mark.parametrize("by", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_without_a_limit_is_not_opened(by: int) -> None:
    with pytest.raises(ImportFailed) as refused:
        Archive.open(packed(b"<a/>", by), "Word")
    assert refused.value.problems[0].code == "import.damaged"


def test_a_part_for_a_library_is_never_held_whole() -> None:
    archive = Archive.open(packed(b"<a>" + (b"<b>" + b"x" * 4_000 + b"</b>") * 2_000 + b"</a>"), "Word")
    tracemalloc.start()
    kept = archive.only(lambda name: True)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert Archive.open(kept, "Word").count_elements("a.xml") == {"a": 1, "b": 2_000}
    assert most < MEGABYTES


def test_a_part_too_large_to_be_parsed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("observations.importers.archive.MOST_XML", 100)
    with pytest.raises(ImportFailed) as refused:
        Archive.open(packed(b"<a>" + b"<b/>" * 100 + b"</a>"), "Word").only(lambda name: True)
    assert refused.value.problems[0].code == "import.too_large_unpacked"

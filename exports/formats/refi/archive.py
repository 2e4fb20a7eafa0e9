"""The container of a REFI-QDA project: a zip with the same bytes every time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

# The earliest time a zip entry can have: entries say nothing of when they were written.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE_FILE = 0o100644 << 16


@contextmanager
def stored_archive(target: BinaryIO) -> Iterator[ZipFile]:
    """A zip being written to `target`, which has to be seekable and stays open; nothing in it is compressed."""
    with ZipFile(target, "w", ZIP_STORED) as archive:
        yield archive


def open_member(archive: ZipFile, name: str) -> IO[bytes]:
    """A new entry to write to; entries stand in the order they are opened in."""
    member = ZipInfo(name, date_time=FIXED_TIME)
    member.compress_type = ZIP_STORED
    member.create_system = _UNIX
    member.external_attr = _READABLE_FILE
    return archive.open(member, "w")

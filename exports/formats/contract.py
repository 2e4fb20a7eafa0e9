"""What every export format offers, and how it says what it has to leave out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

from exports.records import DatasetRecord


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing a format cannot carry of a given dataset, shown before the download."""

    code: str
    """Stable and dotted, for programs: ``"refi.weight"``."""
    message: str
    """English, with ``%(name)s`` places; translated where it is shown."""
    values: Mapping[str, int] = field(default_factory=dict)
    """What goes into the places of the message: counts, never evidence."""

    def __str__(self) -> str:
        return self.message % self.values


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A file format a dataset can be written in."""

    name: str
    """Name in addresses and commands: ``"csv"``."""
    label: str
    """English name for a person; translated where it is shown."""
    purpose: str
    """What it is for, in a line of English; translated where it is shown."""
    suffix: str
    """End of the file name, with the dot."""
    media_type: str
    """Media type for the download."""
    write: Callable[[DatasetRecord, str, BinaryIO], None]
    """Write the dataset, with names in the given language where there is a choice, to a binary file.

    The file has to be seekable, so that an archive is the same bytes wherever it is written.
    """
    carries_not: Callable[[DatasetRecord], list[Loss]]
    """What the format cannot carry of this dataset; empty when it carries all of it."""

    def to_bytes(self, dataset: DatasetRecord, language: str) -> bytes:
        """The dataset in this format, whole in memory; large ones are better written to a file."""
        target = BytesIO()
        self.write(dataset, language, target)
        return target.getvalue()

"""A study's dataset written to a file in one of the formats."""

import io
from pathlib import Path
from typing import BinaryIO

from exports.assemble import assemble
from exports.formats import ExportFormat
from exports.formats.passages import write_csv, write_xlsx
from exports.queries.passages import passage_rows
from exports.records import DatasetRecord, Layer
from fieldstudy.writes import at_one_moment
from observations.access import Viewer
from observations.roles import Permission
from observations.tables import CSV, XLSX

# What the files are called that hold something beside coded segments.
SUBJECTS = {
    "promise-links-csv": "{layer}-promise-links",
    "encounters-csv": "{layer}-encounters",
    "memos-csv": "memos",
}


def dataset_for(viewer: Viewer, *, language: str, layer: Layer = "first") -> DatasetRecord:
    """The records a person may take out. Raises NotPermitted without the permission to export."""
    viewer.need(Permission.EXPORT)
    with at_one_moment():
        return assemble(viewer, language=language, layer=layer)


def passages_file(viewer: Viewer, query: str, *, form: str, language: str) -> tuple[bytes, str]:
    """The passages that a query finds as a file of the form "csv" or "xlsx", and its media type.

    Raises what `passage_rows` raises.
    """
    with at_one_moment():
        rows, written = passage_rows(viewer, query, language=language), io.BytesIO()
    write = write_xlsx if form == "xlsx" else write_csv
    write(rows, written)
    return written.getvalue(), XLSX if form == "xlsx" else CSV


def file_name(dataset: DatasetRecord, chosen: ExportFormat, layer: Layer) -> str:
    """What the file is called: study, format, which readings."""
    subject = "codebook" if chosen.name in ("codebook-csv", "codebook-xlsx", "qdc") else f"{layer}-readings"
    subject = SUBJECTS.get(chosen.name, "").format(layer=layer) or subject
    return f"{dataset.study.slug}-{subject}{chosen.suffix}"


def write_file(dataset: DatasetRecord, chosen: ExportFormat, language: str, target: BinaryIO | Path) -> None:
    """Write the dataset; a path is written beside and moved into place, so that no half a file is left."""
    if not isinstance(target, Path):
        chosen.write(dataset, language, target)
        return
    beside = target.with_name(f".{target.name}.part")
    try:
        with beside.open("wb") as file:
            chosen.write(dataset, language, file)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)

"""The file formats a dataset can be exported in. A new format is one module and one entry in `FORMATS`."""

from exports.formats import codebook_csv, segments_csv
from exports.formats.contract import ExportFormat, Loss
from exports.formats.refi import codebook as refi_codebook
from exports.formats.refi import losses as refi_losses
from exports.formats.refi import writer as refi_writer
from fieldstudy.errors import Invalid, gettext_noop

__all__ = ["FORMATS", "ExportFormat", "Loss", "export_format"]

FORMATS: dict[str, ExportFormat] = {
    "csv": ExportFormat(
        name="csv",
        label=gettext_noop("Coded segments (CSV)"),
        suffix=".csv",
        media_type="text/csv; charset=utf-8",
        write=segments_csv.write,
        carries_not=segments_csv.carries_not,
    ),
    "codebook-csv": ExportFormat(
        name="codebook-csv",
        label=gettext_noop("Codebook (CSV)"),
        suffix=".csv",
        media_type="text/csv; charset=utf-8",
        write=codebook_csv.write,
        carries_not=codebook_csv.carries_not,
    ),
    "qdc": ExportFormat(
        name="qdc",
        label=gettext_noop("Codebook (REFI-QDA)"),
        suffix=".qdc",
        media_type="application/xml",
        write=refi_codebook.write,
        carries_not=refi_codebook.carries_not,
    ),
    "qdpx": ExportFormat(
        name="qdpx",
        label=gettext_noop("Project (REFI-QDA)"),
        suffix=".qdpx",
        media_type="application/zip",
        write=refi_writer.write,
        carries_not=refi_losses.carries_not,
    ),
}


def export_format(name: str) -> ExportFormat:
    """The format of that name.

    Raises
    ------
    Invalid
        `export.unknown_format`.
    """
    if name not in FORMATS:
        raise Invalid(
            "export.unknown_format",
            gettext_noop("There is no export format %(found)s; the formats are: %(expected)s."),
            found=name,
            expected=", ".join(FORMATS),
        )
    return FORMATS[name]

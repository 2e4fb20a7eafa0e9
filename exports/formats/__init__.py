"""The file formats a dataset can be exported in. A new format is one module and one entry in `FORMATS`."""

from exports.formats import codebook_csv, codebook_xlsx, notes_csv, segments_csv
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
        purpose=gettext_noop("A row for each coded passage, with its quote, for a spreadsheet or for statistics."),
        suffix=".csv",
        media_type="text/csv; charset=utf-8",
        write=segments_csv.write,
        carries_not=segments_csv.carries_not,
    ),
    "codebook-csv": ExportFormat(
        name="codebook-csv",
        label=gettext_noop("Codebook (CSV)"),
        purpose=gettext_noop("The codes and what they mean, in every language of the study."),
        suffix=".csv",
        media_type="text/csv; charset=utf-8",
        write=codebook_csv.write,
        carries_not=codebook_csv.carries_not,
    ),
    "codebook-xlsx": ExportFormat(
        name="codebook-xlsx",
        label=gettext_noop("Codebook (Excel)"),
        purpose=gettext_noop("The same table as the codebook in CSV, as an Excel workbook."),
        suffix=".xlsx",
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write=codebook_xlsx.write,
        carries_not=codebook_csv.carries_not,
    ),
    "promise-links-csv": ExportFormat(
        name="promise-links-csv",
        label=gettext_noop("Promise links (CSV)"),
        purpose=gettext_noop("Passages that support, qualify or contradict what is promised for a tool."),
        suffix=".csv",
        media_type="text/csv; charset=utf-8",
        write=notes_csv.write_promise_links,
        carries_not=notes_csv.promise_links_carry_not,
    ),
    "encounters-csv": ExportFormat(
        name="encounters-csv",
        label=gettext_noop("Encounters (CSV)"),
        purpose=gettext_noop("Moments in which a person met a tool’s output."),
        suffix=".csv",
        media_type="text/csv; charset=utf-8",
        write=notes_csv.write_encounters,
        carries_not=notes_csv.encounters_carry_not,
    ),
    "memos-csv": ExportFormat(
        name="memos-csv",
        label=gettext_noop("Shared memos (CSV)"),
        purpose=gettext_noop("The memos that their authors share."),
        suffix=".csv",
        media_type="text/csv; charset=utf-8",
        write=notes_csv.write_memos,
        carries_not=notes_csv.memos_carry_not,
    ),
    "qdc": ExportFormat(
        name="qdc",
        label=gettext_noop("Codebook (REFI-QDA)"),
        purpose=gettext_noop("The codes, for another program for qualitative analysis."),
        suffix=".qdc",
        media_type="application/xml",
        write=refi_codebook.write,
        carries_not=refi_codebook.carries_not,
    ),
    "qdpx": ExportFormat(
        name="qdpx",
        label=gettext_noop("Project (REFI-QDA)"),
        purpose=gettext_noop("Texts, codes and coded passages, for another program for qualitative analysis."),
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

"""The codebook as an Excel workbook: the same table as in CSV, every cell text and none a formula."""

from typing import BinaryIO

from exports.formats.codebook_csv import table
from exports.records import DatasetRecord
from observations.tables import xlsx_table


def write(dataset: DatasetRecord, language: str, target: BinaryIO) -> None:
    """Write a workbook of one sheet: a header and one row per code. The same codes give the same bytes.

    Raises
    ------
    Invalid
        `export.dangling_reference`, `export.code_cycle`.
    """
    target.write(xlsx_table(table(dataset, language), sheet="Codebook"))

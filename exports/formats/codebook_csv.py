"""The codebook as one CSV table: a row per code, its texts in every language side by side."""

from typing import BinaryIO

from exports.formats.codes import code_tree, language_order
from exports.formats.contract import Loss
from exports.records import CodeRecord, DatasetRecord, Texts
from observations.cells import guard, write_rows

COLUMNS = (
    "code",
    "refi_guid",
    "sign",
    "parent",
    "position",
    "path",
    "is_codable",
    "hue_color",
    "stance",
    "asks_weight",
    "retired",
)
TEXT_COLUMNS = ("name", "definition", "include_when", "exclude_when", "examples")


def write(dataset: DatasetRecord, language: str, target: BinaryIO) -> None:
    """Write the header and one row per code, in the order of the codebook: parents first, siblings by position.

    Parameters
    ----------
    dataset : DatasetRecord
        Only its codes are written.
    language : str
        Language tag for the names in `path`; the other text columns hold every language.
    target : binary file
        UTF-8, CRLF; left open.

    Raises
    ------
    Invalid
        `export.dangling_reference`, `export.code_cycle`.
    """
    header, *rows = table(dataset, language)
    write_rows(target, [header, *([guard(cell) for cell in row] for row in rows)])


def table(dataset: DatasetRecord, language: str) -> list[list[str]]:
    """The header and the rows of the table as plain text; how each kind of file guards its cells is its own matter."""
    tree = code_tree(dataset.codes)
    paths = tree.paths(language, dataset.study.languages)
    languages = text_languages(dataset)
    header = [*COLUMNS, *(f"{column}_{tag}" for tag in languages for column in TEXT_COLUMNS)]
    return [header, *(_row(code, paths[code.id], languages) for code, _ in tree.walk())]


def text_languages(dataset: DatasetRecord) -> tuple[str, ...]:
    """The study's languages in its order, then any other language a code has a text in, by code point."""
    used = {tag for code in dataset.codes for texts in texts_of(code) for tag in texts}
    main, *others = dataset.study.languages or sorted(used) or ["en"]
    return language_order(main, others, used)


def texts_of(code: CodeRecord) -> tuple[Texts, Texts, Texts, Texts, Texts]:
    """The code's texts in the order of `TEXT_COLUMNS`."""
    return code.names, code.definitions, code.include_when, code.exclude_when, code.examples


def _row(code: CodeRecord, path: str, languages: tuple[str, ...]) -> list[str]:
    return [
        code.id,
        code.refi_guid,
        code.sign,
        code.parent_id or "",
        str(code.position),
        path,
        _truth(code.is_codable),
        code.hue_color,
        code.stance,
        _truth(code.asks_weight),
        _truth(code.is_retired),
        *(texts.get(tag, "") for tag in languages for texts in texts_of(code)),
    ]


def _truth(value: bool) -> str:
    return "true" if value else "false"


def carries_not(dataset: DatasetRecord) -> list[Loss]:
    """Nothing: a codebook is the codes, and the table carries them whole."""
    return []

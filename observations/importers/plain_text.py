"""Plain text: paragraphs apart by blank lines, or a line for each turn."""

import re
from collections.abc import Iterator
from dataclasses import replace

from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.text import decode
from observations.importers.base import ImportFailed, ImportProblem, ParsedSource, canonical_text, without_edges
from observations.importers.blocks import Block, source_from_blocks
from observations.importers.speakers import find_label, speakers_among

# A heading fits on a line; a longer first line is as likely the first thing said, and stays in the text.
_LONGEST_TITLE = 80
# Page and line breaks of word processors and converted PDFs, which canonical text would drop and so join two words.
_OTHER_BREAKS = re.compile("[\x0b\x0c\x85]")
_LINE_END = re.compile("\r\n?|[\n\u2028\u2029]")


def decoded(data: bytes) -> str:
    """The canonical text of a file, without white space at its edges.

    Raises
    ------
    ImportFailed
        The errors of `fieldstudy.text.decode` and `canonical`.
    """
    return decoded_from(data)[0]


def decoded_from(data: bytes) -> tuple[str, int]:
    """What `decoded` gives, and the line of the file on which it begins."""
    from_file = _OTHER_BREAKS.sub("\n", _decode(data))
    before = from_file[: len(from_file) - len(from_file.lstrip())]
    return canonical_text(from_file), 1 + len(_LINE_END.findall(before))


def _decode(data: bytes) -> str:
    try:
        return decode(data)[0]
    except Invalid as error:
        raise ImportFailed([ImportProblem(error.code, error.message, values=error.values)]) from None


def read_plain_text(data: bytes, filename: str) -> ParsedSource:
    """The source in a plain text file.

    The first line is the title when a blank line follows it, it is short, it does not end like a clause, and no speaker
    is named in it.

    Raises
    ------
    ImportFailed
        The errors of `decoded` and `source_from_blocks`.
    """
    text, first = decoded_from(data)
    lines = [without_edges(line) for line in text.split("\n")]
    begins_with_title = _is_title(lines)
    blocks = _blocks(lines, first, begins_with_title=begins_with_title)
    source = source_from_blocks(blocks, fallback_title=filename.rpartition(".")[0])
    if begins_with_title and source.kind == "document":
        message = gettext_noop("The first line was taken for the title, and is not part of the text.")
        told = ImportProblem("import.first_line_title", message, line=first)
        return replace(source, warnings=(*source.warnings, told))
    return source


def _blocks(lines: list[str], first: int, *, begins_with_title: bool) -> Iterator[Block]:
    after_blank = True
    for number, line in enumerate(lines, start=first):
        if number == first and begins_with_title:
            yield Block(line, "heading", line=number)
        elif line:
            yield Block(line, continues=not after_blank, line=number)
        after_blank = not line


def _is_title(lines: list[str]) -> bool:
    first = lines[0]
    if len(lines) < 3 or lines[1] or len(first) > _LONGEST_TITLE or first.endswith((",", ";", ":", ".", "…")):
        return False
    label = find_label(first)
    return label is None or label.key not in speakers_among([find_label(line) for line in lines])

"""Markdown field notes: headings, paragraphs of observation, block quotations of speech, interpretations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from observations.importers.base import ParsedSource, unreadable
from observations.importers.blocks import Block, BlockKind, blocks_of, source_from_blocks
from observations.importers.plain_text import decoded_from
from observations.importers.speakers import find_label

_LABEL = "Markdown (.md)"


def read_markdown(data: bytes, filename: str) -> ParsedSource:
    """The source in a Markdown file: `#` headings, `>` quotations, everything else paragraphs; marks are left out.

    Lines of a paragraph are joined by spaces, but one that begins like a speaker's label stays a line of its own.

    Table rows become their cells joined by " | ", code and HTML stay as they are written.

    Raises
    ------
    ImportFailed
        The errors of `decoded` and `source_from_blocks`; `import.damaged` when it is nested beyond reading.
    """
    text, first = decoded_from(data)
    try:
        tokens = MarkdownIt("commonmark").enable("table").parse(text)
    except RecursionError:
        raise unreadable(_LABEL) from None
    return source_from_blocks(_blocks(tokens, first), fallback_title=filename.rpartition(".")[0])


def _blocks(tokens: Sequence[Token], first: int) -> Iterator[Block]:
    in_quote, in_heading = 0, False
    cells: list[str] | None = None
    for token in tokens:
        line = first + token.map[0] if token.map else None
        if token.type in ("blockquote_open", "blockquote_close"):
            in_quote += token.nesting
        elif token.type in ("heading_open", "heading_close"):
            in_heading = token.nesting == 1
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield from blocks_of(" | ".join(cells or []))
            cells = None
        elif token.type == "inline" and cells is not None:
            cells.append(" ".join(one.text for one in _lines(token)))
        elif token.type == "inline":
            yield from _paragraph(token, _kind(in_heading, in_quote), line)
        elif token.type in ("fence", "code_block", "html_block"):
            begins = line + (token.type == "fence") if line else None
            yield from blocks_of(token.content, _kind(in_heading, in_quote), line=begins)


def _kind(in_heading: bool, in_quote: int) -> BlockKind:
    if in_heading:
        return "heading"
    return "quote" if in_quote else "paragraph"


@dataclass(frozen=True)
class _Line:
    """A line of a paragraph without its marks: how many code points at its head are bold, if a break sets it apart."""

    text: str
    bold: int
    is_apart: bool
    number: int


def _paragraph(inline: Token, kind: BlockKind, line: int | None) -> Iterator[Block]:
    """The blocks of a paragraph, one for each line that a break or what may be a speaker's label sets apart."""
    lines: list[_Line] = []
    for one in _lines(inline):
        if lines and not one.is_apart and (kind == "heading" or find_label(one.text, bold=one.bold) is None):
            last = lines[-1]
            bold = last.bold + 1 + one.bold if last.bold == len(last.text) else last.bold
            lines[-1] = replace(last, text=f"{last.text} {one.text}", bold=bold)
        else:
            lines.append(one)
    for one in lines:
        at = None if line is None else line + one.number
        yield from blocks_of(one.text, kind, bold=one.bold, line=at, continues=one.number > 0)


def _lines(inline: Token) -> Iterator[_Line]:
    text, bold, depth, number, is_apart = "", 0, 0, 0, False
    for child in inline.children or []:
        if child.type in ("strong_open", "strong_close"):
            depth += child.nesting
        elif child.type in ("softbreak", "hardbreak"):
            yield _Line(text, bold, is_apart, number)
            text, bold, number, is_apart = "", 0, number + 1, child.type == "hardbreak"
        else:
            if bold == len(text) and (depth > 0 or not child.content.strip()):
                bold += len(child.content)
            text += child.content
    yield _Line(text, bold, is_apart, number)

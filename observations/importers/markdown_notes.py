"""Markdown field notes: headings, paragraphs of observation, block quotations of speech, interpretations."""

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from observations.importers.base import ParsedSource, unreadable
from observations.importers.blocks import Block, BlockKind, blocks_of, source_from_blocks
from observations.importers.plain_text import decoded

_LABEL = "Markdown (.md)"


def read_markdown(data: bytes, filename: str) -> ParsedSource:
    """The source in a Markdown file: `#` headings, `>` quotations, everything else paragraphs; marks are left out.

    Table rows become their cells joined by " | ", code and HTML stay as they are written.

    Raises
    ------
    ImportFailed
        The errors of `decoded` and `source_from_blocks`; `import.damaged` when it is nested beyond reading.
    """
    text = decoded(data)
    try:
        tokens = MarkdownIt("commonmark").enable("table").parse(text)
    except RecursionError:
        raise unreadable(_LABEL) from None
    return source_from_blocks(_blocks(tokens), fallback_title=filename.rpartition(".")[0])


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    in_quote, in_heading = 0, False
    cells: list[str] | None = None
    for token in tokens:
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
            cells.append(_plain(token)[0])
        elif token.type == "inline":
            text, bold = _plain(token)
            yield from blocks_of(text, _kind(in_heading, in_quote), bold=bold)
        elif token.type in ("fence", "code_block", "html_block"):
            yield from blocks_of(token.content, _kind(in_heading, in_quote))


def _kind(in_heading: bool, in_quote: int) -> BlockKind:
    if in_heading:
        return "heading"
    return "quote" if in_quote else "paragraph"


def _plain(inline: Token) -> tuple[str, int]:
    """The text of a paragraph without its marks, and how many characters at its head are in bold."""
    text, bold, depth, head_is_bold = "", 0, 0, True
    for child in inline.children or []:
        if child.type in ("strong_open", "strong_close"):
            depth += child.nesting
            continue
        piece = _piece(child)
        text += piece
        head_is_bold = head_is_bold and (depth > 0 or not piece.strip())
        if head_is_bold:
            bold = len(text)
    return text, bold


def _piece(child: Token) -> str:
    if child.type == "softbreak":
        return " "
    if child.type == "hardbreak":
        return "\n"
    return child.content

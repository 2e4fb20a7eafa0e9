"""Word documents: mammoth reads them, the result is cleaned and cut into paragraphs."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from xml.parsers.expat import ExpatError

import lxml.html
import mammoth
import nh3
from lxml import etree

from fieldstudy.errors import gettext_noop
from observations.importers.archive import Archive
from observations.importers.base import ImportProblem, ParsedSource, failed, unreadable
from observations.importers.blocks import Block, BlockKind, blocks_of, source_from_blocks
from observations.importers.docx_parts import mended, needs_mending

KIND = "Word (.docx)"

# Titles and quotations beside the headings and lists that mammoth knows; names as Word and LibreOffice write them.
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Titre'] => h1:fresh
p[style-name='Subtitle'] => h2:fresh
p[style-name^='Heading'] => h2:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
p[style-name='Citation'] => blockquote > p:fresh
"""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TAGS = _HEADINGS | {"p", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th"}
_TAGS |= {"strong", "b", "sup", "a", "br"}
_XML = (".xml", ".rels")
_NESTED = frozenset(("ul", "ol", "table", "p", "blockquote"))

# mammoth has no error of its own: what it raises on a damaged file is whatever its code ran into.
_MAMMOTH_FAILURES = (
    zipfile.BadZipFile, ExpatError, OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError
)  # fmt: skip


def read_docx(data: bytes, filename: str) -> ParsedSource:
    """The source in a Word document.

    Tracked insertions are taken, deletions and comments left out, each with a warning. Foot- and endnotes stand in
    square brackets where they are called, so that they stay in their turn. A table row is one paragraph, its cells
    joined by " | ", a table in a cell being part of it. A text box follows the paragraph it hangs on. Pictures,
    headers and footers are left out.

    Raises
    ------
    ImportFailed
        The errors of `Archive` and `source_from_blocks`; `import.no_document` for a zip that is no Word document.
    """
    archive = Archive.open(data, KIND)
    if "[Content_Types].xml" not in archive.names:
        raise failed("import.no_document", gettext_noop("The file holds no %(expected)s document."), expected=KIND)
    elements = {
        name: archive.count_elements(name)
        for name in archive.names
        if name.startswith("word/") and name.endswith(".xml")
    }
    passed_over = (name for name, counted in elements.items() if needs_mending(counted))
    checked = archive.only(_is_document_part, instead={name: mended(archive.read_xml(name)) for name in passed_over})
    warnings = _warnings(sum(elements.values(), Counter()))
    return source_from_blocks(_blocks(_html(checked)), fallback_title=filename.rpartition(".")[0], warnings=warnings)


def _is_document_part(name: str) -> bool:
    return name in ("[Content_Types].xml", "_rels/.rels") or (name.startswith("word/") and name.endswith(_XML))


def _html(docx: bytes) -> str:
    try:
        result = mammoth.convert_to_html(
            io.BytesIO(docx),
            style_map=_STYLES,
            include_embedded_style_map=False,
            ignore_empty_paragraphs=False,
            convert_image=mammoth.images.img_element(lambda image: {}),
        )
    except _MAMMOTH_FAILURES:
        raise unreadable(KIND) from None
    html: str = result.value
    return html


def _blocks(html: str) -> Iterator[Block]:
    cleaned = nh3.clean(html, tags=set(_TAGS), attributes={"a": {"href"}, "li": {"id"}}, link_rel=None)
    try:
        root = lxml.html.fragment_fromstring(cleaned, create_parent="div")
    except (etree.LxmlError, ValueError):
        raise unreadable(KIND) from None
    notes = {
        f"#{item.get('id')}": " ".join(_text(item, notes={}).split()) for item in root.iter("li") if _is_note(item)
    }
    yield from _blocks_in(root, notes, "paragraph")


def _is_note(item: etree._Element) -> bool:
    return (item.get("id") or "").startswith(("footnote-", "endnote-"))


def _blocks_in(parent: etree._Element, notes: dict[str, str], kind: BlockKind) -> Iterator[Block]:
    for element in parent:
        tag = str(element.tag)
        if tag == "li" and _is_note(element):
            continue
        if tag == "tr":
            cells = (" ".join(_text(cell, notes).split()) for cell in element)
            yield from blocks_of(" | ".join(cells))
        elif tag == "li":
            yield from _paragraph(element, notes, kind)
            yield from _blocks_in(element, notes, kind)
        elif tag == "p" or tag in _HEADINGS:
            yield from _paragraph(element, notes, "heading" if tag in _HEADINGS else kind)
        else:
            yield from _blocks_in(element, notes, "quote" if tag == "blockquote" else kind)


def _paragraph(element: etree._Element, notes: dict[str, str], kind: BlockKind) -> Iterator[Block]:
    text, bold = "", 0
    for run, is_bold in _runs(element, notes, skip=_NESTED):
        if bold == len(text) and (is_bold or not run.strip()):
            bold += len(run)
        text += run
    yield from blocks_of(text, kind, bold=bold)


def _text(element: etree._Element, notes: dict[str, str]) -> str:
    return "".join(f" {text}" if is_block else text for text, is_block in _cell_runs(element, notes))


def _cell_runs(cell: etree._Element, notes: dict[str, str]) -> Iterator[tuple[str, bool]]:
    yield "".join(text for text, _ in _runs(cell, notes, skip=_NESTED)), False
    for nested in cell:
        if nested.tag in _NESTED | {"li", "tr", "td", "th", "tbody", "thead"}:
            yield _text(nested, notes), True


def _runs(
    element: etree._Element, notes: dict[str, str], *, skip: frozenset[str] = frozenset(), bold: bool = False
) -> Iterator[tuple[str, bool]]:
    """The stretches of text in a paragraph, and whether each is bold; a note stands where it is called."""
    if element.text:
        yield element.text, bold
    for child in element:
        tag, target = str(child.tag), child.get("href") or ""
        if tag == "br":
            yield "\n", bold
        elif target in notes:
            yield f" [{notes[target]}]", bold
        elif tag not in skip and not target.startswith(("#footnote-", "#endnote-")):
            yield from _runs(child, notes, skip=skip, bold=bold or tag in ("strong", "b"))
        if child.tail:
            yield child.tail, bold


_CHANGES = frozenset(("ins", "del", "moveFrom", "moveTo"))


def _warnings(seen: Counter[str]) -> list[ImportProblem]:
    """What of a Word document with these elements is left out, or taken in a way its reader should know."""
    warnings = []
    if changes := sum(seen[name] for name in _CHANGES):
        message = gettext_noop("Tracked changes: %(count)d. Insertions are taken as made, deletions are left out.")
        warnings.append(ImportProblem("import.tracked_changes", message, values={"count": changes}))
    if seen["comment"]:
        message = gettext_noop("Comments left out: %(count)d.")
        warnings.append(ImportProblem("import.comments", message, values={"count": seen["comment"]}))
    if notes := seen["footnoteReference"] + seen["endnoteReference"]:
        message = gettext_noop("Notes set in square brackets where they are called: %(count)d.")
        warnings.append(ImportProblem("import.notes", message, values={"count": notes}))
    if pictures := seen["blip"] + seen["imagedata"]:
        message = gettext_noop("Pictures left out: %(count)d.")
        warnings.append(ImportProblem("import.pictures", message, values={"count": pictures}))
    return warnings

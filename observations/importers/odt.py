"""OpenDocument texts, read with odfdo."""

import io
from collections.abc import Iterator
from functools import cached_property

from lxml import etree
from odfdo import Document, Element, Style
from odfdo.security import SecurityError

from fieldstudy.errors import gettext_noop
from observations.importers.archive import Archive, password_protected
from observations.importers.base import ImportProblem, ParsedSource, failed, unreadable
from observations.importers.blocks import Block, BlockKind, blocks_of, source_from_blocks

KIND = "OpenDocument (.odt)"

_PARTS = frozenset(("mimetype", "content.xml", "styles.xml", "meta.xml", "settings.xml", "META-INF/manifest.xml"))
_LEFT_OUT = frozenset((
    "text:tracked-changes", "text:sequence-decls", "text:variable-decls", "text:user-field-decls", "office:forms",
    "text:table-of-content", "text:alphabetical-index", "text:bibliography", "text:illustration-index",
    "office:annotation", "office:annotation-end", "text:ruby-text", "svg:title", "svg:desc",
))  # fmt: skip
_GROUPS = frozenset(("text:list", "text:list-item", "text:list-header", "text:section", "text:numbered-paragraph"))
_ROW_GROUPS = frozenset(("table:table-header-rows", "table:table-rows", "table:table-row-group"))
_MOST_SPACES = 100
_LONGEST_CHAIN = 12
_BOLD = frozenset(("bold", "600", "700", "800", "900"))

# odfdo lets through what lxml and its own code run into on a damaged file.
_ODFDO_FAILURES = (
    etree.LxmlError, SecurityError, OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError
)  # fmt: skip


def read_odt(data: bytes, filename: str) -> ParsedSource:
    """The source in an OpenDocument text.

    Tracked insertions are taken, deletions and annotations left out, each with a warning. Notes stand in square
    brackets where they are called. A table row is one paragraph, its cells joined by " | ", a table in a cell being
    part of it. The text in boxes and shapes stands where they are anchored. Tables of contents, pictures, headers and
    footers are left out.

    Raises
    ------
    ImportFailed
        The errors of `Archive` and `source_from_blocks`; `import.no_document` for a zip that is no OpenDocument text.
    """
    archive = Archive.open(data, KIND)
    if "content.xml" not in archive.names:
        raise failed("import.no_document", gettext_noop("The file holds no %(expected)s document."), expected=KIND)
    manifest = "META-INF/manifest.xml"
    if manifest in archive.names and b"encryption-data" in archive.read(manifest):
        raise password_protected()
    checked = archive.only(_PARTS.__contains__)
    try:
        text = _OpenDocumentText(Document(io.BytesIO(checked)))
        blocks, warnings = list(text.blocks()), text.warnings()
    except _ODFDO_FAILURES:
        raise unreadable(KIND) from None
    return source_from_blocks(blocks, fallback_title=filename.rpartition(".")[0], warnings=warnings)


class _OpenDocumentText:
    """A document with what is asked of its styles remembered: files name few styles very often."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.chains: dict[tuple[str, str], tuple[str, ...]] = {}
        self.bold: dict[str, bool] = {}

    @cached_property
    def body(self) -> Element:
        return self.document.body

    def blocks(self) -> Iterator[Block]:
        yield from self._blocks_in(self.body)

    def warnings(self) -> list[ImportProblem]:
        """What of the document is left out, or taken in a way its reader should know."""
        counted = (
            ("text:changed-region", "import.tracked_changes",
             gettext_noop("Tracked changes: %(count)d. Insertions are taken as made, deletions are left out.")),
            ("office:annotation", "import.comments", gettext_noop("Comments left out: %(count)d.")),
            ("text:note", "import.notes",
             gettext_noop("Notes set in square brackets where they are called: %(count)d.")),
            ("draw:image", "import.pictures", gettext_noop("Pictures left out: %(count)d.")),
        )  # fmt: skip
        found = ((code, message, len(_found(self.body, f"//{tag}"))) for tag, code, message in counted)
        return [ImportProblem(code, message, values={"count": count}) for code, message, count in found if count]

    def _blocks_in(self, parent: Element) -> Iterator[Block]:
        for element in parent.children:
            if element.tag in ("text:p", "text:h"):
                yield from self._paragraph(element)
            elif element.tag == "table:table":
                for cells in self._rows(element):
                    yield from blocks_of(" | ".join(cells))
            elif element.tag in _GROUPS or _is_drawn(element):
                yield from self._blocks_in(element)

    def _rows(self, table: Element) -> Iterator[list[str]]:
        """The texts of the cells of each row, those of a table in a cell being its text."""
        for child in table.children:
            if child.tag in _ROW_GROUPS:
                yield from self._rows(child)
            elif child.tag == "table:table-row":
                cells = (cell for cell in child.children if cell.tag == "table:table-cell")
                yield [" ".join(" ".join(self._texts(cell)).split()) for cell in cells]

    def _texts(self, parent: Element) -> Iterator[str]:
        """The texts of the paragraphs in what holds several, in order."""
        for element in parent.children:
            if element.tag in ("text:p", "text:h"):
                yield self._text(element)
            elif element.tag == "table:table":
                for cells in self._rows(element):
                    yield from cells
            elif element.tag in _GROUPS or _is_drawn(element):
                yield from self._texts(element)

    def _paragraph(self, element: Element) -> Iterator[Block]:
        text, bold = "", 0
        for run, is_bold in self._runs(element, bold=False):
            if bold == len(text) and (is_bold or not run.strip()):
                bold += len(run)
            text += run
        yield from blocks_of(text, self._kind(element), bold=bold)

    def _kind(self, element: Element) -> BlockKind:
        names = self._chain("paragraph", str(element.get_attribute("text:style-name") or ""))
        if element.tag == "text:h" or any(name.startswith(("Title", "Subtitle", "Heading")) for name in names):
            return "heading"
        return "quote" if any(name.startswith(("Quotation", "Quote")) for name in names) else "paragraph"

    def _text(self, element: Element) -> str:
        return "".join(text for text, _ in self._runs(element, bold=False))

    def _runs(self, element: Element, *, bold: bool) -> Iterator[tuple[str, bool]]:
        """The stretches of text in a paragraph, and whether each is bold; a note stands where it is called."""
        if element.text:
            yield element.text, bold
        for child in element.children:
            yield from self._run(child, bold=bold)
            if child.tail:
                yield child.tail, bold

    def _run(self, child: Element, *, bold: bool) -> Iterator[tuple[str, bool]]:
        if child.tag in _LEFT_OUT:
            return
        if child.tag == "text:s":
            count = str(child.get_attribute("text:c") or "1")
            yield " " * min(int(count) if count.isascii() and count.isdigit() else 1, _MOST_SPACES), bold
        elif child.tag == "text:tab":
            yield "\t", bold
        elif child.tag == "text:line-break":
            yield "\n", bold
        elif child.tag == "text:note":
            body = [text for part in child.children if part.tag == "text:note-body" for text in self._texts(part)]
            yield f" [{' '.join(' '.join(body).split())}]", bold
        elif _is_drawn(child):
            lines = [block.text for block in self._blocks_in(child)]
            yield "\n".join(["", *lines, ""]) if lines else "", bold
        else:
            style = str(child.get_attribute("text:style-name") or "")
            yield from self._runs(child, bold=bold or (child.tag == "text:span" and self._is_bold(style)))

    def _is_bold(self, name: str) -> bool:
        if name not in self.bold:
            self.bold[name] = any(self._weight(style) in _BOLD for style in self._chain("text", name))
        return self.bold[name]

    def _weight(self, name: str) -> str:
        style = self.document.get_style("text", name)
        properties = style.get_properties("text") if isinstance(style, Style) else None
        return str((properties or {}).get("fo:font-weight", ""))

    def _chain(self, family: str, name: str) -> tuple[str, ...]:
        """The style's name and those it derives from, the nearest first."""
        key = (family, name)
        if key not in self.chains:
            names: list[str] = []
            while name and name not in names and len(names) < _LONGEST_CHAIN:
                names.append(name)
                style = self.document.get_style(family, name)
                name = str(getattr(style, "parent_style", None) or "")
            self.chains[key] = tuple(names)
        return self.chains[key]


def _is_drawn(element: Element) -> bool:
    """A frame, a text box, a shape or a group of these: what they hold are paragraphs."""
    return element.tag.startswith("draw:")


def _found(element: Element, path: str) -> list[Element]:
    return [found for found in element.xpath(path) if isinstance(found, Element)]

"""What mammoth passes over in a Word document, written in the way it reads: every text comes in, and only once.

Word writes a text box twice, for new and for old programs (`mc:AlternateContent`); mammoth reads the old one, if it is
there. Fields, formulas, text that runs against its line, text with a reading aid and some breaks it leaves out.
"""

from collections import Counter

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_WRAPPERS = (f"{_W}fldSimple", f"{_W}bdo", f"{_W}dir", f"{_W}ruby", f"{_W}rubyBase", f"{_M}oMathPara")
_BREAKS = {f"{_W}cr": f"{_W}br", f"{_W}ptab": f"{_W}tab"}
_BOX = f"{_W}txbxContent"
_PASSED_OVER = frozenset(
    ("AlternateContent", "txbxContent", "fldSimple", "bdo", "dir", "ruby", "oMath", "cr", "ptab"),
)


def needs_mending(elements: Counter[str]) -> bool:
    """Whether a part with these elements, by local name, may have text that mammoth passes over."""
    return any(elements[name] for name in _PASSED_OVER)


def mended(root: etree._Element) -> bytes:
    """A part of a document as mammoth reads it whole."""
    for both in list(root.iter(f"{_MC}AlternateContent")):
        _keep_one(both)
    for holder in list(root.iter(f"{_W}drawing", f"{_W}pict")):
        _keep_boxes(holder)
    for formula in list(root.iter(f"{_M}oMath")):
        _say(formula)
    for aid in list(root.iter(f"{_W}rt")):
        _unwrap(aid, [])
    for wrapper in list(root.iter(*_WRAPPERS)):
        _unwrap(wrapper, list(wrapper))
    for old, new in _BREAKS.items():
        for element in root.iter(old):
            element.tag = new
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _keep_one(both: etree._Element) -> None:
    """The old form of what is written twice, or the new one where only that has text."""
    fallback = both.find(f"{_MC}Fallback")
    kept = fallback if fallback is not None and _has_text(fallback) else next(filter(_has_text, both), fallback)
    _unwrap(both, [] if kept is None else list(kept))


def _has_text(element: etree._Element) -> bool:
    return any(text.text for text in element.iter(f"{_W}t", f"{_M}t"))


def _keep_boxes(holder: etree._Element) -> None:
    """Of a drawing its text boxes alone, where it has some."""
    boxes = [box for box in holder.iter(_BOX) if next(box.iterancestors(_BOX, holder.tag)).tag != _BOX]
    if boxes:
        holder[:] = boxes
        holder.tag = f"{_W}pict"


def _say(formula: etree._Element) -> None:
    """A formula as the letters and signs it is made of, on one line."""
    run = etree.Element(f"{_W}r")
    etree.SubElement(run, f"{_W}t").text = "".join(part.text or "" for part in formula.iter(f"{_M}t"))
    _unwrap(formula, [run])


def _unwrap(element: etree._Element, children: list[etree._Element]) -> None:
    """Put `children` in an element's place. White space between elements means nothing in these files."""
    parent = element.getparent()
    if parent is not None:
        at = parent.index(element)
        parent[at : at + 1] = children

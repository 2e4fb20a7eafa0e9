"""The codebook in REFI-QDA: the tree of `Code` elements, and the codebook file (.qdc)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from lxml import etree

from exports.formats.codebook_csv import texts_of
from exports.formats.codes import CodeTree, code_name, code_tree, language_order
from exports.formats.contract import Loss
from exports.formats.losses import when
from exports.formats.refi import names
from exports.records import CodeRecord, DatasetRecord
from fieldstudy.errors import Invalid, gettext_noop

# What stands before each text in a description, in the order name, definition, include, exclude, examples.
_LABELS: Mapping[str, tuple[str, str, str, str, str]] = {
    "en": ("Name", "Definition", "Include when", "Exclude when", "Examples"),
    "fr": ("Nom", "Définition", "Inclure quand", "Exclure quand", "Exemples"),
}
_OTHER_LABELS = _LABELS["en"]


def codes_element(tree: CodeTree, namespace: str, language: str, languages: Sequence[str]) -> etree._Element:
    """The `Codes` element with the whole tree: names in the asked language, the other texts in `Description`.

    Raises
    ------
    Invalid
        `export.bad_guid`.
    """
    codes = etree.Element(names.qualified(namespace, "Codes"), nsmap=names.default_namespace(namespace))
    elements: dict[str | None, etree._Element] = {None: codes}
    for code, _ in tree.walk():
        attributes = {
            names.GUID: names.checked_guid("code", code.refi_guid),
            names.NAME: names.in_xml(code_name(code, language, languages)),
            names.IS_CODABLE: "true" if code.is_codable else "false",
        }
        if code.hue_color:
            attributes[names.COLOR] = code.hue_color
        element = etree.SubElement(elements[code.parent_id], names.qualified(namespace, "Code"), attributes)
        description = describe(code, language, languages)
        if description:
            etree.SubElement(element, names.qualified(namespace, "Description")).text = names.in_xml(description)
        elements[code.id] = element
    return codes


def describe(code: CodeRecord, language: str, languages: Sequence[str]) -> str:
    """The code's texts as one: a block of labelled lines per language, the asked one first, then its sign.

    The name is left out of the asked language's block, since it is the code's name already, unless another language
    has the same: else a reader would take it for that one alone.
    """
    same = list(code.names.values()).count(code.names.get(language, "")) > 1
    used = {tag for texts in texts_of(code) for tag in texts}
    blocks = [
        "\n".join(_lines(code, tag, with_name=same or tag != language))
        for tag in language_order(language, languages, used)
    ]
    if code.sign:
        blocks.append(f"Sign: {code.sign}")
    return "\n\n".join(block for block in blocks if block)


def _lines(code: CodeRecord, tag: str, *, with_name: bool) -> Iterator[str]:
    labels = _LABELS.get(tag.partition("-")[0], _OTHER_LABELS)
    for label, texts in list(zip(labels, texts_of(code), strict=True))[0 if with_name else 1 :]:
        if texts.get(tag):
            yield f"{label} ({tag}): {texts[tag]}"


def write(dataset: DatasetRecord, language: str, target: BinaryIO) -> None:
    """Write the dataset's codes that are in use as a REFI-QDA codebook file.

    Raises
    ------
    Invalid
        `export.empty_codebook` (the schema asks for at least one code), `export.bad_guid`, `export.duplicate_guid`,
        `export.dangling_reference`, `export.code_cycle`.

    Source
    ------
    REFI-QDA 1.0, Codebook.xsd.
    """
    codes = [code for code in dataset.codes if not code.is_retired]
    if not codes:
        raise Invalid(
            "export.empty_codebook",
            gettext_noop("The codebook has no code, and a REFI-QDA codebook needs at least one."),
        )
    names.unique_guids("code", [code.refi_guid for code in codes])
    namespace = names.CODEBOOK_NAMESPACE
    root = etree.Element(
        names.qualified(namespace, "CodeBook"), {"origin": names.ORIGIN}, nsmap=names.default_namespace(namespace)
    )
    root.append(codes_element(code_tree(codes), namespace, language, dataset.study.languages))
    target.write(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def code_losses(dataset: DatasetRecord) -> list[Loss]:
    """What REFI-QDA has no place for in a code."""
    return [
        *when(
            sum(bool(code.stance) for code in dataset.codes),
            "refi.stance",
            gettext_noop("Whether a code speaks of a strength or a limit is left out: %(count)s codes."),
        ),
        *when(
            sum(code.asks_weight for code in dataset.codes),
            "refi.asks_weight",
            gettext_noop("That a code asks for a weight is left out: %(count)s codes."),
        ),
        *when(
            sum(len({tag for texts in texts_of(code) for tag in texts}) > 1 for code in dataset.codes),
            "refi.languages",
            gettext_noop(
                "A code has one name and one description: the other languages of %(count)s codes become part of the"
                " description."
            ),
        ),
    ]


def carries_not(dataset: DatasetRecord) -> list[Loss]:
    """What a REFI-QDA codebook leaves out of the codes."""
    retired = sum(code.is_retired for code in dataset.codes)
    told = gettext_noop("Codes that are out of use are left out: %(count)s codes.")
    return [*code_losses(dataset), *when(retired, "refi.retired", told)]

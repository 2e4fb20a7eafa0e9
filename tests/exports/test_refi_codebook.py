"""The REFI-QDA codebook file."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from pyrefiqda import RefiCodebook

from exports.formats import FORMATS
from exports.formats.refi.codebook import describe
from exports.records import CodeRecord
from fieldstudy.errors import Invalid
from tests.exports.dataset_builder import BRANCH, OTHER, STRENGTH, make_code, make_dataset
from tests.exports.refi_schema import codebook_schema

FORMAT = FORMATS["qdc"]


def codes_by_name(codes: tuple[CodeRecord, ...] | None = None, language: str = "en") -> dict[str, etree._Element]:
    dataset = make_dataset() if codes is None else make_dataset(codes=codes)
    root = etree.fromstring(FORMAT.to_bytes(dataset, language))
    return {element.get("name", ""): element for element in root.iter("{*}Code")}


def test_the_codebook_keeps_the_rules_of_the_schema() -> None:
    codebook_schema().assertValid(etree.fromstring(FORMAT.to_bytes(make_dataset(), "fr")))


def test_another_reader_finds_the_same_tree(tmp_path: Path) -> None:
    path = tmp_path / "codes.qdc"
    path.write_bytes(FORMAT.to_bytes(make_dataset(), "en"))
    top = RefiCodebook.load(path).codes.code
    found = [(code.guid, [child.guid for child in code.code]) for code in top]
    assert [guid for guid, _ in found] == [BRANCH.refi_guid, OTHER.refi_guid]
    assert found[0][1][0] == STRENGTH.refi_guid


def test_names_are_in_the_asked_language() -> None:
    assert "STR en français" in codes_by_name(language="fr")


def test_a_branch_that_only_groups_is_not_codable() -> None:
    assert codes_by_name()["USE in English"].get("isCodable") == "false"


def test_a_colour_is_kept() -> None:
    assert codes_by_name()["USE in English"].get("color") == "#3366CC"


def test_a_code_without_a_colour_has_no_such_attribute() -> None:
    assert "color" not in codes_by_name()["OTH in English"].attrib


def test_a_description_begins_with_the_asked_language() -> None:
    assert describe(STRENGTH, "fr", ("en", "fr")) == (
        "Définition (fr): Ce que l'outil fait bien.\n"
        "Exclure quand (fr): La promesse seule.\n"
        "\n"
        "Name (en): STR in English\n"
        "Definition (en): What the tool does well.\n"
        "Include when (en): It is said or seen.\nBoth count.\n"
        "Examples (en): =it saw it first\n"
        "\n"
        "Sign: STR"
    )


def test_a_code_with_nothing_to_describe_has_no_description() -> None:
    assert describe(make_code("", names={"en": "Bare"}), "en", ("en",)) == ""


def test_a_code_without_a_name_is_called_by_its_sign() -> None:
    assert "NON" in codes_by_name((*make_dataset().codes, make_code("NON", names={})))


def test_names_with_markup_come_through() -> None:
    name = '<b>"less" & more</b>'
    assert name in codes_by_name((*make_dataset().codes, make_code("MRK", names={"en": name})))


def test_a_control_character_becomes_a_replacement_character() -> None:
    assert "a\ufffdb" in codes_by_name((*make_dataset().codes, make_code("CTL", names={"en": "a\x0bb"})))


def test_an_empty_codebook_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        FORMAT.to_bytes(make_dataset(codes=(), segments=()), "en")
    assert refused.value.code == "export.empty_codebook"


@pytest.mark.parametrize("guid", ["", "12", "g2345678-1234-1234-1234-123456789012", "{" + OTHER.refi_guid])
def test_a_malformed_guid_is_refused(guid: str) -> None:
    with pytest.raises(Invalid) as refused:
        FORMAT.to_bytes(make_dataset(codes=(replace(OTHER, refi_guid=guid),)), "en")
    assert refused.value.code == "export.bad_guid"


def test_a_guid_is_written_as_it_was_first_written() -> None:
    guid = "{" + OTHER.refi_guid.upper() + "}"
    assert codes_by_name((replace(OTHER, refi_guid=guid),))["OTH in English"].get("guid") == guid


def test_one_guid_for_two_codes_is_refused_whatever_its_case() -> None:
    twin = make_code("TWN", refi_guid=OTHER.refi_guid.upper())
    with pytest.raises(Invalid) as refused:
        FORMAT.to_bytes(make_dataset(codes=(OTHER, twin)), "en")
    assert refused.value.code == "export.duplicate_guid"

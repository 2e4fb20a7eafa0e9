import uuid

import pytest

from coding.codebook_qdc import described, read_qdc
from observations.importers.base import ImportFailed

GUID = "9b6f7a3e-5f0e-4a63-9d0e-0f3a1c2b4d5e"
OTHER = "0b6f7a3e-5f0e-4a63-9d0e-0f3a1c2b4d5e"


def qdc(codes: str, *, namespace: str = "urn:QDA-XML:codebook:1.0") -> bytes:
    return f'<CodeBook xmlns="{namespace}"><Codes>{codes}</Codes></CodeBook>'.encode()


def problems(content: bytes) -> list[str]:
    with pytest.raises(ImportFailed) as caught:
        read_qdc(content, language="en", known={}, signs=())
    return [problem.code for problem in caught.value.problems]


def test_a_tree_of_another_program_becomes_codes_with_signs():
    content = qdc(
        f'<Code guid="{{{GUID.upper()}}}" name="Use" isCodable="false" color="#123456">'
        f'<Code guid="{OTHER}" name="Useful" isCodable="true"><Description>It helps.</Description></Code></Code>'
    )
    first, second = read_qdc(content, language="fr", known={}, signs=("USE",)).codes
    assert (first.row.sign, first.guid, first.row.is_codable, first.row.color) == (
        "US",
        uuid.UUID(GUID),
        False,
        "#123456",
    )
    assert (second.row.parent, second.row.texts["definitions"]) == ("US", {"fr": "It helps."})


def test_older_namespaces_are_read():
    content = qdc(f'<Code guid="{GUID}" name="Use" isCodable="true"/>', namespace="urn:QDA-XML:codebook:0:4")
    assert len(read_qdc(content, language="en", known={}, signs=()).codes) == 1


def test_a_code_the_codebook_has_is_told_apart():
    content = qdc(f'<Code guid="{GUID}" name="Use" isCodable="true"/>')
    (code,) = read_qdc(content, language="en", known={uuid.UUID(GUID): "UTI"}, signs=("UTI",)).codes
    assert (code.is_known, code.row.sign) == (True, "UTI")


def test_a_labelled_description_comes_apart_again():
    texts, sign = described("Use", "Definition (en): It helps.\nA second line.\n\nNom (fr): Usage\n\nSign: UTI", "en")
    assert texts["definitions"] == {"en": "It helps.\nA second line."}
    assert (texts["names"], sign) == ({"en": "Use", "fr": "Usage"}, "UTI")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"not xml", "qdc.unreadable"),
        (b"<html/>", "qdc.no_codebook"),
        (b'<!DOCTYPE CodeBook [<!ENTITY a "b">]><CodeBook xmlns="urn:QDA-XML:codebook:1.0"/>', "qdc.no_codebook"),
        (qdc(""), "codebook.empty"),
        (qdc('<Code guid="x" name="Use" isCodable="true"/>'), "qdc.guid"),
        (qdc(f'<Code guid="{GUID}" name=" " isCodable="true"/>'), "code.name_empty"),
        (qdc(f'<Code guid="{GUID}" name="A"/><Code guid="{GUID}" name="B"/>'), "qdc.guid_twice"),
    ],
)
def test_what_is_no_codebook_is_refused(content: bytes, code: str):
    assert problems(content) == [code]

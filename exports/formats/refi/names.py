"""Names of REFI-QDA 1.0, once: namespaces, elements, attributes, and how texts and identifiers are written.

Source: REFI-QDA standard 1.0, schemas Project.xsd and Codebook.xsd of 2019.
"""

import re
import uuid
from typing import cast

from fieldstudy.errors import Invalid, gettext_noop

PROJECT_NAMESPACE = "urn:QDA-XML:project:1.0"
CODEBOOK_NAMESPACE = "urn:QDA-XML:codebook:1.0"
ORIGIN = "Fieldstudy"

PROJECT_ENTRY = "project.qde"
SOURCES_FOLDER = "sources/"
INTERNAL_SCHEME = "internal://"

GUID = "guid"
NAME = "name"
COLOR = "color"
IS_CODABLE = "isCodable"
TARGET_GUID = "targetGUID"
TYPE_OF_VARIABLE = "typeOfVariable"
PLAIN_TEXT_PATH = "plainTextPath"
START = "startPosition"
END = "endPosition"
CREATING_USER = "creatingUser"
CREATED = "creationDateTime"

_GUID_PATTERN = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "\ufffd"


def qualified(namespace: str, element: str) -> str:
    """The element's name as lxml takes it."""
    return f"{{{namespace}}}{element}"


def project(element: str) -> str:
    """The name of an element of a project file."""
    return qualified(PROJECT_NAMESPACE, element)


def default_namespace(namespace: str) -> dict[str, str]:
    """The map that makes the namespace the one without a prefix."""
    # The type stubs of lxml leave out that a prefix may be None.
    return cast("dict[str, str]", {None: namespace})


def in_xml(text: str) -> str:
    """The text with each character that XML 1.0 cannot hold (most control characters) as U+FFFD.

    One character for one, so that lengths stay.
    """
    return _NOT_IN_XML.sub(REPLACEMENT, text)


def checked_guid(kind: str, guid: str) -> str:
    """The GUID as it stands: 8-4-4-4-12 hexadecimal digits of any case, possibly in braces.

    Raises
    ------
    Invalid
        `export.bad_guid`.
    """
    if not _GUID_PATTERN.fullmatch(guid) or guid.startswith("{") != guid.endswith("}"):
        raise Invalid(
            "export.bad_guid",
            gettext_noop("A GUID of kind %(kind)s is %(guid)s; 8-4-4-4-12 hexadecimal digits were expected."),
            kind=kind,
            guid=guid,
        )
    return guid


def unique_guids(kind: str, guids: list[str]) -> None:
    """Accept GUIDs that are well-formed and differ from each other whatever their case or braces.

    Raises
    ------
    Invalid
        `export.bad_guid`, `export.duplicate_guid`.
    """
    if len({bare_guid(checked_guid(kind, guid)) for guid in guids}) < len(guids):
        raise Invalid(
            "export.duplicate_guid",
            gettext_noop("Two records of kind %(kind)s have the same GUID."),
            kind=kind,
        )


def bare_guid(guid: str) -> str:
    """The GUID in lower case without braces, as file names carry it."""
    return guid.strip("{}").lower()


def derived_guid(study_id: str, kind: str, key: str) -> str:
    """A GUID for what has none of its own (variable, case, selection): always the same for the same study and key."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"fieldstudy/{study_id}/{kind}/{key}"))


PROJECT_MAP = default_namespace(PROJECT_NAMESPACE)

"""The rules of the REFI-QDA schemas as an XML schema, put together from the models of `pyrefiqda`.

The package was generated from the published schemas and keeps their rules (order, number, type, pattern) beside each
field. They are turned back into a schema here, so that a real validator judges what is written. Two rules are not in
the models: that `Sources` is a choice of at least one, which is put in here, and that a variable has one value.
"""

from enum import Enum
from functools import cache
from typing import Any

from lxml import etree
from pyrefiqda.models import codebook, project
from xsdata_pydantic.bindings import XmlParser

XSD = "http://www.w3.org/2001/XMLSchema"
SIMPLE_TYPES = {
    "str": "string",
    "int": "integer",
    "bool": "boolean",
    "Decimal": "decimal",
    "XmlDate": "date",
    "XmlDateTime": "dateTime",
}


@cache
def project_schema() -> etree.XMLSchema:
    """The rules of `project.qde`."""
    return _schema(project.Project, "Project", "urn:QDA-XML:project:1.0")


@cache
def codebook_schema() -> etree.XMLSchema:
    """The rules of a `.qdc` file."""
    return _schema(codebook.CodeBook, "CodeBook", "urn:QDA-XML:codebook:1.0")


def _schema(root: type, name: str, namespace: str) -> etree.XMLSchema:
    schema = etree.Element(
        f"{{{XSD}}}schema",
        {"targetNamespace": namespace, "elementFormDefault": "qualified"},
        nsmap={"xsd": XSD, None: namespace},
    )
    _add(schema, "element", name=name, type=root.__name__)
    context = XmlParser().context
    pending, done = [root], set()
    while pending:
        model = pending.pop()
        if model in done:
            continue
        done.add(model)
        pending += _add_type(schema, model, context.build(model))
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))


def _add_type(schema: etree._Element, model: type, meta: Any) -> list[type]:
    complex_type = _add(schema, "complexType", name=model.__name__)
    choice = model is project.SourcesType
    content = _add(complex_type, "choice", maxOccurs="unbounded") if choice else _add(complex_type, "sequence")
    children = []
    for variable in sorted(meta.get_all_vars(), key=lambda variable: variable.index):
        rules = model.model_fields[variable.name].xsdata_metadata
        if variable.is_attribute:
            use = "required" if variable.required else "optional"
            _set_type(_add(complex_type, "attribute", name=variable.local_name, use=use), variable.types[0], rules)
            continue
        element = _add(content, "element", name=variable.local_name)
        if not choice:
            element.set("minOccurs", str(rules.get("min_occurs", 1 if variable.required else 0)))
            element.set("maxOccurs", "unbounded" if variable.list_element else "1")
        if variable.clazz:
            element.set("type", variable.clazz.__name__)
            children.append(variable.clazz)
        else:
            _set_type(element, variable.types[0], rules)
    return children


def _set_type(holder: etree._Element, python_type: type, rules: dict[str, Any]) -> None:
    restriction = _add(_add(holder, "simpleType"), "restriction")
    if issubclass(python_type, Enum):
        restriction.set("base", "xsd:token")
        for member in python_type:
            _add(restriction, "enumeration", value=str(member.value))
        return
    restriction.set("base", f"xsd:{SIMPLE_TYPES[python_type.__name__]}")
    if "pattern" in rules:
        _add(restriction, "pattern", value=rules["pattern"])


def _add(parent: etree._Element, kind: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{XSD}}}{kind}", attributes)

"""Variables and cases in REFI-QDA: attributes of sources, and participants with theirs."""

import re
from collections.abc import Callable, Mapping

from lxml import etree

from exports.formats.refi import names
from exports.records import DatasetRecord, ParticipantRecord, SourceRecord

TOOL_SEPARATOR = "; "
_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

_SOURCE_VALUES: Mapping[str, Callable[[SourceRecord], str]] = {
    "site": lambda source: source.site,
    "kind": lambda source: source.kind,
    "observed_on": lambda source: source.observed_on,
    "language": lambda source: source.language,
    "tools": lambda source: TOOL_SEPARATOR.join(source.tools),
}
_PARTICIPANT_VALUES: Mapping[str, Callable[[ParticipantRecord], str]] = {
    "site": lambda participant: participant.site,
    "role": lambda participant: participant.role,
    "seniority": lambda participant: participant.seniority,
}


class Variables:
    """The variables a dataset has values for: what they are called, their type and their GUID."""

    def __init__(self, dataset: DatasetRecord) -> None:
        self._study_id = dataset.study.id
        values: dict[str, list[str]] = {name: [] for name in {**_SOURCE_VALUES, **_PARTICIPANT_VALUES}}
        for source in dataset.sources:
            for name, read in _SOURCE_VALUES.items():
                values[name].append(read(source))
        for participant in dataset.participants:
            for name, read_participant in _PARTICIPANT_VALUES.items():
                values[name].append(read_participant(participant))
        self.types = {name: _type_of(found) for name, found in values.items() if any(found)}

    def element(self) -> etree._Element | None:
        """The `Variables` element, or None where no value is known."""
        if not self.types:
            return None
        variables = etree.Element(names.project("Variables"), nsmap=names.PROJECT_MAP)
        for name, type_of_variable in self.types.items():
            attributes = {names.GUID: self.guid(name), names.NAME: name, names.TYPE_OF_VARIABLE: type_of_variable}
            etree.SubElement(variables, names.project("Variable"), attributes)
        return variables

    def guid(self, name: str) -> str:
        """The GUID of a variable, derived from the study and the name."""
        return names.derived_guid(self._study_id, "variable", name)

    def add_to_source(self, element: etree._Element, source: SourceRecord) -> None:
        """Add the source's values to its element; an unknown value is left out."""
        self._add(element, {name: read(source) for name, read in _SOURCE_VALUES.items()})

    def add_to_case(self, element: etree._Element, participant: ParticipantRecord) -> None:
        """Add the participant's values to the case; an unknown value is left out."""
        self._add(element, {name: read(participant) for name, read in _PARTICIPANT_VALUES.items()})

    def _add(self, element: etree._Element, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            if not value:
                continue
            holder = etree.SubElement(element, names.project("VariableValue"))
            etree.SubElement(holder, names.project("VariableRef"), {names.TARGET_GUID: self.guid(name)})
            etree.SubElement(holder, names.project(f"{self.types[name]}Value")).text = names.in_xml(value)


def _type_of(values: list[str]) -> str:
    # A date shortened to a month or a year is not a date to the schema, so such a variable holds texts.
    return "Date" if all(_FULL_DATE.fullmatch(value) for value in values if value) else "Text"


def cases_element(dataset: DatasetRecord, variables: Variables) -> etree._Element | None:
    """The `Cases` element: a case per participant with values and the sources that have the person; None if nobody."""
    if not dataset.participants:
        return None
    cases = etree.Element(names.project("Cases"), nsmap=names.PROJECT_MAP)
    sources = sorted(dataset.sources, key=lambda source: (source.title, source.id))
    for participant in sorted(dataset.participants, key=lambda participant: participant.code):
        guid = names.derived_guid(dataset.study.id, "case", participant.code)
        case = etree.SubElement(
            cases, names.project("Case"), {names.GUID: guid, names.NAME: names.in_xml(participant.code)}
        )
        variables.add_to_case(case, participant)
        for source in sources:
            if participant.code in source.participants:
                etree.SubElement(case, names.project("SourceRef"), {names.TARGET_GUID: source.refi_guid})
    return cases

"""What leaves the building: one study's evidence and interpretation as plain, frozen records.

Every format and every release is written from these records and from nothing else, so the same records give the same
bytes. The line under each field is its entry in the data dictionary (`field_descriptions`).

Offsets are Unicode code points, half-open ``[start, end)`` with ``start < end``. An absent text is ``""``, an absent
number is None. Texts in several languages are mappings from a language tag (``"fr"``) to the text in that language.
"""

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from textwrap import dedent
from typing import Literal

Phase = Literal["first", "final"]
Layer = Literal["first", "final", "consensus"]
LAYERS: tuple[Layer, ...] = ("first", "final", "consensus")
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """The study a dataset comes from."""

    id: str
    """UUID of the study; identifiers that a format needs and the study does not keep are derived from it."""
    slug: str
    """Short name of the study in addresses and file names."""
    name: str
    """Title of the study."""
    description: str = ""
    """What the study is about, in a few sentences."""
    languages: tuple[str, ...] = ("en",)
    """Language tags the study works in, the main one first."""
    created_at: str = ""
    """When the study was opened: ISO 8601 date and time in UTC, or empty."""


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A place where the study was made: a ward, a practice, a laboratory."""

    name: str
    """Name or published alias of the site; unique in the dataset, and what other records refer to."""
    specialty: str = ""
    """Medical specialty of the site."""


@dataclass(frozen=True, slots=True)
class ToolRecord:
    """An AI system under study."""

    name: str
    """Name of the tool; unique in the dataset, and what sources refer to."""
    kind: str = ""
    """What the tool does: anomaly detection, prognosis, treatment choice, second opinion or other."""
    maker: str = ""
    """Who makes the tool."""
    regulatory_status: str = ""
    """Regulatory status of the tool, as recorded by the study."""
    autonomy: str = ""
    """How much the tool decides by itself, as recorded by the study."""


@dataclass(frozen=True, slots=True)
class ParticipantRecord:
    """A person who was observed or interviewed, under a pseudonym."""

    code: str
    """Pseudonym code; unique in the dataset, and what sources and turns refer to."""
    role: str = ""
    """Role of the person: professional, patient, maker and so on."""
    seniority: str = ""
    """Seniority of the person in the role."""
    site: str = ""
    """Name of the person's site, or empty."""


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A stretch of a source's text: one turn at talk, or one part of a field note."""

    number: int
    """Place of the turn in its source, from 1."""
    start: int
    """First code point of the turn, from 0."""
    end: int
    """Code point after the last one of the turn."""
    kind: str = ""
    """What the stretch is: speech, question, observed, verbatim, interpretation or heading."""
    speaker: str = ""
    """Label of the speaker as it stands in the source, or empty."""
    participant: str = ""
    """Pseudonym code of the speaker, or empty."""
    start_ms: int | None = None
    """Start in the recording, in milliseconds."""
    end_ms: int | None = None
    """End in the recording, in milliseconds."""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A field note, an interview transcript or another document, with one revision of its text."""

    id: str
    """UUID of the source."""
    refi_guid: str
    """GUID of the source in REFI-QDA exchange, as first written."""
    title: str
    """Title of the source; may repeat."""
    text: str
    """The whole text of the revision; lines end in a line feed."""
    kind: str = ""
    """Kind of source: field note, interview and so on."""
    language: str = ""
    """Language tag of the text."""
    observed_on: str = ""
    """Day of the observation or interview: ISO 8601 date, possibly shortened to a month or year, or empty."""
    site: str = ""
    """Name of the site, or empty."""
    tools: tuple[str, ...] = ()
    """Names of the tools the source is about."""
    participants: tuple[str, ...] = ()
    """Pseudonym codes of the participants in the source."""
    withheld: int = 0
    """How many turns of the text are left out of it, each "[…]" there."""
    revision: int = 1
    """Number of the revision of the text, from 1; offsets hold for this revision only."""
    sha256: str = ""
    """SHA-256 of the text in UTF-8, as 64 hexadecimal digits."""
    turns: tuple[TurnRecord, ...] = ()
    """The turns of the text, in order."""


@dataclass(frozen=True, slots=True)
class CoderRecord:
    """Who interpreted: a person, a machine, an imported coder or the consensus."""

    id: str
    """UUID of the coder."""
    refi_guid: str
    """GUID of the coder in REFI-QDA exchange, as first written."""
    alias: str
    """Name under which the coder is published."""
    kind: str = "person"
    """What the coder is: person, machine, outside or consensus."""


@dataclass(frozen=True, slots=True)
class CodeRecord:
    """A code of the codebook, in the wording of one codebook version."""

    id: str
    """UUID of the code."""
    refi_guid: str
    """GUID of the code in REFI-QDA exchange, as first written."""
    sign: str
    """Short sign of the code, for example STR."""
    names: Texts
    """Name of the code in each language."""
    parent_id: str | None = None
    """UUID of the code above it, or none at the top."""
    position: int = 0
    """Place among the codes under the same parent, from 0."""
    is_codable: bool = True
    """Whether segments may carry the code; false for a branch that only groups."""
    hue_color: str = ""
    """Colour as #RRGGBB, or empty."""
    stance: str = ""
    """What the code says of the tool: strength, limit or neither."""
    asks_weight: bool = False
    """Whether coders are asked for a weight with this code."""
    is_retired: bool = False
    """Whether the code is out of use, and stands for what was coded with it before."""
    definitions: Texts = field(default_factory=dict)
    """What the code means, in each language."""
    include_when: Texts = field(default_factory=dict)
    """When to use the code, in each language."""
    exclude_when: Texts = field(default_factory=dict)
    """When not to use the code, in each language."""
    examples: Texts = field(default_factory=dict)
    """Examples of use, in each language."""


@dataclass(frozen=True, slots=True)
class ReadingRecord:
    """One coder's pass over one source."""

    id: str
    """UUID of the reading."""
    source_id: str
    """UUID of the source read."""
    coder_id: str
    """UUID of the coder."""
    phase: Phase = "first"
    """Which pass: first (before comparing) or final."""
    arm: str = ""
    """Condition the reading was made under, where the study compares conditions."""
    state: str = "submitted"
    """State of the reading: open, submitted or abandoned."""
    codebook_version: str = ""
    """Name of the codebook version the reading was made with."""
    submitted_at: str = ""
    """When the reading was submitted: ISO 8601 date and time in UTC, or empty."""


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """A span of a source's text to which a coder gave a code."""

    id: str
    """UUID of the segment."""
    refi_guid: str
    """GUID of the coding in REFI-QDA exchange, as first written."""
    reading_id: str
    """UUID of the reading the segment belongs to."""
    source_id: str
    """UUID of the source."""
    code_id: str
    """UUID of the code."""
    coder_id: str
    """UUID of the coder."""
    start: int
    """First code point of the span, from 0."""
    end: int
    """Code point after the last one of the span."""
    weight: int | None = None
    """Weight the coder gave, where the code asks for one."""
    origin: str = "hand"
    """How the segment came about: by hand, from a suggestion, imported, agreed by all, or from adjudication."""
    created_at: str = ""
    """When the segment was made: ISO 8601 date and time in UTC, or empty."""


@dataclass(frozen=True, slots=True)
class SuggestionRecord:
    """A span and code put forward by a machine coder, which no person has to accept."""

    id: str
    """UUID of the suggestion."""
    source_id: str
    """UUID of the source."""
    code_id: str
    """UUID of the code."""
    coder_id: str
    """UUID of the machine coder."""
    start: int
    """First code point of the span, from 0."""
    end: int
    """Code point after the last one of the span."""
    score: float | None = None
    """Score the machine gave, between 0 and 1."""
    decision: str = ""
    """What became of it: taken, changed, refused, or empty while undecided."""
    segment_id: str | None = None
    """UUID of the segment made from it, where it was taken."""


@dataclass(frozen=True, slots=True)
class PromiseLinkRecord:
    """A span in which a coder saw a promise of a tool supported, qualified or contradicted."""

    id: str
    """UUID of the promise link."""
    reading_id: str
    """UUID of the reading the link belongs to."""
    source_id: str
    """UUID of the source."""
    coder_id: str
    """UUID of the coder."""
    start: int
    """First code point of the span, from 0."""
    end: int
    """Code point after the last one of the span."""
    tool: str
    """Name of the tool for which the promise is made."""
    promise: Texts
    """What is promised, in each language."""
    stance: str
    """What the span does to the promise: supports, qualifies or contradicts."""
    note: str = ""
    """What the coder noted; left out with the words it stands on."""
    created_at: str = ""
    """When the link was made: ISO 8601 date and time in UTC, or empty."""


@dataclass(frozen=True, slots=True)
class EncounterRecord:
    """A moment in which a person met a tool's output, as a coder recorded it."""

    id: str
    """UUID of the encounter."""
    reading_id: str
    """UUID of the reading the encounter belongs to."""
    source_id: str
    """UUID of the source."""
    coder_id: str
    """UUID of the coder."""
    start: int
    """First code point of the span, from 0."""
    end: int
    """Code point after the last one of the span."""
    tool: str
    """Name of the tool."""
    participant: str = ""
    """Pseudonym code of the person, or empty."""
    task: str = ""
    """What the person was doing; left out with the words it stands on."""
    read_first: str = ""
    """Who read first: person, machine, together or unknown."""
    response: str = ""
    """What the person did: followed, adjusted, overrode, ignored, avoided, reassured or contested."""
    consequence: str = ""
    """What followed; left out with the words it stands on."""
    note: str = ""
    """What the coder noted; left out with the words it stands on."""
    created_at: str = ""
    """When the encounter was recorded: ISO 8601 date and time in UTC, or empty."""


@dataclass(frozen=True, slots=True)
class MemoRecord:
    """A shared thought on the study, a source, a span, a code or a segment. Private memos are never in a dataset."""

    id: str
    """UUID of the memo."""
    refi_guid: str
    """GUID of the memo in REFI-QDA exchange, as first written."""
    about: str
    """What the memo is about: study, source, span, code or segment."""
    author: str
    """Alias of the author's coder, or empty for somebody who does not code."""
    text: str
    """What the memo says; left out where words it may repeat are left out."""
    title: str = ""
    """Title of the memo, left out with its text."""
    coder_id: str | None = None
    """UUID of the author's coder, where it is among the dataset's."""
    source_id: str | None = None
    """UUID of the source, of a memo on a source, a span or a segment."""
    code_id: str | None = None
    """UUID of the code, of a memo on a code."""
    segment_id: str | None = None
    """UUID of the segment, of a memo on a segment; the segment may belong to a reading that is not in the dataset."""
    start: int | None = None
    """First code point of the span, of a memo on a span."""
    end: int | None = None
    """Code point after the last one of the span."""
    day: str = ""
    """Day of an entry of the study's journal: ISO 8601 date, or empty."""
    created_at: str = ""
    """When the memo was written: ISO 8601 date and time in UTC."""
    links: tuple[str, ...] = ()
    """UUIDs of the memos and segments it leads to."""


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """Everything one export or release holds. Only segments whose reading is among `readings` are written."""

    study: StudyRecord
    """The study."""
    sites: tuple[SiteRecord, ...] = ()
    """The sites."""
    tools: tuple[ToolRecord, ...] = ()
    """The tools."""
    participants: tuple[ParticipantRecord, ...] = ()
    """The participants."""
    sources: tuple[SourceRecord, ...] = ()
    """The sources."""
    coders: tuple[CoderRecord, ...] = ()
    """The coders."""
    codes: tuple[CodeRecord, ...] = ()
    """The codes of one codebook version."""
    readings: tuple[ReadingRecord, ...] = ()
    """The readings chosen for the dataset."""
    segments: tuple[SegmentRecord, ...] = ()
    """The segments."""
    suggestions: tuple[SuggestionRecord, ...] = ()
    """The machine's suggestions."""
    promise_links: tuple[PromiseLinkRecord, ...] = ()
    """The promise links."""
    encounters: tuple[EncounterRecord, ...] = ()
    """The encounters."""
    memos: tuple[MemoRecord, ...] = ()
    """The shared memos."""


RECORDS: tuple[type, ...] = (
    StudyRecord,
    SiteRecord,
    ToolRecord,
    ParticipantRecord,
    SourceRecord,
    TurnRecord,
    CoderRecord,
    CodeRecord,
    ReadingRecord,
    SegmentRecord,
    SuggestionRecord,
    PromiseLinkRecord,
    EncounterRecord,
    MemoRecord,
    DatasetRecord,
)


@cache
def field_descriptions(record: type) -> Mapping[str, str]:
    """Name and description of each field of a record class, in order: its part of the data dictionary.

    Read from the source text, because Python keeps no docstrings for fields.
    """
    class_body = ast.parse(dedent(inspect.getsource(record))).body[0]
    if not isinstance(class_body, ast.ClassDef):
        raise TypeError(record)
    descriptions: dict[str, str] = {}
    for statement, following in zip(class_body.body, class_body.body[1:], strict=False):
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            continue
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            descriptions[statement.target.id] = str(following.value.value)
    return descriptions

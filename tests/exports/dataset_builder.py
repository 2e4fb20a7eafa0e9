"""A small dataset in two languages, and functions to make records; spans are given by phrase, never by number."""

import uuid
from dataclasses import replace
from hashlib import sha256
from typing import Any

from exports.records import (
    CodeRecord,
    CoderRecord,
    DatasetRecord,
    ParticipantRecord,
    ReadingRecord,
    SegmentRecord,
    SiteRecord,
    SourceRecord,
    StudyRecord,
    SuggestionRecord,
    ToolRecord,
    TurnRecord,
)

EMOJI_TEXT = "Dr A: The 🩻 scan looked odd 👩‍⚕️ to me.\nDr B: «Le logiciel» l'a manquée: 𝒑 < 0,05, e\u0301trange.\n"
FRENCH_TEXT = "-Je lis d'abord, puis la machine.\n=Deuxième avis=\n\tEt on compare.\n"


def identifier(*parts: object) -> str:
    """Always the same UUID for the same parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts))))


def make_source(title: str, text: str, **changes: Any) -> SourceRecord:
    """A source whose lines are its turns."""
    turns, start = [], 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        turns.append(TurnRecord(number, start, start + len(line), "speech", line[:4], f"P{number}"))
        start += len(line)
    record = SourceRecord(
        id=identifier("source", title),
        refi_guid=identifier("source guid", title),
        title=title,
        text=text,
        kind="interview",
        language="en",
        observed_on="2026-03-02",
        site="Site A",
        tools=("Reader", "Scorer"),
        participants=("P1", "P2"),
        revision=3,
        sha256=sha256(text.encode()).hexdigest(),
        turns=tuple(turns),
    )
    return replace(record, **changes)


def make_code(sign: str, parent: CodeRecord | None = None, **changes: Any) -> CodeRecord:
    """A code named after its sign in both languages."""
    record = CodeRecord(
        id=identifier("code", sign),
        refi_guid=identifier("code guid", sign),
        sign=sign,
        names={"en": f"{sign} in English", "fr": f"{sign} en français"},
        parent_id=parent.id if parent else None,
    )
    return replace(record, **changes)


def make_coder(alias: str, **changes: Any) -> CoderRecord:
    """A person who codes."""
    return replace(CoderRecord(identifier("coder", alias), identifier("coder guid", alias), alias), **changes)


def make_reading(source: SourceRecord, coder: CoderRecord, **changes: Any) -> ReadingRecord:
    """The coder's submitted first reading of the source."""
    phase = changes.get("phase", "first")
    return replace(ReadingRecord(identifier("reading", source.id, coder.id, phase), source.id, coder.id), **changes)


def make_segment(
    reading: ReadingRecord, source: SourceRecord, phrase: str, code: CodeRecord, **changes: Any
) -> SegmentRecord:
    """The phrase in the source, coded in the reading."""
    start = source.text.index(phrase)
    key = (reading.id, start, len(phrase), code.id)
    record = SegmentRecord(
        id=identifier("segment", *key),
        refi_guid=identifier("segment guid", *key),
        reading_id=reading.id,
        source_id=source.id,
        code_id=code.id,
        coder_id=reading.coder_id,
        start=start,
        end=start + len(phrase),
        created_at="2026-03-05T10:11:12.000123+00:00",
    )
    return replace(record, **changes)


STUDY = StudyRecord(
    id=identifier("study"),
    slug="second-look",
    name="A second look",
    description="How readers use <a tool> & one another.",
    languages=("fr", "en"),
    created_at="2026-01-01T08:00:00Z",
)
BRANCH = make_code("USE", is_codable=False, hue_color="#3366CC")
STRENGTH = make_code(
    "STR",
    BRANCH,
    stance="strength",
    asks_weight=True,
    definitions={"en": "What the tool does well.", "fr": "Ce que l'outil fait bien."},
    include_when={"en": "It is said or seen.\nBoth count."},
    exclude_when={"fr": "La promesse seule."},
    examples={"en": "=it saw it first"},
)
LIMIT = make_code("LIM", BRANCH, position=1, stance="limit")
OTHER = make_code("OTH", position=1)
ANA, BEN, MACHINE = make_coder("Ana"), make_coder("Ben"), make_coder("Tagger", kind="machine")
EMOJI = make_source("Interview 1", EMOJI_TEXT)
FRENCH = make_source("Note 1", FRENCH_TEXT, kind="field note", language="fr", site="", tools=(), participants=("P1",))
EMPTY = make_source("Note 2", "", observed_on="", participants=())


def make_dataset(**changes: Any) -> DatasetRecord:
    """Three sources, three coders, four codes; overlapping segments, and the same phrase and code by two coders."""
    ana_emoji, ben_emoji = make_reading(EMOJI, ANA), make_reading(EMOJI, BEN)
    ana_french, machine_french = make_reading(FRENCH, ANA), make_reading(FRENCH, MACHINE, phase="final")
    segments = (
        make_segment(ana_emoji, EMOJI, "🩻 scan looked odd 👩‍⚕️", STRENGTH, weight=2),
        make_segment(ben_emoji, EMOJI, "🩻 scan looked odd 👩‍⚕️", STRENGTH, created_at="2026-03-04T09:00:00Z"),
        make_segment(ben_emoji, EMOJI, "odd 👩‍⚕️ to me.\nDr B: «Le logiciel»", LIMIT),
        make_segment(ana_emoji, EMOJI, "𝒑 < 0,05, e\u0301", OTHER),
        make_segment(ana_french, FRENCH, "-Je lis d'abord", OTHER),
        make_segment(ana_french, FRENCH, "=Deuxième avis=", LIMIT, origin="suggestion"),
        make_segment(machine_french, FRENCH, "\tEt on compare.", STRENGTH, created_at=""),
    )
    dataset = DatasetRecord(
        study=STUDY,
        sites=(SiteRecord("Site A", "radiology"),),
        tools=(ToolRecord("Reader", "second opinion"), ToolRecord("Scorer", "prognosis")),
        participants=(
            ParticipantRecord("P1", "professional", "senior", "Site A"),
            ParticipantRecord("P2", "patient"),
        ),
        sources=(FRENCH, EMPTY, EMOJI),
        coders=(BEN, MACHINE, ANA),
        codes=(OTHER, LIMIT, STRENGTH, BRANCH),
        readings=(machine_french, ben_emoji, ana_emoji, ana_french),
        segments=segments,
        suggestions=(SuggestionRecord(identifier("suggestion"), FRENCH.id, LIMIT.id, MACHINE.id, 0, 3, score=0.5),),
    )
    return replace(dataset, **changes)


def quote(segment: SegmentRecord) -> str:
    """The words of a segment of the built dataset."""
    texts = {source.id: source.text for source in (EMOJI, FRENCH, EMPTY)}
    return texts[segment.source_id][segment.start : segment.end]

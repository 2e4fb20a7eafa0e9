"""From the database to records: the only reader of the other rooms in this one.

What may leave is part of the queries: readings that the viewer may see, submitted, of one phase; turns whose people
permit both quoting and release, the others withheld; sites under their alias unless all their participants let them be
named. The number of queries does not depend on the number of rows.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from coding.codebook_csv import HUE_COLORS
from coding.examples import written
from coding.models import Code, Coder, Reading, Segment
from coding.queries.passages_of import Example, examples_of
from coding.queries.standing import Merged, merged_codes, standing
from coding.queries.visible import codes_visible_to, readings_visible_to
from exports.assemble_notes import encounter_records, memo_records, promise_link_records
from exports.records import (
    CodeRecord,
    CoderRecord,
    DatasetRecord,
    Layer,
    ParticipantRecord,
    ReadingRecord,
    SegmentRecord,
    SiteRecord,
    SourceRecord,
    StudyRecord,
    ToolRecord,
    TurnRecord,
)
from exports.withholding import Stretch, Withheld
from fieldstudy.languages import pick
from observations.access import Viewer
from observations.models import Participant, Site, Source, SourceParticipant, SourceTool, Tool, Turn
from observations.queries.consent import Use, site_names, withheld


def assemble(viewer: Viewer, *, language: str, layer: Layer = "first") -> DatasetRecord:
    """The study as records: submitted readings that `viewer` may see, and all that they refer to.

    `layer` is people's first readings, their final ones, or the consensus that disputes are settled into.
    """
    study = viewer.study
    names = site_names(viewer)
    readings = list(
        readings_visible_to(viewer)
        .filter(state=Reading.State.SUBMITTED, **_of(layer))
        .select_related("codebook_version", "coder")
        .order_by("pk")
    )
    carried = _sources(viewer, names)
    merged = merged_codes(study)
    codes = list(codes_visible_to(viewer, with_retired=True).select_related("revision").order_by("pk"))
    examples = examples_of(viewer, codes, Use.QUOTE, Use.RELEASE)
    texts = {pk: text for pk, (_, text) in carried.items()}
    return DatasetRecord(
        study=StudyRecord(
            id=str(study.pk),
            slug=study.slug,
            name=study.name,
            description=pick(study.description, language),
            languages=tuple(study.languages),
            created_at=_time(study.created_at),
        ),
        sites=tuple(
            SiteRecord(name=names[site.pk], specialty=pick(site.specialty, language))
            for site in Site.objects.filter(study=study).order_by("pk")
        ),
        tools=tuple(
            ToolRecord(tool.name, tool.kind, tool.maker, tool.regulatory_status, tool.autonomy)
            for tool in Tool.objects.filter(study=study).order_by("pk")
        ),
        participants=tuple(
            ParticipantRecord(
                person.code, person.role, person.seniority, names[person.site_id] if person.site_id else ""
            )
            for person in Participant.objects.filter(study=study).order_by("pk")
        ),
        sources=tuple(record for record, _ in carried.values()),
        coders=tuple(
            CoderRecord(str(coder.pk), str(coder.refi_guid), coder.alias, coder.kind)
            for coder in Coder.objects.filter(pk__in={reading.coder_id for reading in readings}).order_by("pk")
        ),
        codes=tuple(_code(code, examples.get(code.pk, ())) for code in codes),
        readings=tuple(_reading(reading) for reading in readings),
        segments=tuple(_segments(readings, {str(pk): text for pk, text in texts.items()}, merged)),
        promise_links=promise_link_records(readings, texts),
        encounters=encounter_records(readings, texts),
        memos=memo_records(viewer, readings, texts, merged),
    )


def _of(layer: Layer) -> dict[str, str]:
    if layer == "consensus":
        return {"phase": Reading.Phase.FINAL, "coder__kind": Coder.Kind.CONSENSUS}
    return {"phase": layer, "coder__kind": Coder.Kind.PERSON}


def _sources(viewer: Viewer, names: dict[uuid.UUID, str]) -> dict[object, tuple[SourceRecord, Withheld]]:
    study = viewer.study
    turns: dict[object, list[Turn]] = defaultdict(list)
    for turn in Turn.objects.filter(study=study).select_related("participant").order_by("source_id", "number"):
        turns[turn.source_id].append(turn)
    closed: dict[object, list[Stretch]] = defaultdict(list)
    hidden = withheld(Turn.objects.filter(study=study), Use.QUOTE, Use.RELEASE).order_by("source_id", "start")
    for source_id, start, end in hidden.values_list("source_id", "start", "end"):
        closed[source_id].append(Stretch(start, end))
    tools = _linked(SourceTool.objects.filter(study=study).values_list("source_id", "tool__name"))
    people = _linked(SourceParticipant.objects.filter(study=study).values_list("source_id", "participant__code"))
    records: dict[object, tuple[SourceRecord, Withheld]] = {}
    for source in Source.objects.filter(study=study, revision__isnull=False).select_related("revision").order_by("pk"):
        own = turns[source.pk]
        text = Withheld("".join(turn.text for turn in own), closed[source.pk])
        assert source.revision is not None
        record = SourceRecord(
            id=str(source.pk),
            refi_guid=str(source.refi_guid),
            title=source.title,
            text=text.text,
            kind=source.kind,
            language=source.language,
            observed_on=source.observed_on.isoformat() if source.observed_on else "",
            site=names[source.site_id] if source.site_id else "",
            tools=tools[source.pk],
            participants=people[source.pk],
            withheld=text.lacking,
            revision=source.revision.number,
            sha256=hashlib.sha256(text.text.encode()).hexdigest(),
            turns=tuple(_turn(turn, text) for turn in own),
        )
        records[source.pk] = record, text
    return records


def _turn(turn: Turn, text: Withheld) -> TurnRecord:
    start, end = text.carry(turn.start, turn.end)
    # A label in the text may be a name: people go by their code, and only interviewers keep their label.
    label = turn.participant.code if turn.participant else turn.speaker if turn.kind == Turn.Kind.QUESTION else ""
    return TurnRecord(
        number=turn.number,
        start=start,
        end=end,
        kind=turn.kind,
        speaker=label,
        participant=turn.participant.code if turn.participant else "",
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
    )


def _segments(readings: list[Reading], texts: dict[str, Withheld], merged: Merged) -> Iterable[SegmentRecord]:
    coders = {reading.pk: str(reading.coder_id) for reading in readings}
    agreed = {reading.pk for reading in readings if reading.coder.kind == Coder.Kind.CONSENSUS}
    rows = Segment.objects.filter(reading__in=list(coders), removed_at=None).order_by("pk")
    columns = (
        "pk", "refi_guid", "reading_id", "source_id", "code_id", "now_start", "now_end",
        "weight", "suggestion_id", "adjudication_id", "created_at",
    )  # fmt: skip
    for row in rows.values_list(*columns).iterator(chunk_size=5000):
        pk, guid, reading, source, code, start, end, weight, suggestion, ruled, created_at = row
        start, end = texts[str(source)].carry(start, end)
        yield SegmentRecord(
            id=str(pk),
            refi_guid=str(guid),
            reading_id=str(reading),
            source_id=str(source),
            code_id=str(standing(code, merged)),
            coder_id=coders[reading],
            start=start,
            end=end,
            weight=weight,
            origin=_origin(reading in agreed, ruled, suggestion),
            created_at=_time(created_at),
        )


def _origin(is_agreed: bool, ruled: object, suggestion: object) -> str:
    if is_agreed:
        return "adjudication" if ruled else "agreement"
    return "suggestion" if suggestion else "hand"


def _code(code: Code, examples: Iterable[Example]) -> CodeRecord:
    revision = code.revision
    assert revision is not None
    return CodeRecord(
        id=str(code.pk),
        refi_guid=str(code.refi_guid),
        sign=code.sign,
        names=revision.names,
        parent_id=str(code.parent_id) if code.parent_id else None,
        position=code.position,
        is_codable=code.is_codable,
        hue_color=code.color or HUE_COLORS[code.hue - 1],
        stance=code.stance,
        asks_weight=code.asks_weight,
        is_retired=code.retired_at is not None,
        definitions=revision.definitions,
        include_when=revision.include_when,
        exclude_when=revision.exclude_when,
        examples=_examples(revision.examples, examples),
    )


def _examples(held: Mapping[str, Any], passages: Iterable[Example]) -> dict[str, str]:
    """The examples written, and below them those taken from passages, in the language of their source."""
    texts = written(held)
    for one in passages:
        if not one.is_counter:
            language = one.passage.segment.source.language
            texts[language] = "\n".join(filter(None, [texts.get(language, ""), one.passage.words]))
    return texts


def _reading(reading: Reading) -> ReadingRecord:
    return ReadingRecord(
        id=str(reading.pk),
        source_id=str(reading.source_id),
        coder_id=str(reading.coder_id),
        phase="first" if reading.phase == Reading.Phase.FIRST else "final",
        arm=reading.arm,
        state=reading.state,
        codebook_version=str(reading.codebook_version.number) if reading.codebook_version else "",
        submitted_at=_time(reading.submitted_at),
    )


def _linked(pairs: Iterable[tuple[object, str]]) -> dict[object, tuple[str, ...]]:
    found: dict[object, list[str]] = defaultdict(list)
    for source_id, name in pairs:
        found[source_id].append(name)
    return defaultdict(tuple, {source_id: tuple(sorted(names)) for source_id, names in found.items()})


def _time(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""

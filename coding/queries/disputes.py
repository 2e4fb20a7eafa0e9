"""What disputes are built from: submitted first readings a person may know of, their codebooks and passages."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from coding.disputes import Compared, Held, Voice, compare
from coding.models import Code, CodebookEntry, Coder, CodeRevision, Reading, Round, Segment, Waiver
from coding.passages import Passage
from coding.queries.counted import codebook_since, codes_counted, latest_counted
from coding.queries.standing import Merged, merged_codes, standing
from coding.queries.visible import readings_visible_to
from observations.access import Viewer
from observations.models import Source, Study, Turn


@dataclass(frozen=True)
class Comparison:
    """The readings of one source in one round, and what comparing them gives."""

    source: Source
    round: int
    readings: tuple[Reading, ...]
    compared: Compared


def comparisons(viewer: Viewer, sources: Iterable[Source] | None = None) -> list[Comparison]:
    """Every source and round with two or more readings to compare, by id. The same number of queries for any number.

    Compared are submitted first readings of persons, not those of a source read again; in a blind study, those made
    without knowing of the others' or of the machine's.
    """
    again = Round.objects.filter(study=viewer.study, purpose=Round.Purpose.AGAIN)
    readings = (
        readings_visible_to(viewer, with_superseded=True)
        .filter(state=Reading.State.SUBMITTED, phase=Reading.Phase.FIRST, coder__kind=Coder.Kind.PERSON)
        .exclude(round__in=again.values("number"))
    )
    if sources is not None:
        readings = readings.filter(source__in=[source.pk for source in sources])
    if viewer.study.mode == Study.Mode.BLIND:
        readings = readings.filter(is_blind=True).exclude(arm=Study.Policy.FIRST_OPINION)
    groups: dict[tuple[uuid.UUID, int], list[Reading]] = defaultdict(list)
    counted = latest_counted(readings.select_related("source"), with_seen=viewer.study.mode != Study.Mode.BLIND)
    for reading in sorted(counted, key=lambda one: (one.source_id, one.round, one.pk)):
        groups[reading.source_id, reading.round].append(reading)
    shared = {key: group for key, group in groups.items() if len(group) > 1}
    voices = _voices(viewer.study, [reading for group in shared.values() for reading in group])
    parents = dict(Code.objects.filter(study=viewer.study).values_list("pk", "parent_id"))
    texts = _texts({source for source, _ in shared})
    return [
        Comparison(
            group[0].source,
            round,
            tuple(group),
            compare([voices[reading.pk] for reading in group], parents=parents, text=texts[source]),
        )
        for (source, round), group in shared.items()
    ]


def sides_of(study: Study, segments: Mapping[uuid.UUID, Sequence[uuid.UUID]]) -> dict[uuid.UUID, list[Passage]]:
    """What sides hold, by the side's id, from the ids of their segments. Two queries."""
    merged = merged_codes(study)
    rows = Segment.objects.filter(pk__in={one for ids in segments.values() for one in ids}, removed_at=None)
    known = {
        pk: Passage(standing(code, merged), start, end)
        for pk, code, start, end in rows.values_list("pk", "code_id", "now_start", "now_end")
    }
    return {side: [known[one] for one in ids if one in known] for side, ids in segments.items()}


def standing_waiver(viewer: Viewer) -> Waiver | None:
    """The leave the viewer was given to settle disputes over their own segments. One query."""
    return Waiver.objects.filter(study=viewer.study, user=viewer.user, withdrawn_at=None).first()


def _voices(study: Study, readings: Sequence[Reading]) -> dict[uuid.UUID, Voice]:
    merged = merged_codes(study)
    codebooks = _codebooks(study, readings, merged)
    held: dict[uuid.UUID, list[Held]] = defaultdict(list)
    segments = Segment.objects.filter(codes_counted("code"), reading__in=[one.pk for one in readings], removed_at=None)
    columns = ("pk", "reading_id", "code_id", "code_revision_id", "now_start", "now_end")
    for pk, reading, code, revision, start, end in segments.order_by("pk").values_list(*columns):
        counted = standing(code, merged)
        held[reading].append(Held(pk, counted, start, end))
        codebooks[reading].setdefault(counted, revision)
    return {reading.pk: Voice(reading.pk, codebooks[reading.pk], tuple(held[reading.pk])) for reading in readings}


def _codebooks(
    study: Study, readings: Sequence[Reading], merged: Merged
) -> dict[uuid.UUID, dict[uuid.UUID, uuid.UUID | None]]:
    """By reading, every code its codebook had, and the definition it gave. Without a version, as of its submission."""
    versions = {reading.codebook_version_id for reading in readings if reading.codebook_version_id}
    entries = CodebookEntry.objects.filter(version__in=versions, is_codable=True)
    published: dict[uuid.UUID, dict[uuid.UUID, uuid.UUID | None]] = defaultdict(dict)
    for version, code, revision in entries.values_list("version_id", "code_id", "revision_id"):
        _define(published[version], code, revision, merged)
    no_version = any(not reading.codebook_version_id for reading in readings)
    made, since = (_made(study), codebook_since(study)) if no_version else ([], {})
    found = {}
    for reading in readings:
        if reading.codebook_version_id:
            found[reading.pk] = dict(published[reading.codebook_version_id])
        else:
            found[reading.pk] = _as_of(made, since, reading.submitted_at, merged)
    return found


def _made(study: Study) -> list[tuple[uuid.UUID, uuid.UUID, datetime]]:
    rows = CodeRevision.objects.filter(study=study, code__is_codable=True)
    return list(rows.order_by("made_at", "number").values_list("code_id", "pk", "made_at"))


def _as_of(
    made: Sequence[tuple[uuid.UUID, uuid.UUID, datetime]],
    since: Mapping[uuid.UUID, datetime],
    at: datetime | None,
    merged: Merged,
) -> dict[uuid.UUID, uuid.UUID | None]:
    had = {code for code, first in since.items() if at is not None and first <= at}
    latest = {code: revision for code, revision, made_at in made if code in had and at is not None and made_at <= at}
    found: dict[uuid.UUID, uuid.UUID | None] = {}
    for code, revision in latest.items():
        _define(found, code, revision, merged)
    return found


def _define(book: dict[uuid.UUID, uuid.UUID | None], code: uuid.UUID, revision: uuid.UUID, merged: Merged) -> None:
    """Note a definition; a code's own counts before that of one merged into it."""
    if code in merged:
        book.setdefault(merged[code], revision)
    else:
        book[code] = revision


def _texts(sources: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    pieces: dict[uuid.UUID, list[str]] = defaultdict(list)
    rows = Turn.objects.filter(source__in=list(sources)).order_by("source_id", "number")
    for source, text in rows.values_list("source_id", "text"):
        pieces[source].append(text)
    return defaultdict(str, {source: "".join(parts) for source, parts in pieces.items()})

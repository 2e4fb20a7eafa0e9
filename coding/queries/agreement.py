"""What an audit may compare: the first readings a person may know of, and the passages and turns they hold."""

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet

from coding.agreement.ratings import BoolArray
from coding.audit_material import PLAIN, AuditedTurn, Material, Rules, Unit
from coding.models import AgreementRun, Code, CodebookEntry, Coder, Reading, Segment
from coding.queries.counted import MAIN, codebook_since, codes_counted, is_independent, latest_counted
from coding.queries.standing import last_of
from coding.queries.visible import readings_visible_to, waiting_for
from coding.units import indexed_spans
from observations.access import Viewer
from observations.models import Revision, Site, Source, Study, Turn
from observations.queries.alphabet import alphabetical
from observations.roles import Permission


@dataclass(frozen=True)
class Scope:
    """What a person's audit of a study, or of one of its sites, would compare now.

    `readings` are in order of source and coder, two or more of each source. `alone` counts sources with one reading,
    `not_blind` readings left out because their coder had seen others' work or the machine's, `own_unsubmitted` sources
    left out because the person has to submit them first. In an open study nothing is independent, and all counts.
    """

    readings: tuple[Reading, ...]
    alone: int
    not_blind: int
    own_unsubmitted: int
    is_independent: bool

    @property
    def ids(self) -> list[str]:
        """The ids of the readings, sorted."""
        return sorted(str(reading.pk) for reading in self.readings)

    @property
    def sources(self) -> dict[str, str]:
        """The sources compared, each with the revision of its text, by id."""
        return {str(reading.source_id): str(reading.source.revision_id) for reading in self.readings}


def scope_of(viewer: Viewer, site: Site | None, round: int | None = None) -> Scope:
    """What the viewer's audit would compare now, in the study's own round or in another. Two queries."""
    is_open = viewer.study.mode == Study.Mode.OPEN
    known = _first_readings(viewer, site).filter(round=round or MAIN).select_related("coder", "source")
    latest = latest_counted(known, with_seen=is_open)
    blind = [reading for reading in latest if is_open or is_independent(reading)]
    by_source: dict[uuid.UUID, list[Reading]] = defaultdict(list)
    for reading in blind:
        by_source[reading.source_id].append(reading)
    shared = [reading for readings in by_source.values() if len(readings) >= 2 for reading in readings]
    return Scope(
        readings=tuple(sorted(shared, key=lambda reading: (reading.source_id, reading.coder_id))),
        alone=sum(len(readings) == 1 for readings in by_source.values()),
        not_blind=len(latest) - len(blind),
        own_unsubmitted=0 if is_open else _still_to_submit(viewer, site).count(),
        is_independent=not is_open,
    )


def words_read(scope: Scope) -> int:
    """How many words the readings compared went through, all together. One query."""
    revisions = Counter(reading.source.revision_id for reading in scope.readings if reading.source.revision_id)
    words = Revision.objects.filter(pk__in=list(revisions)).values_list("pk", "words")
    return sum(revisions[pk] * count for pk, count in words)


def _first_readings(viewer: Viewer, site: Site | None) -> QuerySet[Reading]:
    readings = readings_visible_to(viewer, with_superseded=True).filter(
        state=Reading.State.SUBMITTED, phase=Reading.Phase.FIRST, coder__kind=Coder.Kind.PERSON
    )
    return readings.filter(source__site=site) if site else readings


def _still_to_submit(viewer: Viewer, site: Site | None) -> QuerySet[Source]:
    """Sources closed to the viewer until they submit: those they opened and, for coders, those they may yet open."""
    own = Reading.objects.filter(coder__user=viewer.user, source=OuterRef("pk"), phase=Reading.Phase.FIRST)
    sources = Source.objects.filter(study=viewer.study, revision__isnull=False)
    sources = sources.filter(site=site) if site else sources
    is_open = Q(Exists(own.filter(state=Reading.State.OPEN)))
    is_open |= Q(Exists(waiting_for(viewer).filter(source=OuterRef("pk"))))
    if viewer.may(Permission.CODE):
        is_open |= ~Q(Exists(own.filter(state=Reading.State.SUBMITTED)))
    return sources.filter(is_open)


def runs_visible_to(viewer: Viewer) -> QuerySet[AgreementRun]:
    """The viewer's own runs, and finished ones computed only from readings the viewer may know of. One query now."""
    known = _first_readings(viewer, None).values_list("pk", flat=True)
    finished = Q(computed_at__isnull=False, readings__contained_by=[str(pk) for pk in known])
    unfinished = Q(computed_at=None, started_by=viewer.user)
    return AgreementRun.objects.filter(finished | unfinished, study=viewer.study)


def material_of(
    study: Study,
    readings: Sequence[Reading],
    unit: Unit,
    *,
    rules: Rules = PLAIN,
    code_id: uuid.UUID | None = None,
    touched_only: bool = False,
) -> Material:
    """The passages, turns and codes of readings, with their sources and coders loaded, as an audit wants them.

    Passages of a merged code count for the code it was merged into. With `code_id`, of one code alone; with
    `touched_only`, without the turns that no passage touches. Six queries.
    """
    sources = list(dict.fromkeys(reading.source_id for reading in readings))
    aliases = {reading.coder_id: reading.coder.alias for reading in readings}
    coders = sorted(aliases, key=lambda coder: (alphabetical(aliases[coder]), coder))
    resolved = _resolved_codes(study, code_id)
    segments = Segment.objects.filter(reading__in=readings, code__in=resolved, removed_at=None)
    columns = ("reading__source_id", "reading__coder_id", "code_id", "now_start", "now_end")
    rows = list(segments.order_by("reading__source_id", "now_start", "id").values_list(*columns))
    used = {(source, coder, code) for source, coder, code, _, _ in rows}
    held = _codes_held(study, readings, resolved) | used
    codes = sorted({resolved[code] for _, _, code in held})
    turns = Turn.objects.filter(source__in=sources)
    if touched_only:
        inside = {"now_start__lt": OuterRef("end"), "now_end__gt": OuterRef("start")}
        turns = turns.filter(Exists(segments.filter(source=OuterRef("source"), **inside)))
    finished = np.zeros((len(sources), len(coders)), dtype=np.bool_)
    for reading in readings:
        finished[sources.index(reading.source_id), coders.index(reading.coder_id)] = True
    return Material(
        unit=unit,
        sources=tuple(str(source) for source in sources),
        coders=tuple(str(coder) for coder in coders),
        codes=tuple(str(code) for code in codes),
        turns=tuple(_audited(turns, sources)),
        spans=indexed_spans(
            [(source, coder, resolved[code], start, end) for source, coder, code, start, end in rows],
            sources=sources,
            coders=coders,
            codes=codes,
        ),
        finished=finished,
        available=_available(held, resolved, sources, coders, codes),
        rules=rules,
    )


def _resolved_codes(study: Study, code_id: uuid.UUID | None) -> dict[uuid.UUID, uuid.UUID]:
    """Every code that everybody may know of, with the code it counts for: itself, or what it was merged into."""
    codes = Code.objects.filter(codes_counted(), study=study)
    into = dict(codes.values_list("pk", "merged_into_id"))
    resolved = {code: last_of(code, into) for code in into}
    return {code: target for code, target in resolved.items() if code_id in (None, target) and target in into}


def _codes_held(
    study: Study, readings: Sequence[Reading], resolved: Collection[uuid.UUID]
) -> set[tuple[uuid.UUID, uuid.UUID, uuid.UUID]]:
    """The (source, coder, code) whose codebook had the code when the source was read.

    Without a published version, those are the codes that all had when the reading was submitted.
    """
    versions = {reading.codebook_version_id for reading in readings}
    entries = CodebookEntry.objects.filter(version__in=[version for version in versions if version], is_codable=True)
    by_version: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for version, code in entries.filter(code__in=resolved).values_list("version_id", "code_id"):
        by_version[version].add(code)
    since = {code: at for code, at in codebook_since(study).items() if code in resolved}
    held = set()
    for reading in readings:
        if reading.codebook_version_id:
            codes: Iterable[uuid.UUID] = by_version[reading.codebook_version_id]
        else:
            submitted_at = reading.submitted_at
            codes = [code for code, at in since.items() if submitted_at is not None and at <= submitted_at]
        held |= {(reading.source_id, reading.coder_id, code) for code in codes}
    return held


def _available(
    held: Iterable[tuple[uuid.UUID, uuid.UUID, uuid.UUID]],
    resolved: dict[uuid.UUID, uuid.UUID],
    sources: Sequence[uuid.UUID],
    coders: Sequence[uuid.UUID],
    codes: Sequence[uuid.UUID],
) -> BoolArray:
    axes = [{each: place for place, each in enumerate(axis)} for axis in (sources, coders, codes)]
    available = np.zeros((len(sources), len(coders), len(codes)), dtype=np.bool_)
    for source, coder, code in held:
        available[axes[0][source], axes[1][coder], axes[2][resolved[code]]] = True
    return available


def _audited(turns: QuerySet[Turn], sources: Sequence[uuid.UUID]) -> list[AuditedTurn]:
    places = {source: place for place, source in enumerate(sources)}
    columns = ("id", "source_id", "number", "kind", "start", "text", "sentence_ends")
    audited = [
        AuditedTurn(str(pk), places[source], number, kind, start, text, tuple(ends))
        for pk, source, number, kind, start, text, ends in turns.values_list(*columns)
    ]
    return sorted(audited, key=lambda turn: (turn.source, turn.start))


def seed_of(material: Material, revisions: dict[str, str], readings: Sequence[str]) -> int:
    """A seed made from what is compared, so that the same readings of the same texts give the same intervals.

    Of 63 bits: the database keeps it as a signed number.
    """
    told = [material.unit, *material.rules.told, *sorted(readings), *sorted(revisions.values()), *material.codes]
    return int.from_bytes(hashlib.sha256(" ".join(told).encode()).digest()[:8]) >> 1

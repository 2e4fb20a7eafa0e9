"""The second opinion on a source: the machine's reading beside the coder's first one, and its record on a code."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from coding.models import Code, Coder, Decision, LexiconEntry, Reading, Segment, Suggestion, TaggingRun
from coding.opinion import Difference, Passage, Record, differences, record
from coding.queries.own_readings import worked_on
from coding.queries.standing import as_standing, counting_as, merged_codes
from coding.queries.visible import readings_visible_to, segments_visible_to, suggestions_visible_to
from coding.queries.workspace import TurnShown, turns_shown
from fieldstudy.models import Job
from observations.access import Viewer
from observations.models import Source, Study, Turn
from observations.queries.consent import Use, permitted, withheld

Spans = list[tuple[int, int]]
COUNTED_KINDS = (Turn.Kind.SPEECH, Turn.Kind.OBSERVED, Turn.Kind.VERBATIM)


@dataclass(frozen=True)
class Line:
    """One difference in the list: where it stands, its code, and what was decided (None while it is open)."""

    difference: Difference
    code: Code
    turn: TurnShown | None
    suggestion: Suggestion | None
    decision: Decision | None

    @property
    def key(self) -> str:
        passage = self.difference.suggestion or self.difference.own[0]
        return passage.id

    @property
    def asks(self) -> bool:
        """Whether there is something to decide."""
        return self.difference.kind in ("other_limits", "would_add")


@dataclass(frozen=True)
class Opinion:
    """Everything the page shows of one source. `lines` leaves out what agrees; `closed_turns` the machine never saw."""

    first: Reading
    final: Reading
    turns: list[TurnShown]
    own: list[Segment]
    suggestions: list[Suggestion]
    lines: list[Line]
    agreed: int
    closed_turns: int
    unseen: int
    run: TaggingRun | None

    @property
    def to_settle(self) -> list[Line]:
        return [line for line in self.lines if line.asks]

    @property
    def settled(self) -> int:
        return sum(line.decision is not None for line in self.to_settle)

    @property
    def is_open(self) -> bool:
        return self.final.state == Reading.State.OPEN

    def current(self, key: str = "") -> Line | None:
        """The line asked for, else the first that is to settle, else the first."""
        asked = next((line for line in self.lines if line.key == key), None)
        unsettled = next((line for line in self.to_settle if line.decision is None), None)
        return asked or unsettled or (self.lines[0] if self.lines else None)

    def after(self, key: str) -> str:
        """The key of the next line to settle below this one, or above it; its own when all are settled."""
        place = next((number for number, line in enumerate(self.lines) if line.key == key), 0)
        rest = [*self.lines[place + 1 :], *self.lines[:place]]
        return next((line.key for line in rest if line.asks and line.decision is None), key)


def own_readings(viewer: Viewer, source: Source) -> tuple[Reading, Reading] | None:
    """The viewer's submitted first reading of a source and the final one after it; None before. One query."""
    latest = list(worked_on(viewer).filter(source=source).select_related("coder"))
    if not latest or latest[0].phase != Reading.Phase.FINAL:
        return None
    first = next((one for one in latest if one.phase != Reading.Phase.FINAL and one.round == latest[0].round), None)
    return (first, latest[0]) if first else None


def opinion_on(viewer: Viewer, source: Source, first: Reading, final: Reading) -> Opinion:
    """The second opinion on a source. The same number of queries for any number of passages."""
    turns = turns_shown(source)
    run = run_on(viewer, source)
    held = first.segments.filter(removed_at=None).select_related("code__revision").order_by("now_start", "pk")
    own = as_standing(viewer.study, list(held))
    closed = list(withheld(Turn.objects.filter(source=source), Use.MACHINE).values_list("start", "end"))
    seen = [segment for segment in own if not _within(segment, closed)]
    suggestions = [row for row in suggestions_of(viewer, source, run) if not _within(row, closed)]
    ends = [int(end) for turn in turns for end in turn.ends.split()]
    found = differences(map(_passage, seen), map(_passage, suggestions), ends) if run or suggestions else []
    lines = _lines(found, turns, suggestions, own, final)
    return Opinion(
        first=first,
        final=final,
        turns=turns,
        own=own,
        suggestions=suggestions,
        lines=lines,
        agreed=len({passage.id for one in found if one.kind == "agrees" for passage in one.own}),
        closed_turns=len(closed),
        unseen=len(own) - len(seen),
        run=run,
    )


def run_on(viewer: Viewer, source: Source) -> TaggingRun | None:
    """The latest run that has read a source to its end. One query."""
    read = Job.objects.filter(subject=source.pk, state=Job.State.DONE, kind="coding.tag_source")
    runs = TaggingRun.objects.filter(study=viewer.study, job__children__in=read).order_by("-created_at")
    return runs.first()


def suggestions_of(viewer: Viewer, source: Source, run: TaggingRun | None) -> list[Suggestion]:
    """What the latest run says of a source, in the order of the text; [] where the viewer may not know. One query.

    Found again is not written again, so what counts is the version of the tagger and not the run a row came from. A
    run made after the latest correction of the text stands for the text as it is; an earlier one is carried over.
    """
    suggestions = suggestions_visible_to(viewer).filter(source=source, code__retired_at=None, code__merged_into=None)
    if run is not None:
        suggestions = suggestions.filter(tagger_version=run.tagger_version)
        assert source.revision is not None
        if run.created_at >= source.revision.made_at:
            suggestions = suggestions.filter(revision=source.revision_id)
    rows = suggestions.select_related("code__revision").order_by("now_start", "now_end", "code_id", "-run__created_at")
    placed = [row for row in rows if row.now_start < row.now_end]
    latest = {(row.code_id, row.now_start, row.now_end): row for row in reversed(placed)}
    return sorted(latest.values(), key=lambda row: (row.now_start, row.now_end, str(row.code_id)))


def evidence_of(viewer: Viewer, source: Source, suggestion: Suggestion) -> list[tuple[LexiconEntry, Spans]]:
    """The entries that made a suggestion, each with where it was found in the current text. One query.

    The places are empty when the text was corrected since: the entry stays the reason, its words may be others now.
    """
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for found in suggestion.evidence:
        places[found["entry"]].append((found["start"], found["end"]))
    in_place = suggestion.revision_id == source.revision_id
    entries = LexiconEntry.objects.filter(study=viewer.study, pk__in=places).order_by("kind", "expression", "pk")
    return [(entry, places[str(entry.pk)] if in_place else []) for entry in entries]


def records_on(viewer: Viewer, source: Source, suggestion: Suggestion) -> tuple[Record, Record]:
    """The tagger's record on a suggestion's code: at the source's site, and at all others. Six queries.

    Counted over turns of speech, observation and verbatim that are open to the machine, in sources that this version
    of the tagger has read and at least one person has coded blind and submitted: of those readings and suggestions, the
    ones the viewer may know of. A turn counts as coded by people when one of them coded it.
    """
    version, code = suggestion.tagger_version, suggestion.code_id
    readings = _blind_firsts(viewer)
    read = Job.objects.filter(state=Job.State.DONE, kind="coding.tag_source", study_id=viewer.study.pk)
    read = read.filter(parent__in=TaggingRun.objects.filter(tagger_version=version).values("job"))
    sources = dict(
        Source.objects.filter(study=viewer.study, pk__in=readings.values("source"))
        .filter(pk__in=read.values("subject"))
        .values_list("pk", "site")
    )
    codes = counting_as({code}, merged_codes(viewer.study))
    segments = segments_visible_to(viewer).filter(code__in=codes, reading__in=readings, source__in=sources)
    machine = suggestions_visible_to(viewer).filter(code=code, tagger_version=version, source__in=sources)
    turns = permitted(Turn.objects.filter(source__in=sources, kind__in=COUNTED_KINDS), Use.MACHINE).order_by("start")
    people, its = _spans(_now(segments)), _spans(_now(machine))
    counted = _spans(turns.values_list("source", "start", "end"))
    here = elsewhere = Record()
    for pk, site in sources.items():
        on_source = record(counted[pk], people[pk], its[pk])
        if site == source.site_id:
            here += on_source
        else:
            elsewhere += on_source
    return here, elsewhere


def _blind_firsts(viewer: Viewer) -> QuerySet[Reading]:
    return (
        readings_visible_to(viewer)
        .filter(phase=Reading.Phase.FIRST, state=Reading.State.SUBMITTED, is_blind=True, coder__kind=Coder.Kind.PERSON)
        .exclude(arm=Study.Policy.FIRST_OPINION)
    )


def _now(rows: QuerySet[Segment] | QuerySet[Suggestion]) -> Iterable[tuple[uuid.UUID, int, int]]:
    return rows.filter(now_end__gt=0).values_list("source", "now_start", "now_end")


def _spans(rows: Iterable[tuple[uuid.UUID, int, int]]) -> dict[uuid.UUID, Spans]:
    spans: dict[uuid.UUID, Spans] = defaultdict(list)
    for source, start, end in rows:
        if start < end:
            spans[source].append((start, end))
    return spans


def _passage(row: Segment | Suggestion) -> Passage:
    return Passage(row.now_start, row.now_end, str(row.code_id), str(row.pk))


def _within(segment: Segment | Suggestion, stretches: Iterable[tuple[int, int]]) -> bool:
    return any(start <= segment.now_start and segment.now_end <= end for start, end in stretches)


def _lines(
    found: list[Difference], turns: list[TurnShown], suggestions: list[Suggestion], own: list[Segment], final: Reading
) -> list[Line]:
    rows = {str(row.pk): row for row in suggestions}
    everything: list[Segment | Suggestion] = [*suggestions, *own]
    codes = {str(row.code_id): row.code for row in everything}
    standing = Decision.objects.filter(reading=final, undone_at=None)
    decisions = {str(decision.suggestion_id): decision for decision in standing}
    return [
        Line(
            difference=one,
            code=codes[one.code],
            turn=next((turn for turn in reversed(turns) if turn.start <= one.start), None),
            suggestion=rows[one.suggestion.id] if one.suggestion else None,
            decision=decisions.get(one.suggestion.id) if one.suggestion else None,
        )
        for one in found
        if one.kind != "agrees"
    ]

"""Rounds as their pages show them: who is how far, what each code has reached, and one coder's passes compared."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from coding.allotment import lot_of
from coding.audit import FEWEST, audit
from coding.models import AgreementRun, Code, Coder, Reading, Round
from coding.passes import passes_of
from coding.queries.agreement import material_of, runs_visible_to, seed_of
from coding.queries.assignments import assignments_of
from coding.queries.counted import MAIN
from coding.queries.overseen import readings_overseen
from coding.queries.visible import not_begun, readings_visible_to
from coding.rounds import TARGET, Verdict, can_end, verdict
from fieldstudy.models import Job
from observations.access import Viewer, nothing_here
from observations.models import Source
from observations.queries.alphabet import alphabetical
from observations.queries.source_list import by_date_and_title
from observations.roles import Permission


@dataclass(frozen=True)
class CoderProgress:
    """How many of a coder's sources in a round are submitted and in reading, of those assigned.

    `due_on` is when the first of those that are not submitted is due; None where none of them is.
    """

    coder: Coder
    assigned: int
    submitted: int
    open: int
    due_on: date | None


@dataclass(frozen=True)
class Reached:
    """What a code has reached in a round, by the run told; `code` is None for all codes together."""

    code: Code | None
    n: int
    value: float | None
    low: float | None
    high: float | None
    because: str | None
    verdict: Verdict | None = None
    run: UUID | None = None


@dataclass(frozen=True)
class Results:
    """A calibration round's latest figures, with the exit rule: `missed` are the codes below their target."""

    run: AgreementRun
    rows: tuple[Reached, ...]
    can_end: bool

    @property
    def missed(self) -> list[Reached]:
        return [row for row in self.rows if row.verdict and row.verdict.outcome == "missed"]

    @property
    def told(self) -> int:
        """How many codes can be told of."""
        return sum(row.verdict is not None and row.verdict.outcome in ("met", "missed") for row in self.rows)

    @property
    def untold(self) -> int:
        """How many codes that were used cannot be told of."""
        return len(self.rows) - self.told


@dataclass(frozen=True)
class Passes:
    """One coder's earlier and later readings of the same sources, compared; `pairs` are the two of each source."""

    coder: Coder
    pairs: tuple[tuple[Reading, Reading], ...]
    overall: Reached
    rows: tuple[Reached, ...]

    @property
    def sources(self) -> int:
        return len(self.pairs)

    @property
    def told(self) -> list[Reached]:
        """The codes used often enough to tell."""
        return [row for row in self.rows if row.n >= FEWEST]

    @property
    def few(self) -> list[Reached]:
        return [row for row in self.rows if row.n < FEWEST]


@dataclass(frozen=True)
class OverTime:
    """Codes by calibration rounds that have figures: for each code a cell in each round, None where it has none."""

    rounds: tuple[Round, ...]
    rows: tuple[tuple[Code, tuple[Reached | None, ...]], ...]


def rounds_of(viewer: Viewer) -> list[Round]:
    """The rounds of the study besides its own, the latest first. One query."""
    return list(Round.objects.filter(study=viewer.study).select_related("opened_by").order_by("-number"))


def own_rounds(viewer: Viewer) -> list[int]:
    """The numbers of the rounds besides the study's own in which the viewer has something to read. One query."""
    own = assignments_of(viewer).filter(coder__user=viewer.user, round__gt=MAIN)
    return list(own.order_by("round").values_list("round", flat=True).distinct())


def round_at(viewer: Viewer, number: int) -> Round:
    """One round. One query; two for a coder, to whom only a round is there that they read in. Raises Missing."""
    round = Round.objects.filter(study=viewer.study, number=number).select_related("opened_by").first()
    if round is None:
        raise nothing_here()
    own = assignments_of(viewer).filter(round=number, coder__user=viewer.user)
    if not viewer.may(Permission.AUDIT) and not own.exists():
        raise nothing_here()
    return round


def sources_in(viewer: Viewer, round: Round) -> list[Source]:
    """What is read in a round, by date and title; a coder who does not audit sees what is theirs. One query."""
    given = assignments_of(viewer).filter(round=round.number)
    if not viewer.may(Permission.AUDIT):
        given = given.filter(coder__user=viewer.user)
    return by_date_and_title(Source.objects.filter(pk__in=given.values("source")))


def aims_of(round: Round) -> list[tuple[Code, float]]:
    """The codes that have a target of their own in a round. One query, none where there is none."""
    if not round.targets:
        return []
    codes = Code.objects.filter(study=round.study_id, pk__in=list(round.targets)).order_by("sign")
    return [(code, round.targets[str(code.pk)]) for code in codes]


def known_to_have_seen(viewer: Viewer, sources: Iterable[Source]) -> set[tuple[UUID, UUID]]:
    """Who may have seen what others say of a source, by (user, source), as far as the viewer may know. One query.

    They submitted it, and so did somebody else: what they read there anew is not blind.
    """
    readings = readings_overseen(viewer).filter(
        source__in=[source.pk for source in sources],
        phase=Reading.Phase.FIRST,
        state=Reading.State.SUBMITTED,
        coder__kind=Coder.Kind.PERSON,
    )
    pairs = set(readings.values_list("coder__user", "source"))
    read_by = Counter(source for _, source in pairs)
    return {(user, source) for user, source in pairs if read_by[source] > 1}


def progress_in(viewer: Viewer, round: Round) -> list[CoderProgress]:
    """How far each coder is in a round, as far as the viewer may know; a coder sees themselves. Two queries."""
    given: dict[Coder, dict[UUID, date | None]] = {}
    rows = assignments_of(viewer).filter(round=round.number)
    for row in sorted(rows, key=lambda one: alphabetical(one.coder.alias)):
        given.setdefault(row.coder, {})[row.source_id] = row.due_on
    readings = Reading.objects.filter(study=viewer.study)
    if viewer.may(Permission.CODE):
        readings = readings_overseen(viewer)
    firsts = readings.filter(round=round.number, phase=Reading.Phase.FIRST, superseded_at=None)
    read: dict[UUID, dict[UUID, str]] = {}
    for coder_id, source_id, state in firsts.values_list("coder_id", "source_id", "state"):
        if state != Reading.State.ABANDONED:
            read.setdefault(coder_id, {})[source_id] = state
    return [
        _progress(coder, assigned, read.get(coder.pk, {}))
        for coder, assigned in given.items()
        if viewer.may(Permission.AUDIT) or coder.user_id == viewer.user.pk
    ]


def _progress(coder: Coder, assigned: Mapping[UUID, date | None], read: Mapping[UUID, str]) -> CoderProgress:
    states = Counter(read.values())
    waiting = [day for source, day in assigned.items() if day and read.get(source) != Reading.State.SUBMITTED]
    return CoderProgress(
        coder, len(assigned), states[Reading.State.SUBMITTED], states[Reading.State.OPEN], min(waiting, default=None)
    )


def latest_runs(viewer: Viewer, rounds: Sequence[Round]) -> dict[int, AgreementRun]:
    """By number of a round, the latest finished run by turn that the viewer may know of. Two queries."""
    numbers = [round.number for round in rounds if round.purpose == Round.Purpose.CALIBRATION]
    runs = runs_visible_to(viewer).filter(unit="turn", site=None, round__in=numbers, computed_at__isnull=False)
    return {run.round: run for run in runs.order_by("created_at", "pk") if run.round is not None}


def pending_run(viewer: Viewer, round: Round) -> AgreementRun | None:
    """The viewer's newest run of a round, if it has not ended or has failed. One query."""
    runs = AgreementRun.objects.filter(study=viewer.study, round=round.number, started_by=viewer.user)
    newest = runs.select_related("job").order_by("-created_at", "pk").first()
    if newest is None or newest.job is None or newest.job.state == Job.State.DONE:
        return None
    return newest


def results_of(viewer: Viewer, round: Round) -> Results | None:
    """What the codes used in a calibration round have reached by its latest figures, weakest first. Three queries."""
    run = latest_runs(viewer, [round]).get(round.number)
    if run is None or run.result is None:
        return None
    codes = _codes(viewer, run.result["codes"])
    used = [found for found in run.result["codes"] if found["code"] in codes and found["n"]]
    rows = [_against(round, codes[found["code"]], found) for found in used]
    rows.sort(key=lambda row: (row.value is None, row.value or 0.0, row.code.sign if row.code else ""))
    return Results(run, tuple(rows), can_end(row.verdict for row in rows if row.verdict))


def over_time(viewer: Viewer, rounds: Sequence[Round]) -> OverTime:
    """The calibration rounds side by side, the earliest first, with the codes used in one of them. Three queries."""
    runs = latest_runs(viewer, rounds)
    shown = tuple(sorted((one for one in rounds if one.number in runs), key=lambda one: one.number))
    found = {one.number: (runs[one.number].result or {}).get("codes", []) for one in shown}
    codes = _codes(viewer, [row for rows in found.values() for row in rows])
    cells: dict[str, dict[int, Reached]] = {key: {} for key in codes}
    for one in shown:
        for row in found[one.number]:
            if row["code"] in codes and row["n"]:
                cell = _against(one, codes[row["code"]], row)
                cells[row["code"]][one.number] = replace(cell, run=runs[one.number].pk)
    listed = sorted(codes.items(), key=lambda item: (item[1].sign, item[0]))
    rows = [(code, tuple(cells[key].get(one.number) for one in shown)) for key, code in listed if cells[key]]
    return OverTime(shown, tuple(rows))


def passes_in(viewer: Viewer, round: Round) -> list[Passes]:
    """What each coder's two passes have in common, of the sources submitted again in a round that one may know of.

    A coder who does not audit sees their own. Each source is a block for the interval; the passes are the two raters.
    At most fourteen queries, however many coders.
    """
    pairs = _pairs(viewer, round)
    if not pairs:
        return []
    sources = {later.source_id for _, later in pairs}
    before, after = [one for one, _ in pairs], [one for _, one in pairs]
    earlier = material_of(viewer.study, before, "turn")
    later = material_of(viewer.study, after, "turn")
    assert set(earlier.sources) == set(later.sources) == {str(source) for source in sources}
    revisions = {str(one.source_id): str(one.source.revision_id) for one in after}
    found: list[tuple[Coder, tuple[tuple[Reading, Reading], ...], dict[str, Any]]] = []
    for coder in sorted({one.coder for one in after}, key=lambda one: alphabetical(one.alias)):
        material = passes_of(str(coder.pk), earlier, later)
        own = tuple(pair for pair in pairs if pair[0].coder_id == coder.pk)
        read = [str(one.pk) for pair in own for one in pair]
        figures = audit(material, seed=seed_of(material, revisions, read))
        found.append((coder, own, figures))
    codes = _codes(viewer, [row for _, _, figures in found for row in figures["codes"]])
    return [
        Passes(
            coder,
            own,
            _reached(None, figures["overall"]),
            tuple(_reached(codes[row["code"]], row) for row in figures["codes"] if row["n"] and row["code"] in codes),
        )
        for coder, own, figures in found
    ]


def _pairs(viewer: Viewer, round: Round) -> list[tuple[Reading, Reading]]:
    """The submitted readings of a round of sources read again, each with the one before it. Two queries."""
    known = readings_visible_to(viewer).filter(
        phase=Reading.Phase.FIRST, state=Reading.State.SUBMITTED, coder__kind=Coder.Kind.PERSON
    )
    known = known if viewer.may(Permission.AUDIT) else known.filter(coder__user=viewer.user)
    known = known.select_related("coder", "source")
    later = list(known.filter(round=round.number).order_by("source_id", "coder_id"))
    again = Round.objects.filter(study=viewer.study, purpose=Round.Purpose.AGAIN).values("number")
    before = known.exclude(round__in=again).filter(source__in=[one.source_id for one in later])
    earlier: dict[tuple[UUID, UUID], list[Reading]] = {}
    for one in before.order_by("submitted_at", "-round"):
        earlier.setdefault((one.coder_id, one.source_id), []).append(one)
    pairs = []
    for one in later:
        there = [each for each in earlier.get((one.coder_id, one.source_id), []) if each.opened_at <= one.opened_at]
        if there:
            pairs.append((there[-1], one))
    return pairs


@dataclass(frozen=True)
class Again:
    """A source its coder could read again, and when they last submitted it."""

    coder: Coder
    source: Source
    submitted_at: datetime

    @property
    def key(self) -> str:
        return f"{self.coder.pk}:{self.source.pk}"


def readable_again(viewer: Viewer, *, weeks: int, now: datetime) -> list[Again]:
    """What coders submitted at least so many weeks ago and do not have before them, by coder and date. Two queries.

    Of others, somebody who codes as well sees only what they may know of.
    """
    readings = readings_overseen(viewer).filter(
        phase=Reading.Phase.FIRST,
        state=Reading.State.SUBMITTED,
        superseded_at=None,
        coder__kind=Coder.Kind.PERSON,
        coder__user__is_active=True,
    )
    latest: dict[tuple[UUID, UUID], Again] = {}
    for one in readings.select_related("coder__user", "source").order_by("submitted_at"):
        if one.submitted_at is not None:
            latest[one.coder_id, one.source_id] = Again(one.coder, one.source, one.submitted_at)
    waiting = set(not_begun(viewer.study).values_list("coder_id", "source_id"))
    until = now - timedelta(weeks=weeks)
    ripe = [one for key, one in latest.items() if key not in waiting and one.submitted_at <= until]
    return sorted(
        ripe,
        key=lambda one: (
            alphabetical(one.coder.alias),
            one.submitted_at,
            alphabetical(one.source.title),
            str(one.source.pk),
        ),
    )


def drawn(eligible: Sequence[Again], *, each: int, seed: int) -> list[Again]:
    """Of what can be read again, what a seed draws: as many as `each` sources for every coder. No query."""
    held: dict[UUID, list[UUID]] = {}
    for one in eligible:
        held.setdefault(one.coder.pk, []).append(one.source.pk)
    lot = lot_of(held, each=each, seed=seed)
    return [one for one in eligible if one.source.pk in lot[one.coder.pk]]


def _codes(viewer: Viewer, found: Sequence[Mapping[str, Any]]) -> dict[str, Code]:
    codes = Code.objects.filter(study=viewer.study, pk__in={row["code"] for row in found}).select_related("revision")
    return {str(code.pk): code for code in codes}


def _against(round: Round, code: Code, found: Mapping[str, Any]) -> Reached:
    target = round.targets.get(str(code.pk), TARGET if round.target is None else round.target)
    value, n = found["alpha"]["value"], found["n"]
    return _reached(code, found, verdict(str(code.pk), n=n, value=value, target=target, fewest=FEWEST))


def _reached(code: Code | None, found: Mapping[str, Any], against: Verdict | None = None) -> Reached:
    alpha, n = found["alpha"], found["n"]
    value = alpha["value"] if n >= FEWEST else None
    interval = alpha["interval"]
    low, high = (interval["low"], interval["high"]) if value is not None else (None, None)
    return Reached(code, n, value, low, high, alpha["undefined_because"], against)

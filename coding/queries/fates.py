"""What became of a coder's passages: for sources whose disputes are all settled, code by code, never by whom."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef

from coding.models import Adjudication, Code, Coder, Dispute, DisputeSide, Reading, Segment
from coding.passages import Passage, fate
from coding.queries.standing import Merged, merged_codes, standing
from coding.queries.visible import readings_visible_to
from observations.access import Viewer
from observations.models import Source, Turn

FATES = ("kept", "borders", "recoded", "dropped", "added")


@dataclass(frozen=True)
class Fate:
    """One passage and what became of it. "added" is one the coder did not code and the consensus has.

    `instead` are the passages the dispute over it came to, `now` their words where the borders changed; `reason`
    is why, where one was given, and `by_rule` whether a rule settled it.
    """

    what: str
    source: Source
    passage: Passage
    instead: tuple[Passage, ...]
    reason: str
    by_rule: bool = False
    words: str = ""
    now: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()

    def is_moved(self, passage: Passage) -> bool:
        """Whether a passage is what this one became by other borders."""
        return self.what == "borders" and passage.code == self.passage.code


@dataclass(frozen=True)
class Became:
    """All of a coder's fates, by code: how many of each, and those of one code with their words."""

    sources: int
    waiting: int
    counts: Mapping[uuid.UUID, Mapping[str, int]]
    codes: Mapping[uuid.UUID, Code]
    chosen: Code | None
    fates: tuple[Fate, ...]

    @property
    def rows(self) -> list[tuple[Code, Mapping[str, int]]]:
        """The codes with their counts; first those whose passages were changed most."""
        known = [(self.codes[code], counts) for code, counts in self.counts.items() if code in self.codes]
        return sorted(known, key=lambda row: (row[1].get("kept", 0) - sum(row[1].values()), row[0].sign))


def became(viewer: Viewer, code_id: uuid.UUID | None) -> Became:
    """What became of the viewer's passages, with those of one code (else of the most changed) laid open.

    The same number of queries for any number of passages.
    """
    settled, waiting = _settled(viewer)
    merged = merged_codes(viewer.study)
    own = _passages(Segment.objects.filter(reading__in=[first.pk for first, _ in settled]), merged)
    agreed = _passages(Segment.objects.filter(reading__in=[consensus.pk for _, consensus in settled]), merged)
    outcomes = _outcomes([first for first, _ in settled])
    fates = [
        one for first, consensus in settled for one in _fates(first, own[first.pk], agreed[consensus.pk], outcomes)
    ]
    counts: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    for one in fates:
        counts[one.passage.code][one.what] += 1
    codes = {code.pk: code for code in Code.objects.filter(study=viewer.study).select_related("revision")}
    page = Became(len(settled), waiting, counts, codes, None, ())
    chosen = codes.get(code_id) if code_id in counts else next((code for code, _ in page.rows), None)
    shown = [one for one in fates if chosen is not None and one.passage.code == chosen.pk]
    shown.sort(key=lambda one: (one.what == "kept", str(one.source.observed_on), str(one.source.pk), one.passage.start))
    return Became(len(settled), waiting, counts, codes, chosen, tuple(_worded(shown, codes)))


def _settled(viewer: Viewer) -> tuple[list[tuple[Reading, Reading]], int]:
    """The viewer's first readings with the consensus on them, where no dispute is open; and how many wait for that."""
    open_disputes = Dispute.objects.filter(source=OuterRef("source"), round=OuterRef("round"), gone_at=None).filter(
        ~Exists(Adjudication.objects.filter(dispute=OuterRef("pk"), undone_at=None))
    )
    known = readings_visible_to(viewer).annotate(is_waiting=Exists(open_disputes))
    consensus = {
        (reading.source_id, reading.round): reading for reading in known.filter(coder__kind=Coder.Kind.CONSENSUS)
    }
    firsts = known.filter(coder__user=viewer.user, phase=Reading.Phase.FIRST, state=Reading.State.SUBMITTED)
    pairs: list[tuple[Reading, Reading]] = []
    waiting = 0
    for first in firsts.select_related("source__site").order_by("source_id", "round"):
        agreed = consensus.get((first.source_id, first.round))
        if agreed is not None and not first.is_waiting:
            pairs.append((first, agreed))
        else:
            waiting += 1
    return pairs, waiting


def _passages(segments: Any, merged: Merged) -> dict[uuid.UUID, list[tuple[uuid.UUID, Passage, uuid.UUID | None]]]:
    """Standing segments by reading: (id, passage, adjudication)."""
    found: dict[uuid.UUID, list[tuple[uuid.UUID, Passage, uuid.UUID | None]]] = defaultdict(list)
    columns = ("pk", "reading_id", "code_id", "now_start", "now_end", "adjudication_id")
    rows = segments.filter(removed_at=None).order_by("now_start", "pk").values_list(*columns)
    for pk, reading, code, start, end, adjudication in rows:
        found[reading].append((pk, Passage(standing(code, merged), start, end), adjudication))
    return found


def _outcomes(firsts: Sequence[Reading]) -> dict[uuid.UUID, list[tuple[Adjudication, list[uuid.UUID]]]]:
    """By reading: the outcomes of its disputes, each with the reading's segments in it."""
    sides = DisputeSide.objects.filter(reading__in=firsts, dispute__gone_at=None)
    rows = list(sides.values_list("dispute_id", "reading_id", "segments"))
    ruled = Adjudication.objects.filter(dispute__in=[dispute for dispute, _, _ in rows], undone_at=None)
    by_dispute = {adjudication.dispute_id: adjudication for adjudication in ruled}
    found: dict[uuid.UUID, list[tuple[Adjudication, list[uuid.UUID]]]] = defaultdict(list)
    for dispute, reading, segments in rows:
        if dispute in by_dispute:
            found[reading].append((by_dispute[dispute], segments))
    return found


def _fates(
    first: Reading,
    own: Sequence[tuple[uuid.UUID, Passage, uuid.UUID | None]],
    agreed: Sequence[tuple[uuid.UUID, Passage, uuid.UUID | None]],
    outcomes: Mapping[uuid.UUID, list[tuple[Adjudication, list[uuid.UUID]]]],
) -> list[Fate]:
    by_segment = {one: adjudication for adjudication, ids in outcomes[first.pk] for one in ids}
    came_to: dict[uuid.UUID | None, list[Passage]] = defaultdict(list)
    for _, passage, adjudication_id in agreed:
        came_to[adjudication_id].append(passage)
    side = [passage for _, passage, _ in own]
    found = []
    for pk, passage, _ in own:
        ruled = by_segment.get(pk)
        instead = came_to[ruled.pk if ruled else None]
        what = fate(passage, side, instead)
        told = tuple(instead) if ruled and what in ("borders", "recoded") else ()
        found.append(Fate(what, first.source, passage, told, ruled.reason if ruled else "", bool(ruled and ruled.rule)))
    for ruled, ids in outcomes[first.pk]:
        if not ids:
            added = came_to[ruled.pk]
            found += [Fate("added", first.source, one, (), ruled.reason, bool(ruled.rule)) for one in added]
    return found


def _worded(fates: Sequence[Fate], codes: Mapping[uuid.UUID, Code]) -> list[Fate]:
    """With the words of each passage as they stand now, and the codes it went to. One query."""
    texts: dict[uuid.UUID, list[str]] = defaultdict(list)
    rows = Turn.objects.filter(source__in={one.source.pk for one in fates}).order_by("source_id", "number")
    for source, text in rows.values_list("source_id", "text"):
        texts[source].append(text)
    whole = {source: "".join(pieces) for source, pieces in texts.items()}
    return [
        replace(
            one,
            words=_cut(whole, one, one.passage),
            now=tuple(_cut(whole, one, passage) for passage in one.instead if one.is_moved(passage)),
            codes=tuple(codes[code] for code in dict.fromkeys(passage.code for passage in one.instead)),
        )
        for one in fates
    ]


def _cut(whole: Mapping[uuid.UUID, str], fate: Fate, passage: Passage) -> str:
    return whole.get(fate.source.pk, "")[passage.start : passage.end]

"""The worklist of disputes: which there are, filtered, in one order, with what is settled; and where one stands in it.

Coders are not named: two of them go by the number of their pair, drawn anew for each person who settles.
"""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, OuterRef, Q, Subquery

from coding.models import Adjudication, Code, Dispute, DisputeSide
from coding.passages import plain
from coding.queries.disputes import sides_of
from coding.queries.standing import merged_codes, standing
from coding.queries.visible import disputes_visible_to
from observations.access import Viewer
from observations.models import Source, Turn
from observations.queries.alphabet import alphabetical

PAGE = 50
STATES = ("open", "settled")

Place = tuple[uuid.UUID, uuid.UUID, int, int]


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty for all.

    `pair` is a number from 1, `redefined` "1" for disputes between readings with different definitions, "0" for others.
    """

    code: str = ""
    pair: int = 0
    kind: str = ""
    site: str = ""
    source: str = ""
    state: str = ""
    redefined: str = ""

    @classmethod
    def asked(cls, query: Mapping[str, Any]) -> "Filters":
        """From an address; what it cannot mean is left out."""
        pair = str(query.get("pair", ""))
        kind, state, redefined = (str(query.get(name, "")) for name in ("kind", "state", "redefined"))
        return cls(
            code=_id(query.get("code")),
            pair=int(pair) if pair.isdecimal() and len(pair) < 5 else 0,
            kind=kind if kind in Dispute.Kind.values else "",
            site=_id(query.get("site")),
            source=_id(query.get("source")),
            state=state if state in STATES else "",
            redefined=redefined if redefined in ("0", "1") else "",
        )

    @property
    def as_query(self) -> dict[str, str]:
        """For an address."""
        given = {name: getattr(self, name) for name in ("code", "kind", "site", "source", "state", "redefined")}
        given["pair"] = str(self.pair) if self.pair else ""
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class Row:
    """A dispute in the list. `codes` are what its codes count as now."""

    id: uuid.UUID
    source: uuid.UUID
    site: uuid.UUID | None
    kind: str
    start: int
    end: int
    redefined: bool
    codes: tuple[uuid.UUID, ...]
    coders: frozenset[uuid.UUID]
    outcome: str
    settled_by_rule: bool

    @property
    def is_settled(self) -> bool:
        return bool(self.outcome)


@dataclass(frozen=True)
class Worklist:
    """The disputes that pass the filters, in order of sources and text, and how many there are of each sort.

    Of `total` that pass them whatever their state, `settled` are: work shows where only the open ones are listed too.
    """

    rows: tuple[Row, ...]
    total: int
    settled: int
    all: int
    all_settled: int
    filters: Filters
    sources: Mapping[uuid.UUID, Source]
    codes: Mapping[uuid.UUID, Code]
    pairs: Sequence[frozenset[uuid.UUID]]
    by: Mapping[str, Mapping[Any, int]] = field(repr=False)

    def place(self, dispute_id: uuid.UUID) -> int:
        """Where a dispute stands in the list, from 1; 0 when the filters leave it out."""
        return next((n for n, row in enumerate(self.rows, start=1) if row.id == dispute_id), 0)

    def beside(self, dispute_id: uuid.UUID) -> tuple[uuid.UUID | None, uuid.UUID | None]:
        """The dispute before and the one after."""
        at = self.place(dispute_id)
        if not at:
            return None, next((row.id for row in self.rows), None)
        before = self.rows[at - 2].id if at > 1 else None
        return before, self.rows[at].id if at < len(self.rows) else None

    def next_open(self, after: uuid.UUID | None = None) -> uuid.UUID | None:
        """The next dispute to settle: after this one, else from the top."""
        at = self.place(after) if after else 0
        return next((row.id for row in (*self.rows[at:], *self.rows[:at]) if not row.is_settled), None)

    def page(self, after: str, size: int = PAGE) -> tuple[Sequence[Row], uuid.UUID | None]:
        """The rows that follow the one of this id, and the id to go on after (None at the end)."""
        at = self.place(uuid.UUID(after)) if _id(after) else 0
        rows = self.rows[at : at + size]
        return rows, rows[-1].id if at + size < len(self.rows) and rows else None


def worklist(viewer: Viewer, filters: Filters) -> Worklist:
    """The disputes that the viewer may know of. Six queries, two more with a pair, however many there are."""
    ordered_sources = _sources(viewer)
    rank = {source: n for n, source in enumerate(ordered_sources)}
    merged = merged_codes(viewer.study)
    standing_now = Adjudication.objects.filter(dispute=OuterRef("pk"), undone_at=None)
    rows = disputes_visible_to(viewer).annotate(
        coders=ArrayAgg("sides__reading__coder_id"),
        outcome=Subquery(standing_now.values("outcome")[:1]),
        rule=Subquery(standing_now.values("rule")[:1]),
        site=F("source__site_id"),
    )
    columns = ("pk", "source_id", "site", "kind", "now_start", "now_end", "redefined")
    said = ("codes", "coders", "outcome", "rule")
    known = [
        Row(pk, source, site, kind, start, end, new, _counted(codes, merged), frozenset(by), outcome or "", bool(rule))
        for pk, source, site, kind, start, end, new, codes, by, outcome, rule in rows.values_list(*columns, *said)
    ]
    known.sort(key=lambda row: (rank.get(row.source, 0), row.start, row.end, str(row.id)))
    pairs = _pairs(viewer, known)
    alike = [row for row in known if _passes(row, filters)]
    if 0 < filters.pair <= len(pairs):
        differing = _differing(viewer, pairs[filters.pair - 1])
        alike = [row for row in alike if row.id in differing]
    codes = Code.objects.filter(study=viewer.study).select_related("revision")
    return Worklist(
        rows=tuple(row for row in alike if filters.state in ("", STATES[row.is_settled])),
        total=len(alike),
        settled=sum(row.is_settled for row in alike),
        all=len(known),
        all_settled=sum(row.is_settled for row in known),
        filters=filters,
        sources=ordered_sources,
        codes={code.pk: code for code in codes},
        pairs=pairs,
        # Plain dicts: a template takes `items` of a Counter for one more thing it counted.
        by={
            "kind": dict(Counter(row.kind for row in known)),
            "redefined": dict(Counter(str(int(row.redefined)) for row in known)),
            "code": dict(Counter(code for row in known for code in row.codes)),
            "site": dict(Counter(row.site for row in known if row.site)),
            "source": dict(Counter(row.source for row in known)),
            "state": dict(Counter(STATES[row.is_settled] for row in known)),
        },
    )


def words_of(places: Iterable[Place], longest: int = 140) -> dict[uuid.UUID, str]:
    """The first words of passages, by the id they are asked for under: (id, source, start, end). One query."""
    wanted = [(key, source, start, min(end, start + longest), end) for key, source, start, end in places]
    over = Q(pk__in=[])
    pieces: dict[uuid.UUID, list[tuple[int, str]]] = {}
    for _, source, start, last, _ in wanted:
        over |= Q(source=source, start__lt=last, end__gt=start)
        pieces[source] = []
    for source, start, text in Turn.objects.filter(over).order_by("start").values_list("source_id", "start", "text"):
        pieces[source].append((start, text))
    found = {}
    for key, source, start, last, end in wanted:
        words = "".join(text[max(start - at, 0) : max(last - at, 0)] for at, text in pieces[source])
        found[key] = words.strip() + ("…" if last < end else "")
    return found


def _sources(viewer: Viewer) -> dict[uuid.UUID, Source]:
    disputed = disputes_visible_to(viewer).values("source")
    sources = Source.objects.filter(pk__in=disputed).select_related("site")
    ordered = sorted(sources, key=lambda row: (row.observed_on or date.min, alphabetical(row.title), str(row.pk)))
    return {source.pk: source for source in ordered}


def _counted(codes: Iterable[uuid.UUID], merged: Mapping[uuid.UUID, uuid.UUID]) -> tuple[uuid.UUID, ...]:
    return tuple(dict.fromkeys(standing(code, merged) for code in codes))


def _passes(row: Row, filters: Filters) -> bool:
    return (
        (not filters.code or uuid.UUID(filters.code) in row.codes)
        and filters.kind in ("", row.kind)
        and filters.redefined in ("", str(int(row.redefined)))
        and filters.site in ("", str(row.site))
        and filters.source in ("", str(row.source))
    )


def _pairs(viewer: Viewer, rows: Sequence[Row]) -> list[frozenset[uuid.UUID]]:
    found = {frozenset(pair) for row in rows for pair in combinations(row.coders, 2)}

    def draw(pair: frozenset[uuid.UUID]) -> bytes:
        told = " ".join(sorted(str(coder) for coder in pair))
        return hashlib.sha256(f"{viewer.study.pk} {viewer.user.pk} {told}".encode()).digest()

    return sorted(found, key=draw)


def _differing(viewer: Viewer, pair: frozenset[uuid.UUID]) -> set[uuid.UUID]:
    """The disputes in which two coders differ from each other."""
    sides = DisputeSide.objects.filter(dispute__in=disputes_visible_to(viewer), reading__coder__in=pair)
    rows = list(sides.values_list("pk", "dispute_id", "segments"))
    held = sides_of(viewer.study, {pk: segments for pk, _, segments in rows})
    said: dict[uuid.UUID, list[Any]] = {}
    for pk, dispute, _ in rows:
        said.setdefault(dispute, []).append(plain(held[pk]))
    return {dispute for dispute, both in said.items() if len(both) == 2 and both[0] != both[1]}


def _id(asked: Any) -> str:
    try:
        return str(uuid.UUID(str(asked)))
    except ValueError:
        return ""

"""Contested passages as a finding of their own: how often people differ, by code and site, and each passage."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coding.models import Adjudication, Code
from coding.queries.dispute_list import STATES, Filters, Row, Worklist, worklist
from coding.queries.visible import disputes_visible_to
from fieldstudy.languages import pick
from observations.access import Viewer
from observations.models import Site, Turn
from observations.queries.alphabet import alphabetical
from observations.queries.consent import Use, site_names, withheld

WITHHELD = "[…]"
COLUMNS = ("code", "name", "site", "source", "start", "end", "kind", "readings", "state", "outcome", "reason", "quote")


@dataclass(frozen=True)
class Contested:
    """How many passages are in dispute, by code (rows) and site (columns), the most contested first."""

    sites: tuple[Site, ...]
    rows: tuple[tuple[Code, tuple[tuple[Site, int], ...], int, int], ...]
    total: int


def contested(viewer: Viewer) -> Contested:
    """The table: each code with its count at every site, at all, and how many are settled. Seven queries."""
    found = worklist(viewer, Filters())
    at: Counter[tuple[uuid.UUID, uuid.UUID | None]] = Counter()
    overall: Counter[uuid.UUID] = Counter()
    settled: Counter[uuid.UUID] = Counter()
    for row in found.rows:
        for code in row.codes:
            at[code, row.site] += 1
            overall[code] += 1
            settled[code] += row.is_settled
    there = {site for _, site in at if site}
    sites = sorted(Site.objects.filter(study=viewer.study, pk__in=there), key=lambda site: alphabetical(site.name))
    rows = [
        (found.codes[code], tuple((site, at[code, site.pk]) for site in sites), n, settled[code])
        for code, n in sorted(overall.items(), key=lambda item: (-item[1], found.codes[item[0]].sign))
    ]
    return Contested(tuple(sites), tuple(rows), found.all)


def contested_table(viewer: Viewer, language: str) -> Iterator[Sequence[str | int]]:
    """Every contested passage, once for each of its codes, for a file that leaves the study.

    A site goes by its alias unless everyone there permits its name; words of people who do not permit quoting and
    release are withheld, reasons with them.
    """
    found = worklist(viewer, Filters())
    reasons = dict(
        Adjudication.objects.filter(dispute__in=disputes_visible_to(viewer), undone_at=None).values_list(
            "dispute_id", "reason"
        )
    )
    closed, texts, names = _closed(found), _texts(found), site_names(viewer)
    yield COLUMNS
    for row in found.rows:
        source = found.sources[row.source]
        is_closed = any(start < row.end and end > row.start for start, end in closed.get(row.source, ()))
        quote = WITHHELD if is_closed else texts.get(row.source, "")[row.start : row.end]
        place: list[str | int] = [
            names[source.site_id] if source.site_id else "",
            source.title,
            row.start,
            row.end,
            row.kind,
            len(row.coders),
        ]
        reason = WITHHELD if is_closed and reasons.get(row.id) else reasons.get(row.id, "")
        for code in (found.codes[code] for code in row.codes):
            name = pick(code.revision.names, language) if code.revision else ""
            yield [code.sign, name, *place, _state(row), row.outcome, reason, quote]


def _state(row: Row) -> str:
    return STATES[row.is_settled]


def _closed(found: Worklist) -> Mapping[uuid.UUID, list[tuple[int, int]]]:
    closed: dict[uuid.UUID, list[tuple[int, int]]] = {}
    turns = withheld(Turn.objects.filter(source__in=list(found.sources)), Use.QUOTE, Use.RELEASE)
    for source, start, end in turns.values_list("source_id", "start", "end"):
        closed.setdefault(source, []).append((start, end))
    return closed


def _texts(found: Worklist) -> Mapping[uuid.UUID, str]:
    pieces: dict[uuid.UUID, list[str]] = {}
    turns = Turn.objects.filter(source__in=list(found.sources)).order_by("source_id", "number")
    for source, text in turns.values_list("source_id", "text"):
        pieces.setdefault(source, []).append(text)
    return {source: "".join(parts) for source, parts in pieces.items()}

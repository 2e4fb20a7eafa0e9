"""The passages behind a number of the audit: where readings differ, and what each says there, without names.

On request also those where they agree, so that every number opens all it counts.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from string import ascii_uppercase
from typing import Any, cast

from django.utils.http import urlencode

from coding.audit import differing
from coding.audit_material import AuditedTurn, Rules, Unit
from coding.models import AgreementRun, Code, CodebookEntry, CodeRevision, Memo, Reading, Segment
from coding.queries.agreement import material_of
from coding.queries.agreement_groups import KINDS, Group, chosen_group
from coding.queries.agreement_pages import Cell, code_of_run, figure_behind
from coding.queries.counted import codes_counted
from coding.queries.memos import memos_behind
from coding.queries.standing import as_standing
from coding.queries.visible import readings_visible_to
from observations.access import Viewer, nothing_here
from observations.models import Source, Turn

LISTED = 60
"""Places listed by name at most; J and K go through all of them."""


@dataclass(frozen=True)
class Asked:
    """Which places to list and which (from 1) to lay open.

    Of all coders, or of one `pair` as the address names it; with `agreed` also where they agree; of all sources, or of
    one `group`, as in `{"site": "…"}`. `measure` is what the table beside them shows.
    """

    pair: str = ""
    at: int = 1
    agreed: bool = False
    group: Mapping[str, str] = field(default_factory=dict)
    measure: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> "Asked":
        """From an address."""
        at = str(query.get("at", "1"))
        return cls(
            pair=str(query.get("pair", "")),
            at=int(at) if at.isdecimal() and len(at) < 9 else 1,
            agreed=query.get("agreed") == "1",
            group={kind: str(query[kind]) for kind in KINDS if query.get(kind)},
            measure=str(query.get("measure", "")),
        )

    def as_query(self, *, agreed: bool | None = None) -> str:
        """For an address, without `at`: "" or "&" and the rest."""
        wanted = self.agreed if agreed is None else agreed
        given = {"pair": self.pair, **self.group, "agreed": "1" if wanted else "", "measure": self.measure}
        told = urlencode({name: value for name, value in given.items() if value})
        return f"&{told}" if told else ""


@dataclass(frozen=True)
class Where:
    """A stretch on which readings differ, by the number of its turn; `number` is its own among them, from 1."""

    number: int
    source: Source
    turn: int


@dataclass(frozen=True)
class Passage:
    """A code on a stretch of the turn shown, `[start, end)` in code points of the turn's text."""

    code: Code
    start: int
    end: int
    words: str
    memos: tuple[Memo, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A stretch of text between the beginnings of passages: the signs of those that begin here, then the words.

    `is_context` marks words of the turn around the sentence in question.
    """

    signs: tuple[str, ...]
    words: str
    is_context: bool


@dataclass(frozen=True)
class Side:
    """What one reading says of the turn, under a letter in place of a name.

    `memos` are its coder's on stretches of the turn; those on a passage are with the passage.
    """

    letter: str
    passages: tuple[Passage, ...]
    pieces: tuple[Piece, ...]
    memos: tuple[Memo, ...]


@dataclass(frozen=True)
class Behind:
    """All places where readings differ on a code (None: on any), and the sides of the one on view.

    `figure` is the number that opened them, by the `measure` shown. `rule` is what the codebook said of the code, from
    its version `rule_version` (None: the working codebook); `group` the sources it is limited to, if any.
    """

    run: AgreementRun
    code: Code | None
    asked: Asked
    pair_names: str
    group: Group | None
    places: tuple[Where, ...]
    at: int
    here: Where | None
    turn: Turn | None
    sides: tuple[Side, ...]
    rule: CodeRevision | None
    rule_version: int | None
    figure: Cell | None

    @property
    def measure(self) -> str:
        return self.asked.measure or "alpha"

    @property
    def pair(self) -> str:
        return self.asked.pair

    @property
    def more(self) -> str:
        """What an address needs to keep this list of places."""
        return self.asked.as_query()

    @property
    def otherwise(self) -> str:
        """The same for the list with, or without, the places where readings agree."""
        return self.asked.as_query(agreed=not self.asked.agreed)

    @property
    def listed(self) -> tuple[Where, ...]:
        """The places around the one on view: a list of all would outweigh the page."""
        first = max(0, min(self.at - 1 - LISTED // 2, len(self.places) - LISTED))
        return self.places[first : first + LISTED]

    @property
    def before(self) -> int | None:
        return self.at - 1 if self.at > 1 else None

    @property
    def after(self) -> int | None:
        return self.at + 1 if self.at < len(self.places) else None


def passages_behind(viewer: Viewer, run: AgreementRun, code_id: uuid.UUID | None, asked: Asked) -> Behind:
    """Where the readings of a finished run differ on a code, with one place laid open. A dozen queries at most.

    Raises
    ------
    Missing
        For a code that the run has not, a pair it has not, or readings the viewer may no longer know of.
    """
    code = code_of_run(run, code_id)
    readings, names = readings_of(viewer, run, asked.pair)
    group = chosen_group(readings, asked.group)
    if group is not None:
        readings = [reading for reading in readings if reading.source_id in group.sources]
    material = material_of(
        viewer.study,
        readings,
        cast(Unit, run.unit),
        rules=Rules.of(run.unit, run.options),
        code_id=code_id,
        touched_only=True,
    )
    sources = {str(reading.source_id): reading.source for reading in readings}
    found = differing(material, or_used=asked.agreed) if material.codes else []
    ordered = _in_order(found, material.turns, material.sources, sources)
    places = tuple(
        Where(number, sources[material.sources[material.turns[turn].source]], material.turns[turn].number)
        for number, (turn, _, _) in enumerate(ordered, start=1)
    )
    at = min(max(asked.at, 1), max(len(places), 1))
    rule, version = _rule(run, code)
    figure = figure_behind(run, code, asked.pair, asked.measure or "alpha")
    if not places:
        return Behind(run, code, asked, names, group, (), 0, None, None, (), rule, version, figure)
    place, start, end = ordered[at - 1]
    turn = Turn.objects.get(pk=material.turns[place].id)
    of_source = [reading for reading in readings if reading.source_id == turn.source_id]
    sides = _sides(viewer, run, of_source, turn, (start, end))
    return Behind(run, code, asked, names, group, places, at, places[at - 1], turn, sides, rule, version, figure)


def _in_order(
    found: Sequence[tuple[int, int, int]],
    turns: Sequence[AuditedTurn],
    sources: Sequence[str],
    rows: dict[str, Source],
) -> list[tuple[int, int, int]]:
    """The stretches by the day and title of their source, then as in the text."""

    def key(stretch: tuple[int, int, int]) -> tuple[str, str, str, int]:
        turn = turns[stretch[0]]
        source = rows[sources[turn.source]]
        return (str(source.observed_on or ""), source.title, str(source.pk), stretch[1])

    return sorted(found, key=key)


def readings_of(viewer: Viewer, run: AgreementRun, pair: str) -> tuple[list[Reading], str]:
    """The readings of a run, or of two of its coders, and the aliases of the two. One query; raises Missing."""
    readings = (
        readings_visible_to(viewer, with_superseded=True)
        .filter(pk__in=run.readings)
        .select_related("coder", "source__site")
    )
    rows = list(readings.order_by("source_id", "coder_id"))
    if len(rows) != len(run.readings):
        raise nothing_here()
    if not pair:
        return rows, ""
    coders = (run.result or {})["coders"]
    wanted = {f"{one}-{other}": (one, other) for other in range(len(coders)) for one in range(other)}
    if pair not in wanted:
        raise nothing_here()
    two = [coders[place] for place in wanted[pair]]
    ids = [coder["id"] for coder in two]
    return [row for row in rows if str(row.coder_id) in ids], "–".join(coder["alias"] for coder in two)


def _rule(run: AgreementRun, code: Code | None) -> tuple[CodeRevision | None, int | None]:
    """What the newest codebook the coders had said of the code, with that version's number."""
    if code is None:
        return None, None
    entries = CodebookEntry.objects.filter(version__in=run.codebook_versions, code=code)
    entry = entries.select_related("revision", "version").order_by("-version__number").first()
    return (entry.revision, entry.version.number) if entry else (code.revision, None)


def _sides(
    viewer: Viewer, run: AgreementRun, readings: Sequence[Reading], turn: Turn, unit: tuple[int, int]
) -> tuple[Side, ...]:
    """What each reading says of a turn; which reading gets which letter is drawn anew, and for good, for each turn."""
    segments = Segment.objects.filter(
        codes_counted("code"),
        reading__in=readings,
        removed_at=None,
        now_start__lt=turn.end,
        now_end__gt=turn.start,
    ).select_related("code__revision")
    held: dict[uuid.UUID, list[Passage]] = defaultdict(list)
    last = turn.start + len(turn.text.rstrip())
    ordered = list(segments.order_by("now_start", "-now_end", "code__sign", "id"))
    on_passages, on_stretches = memos_behind(viewer, turn.source_id, turn.start, turn.end, ordered)
    for segment in as_standing(turn.study, ordered):
        start, end = max(segment.now_start, turn.start) - turn.start, min(segment.now_end, last) - turn.start
        if start < end:
            memos = tuple(on_passages[segment.pk])
            held[segment.reading_id].append(Passage(segment.code, start, end, turn.text[start:end], memos))

    def draw(reading: Reading) -> bytes:
        return hashlib.sha256(f"{run.pk} {turn.pk} {reading.coder_id}".encode()).digest()

    drawn = sorted(readings, key=draw)
    stretch = (unit[0] - turn.start, unit[1] - turn.start)
    return tuple(
        Side(
            letter,
            tuple(held[reading.pk]),
            _pieces(turn.text, held[reading.pk], stretch),
            tuple(on_stretches[reading.coder.user_id]),
        )
        for letter, reading in zip(ascii_uppercase, drawn, strict=False)
    )


def _pieces(text: str, passages: Sequence[Passage], unit: tuple[int, int]) -> tuple[Piece, ...]:
    last = len(text.rstrip())
    signs: dict[int, list[str]] = defaultdict(list)
    for passage in passages:
        signs[passage.start].append(passage.code.sign)
    borders = sorted({border for border in (0, *unit, *signs) if border < last} | {last})
    return tuple(
        Piece(tuple(signs.get(start, ())), text[start:end], not unit[0] <= start < unit[1])
        for start, end in pairwise(borders)
    )

"""The passages behind a number of the audit: where readings differ, and what each says there, without names."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from string import ascii_uppercase
from typing import cast

from django.db.models import Q

from coding.audit import differing
from coding.audit_material import AuditedTurn, Unit
from coding.models import AgreementRun, Code, CodebookEntry, CodeRevision, Reading, Segment
from coding.queries.agreement import material_of
from coding.queries.standing import as_standing
from coding.queries.visible import readings_visible_to
from observations.access import Viewer, nothing_here
from observations.models import Source, Turn


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
    """What one reading says of the turn, under a letter in place of a name."""

    letter: str
    passages: tuple[Passage, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Behind:
    """All places where readings differ on a code (None: on any), and the sides of the one on view.

    `pair` is the pair of coders as the address names it, "" for all; `rule` what the codebook said of the code, from
    its version `rule_version` (None: the working codebook).
    """

    run: AgreementRun
    code: Code | None
    pair: str
    pair_names: str
    places: tuple[Where, ...]
    at: int
    here: Where | None
    turn: Turn | None
    sides: tuple[Side, ...]
    rule: CodeRevision | None
    rule_version: int | None

    @property
    def before(self) -> int | None:
        return self.at - 1 if self.at > 1 else None

    @property
    def after(self) -> int | None:
        return self.at + 1 if self.at < len(self.places) else None


def passages_behind(viewer: Viewer, run: AgreementRun, code_id: uuid.UUID | None, pair: str, at: int) -> Behind:
    """Where the readings of a finished run differ on a code, with the `at`th place (from 1) laid open. Ten queries.

    Raises
    ------
    Missing
        For a code that the run has not, a pair it has not, or readings the viewer may no longer know of.
    """
    code = _code(run, code_id)
    readings, names = _readings(viewer, run, pair)
    material = material_of(viewer.study, readings, cast(Unit, run.unit), code_id=code_id, touched_only=True)
    sources = {str(reading.source_id): reading.source for reading in readings}
    found = differing(material) if material.codes else []
    ordered = _in_order(found, material.turns, material.sources, sources)
    places = tuple(
        Where(number, sources[material.sources[material.turns[turn].source]], material.turns[turn].number)
        for number, (turn, _, _) in enumerate(ordered, start=1)
    )
    at = min(max(at, 1), max(len(places), 1))
    rule, version = _rule(run, code)
    if not places:
        return Behind(run, code, pair, names, (), 0, None, None, (), rule, version)
    place, start, end = ordered[at - 1]
    turn = Turn.objects.get(pk=material.turns[place].id)
    sides = _sides(run, [reading for reading in readings if reading.source_id == turn.source_id], turn, (start, end))
    return Behind(run, code, pair, names, places, at, places[at - 1], turn, sides, rule, version)


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


def _code(run: AgreementRun, code_id: uuid.UUID | None) -> Code | None:
    if code_id is None:
        return None
    known = [found["code"] for found in (run.result or {}).get("codes", [])]
    code = Code.objects.filter(pk=code_id, study_id=run.study_id).select_related("revision").first()
    if code is None or str(code_id) not in known:
        raise nothing_here()
    return code


def _readings(viewer: Viewer, run: AgreementRun, pair: str) -> tuple[list[Reading], str]:
    """The readings of a run, or of two of its coders, and the aliases of the two."""
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


def _sides(run: AgreementRun, readings: Sequence[Reading], turn: Turn, unit: tuple[int, int]) -> tuple[Side, ...]:
    """What each reading says of a turn; which reading gets which letter is drawn anew, and for good, for each turn."""
    segments = Segment.objects.filter(
        Q(code__proposed_in=None) | Q(code__proposed_in__state=Reading.State.SUBMITTED),
        reading__in=readings,
        removed_at=None,
        now_start__lt=turn.end,
        now_end__gt=turn.start,
    ).select_related("code__revision")
    held: dict[uuid.UUID, list[Passage]] = defaultdict(list)
    last = turn.start + len(turn.text.rstrip())
    ordered = segments.order_by("now_start", "-now_end", "code__sign", "id")
    for segment in as_standing(turn.study, list(ordered)):
        start, end = max(segment.now_start, turn.start) - turn.start, min(segment.now_end, last) - turn.start
        if start < end:
            held[segment.reading_id].append(Passage(segment.code, start, end, turn.text[start:end]))

    def draw(reading: Reading) -> bytes:
        return hashlib.sha256(f"{run.pk} {turn.pk} {reading.coder_id}".encode()).digest()

    drawn = sorted(readings, key=draw)
    stretch = (unit[0] - turn.start, unit[1] - turn.start)
    return tuple(
        Side(letter, tuple(held[reading.pk]), _pieces(turn.text, held[reading.pk], stretch))
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

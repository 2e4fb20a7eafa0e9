"""One dispute laid open: the text around it, what each reading holds there under a letter, and what the codebook says.

Which reading gets which letter is drawn for each dispute and each person who settles, and stays as drawn.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from coding.models import Adjudication, Code, Coder, Dispute, DisputeSide, Memo, Segment, Suggestion, Waiver
from coding.queries.disputes import standing_waiver
from coding.queries.memos import memos_behind
from coding.queries.standing import as_standing, merged_codes, standing
from coding.queries.visible import codes_visible_to, disputes_visible_to, suggestions_visible_to
from coding.queries.workspace import TurnShown, turns_shown
from observations.access import Viewer, nothing_here

AROUND = 2
"""Turns shown before and after the passage."""


@dataclass(frozen=True)
class Shown:
    """A code on a stretch of the source, `[start, end)` in code points of its current text."""

    code: Code
    start: int
    end: int
    words: str
    memos: tuple[Memo, ...] = ()


@dataclass(frozen=True)
class Column:
    """What one reading holds, under its letter; `who` only for whoever asked to see it.

    `memos` are its coder's on words in dispute; those on a passage are with the passage. Nothing says whose they are.
    """

    letter: str
    side: DisputeSide
    passages: tuple[Shown, ...]
    memos: tuple[Memo, ...]
    who: str
    is_taken: bool

    @property
    def all_memos(self) -> tuple[Memo, ...]:
        return (*(memo for passage in self.passages for memo in passage.memos), *self.memos)


@dataclass(frozen=True)
class Earlier:
    """An outcome that was taken back; `letter` is the side it had taken, "" for none."""

    adjudication: Adjudication
    letter: str


@dataclass(frozen=True)
class Opened:
    """A dispute with all that its page shows."""

    dispute: Dispute
    turns: tuple[TurnShown, ...]
    touched: tuple[TurnShown, ...]
    columns: tuple[Column, ...]
    agreed: tuple[Shown, ...]
    machine: tuple[Shown, ...]
    outcome: tuple[Shown, ...]
    codes: tuple[Code, ...]
    choices: tuple[Code, ...]
    adjudication: Adjudication | None
    earlier: tuple[Earlier, ...]
    is_revealed: bool
    shows_machine: bool
    is_own: bool
    waiver: Waiver | None

    @property
    def may_settle(self) -> bool:
        return not self.is_own or self.waiver is not None

    def is_newly_shown_to(self, viewer: Viewer) -> bool:
        """Whether the machine's view is on this page, and the dispute does not say yet that this person saw it."""
        return self.shows_machine and viewer.user.pk not in self.dispute.machine_shown_to


def letters(viewer: Viewer, dispute: Dispute) -> dict[str, DisputeSide]:
    """The sides of a dispute by the letters they have for this person. One query."""

    def draw(side: DisputeSide) -> bytes:
        return hashlib.sha256(f"{dispute.pk} {viewer.user.pk} {side.reading_id}".encode()).digest()

    sides = DisputeSide.objects.filter(dispute=dispute).select_related("reading__coder__user")
    return dict(zip(ascii_uppercase, sorted(sides, key=draw), strict=False))


def opened(viewer: Viewer, dispute_id: uuid.UUID) -> Opened:
    """A dispute that the viewer may know of. The same number of queries for any.

    Raises Missing when one of its readings is hidden from the viewer.
    """
    disputes = disputes_visible_to(viewer).select_related("source__site", "source__revision")
    dispute = disputes.defer("source__revision__sealed").filter(pk=dispute_id).first()
    if dispute is None:
        raise nothing_here()
    turns = turns_shown(dispute.source)
    within = [n for n, turn in enumerate(turns) if _touches(turn, dispute)]
    first, last = (within[0], within[-1]) if within else (0, 0)
    around = tuple(turns[max(0, first - AROUND) : last + AROUND + 1])
    standing_now = Adjudication.objects.filter(dispute=dispute, undone_at=None)
    adjudication = standing_now.select_related("side", "settled_by").first()
    sides = letters(viewer, dispute)
    held, noted = _held(viewer, dispute, sides, turns)
    is_revealed = viewer.user.pk in dispute.revealed_to
    taken = adjudication.side_id if adjudication else None
    codes = _codes(viewer, dispute)
    return Opened(
        dispute=dispute,
        turns=around,
        touched=tuple(turns[first : last + 1]),
        columns=tuple(
            Column(letter, side, held[side.pk], noted[side.pk], _who(side) if is_revealed else "", side.pk == taken)
            for letter, side in sides.items()
        ),
        agreed=_of_consensus(dispute, around, turns, None),
        machine=_machine(viewer, dispute, turns) if viewer.study.settling_shows_machine else (),
        outcome=_of_consensus(dispute, around, turns, adjudication) if adjudication else (),
        codes=codes,
        choices=tuple(
            codes_visible_to(viewer)
            .filter(is_codable=True, proposed_in=None)
            .exclude(pk__in=[code.pk for code in codes])
            .select_related("revision")
            .order_by("sign")
        ),
        adjudication=adjudication,
        earlier=_earlier(dispute, sides),
        is_revealed=is_revealed,
        shows_machine=viewer.study.settling_shows_machine,
        is_own=any(side.reading.coder.user_id == viewer.user.pk for side in sides.values()),
        waiver=standing_waiver(viewer),
    )


def last_settled(viewer: Viewer) -> Adjudication | None:
    """What the viewer settled last by hand, if it stands: what an undo takes back. One query."""
    rows = Adjudication.objects.filter(settled_by=viewer.user, undone_at=None, batch=None)
    rows = rows.filter(dispute__in=disputes_visible_to(viewer))
    return rows.order_by("-settled_at", "pk").first()


def _touches(turn: TurnShown, dispute: Dispute) -> bool:
    return turn.start < dispute.now_end and turn.start + len(turn.words) > dispute.now_start


def _earlier(dispute: Dispute, sides: dict[str, DisputeSide]) -> tuple[Earlier, ...]:
    """Outcomes that were taken back, the latest first."""
    letter_of = {side.pk: letter for letter, side in sides.items()}
    undone = Adjudication.objects.filter(dispute=dispute, undone_at__isnull=False)
    rows = undone.select_related("settled_by", "undone_by").order_by("-settled_at", "pk")
    return tuple(Earlier(row, letter_of.get(row.side_id, "") if row.side_id else "") for row in rows)


def _who(side: DisputeSide) -> str:
    coder = side.reading.coder
    return f"{coder.user} ({coder.alias})" if coder.user else coder.alias


def _words(turns: Sequence[TurnShown], start: int, end: int) -> str:
    pieces = [turn.words[max(start - turn.start, 0) : max(end - turn.start, 0)] for turn in turns]
    return " ".join(piece for piece in pieces if piece)


def _shown(
    segments: Sequence[Segment] | Sequence[Suggestion],
    turns: Sequence[TurnShown],
    memos: Mapping[uuid.UUID, Sequence[Memo]] | None = None,
) -> tuple[Shown, ...]:
    known = memos or {}
    return tuple(
        Shown(
            one.code,
            one.now_start,
            one.now_end,
            _words(turns, one.now_start, one.now_end),
            tuple(known.get(one.pk, ())),
        )
        for one in segments
    )


def _held(
    viewer: Viewer, dispute: Dispute, sides: dict[str, DisputeSide], turns: Sequence[TurnShown]
) -> tuple[dict[uuid.UUID, tuple[Shown, ...]], dict[uuid.UUID, tuple[Memo, ...]]]:
    """By side: its passages with the memos on them, and its coder's memos on other words in dispute. Two queries."""
    ids = {one for side in sides.values() for one in side.segments}
    segments = Segment.objects.filter(pk__in=ids, removed_at=None).select_related("code__revision")
    known = {one.pk: one for one in as_standing(dispute.study, list(segments))}
    on_passages, on_words = memos_behind(viewer, dispute.source_id, dispute.now_start, dispute.now_end, known.values())
    held = {}
    for side in sides.values():
        own = [known[one] for one in side.segments if one in known]
        own.sort(key=lambda one: (one.now_start, -one.now_end))
        held[side.pk] = _shown(own, turns, on_passages)
    noted = {side.pk: tuple(on_words.get(side.reading.coder.user_id, ())) for side in sides.values()}
    return held, noted


def _of_consensus(
    dispute: Dispute, around: Sequence[TurnShown], turns: Sequence[TurnShown], adjudication: Adjudication | None
) -> tuple[Shown, ...]:
    """Passages of the consensus near a dispute: what all agree on (no adjudication), or what an outcome came to."""
    if not around:
        return ()
    segments = Segment.objects.filter(
        source=dispute.source,
        reading__coder__kind=Coder.Kind.CONSENSUS,
        reading__round=dispute.round,
        adjudication=adjudication,
        removed_at=None,
        now_start__lt=dispute.now_end,
        now_end__gt=dispute.now_start,
    )
    rows = list(segments.select_related("code__revision").order_by("now_start", "-now_end", "pk"))
    return _shown(as_standing(dispute.study, rows), turns)


def _machine(viewer: Viewer, dispute: Dispute, turns: Sequence[TurnShown]) -> tuple[Shown, ...]:
    suggestions = suggestions_visible_to(viewer).filter(
        source=dispute.source, now_start__lt=dispute.now_end, now_end__gt=dispute.now_start
    )
    return _shown(list(suggestions.select_related("code__revision").order_by("now_start", "pk")), turns)


def _codes(viewer: Viewer, dispute: Dispute) -> tuple[Code, ...]:
    merged = merged_codes(viewer.study)
    ids = {standing(code, merged) for code in dispute.codes}
    return tuple(Code.objects.filter(pk__in=ids).select_related("revision").order_by("sign"))

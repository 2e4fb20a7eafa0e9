"""Changes to sources: bringing in a text, writing a field note, correcting what stands there."""

import hashlib
import json
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from fieldstudy.edits import EditMap, diff_edits
from fieldstudy.errors import Conflict, Invalid, NotPermitted, gettext_noop
from fieldstudy.jobs import start_job
from fieldstudy.sealing import new_wrapped_key, seal
from fieldstudy.spans import Span
from fieldstudy.text import canonical
from fieldstudy.writes import write
from observations import anchors
from observations.access import Viewer
from observations.importers.base import ParsedTurn
from observations.models import (
    Original,
    Participant,
    Revision,
    Site,
    Source,
    SourceKey,
    SourceParticipant,
    SourceTool,
    Tool,
    Turn,
)
from observations.queries.sources import text_of
from observations.roles import Permission
from observations.sentences import SEGMENTER, sentence_ends
from observations.turns import PlacedTurn, lay_out, partition_after_edit


@dataclass(frozen=True)
class Details:
    """What is said of a source beside its text. `speakers` maps a label in the text to a participant."""

    title: str
    kind: str
    language: str = ""
    observed_on: date | None = None
    observer: str = ""
    site: Site | None = None
    tools: Sequence[Tool] = ()
    participants: Sequence[Participant] = ()
    speakers: Mapping[str, Participant] = field(default_factory=dict)


EARLIEST = date(1900, 1, 1)
LATEST_AFTER = timedelta(days=366)


@dataclass(frozen=True)
class OriginalFile:
    name: str
    format: str
    content: bytes


def check_observed_on(day: date | None, at: datetime) -> None:
    """Refuse a day on which nothing can have been observed: before 1900, or more than a year after `at`.

    Raises
    ------
    Invalid
        `source.day_impossible`, beside `observed_on`.
    """
    if day is not None and not EARLIEST <= day <= at.date() + LATEST_AFTER:
        raise Invalid(
            "source.day_impossible",
            gettext_noop("Nothing can have been observed on that day: it is before 1900 or more than a year ahead."),
            beside="observed_on",
        )


@write
def add_source(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    details: Details,
    turns: Iterable[ParsedTurn],
    at: datetime,
    original: OriginalFile | None = None,
) -> Source:
    """A new source with its first revision. Sending the same one again gives it back; another under its id is refused.

    Raises
    ------
    Invalid
        `source.empty` when no turn holds text; what `check_observed_on` and `lay_out` raise.
    Conflict
        `source.id_taken` when another source has this id.
    """
    viewer.need(Permission.COLLECT)
    check_observed_on(details.observed_on, at)
    parsed = tuple(turns)
    laid_out = lay_out(parsed)
    if not laid_out.text.strip():
        raise Invalid("source.empty", gettext_noop("There is no text in it. Write or choose one that has some."))
    there = Source.objects.filter(pk=id).select_related("revision").first()
    if there is not None:
        return _same(there, viewer, laid_out.text)
    source = Source.objects.create(
        id=id,
        study=viewer.study,
        title=details.title[:300],
        kind=details.kind,
        language=details.language,
        observed_on=details.observed_on,
        observer=details.observer,
        site=details.site,
        created_by=viewer.user,
        created_at=at,
        refi_guid=id,
    )
    _link(source, details)
    key = SourceKey.objects.create(source=source, wrapped=new_wrapped_key())
    if original is not None:
        Original.objects.create(
            source=source,
            file_name=original.name,
            format=original.format,
            sha256=hashlib.sha256(original.content).hexdigest(),
            size=len(original.content),
            sealed=seal(key.wrapped, original.content),
        )
    _set_revision(source, key, viewer, laid_out.text, laid_out.turns, parsed, details.speakers, number=1, at=at)
    return source


@write
def correct_text(
    *,
    viewer: Viewer,
    source: Source,
    text: str,
    based_on: int,
    at: datetime,
    note: str = "",
    accept_losses: bool = False,
) -> Revision:
    """The next revision of a source's text, with everything that points at it carried over.

    Raises
    ------
    Conflict
        `source.changed_meanwhile` when `based_on` is not the current revision's number; `source.passages_lost` when
        passages would lose all their words and `accept_losses` is not set.
    Invalid
        `source.unchanged` when the text is the same.
    NotPermitted
        `source.participants_protected` when one person's words would come into the turn of another; with the permission
        to protect they may, and such a turn is nobody's until it is linked again.
    """
    viewer.need(Permission.COLLECT)
    locked = Source.objects.select_for_update(of=("self",)).select_related("revision").get(pk=source.pk)
    assert locked.revision is not None
    if locked.revision.number != based_on:
        raise Conflict(
            "source.changed_meanwhile",
            gettext_noop(
                "Someone corrected this text meanwhile (now revision %(number)s). Look at it, then do yours again."
            ),
            number=locked.revision.number,
        )
    edits, new_text = corrected(text_of(locked), text)
    effect = anchors.foresee(viewer, locked, edits)
    if effect.lost and not accept_losses:
        raise Conflict(
            "source.passages_lost",
            gettext_noop("%(lost)s coded passages would lose all their words. Keep some, or confirm their removal."),
            lost=effect.lost,
        )
    old_turns = list(locked.turns.all())
    before = [PlacedTurn(turn.start, turn.end, index) for index, turn in enumerate(old_turns)]
    placed = partition_after_edit(before, edits, new_text)
    mixed = _mixed(old_turns, placed, edits, new_text)
    if mixed and not viewer.may(Permission.PROTECT):
        raise NotPermitted(
            "source.participants_protected",
            gettext_noop(
                "This would put one person's words into the turn of another, whose consent may be different. Keep the "
                "line break between them, or ask the lead or the steward to join them."
            ),
        )
    speakers = {turn.speaker: turn.participant for turn in old_turns if turn.participant}
    key = SourceKey.objects.get(source=locked)
    revision = _set_revision(
        locked, key, viewer, new_text, placed, old_turns, speakers, number=based_on + 1, at=at, edits=edits, note=note
    )
    locked.turns.filter(number__in=mixed).update(participant=None)
    anchors.carry(locked, edits, revision)
    return revision


def _mixed(old: Sequence[Turn], placed: Sequence[PlacedTurn], edits: EditMap, text: str) -> list[int]:
    """The numbers of the turns in which words of somebody else would now stand, or words written over two people's."""
    owned = [(turn, owner) for turn in old if (owner := _owner(turn))]
    carried = [(edits.carry(Span(turn.start, turn.end)).span, {owner}) for turn, owner in owned]
    stretches = [(kept.start, kept.end, owners) for kept, owners in carried if kept]
    starts, ends, growth = [turn.start for turn, _ in owned], [turn.end for turn, _ in owned], 0
    for edit in edits.edits:
        touched = owned[bisect_right(ends, edit.start) : bisect_left(starts, edit.end)]
        written_over = {owner for turn, owner in touched if _within(turn, edit.start, edit.end).strip()}
        if len(written_over) > 1:
            stretches.append((edit.start + growth, edit.start + growth + len(edit.replacement), written_over))
        growth += edit.growth
    mixed = set()
    for start, end, owners in stretches:
        first = bisect_right(placed, start, key=lambda place: place.end)
        for number, place in enumerate(placed[first:], start=first + 1):
            if place.start >= end:
                break
            is_theirs = owners == {_owner(old[place.index])}
            if not is_theirs and text[max(start, place.start) : min(end, place.end)].strip():
                mixed.add(number)
    return sorted(mixed)


def _within(turn: Turn, start: int, end: int) -> str:
    return turn.text[max(start - turn.start, 0) : max(end - turn.start, 0)]


def _owner(turn: Turn) -> str:
    """Whose words a turn holds: a participant's, of somebody not linked by their label, or nobody's in particular."""
    said = turn.kind in (Turn.Kind.SPEECH, Turn.Kind.VERBATIM)
    return str(turn.participant_id) if turn.participant_id else f"not linked: {turn.speaker}" if said else ""


def corrected(old: str, typed: str) -> tuple[EditMap, str]:
    """The edits from the stored text to what was typed, and the new text. Raises Invalid `source.unchanged`."""
    new_text, _ = canonical(typed)
    edits = EditMap.from_edits(diff_edits(old, new_text), len(old))
    if not edits.edits:
        raise Invalid("source.unchanged", gettext_noop("Nothing was changed in the text."))
    if not new_text.strip():
        raise Invalid("source.empty", gettext_noop("There is no text in it. Write or choose one that has some."))
    return edits, new_text


@write
def describe_source(*, viewer: Viewer, source: Source, details: Details, at: datetime) -> Source:
    """Change what is said of a source beside its text. A label that `speakers` leaves out is nobody's.

    Whose words they are decides what may be done with them: to take a participant off a source, or off the words they
    said, needs the permission to protect. Raises NotPermitted `source.participants_protected`, and what
    `check_observed_on` raises.
    """
    viewer.need(Permission.COLLECT)
    check_observed_on(details.observed_on, at)
    if not viewer.may(Permission.PROTECT):
        _keep_participants(source, details)
    for name in ("title", "kind", "language", "observed_on", "observer", "site"):
        setattr(source, name, getattr(details, name))
    source.save(update_fields=["title", "kind", "language", "observed_on", "observer", "site"])
    SourceTool.objects.filter(source=source).exclude(tool__in=details.tools).delete()
    SourceParticipant.objects.filter(source=source).exclude(participant__in=details.participants).delete()
    _link(source, details)
    Turn.objects.filter(source=source).exclude(speaker__in=details.speakers).update(participant=None)
    for speaker, participant in details.speakers.items():
        Turn.objects.filter(source=source, speaker=speaker).update(participant=participant)
    return source


def _keep_participants(source: Source, details: Details) -> None:
    named = {person.pk for person in (*details.participants, *details.speakers.values())}
    off_source = SourceParticipant.objects.filter(source=source).exclude(participant__in=named).exists()
    known = Turn.objects.filter(source=source, participant__isnull=False).order_by()
    said = {label: person.pk for label, person in details.speakers.items()}
    pairs = known.values_list("speaker", "participant").distinct()
    off_words = any(said.get(label) != person for label, person in pairs)
    if off_source or off_words:
        raise NotPermitted(
            "source.participants_protected",
            gettext_noop("Consent hangs on who takes part. Ask the lead or the steward to take a participant off."),
            beside="participants",
        )


def _same(there: Source, viewer: Viewer, text: str) -> Source:
    first = there.revisions.filter(number=1).first()
    is_own = there.study_id == viewer.study.pk and there.created_by_id == viewer.user.pk
    if is_own and first is not None and first.sha256 == hashlib.sha256(text.encode()).hexdigest():
        return there
    raise Conflict("source.id_taken", gettext_noop("Another source has this id."))


def _link(source: Source, details: Details) -> None:
    labels = {participant.pk: label for label, participant in details.speakers.items()}
    for tool in details.tools:
        SourceTool.objects.get_or_create(
            source=source, tool=tool, defaults={"id": uuid.uuid5(source.pk, str(tool.pk)), "study_id": source.study_id}
        )
    everyone = {person.pk: person for person in (*details.participants, *details.speakers.values())}
    for participant in everyone.values():
        SourceParticipant.objects.update_or_create(
            source=source,
            participant=participant,
            defaults={"speaker": labels.get(participant.pk, "")},
            create_defaults={
                "id": uuid.uuid5(source.pk, str(participant.pk)),
                "study_id": source.study_id,
                "speaker": labels.get(participant.pk, ""),
            },
        )


def _set_revision(
    source: Source,
    key: SourceKey,
    viewer: Viewer,
    text: str,
    placed: Sequence[PlacedTurn],
    known: Sequence[ParsedTurn | Turn],
    speakers: Mapping[str, Participant],
    *,
    number: int,
    at: datetime,
    edits: EditMap | None = None,
    note: str = "",
) -> Revision:
    turns = [(place, known[place.index]) for place in placed]
    content = {"text": text, "turns": [_plain(*turn) for turn in turns], "edits": edits.to_json() if edits else None}
    revision = Revision.objects.create(
        id=uuid.uuid5(source.pk, f"revision {number}"),
        study_id=source.study_id,
        source=source,
        number=number,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        length=len(text),
        words=len(text.split()),
        segmenter=SEGMENTER,
        sealed=seal(key.wrapped, json.dumps(content, ensure_ascii=False).encode()),
        note=note,
        made_by=viewer.user,
        made_at=at,
    )
    Turn.objects.filter(source=source).delete()
    Turn.objects.bulk_create(
        [
            _turn_row(source, revision, position, text, place, turn, speakers)
            for position, (place, turn) in enumerate(turns, start=1)
        ]
    )
    source.revision = revision
    source.save(update_fields=["revision"])
    # By its name: what words mean is the business of who interprets.
    study, user = source.study_id, viewer.user
    start_job(kind="coding.count_source_words", subject=source.pk, study_id=study, started_by=user, at=at)
    return revision


def _turn_row(
    source: Source,
    revision: Revision,
    number: int,
    text: str,
    place: PlacedTurn,
    turn: ParsedTurn | Turn,
    speakers: Mapping[str, Participant],
) -> Turn:
    own, language = text[place.start : place.end], turn.language or source.language
    return Turn(
        id=uuid.uuid5(revision.pk, f"turn {number}"),
        study_id=source.study_id,
        source=source,
        revision=revision,
        number=number,
        start=place.start,
        end=place.end,
        kind=turn.kind,
        speaker=turn.speaker[:80],
        participant=speakers.get(turn.speaker) if turn.speaker else None,
        language=language,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        text=own,
        sentence_ends=[place.start + end for end in sentence_ends(own, language)],
    )


def _plain(place: PlacedTurn, turn: ParsedTurn | Turn) -> dict[str, Any]:
    known = {name: getattr(turn, name) for name in ("kind", "speaker", "language", "start_ms", "end_ms")}
    return {"start": place.start, "end": place.end, **known}

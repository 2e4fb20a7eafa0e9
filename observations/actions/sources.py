"""Changes to sources: bringing in a text, writing a field note, correcting what stands there."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fieldstudy.edits import EditMap, diff_edits
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.sealing import new_wrapped_key, seal
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


@dataclass(frozen=True)
class OriginalFile:
    name: str
    format: str
    content: bytes


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
        `source.empty` when no turn holds text.
    Conflict
        `source.id_taken` when another source has this id.
    """
    viewer.need(Permission.COLLECT)
    laid_out = lay_out(tuple(turns))
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
    _set_revision(source, key, viewer, laid_out.text, laid_out.turns, details.speakers, number=1, at=at)
    return source


@write
def correct_text(
    *, viewer: Viewer, source: Source, text: str, based_on: int, at: datetime, note: str = "", accept_losses: bool = False
) -> Revision:
    """The next revision of a source's text, with everything that points at it carried over.

    Raises
    ------
    Conflict
        `source.changed_meanwhile` when `based_on` is not the current revision's number; `source.passages_lost` when
        passages would lose all their words and `accept_losses` is not set.
    Invalid
        `source.unchanged` when the text is the same.
    """
    viewer.need(Permission.COLLECT)
    locked = Source.objects.select_for_update().select_related("revision").get(pk=source.pk)
    if locked.revision.number != based_on:
        raise Conflict(
            "source.changed_meanwhile",
            gettext_noop("Someone corrected this text meanwhile (now revision %(number)s). Look at it, then do yours again."),
            number=locked.revision.number,
        )
    edits, new_text = corrected(text_of(locked), text)
    effect = anchors.foresee(locked, edits)
    if effect.lost and not accept_losses:
        raise Conflict(
            "source.passages_lost",
            gettext_noop("%(lost)s coded passages would lose all their words. Keep some, or confirm their removal."),
            lost=effect.lost,
        )
    old_turns = list(locked.turns.all())
    placed = partition_after_edit([_placed(turn) for turn in old_turns], edits, new_text)
    speakers = {turn.speaker: turn.participant for turn in old_turns if turn.participant_id}
    key = SourceKey.objects.get(source=locked)
    revision = _set_revision(
        locked, key, viewer, new_text, placed, speakers, number=based_on + 1, at=at, edits=edits, note=note
    )
    anchors.carry(locked, edits, revision)
    return revision


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
def describe_source(*, viewer: Viewer, source: Source, details: Details) -> Source:
    """Change what is said of a source beside its text."""
    viewer.need(Permission.COLLECT)
    for name in ("title", "kind", "language", "observed_on", "observer", "site"):
        setattr(source, name, getattr(details, name))
    source.save(update_fields=["title", "kind", "language", "observed_on", "observer", "site"])
    SourceTool.objects.filter(source=source).exclude(tool__in=details.tools).delete()
    SourceParticipant.objects.filter(source=source).exclude(participant__in=details.participants).delete()
    _link(source, details)
    for speaker, participant in details.speakers.items():
        Turn.objects.filter(source=source, speaker=speaker).update(participant=participant)
    return source


def _same(there: Source, viewer: Viewer, text: str) -> Source:
    first = there.revisions.filter(number=1).first()
    if there.study_id == viewer.study.pk and there.created_by_id == viewer.user.pk and first is not None:
        if first.sha256 == hashlib.sha256(text.encode()).hexdigest():
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
    turns: Sequence[PlacedTurn],
    speakers: Mapping[str, Participant],
    *,
    number: int,
    at: datetime,
    edits: EditMap | None = None,
    note: str = "",
) -> Revision:
    content = {"text": text, "turns": [_plain(turn) for turn in turns], "edits": edits.to_json() if edits else None}
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
            Turn(
                id=uuid.uuid5(revision.pk, f"turn {position}"),
                study_id=source.study_id,
                source=source,
                revision=revision,
                number=position,
                start=turn.start,
                end=turn.end,
                kind=turn.kind,
                speaker=turn.speaker[:80],
                participant=speakers.get(turn.speaker) if turn.speaker else None,
                language=turn.language or source.language,
                start_ms=turn.start_ms,
                end_ms=turn.end_ms,
                text=text[turn.start : turn.end],
                sentence_ends=[
                    turn.start + end
                    for end in sentence_ends(text[turn.start : turn.end], turn.language or source.language)
                ],
            )
            for position, turn in enumerate(turns, start=1)
        ]
    )
    source.revision = revision
    source.save(update_fields=["revision"])
    return revision


def _placed(turn: Turn) -> PlacedTurn:
    return PlacedTurn(
        start=turn.start,
        end=turn.end,
        kind=turn.kind,
        speaker=turn.speaker,
        language=turn.language,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
    )


def _plain(turn: PlacedTurn) -> dict[str, Any]:
    names = ("start", "end", "kind", "speaker", "language", "start_ms", "end_ms")
    return {name: getattr(turn, name) for name in names}

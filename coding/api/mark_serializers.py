"""The shapes of promise links and encounters on the wire: what comes in and what goes out, apart."""

import uuid
from typing import Any

from rest_framework import serializers

from coding.models import Encounter, PromiseLink
from coding.queries.marks import Passage

STANCES = PromiseLink.Stance.values
FIRSTS = Encounter.First.values
RESPONSES = Encounter.Response.values


class MarkOut(serializers.Serializer):
    """A mark on a stretch of text. Offsets are Unicode code points of `revision`, half-open."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="Goes up with every change; a PATCH names the one it is based on.")
    source = serializers.UUIDField()  # type: ignore[assignment]
    revision = serializers.UUIDField(help_text="The source's current revision, in which start and end stand.")
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    quote = serializers.CharField()
    coder = serializers.CharField(help_text="The coder's alias in the study.")
    reading = serializers.UUIDField()
    note = serializers.CharField()


class PromiseLinkOut(MarkOut):
    """A passage that supports, qualifies or contradicts what is claimed for a tool."""

    promise = serializers.UUIDField()
    stance = serializers.ChoiceField(STANCES)


class EncounterOut(MarkOut):
    """A moment in which a person met a tool's output."""

    tool = serializers.UUIDField()
    participant = serializers.UUIDField(allow_null=True)
    task = serializers.CharField(help_text="What the person was doing.")
    read_first = serializers.ChoiceField(FIRSTS, help_text="Who read first.")
    response = serializers.ChoiceField(RESPONSES, help_text="What the person did with the output.")
    consequence = serializers.CharField()


class MarkIn(serializers.Serializer):
    """A mark to record. The id is made by the client: sending the same again gives the same mark."""

    id = serializers.UUIDField()
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)
    revision = serializers.UUIDField(help_text="The revision the offsets were counted on.")
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)


class PromiseLinkIn(MarkIn):
    """A promise link to record."""

    promise = serializers.UUIDField()
    stance = serializers.ChoiceField(STANCES)


class EncounterIn(MarkIn):
    """An encounter to record."""

    tool = serializers.UUIDField()
    participant = serializers.UUIDField(required=False, allow_null=True, default=None)
    task = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    read_first = serializers.ChoiceField(FIRSTS, required=False, default=Encounter.First.UNKNOWN.value)
    response = serializers.ChoiceField(RESPONSES)
    consequence = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class MarkChange(serializers.Serializer):
    """What to change; what is left out stays. `version` is the one the change is based on."""

    version = serializers.IntegerField(min_value=1)
    start = serializers.IntegerField(required=False, min_value=0)
    end = serializers.IntegerField(required=False, min_value=1)
    revision = serializers.UUIDField(required=False, help_text="The revision new borders were counted on.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=1000)


class PromiseLinkChange(MarkChange):
    """A change of a promise link."""

    promise = serializers.UUIDField(required=False)
    stance = serializers.ChoiceField(STANCES, required=False)


class EncounterChange(MarkChange):
    """A change of an encounter."""

    tool = serializers.UUIDField(required=False)
    participant = serializers.UUIDField(required=False, allow_null=True)
    task = serializers.CharField(required=False, allow_blank=True, max_length=200)
    read_first = serializers.ChoiceField(FIRSTS, required=False)
    response = serializers.ChoiceField(RESPONSES, required=False)
    consequence = serializers.CharField(required=False, allow_blank=True, max_length=500)


# Columns that the wire names without their ending.
_REFERENCES = ("promise", "tool", "participant")
_DETAILS = (*_REFERENCES, "stance", "note", "task", "read_first", "response", "consequence")


def details_of(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent of a mark beside its place, under the names of its columns."""
    details = {name: sent[name] for name in _DETAILS if name in sent}
    return {f"{name}_id" if name in _REFERENCES else name: value for name, value in details.items()}


def promise_link_record(link: PromiseLink, quote: Passage) -> dict[str, Any]:
    """A promise link as `PromiseLinkOut` describes it; its reading, coder and source are loaded."""
    return _place(link, quote) | {"promise": link.promise_id, "stance": link.stance}


def encounter_record(encounter: Encounter, quote: Passage) -> dict[str, Any]:
    """An encounter as `EncounterOut` describes it; its reading, coder and source are loaded."""
    plain = ("task", "read_first", "response", "consequence")
    return (
        _place(encounter, quote)
        | {"tool": encounter.tool_id, "participant": encounter.participant_id}
        | {name: getattr(encounter, name) for name in plain}
    )


def _place(mark: PromiseLink | Encounter, quote: Passage) -> dict[str, uuid.UUID | int | str | None]:
    return {
        "id": mark.pk,
        "version": mark.version,
        "source": mark.source_id,
        "revision": mark.source.revision_id,
        "start": mark.now_start,
        "end": mark.now_end,
        "quote": quote.words,
        "coder": mark.reading.coder.alias,
        "reading": mark.reading_id,
        "note": mark.note,
    }

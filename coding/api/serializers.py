"""The shapes of codes, readings and segments on the wire: what comes in and what goes out, apart."""

from typing import Any

from rest_framework import serializers

from coding.models import Reading, Segment


class SegmentOut(serializers.Serializer):
    """A code on a stretch of text. Offsets are Unicode code points of `revision`, half-open."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="Goes up with every change; a PATCH names the one it is based on.")
    source = serializers.UUIDField()  # type: ignore[assignment]
    revision = serializers.UUIDField(help_text="The source's current revision, in which start and end stand.")
    code = serializers.UUIDField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    quote = serializers.CharField()
    coder = serializers.CharField(help_text="The coder's alias in the study.")
    reading = serializers.UUIDField()
    origin = serializers.ChoiceField(["person", "machine", "outside", "consensus", "suggestion"])
    weight = serializers.IntegerField(allow_null=True)
    removed = serializers.BooleanField(help_text="Whether it was taken away; `restore` brings it back.")


class SegmentsAsked(serializers.Serializer):
    """Which of a source's segments to list."""

    reading = serializers.UUIDField(required=False)


class SegmentIn(serializers.Serializer):
    """A code to apply. The id is made by the client: sending the same again gives the same segment."""

    id = serializers.UUIDField()
    code = serializers.UUIDField()
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)
    revision = serializers.UUIDField(help_text="The revision the offsets were counted on.")
    weight = serializers.IntegerField(required=False, allow_null=True, default=None)


class SegmentChange(serializers.Serializer):
    """What to change; what is left out stays. `version` is the one the change is based on."""

    version = serializers.IntegerField(min_value=1)
    start = serializers.IntegerField(required=False, min_value=0)
    end = serializers.IntegerField(required=False, min_value=1)
    code = serializers.UUIDField(required=False)
    weight = serializers.IntegerField(required=False, allow_null=True)
    revision = serializers.UUIDField(required=False, help_text="The revision new borders were counted on.")


class CodeOut(serializers.Serializer):
    """A code of the working codebook, its texts in the language asked for."""

    id = serializers.UUIDField()
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    sign = serializers.CharField()
    hue = serializers.IntegerField(min_value=1, max_value=8)
    stance = serializers.ChoiceField(["strength", "limit", "neither"])
    usable = serializers.BooleanField(help_text="False for a heading, which only holds codes.")
    weighs = serializers.BooleanField(help_text="Whether a weight is asked for.")
    revision = serializers.UUIDField(help_text="What the code means now; a change can say that it was made to it.")
    name = serializers.CharField()
    definition = serializers.CharField()
    include = serializers.CharField()
    exclude = serializers.CharField()


class ReadingOut(serializers.Serializer):
    """One coder's pass over a source."""

    id = serializers.UUIDField()
    source = serializers.UUIDField()  # type: ignore[assignment]
    coder = serializers.CharField()
    round = serializers.IntegerField()
    phase = serializers.ChoiceField(Reading.Phase.values)
    state = serializers.ChoiceField(Reading.State.values)
    blind = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    read_to = serializers.IntegerField(help_text="The number of the last turn read.")


class ReadingIn(serializers.Serializer):
    """A reading to open under an id made by the client."""

    id = serializers.UUIDField()


class SubmissionIn(serializers.Serializer):
    """Which of one's readings to submit."""

    phase = serializers.ChoiceField(Reading.Phase.values, default=Reading.Phase.FIRST.value)
    round = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, help_text="Refused (409) when it is another's turn."
    )


class ReadTo(serializers.Serializer):
    """How far a coder has read."""

    read_to = serializers.IntegerField(
        min_value=0, max_value=2_000_000_000, help_text="The number of the last turn read."
    )
    position = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        help_text="The number of the turn at which the text stands open.",
    )


def segment_record(segment: Segment, quote: str) -> dict[str, Any]:
    """A segment as `SegmentOut` describes it; its reading, coder and source are loaded."""
    coder = segment.reading.coder
    return {
        "id": segment.pk,
        "version": segment.version,
        "source": segment.source_id,
        "revision": segment.source.revision_id,
        "code": segment.code_id,
        "start": segment.now_start,
        "end": segment.now_end,
        "quote": quote,
        "coder": coder.alias,
        "reading": segment.reading_id,
        "origin": "suggestion" if segment.suggestion_id else coder.kind,
        "weight": segment.weight,
        "removed": segment.removed_at is not None,
    }


def reading_record(reading: Reading) -> dict[str, Any]:
    """A reading as `ReadingOut` describes it; its coder is loaded."""
    plain = ("round", "phase", "state", "opened_at", "submitted_at", "read_to")
    return {name: getattr(reading, name) for name in plain} | {
        "id": reading.pk,
        "source": reading.source_id,
        "coder": reading.coder.alias,
        "blind": reading.is_blind,
    }

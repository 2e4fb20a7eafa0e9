"""Several segments changed at once over HTTP: all or none, and the same whether sent once or twice."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.segment_changes import Step, change_segments
from coding.actions.segment_parts import merge_segments, split_segment
from coding.api.segments import PERSON, coder_at
from coding.api.serializers import SegmentOut, segment_record
from coding.models import Segment
from coding.queries.workspace import own_or_visible_segment, quotes_of
from fieldstudy.api.endpoints import APIView
from observations.access import get_source

VERBS = ("apply", "change", "remove", "restore")


class SegmentStepIn(serializers.Serializer):
    """One segment's part in a change; what is left out stays. An `apply` needs code, start, end and revision."""

    verb = serializers.ChoiceField(VERBS)
    id = serializers.UUIDField()
    version = serializers.IntegerField(
        required=False, min_value=1, default=0, help_text="The version this is based on; not for `apply`."
    )
    code = serializers.UUIDField(required=False)
    start = serializers.IntegerField(required=False, min_value=0)
    end = serializers.IntegerField(required=False, min_value=1)
    weight = serializers.IntegerField(required=False, allow_null=True)
    revision = serializers.UUIDField(required=False, help_text="The revision the offsets were counted on.")
    of = serializers.UUIDField(
        required=False, help_text="The segment this one is cut from, or is merged into: memos are linked accordingly."
    )

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        needed = ("code", "start", "end", "revision") if sent["verb"] == "apply" else ("version",)
        missing = [name for name in needed if name not in sent or (name == "version" and not sent[name])]
        if missing:
            raise serializers.ValidationError({name: ["required"] for name in missing})
        return sent


class SegmentStepsIn(serializers.Serializer):
    """What to do, in any order: all of it is done, or nothing."""

    changes = SegmentStepIn(many=True, allow_empty=False)


class SegmentSplitIn(serializers.Serializer):
    """Where to cut a segment, and the id of its second part, made by the client."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1)
    point = serializers.IntegerField(min_value=1, help_text="A code point of the current text inside the segment.")


class MergedSegmentIn(serializers.Serializer):
    """One of the segments to merge."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1)


class SegmentMergeIn(serializers.Serializer):
    """The segments to merge: of one code, touching or overlapping."""

    segments = MergedSegmentIn(many=True, allow_empty=False)


class RemovedSegmentOut(serializers.Serializer):
    """A segment that stands no more."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()


class ChangedSegmentsOut(serializers.Serializer):
    """What the segments are now."""

    segments = SegmentOut(many=True)
    removed = RemovedSegmentOut(many=True)


class SegmentChangesView(APIView):
    """Several segments of one's reading of a source, changed together."""

    @extend_schema(
        operation_id="segments_batch",
        parameters=[PERSON],
        request=SegmentStepsIn,
        responses=ChangedSegmentsOut,
        description="Apply, change, remove and restore segments of your reading, all or none. 409 when a `version` is "
        "not the current one. Sending the same again changes nothing and gives the same answer.",
    )
    def post(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        source = get_source(viewer, source_id)
        sent = SegmentStepsIn(data=request.data)
        sent.is_valid(raise_exception=True)
        steps = [_step(step) for step in sent.validated_data["changes"]]
        segments, _ = change_segments(viewer=viewer, source=source, steps=steps, at=timezone.now())
        return Response(_changed(segments))


class SegmentSplitView(APIView):
    """One segment cut in two."""

    @extend_schema(
        operation_id="segments_split",
        parameters=[PERSON],
        request=SegmentSplitIn,
        responses=ChangedSegmentsOut,
        description="Cut a segment of your reading in two; both parts keep code, definition, weight and memos.",
    )
    def post(self, request: Request, slug: str, segment_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        sent = SegmentSplitIn(data=request.data)
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        source = get_source(viewer, own_or_visible_segment(viewer, segment_id).source_id)
        segments, _ = split_segment(
            viewer=viewer,
            source=source,
            segment_id=segment_id,
            version=said["version"],
            point=said["point"],
            new_id=said["id"],
            at=timezone.now(),
        )
        return Response(_changed(segments))


class SegmentMergeView(APIView):
    """Several segments made one."""

    @extend_schema(
        operation_id="segments_merge",
        parameters=[PERSON],
        request=SegmentMergeIn,
        responses=ChangedSegmentsOut,
        description="Make one segment of several of one code that touch or overlap. The first keeps its memos and "
        "weight; the others' memos are linked to it.",
    )
    def post(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        source = get_source(viewer, source_id)
        sent = SegmentMergeIn(data=request.data)
        sent.is_valid(raise_exception=True)
        named = [(one["id"], one["version"]) for one in sent.validated_data["segments"]]
        segments, _ = merge_segments(viewer=viewer, source=source, segments=named, at=timezone.now())
        return Response(_changed(segments))


def _step(sent: dict[str, Any]) -> Step:
    names = {"start": "start", "end": "end", "code": "code_id", "weight": "weight"}
    fields = {column: sent[name] for name, column in names.items() if name in sent}
    return Step(sent["verb"], sent["id"], sent["version"], fields, sent.get("revision"), sent.get("of"))


def _changed(segments: list[Segment]) -> dict[str, Any]:
    order = {segment.pk: place for place, segment in enumerate(segments)}
    rows = Segment.objects.filter(pk__in=order).select_related("reading__coder", "source")
    rows_in_order = sorted(rows, key=lambda row: order[row.pk])
    standing = [row for row in rows_in_order if row.removed_at is None]
    quotes = quotes_of(standing)
    removed = [{"id": row.pk, "version": row.version} for row in rows_in_order if row.removed_at is not None]
    return {"segments": [segment_record(row, quotes[row.pk]) for row in standing], "removed": removed}

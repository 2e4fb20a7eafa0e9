"""Segments over HTTP: listing, applying a code, changing, removing, restoring.

A browser's queue of unsent writes names the person it belongs to in `Fieldstudy-User`; a write that arrives in somebody
else's session is refused, so that nothing is ever sent under another account.
"""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.readings import change_segment, code_passage, remove_segment, restore_segment
from coding.api.serializers import SegmentChange, SegmentIn, SegmentOut, SegmentsAsked, segment_record
from coding.queries.workspace import own_or_visible_segment, quotes_of, segments_of
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.web import user_of, writer_of
from observations.access import Viewer, enter, enter_at, get_source
from observations.roles import Permission

PERSON = OpenApiParameter(
    "Fieldstudy-User", uuid.UUID, OpenApiParameter.HEADER, description="Whose write this is; refused (409) for another."
)


def coder_at(request: Request, slug: str) -> Viewer:
    """The person as a coder of the study; raises what `writer_of` raises."""
    return enter(writer_of(request), slug, Permission.CODE)


class TextOrder(Cursor):
    """Segments in the order of the text."""

    ordering = ("now_start", "id")


class SegmentsView(APIView):
    """The segments of a source."""

    @extend_schema(
        operation_id="segments_list",
        parameters=[
            OpenApiParameter("reading", uuid.UUID, description="Those of one reading alone."),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        responses=SegmentOut(many=True),
        description="The standing segments of a source that you may know of, in the order of the text, by cursor.",
    )
    def get(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        source = get_source(viewer, source_id)
        asked = SegmentsAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        pages = TextOrder()
        segments = segments_of(viewer, source, asked.validated_data.get("reading"))
        page = pages.paginate_queryset(segments, request, view=self) or []
        quotes = quotes_of(page)
        return pages.get_paginated_response([segment_record(row, quotes[row.pk]) for row in page])

    @extend_schema(
        operation_id="segments_create",
        parameters=[PERSON],
        request=SegmentIn,
        responses={200: SegmentOut, 201: SegmentOut},
        description="Apply a code in your reading of the source: 201, or 200 when this very segment is there already.",
    )
    def post(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer, source = enter_at(writer_of(request), slug, source_id, Permission.CODE)
        sent = _checked(SegmentIn(data=request.data))
        segment, is_new, quote = code_passage(
            viewer=viewer,
            source=source,
            id=sent["id"],
            code_id=sent["code"],
            start=sent["start"],
            end=sent["end"],
            revision_id=sent["revision"],
            weight=sent["weight"],
            at=timezone.now(),
        )
        quote = quotes_of([segment])[segment.pk] if quote is None else quote
        return Response(segment_record(segment, quote), status=201 if is_new else 200)


class SegmentView(APIView):
    """One segment."""

    @extend_schema(operation_id="segments_read", responses=SegmentOut)
    def get(self, request: Request, slug: str, segment_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return _answer(viewer, segment_id)

    @extend_schema(
        operation_id="segments_change",
        parameters=[PERSON],
        request=SegmentChange,
        responses=SegmentOut,
        description="Move borders, give another code or another weight. 409 when `version` is not the current one.",
    )
    def patch(self, request: Request, slug: str, segment_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        sent = _checked(SegmentChange(data=request.data))
        change_segment(
            viewer=viewer,
            segment_id=segment_id,
            version=sent["version"],
            start=sent.get("start"),
            end=sent.get("end"),
            code_id=sent.get("code"),
            revision_id=sent.get("revision"),
            **({"weight": sent["weight"]} if "weight" in sent else {}),
        )
        return _answer(viewer, segment_id)

    @extend_schema(
        operation_id="segments_remove",
        parameters=[PERSON],
        responses={204: None},
        description="Take the code away. The segment is kept as removed; `restore` brings it back.",
    )
    def delete(self, request: Request, slug: str, segment_id: uuid.UUID) -> Response:
        remove_segment(viewer=coder_at(request, slug), segment_id=segment_id, at=timezone.now())
        return Response(status=204)


class SegmentRestoreView(APIView):
    """Undo of a removal."""

    @extend_schema(operation_id="segments_restore", parameters=[PERSON], request=None, responses=SegmentOut)
    def post(self, request: Request, slug: str, segment_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        restore_segment(viewer=viewer, segment_id=segment_id)
        return _answer(viewer, segment_id)


def _answer(viewer: Viewer, segment_id: uuid.UUID) -> Response:
    segment = own_or_visible_segment(viewer, segment_id)
    return Response(segment_record(segment, quotes_of([segment])[segment.pk]))


def _checked(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)

"""Readings over HTTP: which there are, opening and submitting one's own, remembering how far one has read."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.reading_locks import already_submitted
from coding.actions.readings import mark_read, open_reading, submit_reading
from coding.api.segments import PERSON, coder_at
from coding.api.serializers import ReadingIn, ReadingOut, ReadTo, SubmissionIn, reading_record
from coding.models import Reading
from coding.queries.own_readings import current_reading, next_round
from coding.queries.visible import readings_visible_to
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.web import user_of
from observations.access import enter, get_source, nothing_here
from observations.roles import Permission


class ReadingsView(APIView):
    """The readings of a study."""

    @extend_schema(
        operation_id="readings_list",
        parameters=[
            OpenApiParameter("source", uuid.UUID, description="Only readings of this source."),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        responses=ReadingOut(many=True),
        description="The readings that you may know of, by cursor.",
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        readings = readings_visible_to(viewer).select_related("coder").order_by("id")
        if "source" in request.query_params:
            readings = readings.filter(source=get_source(viewer, _uuid(request.query_params["source"])))
        pages = Cursor()
        page = pages.paginate_queryset(readings, request, view=self) or []
        return pages.get_paginated_response([reading_record(reading) for reading in page])


class ReadingView(APIView):
    """One's own reading of a source."""

    @extend_schema(
        operation_id="reading_open",
        parameters=[PERSON],
        request=ReadingIn,
        responses=ReadingOut,
        description="The reading in which you code this source now, opened under the given id if there is none.",
    )
    def post(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        source = get_source(viewer, source_id)
        sent = ReadingIn(data=request.data)
        sent.is_valid(raise_exception=True)
        reading = open_reading(viewer=viewer, source=source, id=sent.validated_data["id"], at=timezone.now())
        return Response(reading_record(reading))


class ReadingSubmitView(APIView):
    """Submission of one's own reading."""

    @extend_schema(
        operation_id="reading_submit",
        parameters=[PERSON],
        request=SubmissionIn,
        responses=ReadingOut,
        description=(
            'Fix your reading as it is: turns left uncoded count as "nothing here", and after a first reading the '
            "final one opens. It cannot be taken back. The reading that was submitted is answered. A first reading "
            "is submitted once: sent again it is refused (409), and never reaches the final reading."
        ),
    )
    def post(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        source = get_source(viewer, source_id)
        sent = SubmissionIn(data=request.data)
        sent.is_valid(raise_exception=True)
        phase, at = sent.validated_data["phase"], timezone.now()
        reading = current_reading(viewer, source, phase)
        if reading is None and phase == Reading.Phase.FINAL:
            raise nothing_here()
        if reading is None:
            # A submission sent twice must not submit the next round with nothing in it.
            if sent.validated_data["round"] not in (None, next_round(viewer, source)):
                raise already_submitted()
            reading = open_reading(viewer=viewer, source=source, id=uuid.uuid4(), at=at)
        return Response(reading_record(submit_reading(viewer=viewer, reading=reading, at=at)))


class ReadToView(APIView):
    """How far one has read."""

    @extend_schema(operation_id="reading_read_to", parameters=[PERSON], request=ReadTo, responses={204: None})
    def post(self, request: Request, slug: str, reading_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        sent = ReadTo(data=request.data)
        sent.is_valid(raise_exception=True)
        mark_read(viewer=viewer, reading_id=reading_id, **sent.validated_data)
        return Response(status=204)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)

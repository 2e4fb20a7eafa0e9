"""Over HTTP: readings abandoned, taken up again and reopened, assignments handed on."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.reopened import abandon_reading, hand_on, reopen_reading, resume_reading
from coding.api.assignments import AssignmentOut, member_of
from coding.api.serializers import ReadingOut, reading_record
from coding.queries.assignments import assignment_at
from fieldstudy.api.endpoints import APIView
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission


class ReopenIn(serializers.Serializer):
    """Why a reading is reopened, and the id of the one that takes its place."""

    id = serializers.UUIDField()
    reason = serializers.CharField(max_length=500)


class HandOnIn(serializers.Serializer):
    """Who gets the source instead, named by the e-mail they sign in with."""

    coder = serializers.EmailField()


class ReadingAbandonView(APIView):
    """Giving up an open first reading."""

    @extend_schema(operation_id="reading_abandon", request=None, responses=ReadingOut)
    def post(self, request: Request, slug: str, reading_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return Response(reading_record(abandon_reading(viewer=viewer, reading_id=reading_id, at=timezone.now())))


class ReadingResumeView(APIView):
    """Taking an abandoned reading up again."""

    @extend_schema(operation_id="reading_resume", request=None, responses=ReadingOut)
    def post(self, request: Request, slug: str, reading_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return Response(reading_record(resume_reading(viewer=viewer, reading_id=reading_id, at=timezone.now())))


class ReadingReopenView(APIView):
    """Reopening a submitted first reading, in a new one."""

    @extend_schema(operation_id="reading_reopen", request=ReopenIn, responses={201: ReadingOut})
    def post(self, request: Request, slug: str, reading_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.ASSIGN)
        sent = ReopenIn(data=request.data)
        sent.is_valid(raise_exception=True)
        reading = reopen_reading(viewer=viewer, reading_id=reading_id, at=timezone.now(), **sent.validated_data)
        return Response(reading_record(reading), status=201)


class AssignmentHandOnView(APIView):
    """Giving an assigned source to another coder instead."""

    @extend_schema(operation_id="assignment_hand_on", request=HandOnIn, responses={201: AssignmentOut})
    def post(self, request: Request, slug: str, assignment_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.ASSIGN)
        assignment = assignment_at(viewer, assignment_id)
        sent = HandOnIn(data=request.data)
        sent.is_valid(raise_exception=True)
        user = member_of(viewer, sent.validated_data["coder"])
        handed = hand_on(viewer=viewer, assignment=assignment, user=user, at=timezone.now())
        return Response(AssignmentOut(handed).data, status=201)

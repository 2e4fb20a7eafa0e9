"""Assignments over HTTP."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.assignments import assign_all
from coding.actions.coders import withdraw_assignment
from coding.models import Assignment
from coding.queries.assignments import assignments_of
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.errors import Missing, gettext_noop
from fieldstudy.models import User
from fieldstudy.web import user_of
from observations.access import Viewer, enter, get_row, get_source
from observations.models import Membership
from observations.roles import Permission


class AssignmentIn(serializers.Serializer):
    """Sources to hand to a coder, named by the e-mail they sign in with."""

    coder = serializers.EmailField()
    sources = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=1000)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class AssignmentOut(serializers.Serializer):
    """A source handed to a coder."""

    id = serializers.UUIDField()
    coder = serializers.CharField(source="coder.alias", help_text="The coder's alias in the study.")
    source = serializers.UUIDField(source="source_id")  # type: ignore[assignment]
    round = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)
    assigned_at = serializers.DateTimeField()


def member_of(viewer: Viewer, email: str) -> User:
    """The member of the study who signs in with an e-mail. One query; raises Missing `assignment.nobody`."""
    members = Membership.objects.filter(study=viewer.study, user__email__iexact=email)
    membership = members.select_related("user").first()
    if membership is None:
        raise Missing("assignment.nobody", gettext_noop("No member of the study signs in with this e-mail."))
    return membership.user


class AssignmentsView(APIView):
    """What is handed out."""

    @extend_schema(
        operation_id="assignments_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses=AssignmentOut(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.ASSIGN)
        pages = Cursor()
        page = pages.paginate_queryset(assignments_of(viewer).order_by("id"), request, view=self) or []
        return pages.get_paginated_response(AssignmentOut(page, many=True).data)

    @extend_schema(operation_id="assignments_create", request=AssignmentIn, responses={201: AssignmentOut(many=True)})
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.ASSIGN)
        sent = AssignmentIn(data=request.data)
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        user = member_of(viewer, said["coder"])
        sources = [get_source(viewer, source_id) for source_id in said["sources"]]
        handed = [(user, sources)]
        made = assign_all(viewer=viewer, handed=handed, due_on=said["due_on"], at=timezone.now())
        return Response(AssignmentOut(made, many=True).data, status=201)


class AssignmentView(APIView):
    """One assignment."""

    @extend_schema(operation_id="assignments_withdraw", request=None, responses={204: None})
    def delete(self, request: Request, slug: str, assignment_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.ASSIGN)
        withdraw_assignment(viewer=viewer, assignment=get_row(viewer, Assignment, assignment_id), at=timezone.now())
        return Response(status=204)

"""Studies, their members and invitations over HTTP."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from fieldstudy.api.endpoints import APIView
from fieldstudy.web import user_of
from observations.access import Viewer, enter, nothing_here
from observations.actions.studies import create_study, invite, set_roles, update_study
from observations.api.pages import ListView, page_of, sent
from observations.api.serializers import (
    InvitationIn,
    InvitationOut,
    MemberOut,
    RolesIn,
    StudyChange,
    StudyIn,
    StudyOut,
)
from observations.models import Membership
from observations.queries.studies import member_of
from observations.roles import Permission


class StudiesView(ListView):
    """The studies one belongs to."""

    @extend_schema(operation_id="studies_list", responses=StudyOut(many=True), description="Your studies, by cursor.")
    def get(self, request: Request) -> Response:
        own = Membership.objects.filter(user=user_of(request)).select_related("study")
        return page_of(self, request, own, study_of_membership)

    @extend_schema(
        operation_id="study_create",
        request=StudyIn,
        responses={201: StudyOut},
        description="Begin a study; you lead it.",
    )
    def post(self, request: Request) -> Response:
        user = user_of(request)
        made = create_study(actor=user, at=timezone.now(), **sent(request, StudyIn))
        return Response(study_record(enter(user, made.slug, Permission.READ)), status=201)


class StudyView(APIView):
    """One study."""

    @extend_schema(operation_id="study_read", responses=StudyOut, description="A study's frame and your roles in it.")
    def get(self, request: Request, slug: str) -> Response:
        return Response(study_record(enter(user_of(request), slug, Permission.READ)))

    @extend_schema(
        operation_id="study_change", request=StudyChange, responses=StudyOut, description="Change a study's frame."
    )
    def patch(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.MANAGE)
        changed = sent(request, StudyChange)
        if changed:
            update_study(viewer=viewer, **changed)
        return Response(study_record(enter(viewer.user, slug, Permission.READ)))


class MembersView(ListView):
    """The people of a study."""

    @extend_schema(
        operation_id="members_list", responses=MemberOut(many=True), description="The people of a study, by cursor."
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.MANAGE)
        members = Membership.objects.filter(study=viewer.study).select_related("user")
        return page_of(self, request, members, member_record)


class MemberView(APIView):
    """One person's roles."""

    @extend_schema(
        operation_id="member_roles",
        request=RolesIn,
        responses=MemberOut,
        description="Give a member exactly these roles. No role at all ends the membership.",
    )
    def put(self, request: Request, slug: str, user_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.MANAGE)
        membership = member_of(viewer, user_id)
        if membership is None:
            raise nothing_here()
        roles = sent(request, RolesIn)["roles"]
        kept = set_roles(viewer=viewer, user=membership.user, roles=roles, at=timezone.now())
        return Response(member_record(membership) | {"roles": kept.roles if kept else []})


class InvitationsView(APIView):
    """Invitations to a study."""

    @extend_schema(
        operation_id="invitation_create",
        request=InvitationIn,
        responses={201: InvitationOut},
        description="Invite a person. The token is told once; their link is `/invitations/<token>/`.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.MANAGE)
        made, token = invite(viewer=viewer, at=timezone.now(), **sent(request, InvitationIn))
        plain = {name: getattr(made, name) for name in ("id", "email", "roles", "expires_at")}
        return Response(plain | {"token": token}, status=201)


def study_record(viewer: Viewer) -> dict[str, Any]:
    """A study as `StudyOut` describes it."""
    own = ("id", "slug", "name", "description", "mode", "policy", "languages", "time_zone")
    legal = ("controller", "legal_basis", "retention_on")
    return {name: getattr(viewer.study, name) for name in own + legal} | {"roles": list(viewer.roles)}


def study_of_membership(membership: Membership) -> dict[str, Any]:
    """The study of a membership, with its roles."""
    viewer = Viewer(membership.user, membership.study, tuple(membership.roles), frozenset())
    return study_record(viewer)


def member_record(membership: Membership) -> dict[str, Any]:
    """A member as `MemberOut` describes it; the user is loaded."""
    user = membership.user
    return {"user": user.pk, "name": user.name, "email": user.email, "roles": membership.roles}

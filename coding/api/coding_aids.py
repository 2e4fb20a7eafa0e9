"""What helps a coder along, over HTTP: codes of one's own, and codes on the keys 1 to 9."""

import uuid

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.favourites import clear_favourite, set_favourite
from coding.actions.proposals import propose_code, withdraw_proposal
from coding.api.codebook import TextsField
from coding.api.segments import PERSON, coder_at
from coding.api.serializers import CodeOut
from coding.queries.workspace import code_record, favourites_of
from fieldstudy.api.endpoints import APIView
from fieldstudy.web import user_of
from observations.access import enter, get_source
from observations.roles import Permission


class ProposalIn(serializers.Serializer):
    """A code to propose. The id is made by the client: sending the same again gives the same code."""

    id = serializers.UUIDField()
    names = TextsField(120)
    definitions = TextsField(required=False)


class FavouriteIn(serializers.Serializer):
    """The code to put on a key."""

    code = serializers.UUIDField()


class FavouriteOut(serializers.Serializer):
    """A code on one of the keys 1 to 9."""

    key = serializers.IntegerField(min_value=1, max_value=9)
    code = serializers.UUIDField()


class ProposalsView(APIView):
    """Codes that coders propose while they code."""

    @extend_schema(
        operation_id="proposals_create",
        parameters=[PERSON],
        request=ProposalIn,
        responses={201: CodeOut, 200: OpenApiResponse(CodeOut, description="Was there already")},
        description="A code of your own, made in your reading of the source and usable at once. Nobody else sees it "
        "before that reading may be seen, or the lead adopts it. Its sign is made for it.",
    )
    def post(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        source = get_source(viewer, source_id)
        sent = ProposalIn(data=request.data)
        sent.is_valid(raise_exception=True)
        said = dict(sent.validated_data)
        code, made = propose_code(viewer=viewer, source=source, at=timezone.now(), **said)
        return Response(CodeOut(code_record(code, get_language() or "en")).data, status=201 if made else 200)


class ProposalView(APIView):
    """A proposal of one's own."""

    @extend_schema(
        operation_id="proposals_withdraw",
        parameters=[PERSON],
        responses={204: None},
        description="Take back a proposal of yours that no passage is coded with.",
    )
    def delete(self, request: Request, slug: str, code_id: uuid.UUID) -> Response:
        withdraw_proposal(viewer=coder_at(request, slug), code_id=code_id, at=timezone.now())
        return Response(status=204)


class FavouritesView(APIView):
    """One's own favourite codes."""

    @extend_schema(operation_id="favourites_list", responses=FavouriteOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODE)
        return Response([{"key": key, "code": code} for key, code in favourites_of(viewer).items()])


class FavouriteView(APIView):
    """One key."""

    @extend_schema(
        operation_id="favourites_set",
        parameters=[PERSON],
        request=FavouriteIn,
        responses=FavouriteOut,
        description="Put a code on a key, 1 to 9. What was on it leaves it, and the code leaves any other key.",
    )
    def put(self, request: Request, slug: str, favourite: int) -> Response:
        viewer = coder_at(request, slug)
        sent = FavouriteIn(data=request.data)
        sent.is_valid(raise_exception=True)
        code = sent.validated_data["code"]
        set_favourite(viewer=viewer, key=favourite, code_id=code)
        return Response({"key": favourite, "code": code})

    @extend_schema(operation_id="favourites_clear", parameters=[PERSON], request=None, responses={204: None})
    def delete(self, request: Request, slug: str, favourite: int) -> Response:
        clear_favourite(viewer=coder_at(request, slug), key=favourite)
        return Response(status=204)

"""The machine's suggestions and what coders make of them, over HTTP."""

import uuid

from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.second_opinion import decide, undo_decision
from coding.models import Decision
from coding.queries.visible import own_seen, suggestions_visible_to
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.web import user_of
from observations.access import enter, get_source
from observations.roles import Permission


class EvidenceOut(serializers.Serializer):
    """An entry of the lexicon and where it was found, in code points of the suggestion's revision."""

    entry = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class SuggestionOut(serializers.Serializer):
    """A passage the machine would code. `start` and `end` stand in the source's current revision, half-open."""

    id = serializers.UUIDField()
    source = serializers.UUIDField(source="source_id")  # type: ignore[assignment]
    made_on = serializers.UUIDField(source="revision_id", help_text="The revision the machine read.")
    code = serializers.UUIDField(source="code_id")
    start = serializers.IntegerField(source="now_start")
    end = serializers.IntegerField(source="now_end")
    score = serializers.FloatField(help_text="A rank, not a probability.")
    evidence = EvidenceOut(many=True)
    tagger_version = serializers.CharField()


class DecisionIn(serializers.Serializer):
    """What is made of a suggestion. The id is made by the client: sending the same again changes nothing."""

    id = serializers.UUIDField()
    suggestion = serializers.UUIDField()
    outcome = serializers.ChoiceField(Decision.Outcome.values)
    reason = serializers.CharField(max_length=1000, allow_blank=True, default="")
    start = serializers.IntegerField(required=False, min_value=0, help_text="For adjust: other borders.")
    end = serializers.IntegerField(required=False, min_value=1)

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        borders = {"start", "end"} & attrs.keys()
        if (attrs["outcome"] == Decision.Outcome.ADJUST) != (len(borders) == 2) or len(borders) == 1:
            raise serializers.ValidationError(
                {"start": gettext("start and end belong to the outcome adjust, and to no other.")}
            )
        return attrs


class DecisionOut(serializers.Serializer):
    """A decision, with the segment it made in the final reading (none for a rejection)."""

    id = serializers.UUIDField()
    suggestion = serializers.UUIDField(source="suggestion_id")
    reading = serializers.UUIDField(source="reading_id")
    outcome = serializers.ChoiceField(Decision.Outcome.values)
    reason = serializers.CharField()
    segment = serializers.UUIDField(source="segment_id", allow_null=True)
    decided_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class SuggestionsView(APIView):
    """The machine's suggestions on a source."""

    @extend_schema(
        operation_id="suggestions_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses=SuggestionOut(many=True),
        description="Those you may see: none before your own first reading of the source is submitted.",
    )
    def get(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        source = get_source(viewer, source_id)
        rows = suggestions_visible_to(viewer).filter(source=source).order_by("id")
        pages = Cursor()
        page = pages.paginate_queryset(rows, request, view=self) or []
        return pages.get_paginated_response(SuggestionOut(page, many=True).data)


class DecisionsView(APIView):
    """What a coder makes of suggestions."""

    @extend_schema(
        operation_id="decisions_create",
        request=DecisionIn,
        responses={201: DecisionOut, 200: OpenApiResponse(DecisionOut, description="Was there already")},
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODE)
        sent = DecisionIn(data=request.data)
        sent.is_valid(raise_exception=True)
        said = dict(sent.validated_data)
        own = Decision.objects.filter(pk=said["id"], study=viewer.study, reading__in=own_seen(viewer))
        was_there = own.exists()
        suggestion_id = said.pop("suggestion")
        decision = decide(viewer=viewer, suggestion_id=suggestion_id, at=timezone.now(), **said)
        return Response(DecisionOut(decision).data, status=200 if was_there else 201)


class DecisionUndoView(APIView):
    """Taking a decision back."""

    @extend_schema(operation_id="decisions_undo", request=None, responses=DecisionOut)
    def post(self, request: Request, slug: str, decision_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODE)
        decision = undo_decision(viewer=viewer, decision_id=decision_id, at=timezone.now())
        return Response(DecisionOut(decision).data)

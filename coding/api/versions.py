"""Versions beside each other, and passages to look at again, over HTTP."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.recode import review_segment, undo_review
from coding.api.codebook import PAGES
from coding.models import SegmentReview
from coding.queries.recode import own_due
from coding.queries.versions import DRAFT, compared
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission


class PieceOut(serializers.Serializer):
    """A stretch of text on one side: on both (`same`), on this alone (`gone` before, `new` after)."""

    kind = serializers.CharField(help_text="same, gone or new")
    text = serializers.CharField(trim_whitespace=False)


class TextChangeOut(serializers.Serializer):
    """A text of a code that differs, word by word."""

    field = serializers.CharField()
    language = serializers.CharField()
    before = PieceOut(many=True)
    after = PieceOut(many=True)


class DifferenceOut(serializers.Serializer):
    """A code that differs, and in which ways; `other` is what it was merged into or split from."""

    code = serializers.UUIDField()
    kinds = serializers.ListField(child=serializers.CharField())
    other = serializers.UUIDField(allow_null=True)
    texts = TextChangeOut(many=True)


class DueOut(serializers.Serializer):
    """A passage of yours to look at again: the revision it was coded under, and the one that counts now."""

    segment = serializers.UUIDField(source="pk")
    source = serializers.UUIDField(source="source_id")  # type: ignore[assignment]
    code = serializers.UUIDField(source="code_id")
    made_under = serializers.UUIDField(source="code_revision_id")
    due = serializers.UUIDField()


class ReviewIn(serializers.Serializer):
    """What becomes of the passage; `code` where it is coded anew."""

    becomes = serializers.ChoiceField(SegmentReview.Outcome.values)
    code = serializers.UUIDField(required=False, allow_null=True, default=None)


class ReviewOut(serializers.Serializer):
    """A second look at a passage."""

    segment = serializers.UUIDField(source="segment_id")
    becomes = serializers.CharField(source="outcome")
    reviewed_at = serializers.DateTimeField()


class DifferencesView(APIView):
    """What differs between two versions, by number or "draft" for the working codebook."""

    @extend_schema(
        operation_id="codebook_differences",
        parameters=[OpenApiParameter("from", str, required=True), OpenApiParameter("to", str, default=DRAFT)],
        responses=DifferenceOut(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        before, after = request.query_params.get("from", DRAFT), request.query_params.get("to", DRAFT)
        return Response(DifferenceOut(compared(viewer, before, after).differences, many=True).data)


class RecodeView(APIView):
    """Your passages to look at again."""

    @extend_schema(operation_id="recode_list", parameters=PAGES, responses=DueOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODE)
        pages = Cursor()
        page = pages.paginate_queryset(own_due(viewer).order_by("id"), request, view=self) or []
        return pages.get_paginated_response(DueOut(page, many=True).data)


class SegmentReviewView(APIView):
    """A second look at one passage: POST decides, DELETE takes the decision back."""

    @extend_schema(operation_id="recode_review", request=ReviewIn, responses=ReviewOut)
    def post(self, request: Request, slug: str, segment_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODE)
        sent = ReviewIn(data=request.data)
        sent.is_valid(raise_exception=True)
        said: dict[str, Any] = sent.validated_data
        review = review_segment(
            viewer=viewer, segment_id=segment_id, outcome=said["becomes"], code_id=said["code"], at=timezone.now()
        )
        return Response(ReviewOut(review).data)

    @extend_schema(operation_id="recode_review_undo", request=None, responses={204: None})
    def delete(self, request: Request, slug: str, segment_id: uuid.UUID) -> Response:
        undo_review(viewer=enter(user_of(request), slug, Permission.CODE), segment_id=segment_id)
        return Response(status=204)

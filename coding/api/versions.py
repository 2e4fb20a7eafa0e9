"""Versions beside each other, codebook and lexicon brought in from files, and passages to look at again, over HTTP."""

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coding.actions.codebook_import import bring_in_codes, import_lexicon
from coding.actions.recode import review_segment, undo_review
from coding.api.codebook import PAGES
from coding.forms.codebook import MOST_BYTES
from coding.models import SegmentReview
from coding.queries.codebook import own_language
from coding.queries.recode import own_due
from coding.queries.versions import DRAFT, compared
from fieldstudy.api.pagination import Cursor
from fieldstudy.errors import Invalid, gettext_noop
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


class FileIn(serializers.Serializer):
    """A codebook as .csv, .xlsx or .qdc; `language` is that of names that do not say theirs."""

    file = serializers.FileField()
    language = serializers.CharField(max_length=8, required=False)


class BroughtOut(serializers.Serializer):
    """How many codes came in, how many were there already, and what is left out: sets, columns, codes out of use."""

    added = serializers.IntegerField()
    there = serializers.IntegerField()
    sets = serializers.IntegerField()
    columns = serializers.ListField(child=serializers.CharField())
    retired = serializers.IntegerField()


class LexiconFileIn(serializers.Serializer):
    """A lexicon as .csv: `sign,language,kind,expression,note`."""

    file = serializers.FileField()


class EntriesOut(serializers.Serializer):
    """How many entries were new; those there already stay as they are."""

    added = serializers.IntegerField()


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


class CodebookImportView(APIView):
    """A codebook brought in from a file, as a whole or not at all."""

    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="codebook_import", request={"multipart/form-data": FileIn}, responses=BroughtOut)
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        sent = FileIn(data=request.data)
        sent.is_valid(raise_exception=True)
        content = _content(sent.validated_data["file"])
        language = sent.validated_data.get("language") or own_language(viewer)
        brought = bring_in_codes(viewer=viewer, content=content, language=language, at=timezone.now())
        return Response(BroughtOut(brought).data)


class LexiconImportView(APIView):
    """A lexicon brought in from a file, as a whole or not at all."""

    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="lexicon_import", request={"multipart/form-data": LexiconFileIn}, responses=EntriesOut)
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        sent = LexiconFileIn(data=request.data)
        sent.is_valid(raise_exception=True)
        content = _content(sent.validated_data["file"])
        return Response({"added": import_lexicon(viewer=viewer, content=content, at=timezone.now())})


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


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > MOST_BYTES:
        raise Invalid(
            "codebook.too_large", gettext_noop("The file is larger than 4 MB; a codebook is never that large.")
        )
    return file.read()

"""Passages that a query finds, as a file over the API. The query is sent, and never stands in the address."""

from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from coding.api.find_serializers import QueryIn
from exports.files import passages_file
from fieldstudy.api.endpoints import APIView
from fieldstudy.web import download, user_of
from observations.access import enter
from observations.api.pages import sent
from observations.roles import Permission


class PassagesFileIn(QueryIn):
    """A query, and the form its passages are to have."""

    form = serializers.ChoiceField(["csv", "xlsx"], default="csv")


class ExportPassages(APIView):
    """The passages a query finds, as a file."""

    @extend_schema(
        operation_id="export_passages",
        request=PassagesFileIn,
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "the file")},
        description="A row for each passage. Words of turns whose people do not permit quoting and reuse are […]; "
        "names of codes are in the language asked for.",
    )
    def post(self, request: Request, slug: str) -> HttpResponse:
        viewer = enter(user_of(request), slug, Permission.EXPORT)
        said = sent(request, PassagesFileIn)
        form, language = said["form"], (get_language() or "en").split("-")[0]
        content, media_type = passages_file(viewer, said["query"], form=form, language=language)
        return download(content, file_name=f"{slug}-passages.{form}", media_type=media_type)

"""Exports over the API: which formats there are, and the files."""

import tempfile
from typing import Any, cast

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exports.files import dataset_for, file_name, write_file
from exports.formats import FORMATS, export_format
from exports.records import LAYERS, Layer
from fieldstudy.api.endpoints import APIView
from fieldstudy.models import User
from observations.access import enter
from observations.roles import Permission


class ExportFormatSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    suffix = serializers.CharField()
    media_type = serializers.CharField()


class ExportFormats(APIView):
    @extend_schema(operation_id="export_formats", responses=ExportFormatSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The formats a study can be exported in."""
        enter(cast(User, request.user), slug, Permission.EXPORT)
        return Response(ExportFormatSerializer(list(FORMATS.values()), many=True).data)


class Export(APIView):
    @extend_schema(
        operation_id="export",
        parameters=[
            OpenApiParameter("readings", str, enum=list(LAYERS), default="first"),
            OpenApiParameter("language", str, default="en"),
        ],
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "the file")},
    )
    def get(self, request: Request, slug: str, name: str) -> FileResponse:
        """The study's submitted readings in one format."""
        viewer = enter(cast(User, request.user), slug, Permission.EXPORT)
        chosen = export_format(name)
        asked = request.query_params.get("readings")
        layer: Layer = next((one for one in LAYERS if one == asked), "first")
        language = request.query_params.get("language", "en")
        dataset = dataset_for(viewer, language=language, layer=layer)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        write_file(dataset, chosen, language, file)
        file.seek(0)
        return FileResponse(
            file, as_attachment=True, filename=file_name(dataset, chosen, layer), content_type=chosen.media_type
        )

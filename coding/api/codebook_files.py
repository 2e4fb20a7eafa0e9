"""Codebook and lexicon brought in from files, over HTTP."""

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.codebook_import import bring_in_codes, import_lexicon
from coding.forms.codebook import MOST_BYTES
from coding.queries.codebook import own_language
from fieldstudy.api.endpoints import APIView
from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission


class FileIn(serializers.Serializer):
    """A codebook as .csv, .xlsx or .qdc; `language` is that of names that do not say theirs."""

    file = serializers.FileField()
    language = serializers.CharField(max_length=8, required=False)


class BroughtOut(serializers.Serializer):
    """How many codes came in, how many were there already, and what is left out: sets, columns, codes out of use.

    `change` can be undone at `codebook/changes/{id}/undo/`; it is null where nothing came in.
    """

    change = serializers.UUIDField(source="change.pk", allow_null=True, default=None)
    added = serializers.IntegerField()
    there = serializers.IntegerField()
    sets = serializers.IntegerField()
    columns = serializers.ListField(child=serializers.CharField())
    retired = serializers.IntegerField()
    by_path = serializers.IntegerField(help_text="Codes placed below others because their names are paths, A > B.")


class LexiconFileIn(serializers.Serializer):
    """A lexicon as .csv: `sign,language,kind,expression,note`."""

    file = serializers.FileField()


class EntriesOut(serializers.Serializer):
    """How many entries were new; those there already stay as they are."""

    added = serializers.IntegerField()


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


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > MOST_BYTES:
        raise Invalid(
            "codebook.too_large", gettext_noop("The file is larger than 4 MB; a codebook is never that large.")
        )
    return file.read()

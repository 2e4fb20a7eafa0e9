"""The working codebook over HTTP."""

import uuid

from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from coding.api.serializers import CodeOut
from coding.queries.visible import codes_visible_to
from coding.queries.workspace import code_record
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.web import user_of
from observations.access import enter, nothing_here
from observations.roles import Permission


class CodesView(APIView):
    """The codes of a study."""

    @extend_schema(
        operation_id="codes_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses=CodeOut(many=True),
        description="The codes of the working codebook and your own proposals, by cursor, in the language asked for.",
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        pages = Cursor()
        codes = codes_visible_to(viewer).select_related("revision").order_by("id")
        page = pages.paginate_queryset(codes, request, view=self) or []
        language = get_language() or "en"
        return pages.get_paginated_response([CodeOut(code_record(code, language)).data for code in page])


class CodeView(APIView):
    """One code."""

    @extend_schema(operation_id="codes_read", responses=CodeOut)
    def get(self, request: Request, slug: str, code_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        code = codes_visible_to(viewer).select_related("revision").filter(pk=code_id).first()
        if code is None:
            raise nothing_here()
        return Response(CodeOut(code_record(code, get_language() or "en")).data)

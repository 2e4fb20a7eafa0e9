"""What the endpoints of this room share: lists by cursor, and what was sent, checked for its shape."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor

M = TypeVar("M", bound=Model)


class ListView(APIView):
    """An endpoint that answers with a list, by cursor."""

    pagination_class = Cursor


def page_of(view: APIView, request: Request, rows: QuerySet[M], record: Callable[[M], Any]) -> Response:
    """One page of `rows`, each as `record` says."""
    pages = Cursor()
    page = pages.paginate_queryset(rows.order_by("id"), request, view=view) or []
    return pages.get_paginated_response([record(row) for row in page])


def sent(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The body of a request, of this shape; otherwise the request is answered with what each field lacks."""
    checked = shape(data=request.data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)

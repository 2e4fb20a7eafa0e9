"""Pages by cursor."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView


class Cursor(CursorPagination):
    """Pages by an opaque cursor: the cost of a page does not grow with its number."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "limit"
    ordering: str | tuple[str, ...] = "id"

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """As the framework; a cursor whose position is none of this list is refused like one that cannot be read."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError) as error:
            if self.cursor_query_param not in request.query_params:
                raise
            raise NotFound(self.invalid_cursor_message) from error

"""Pages by cursor."""

from rest_framework.pagination import CursorPagination


class Cursor(CursorPagination):
    """Pages by an opaque cursor: the cost of a page does not grow with its number."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "limit"
    ordering: str | tuple[str, ...] = "id"

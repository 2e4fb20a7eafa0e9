"""Searching words, asking for passages and kept queries over HTTP. What is looked for is sent, never in the address."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.saved_queries import change_query, remove_query, restore_query, save_query
from coding.api.find_serializers import (
    FoundOut,
    QueryIn,
    SavedQueryChange,
    SavedQueryIn,
    SavedQueryOut,
    SearchIn,
    found_record,
    saved_query_record,
)
from coding.api.serializers import SegmentOut, segment_record
from coding.queries.passages import words_of
from coding.queries.retrieval import segments_matching
from coding.queries.saved_queries import saved_queries_of, saved_query
from coding.queries.search import Wanted, search
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.web import user_of
from observations.access import Viewer, enter
from observations.roles import Permission

PAGE = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


class BySource(Cursor):
    """Passages by source and in the order of its text."""

    ordering = ("source_id", "now_start", "id")


class ByName(Cursor):
    """Kept queries by name."""

    ordering = ("name", "id")


class SearchView(APIView):
    """The words of the study's sources."""

    @extend_schema(
        operation_id="search",
        request=SearchIn,
        responses=FoundOut,
        description="The hits of a search with the words around them. `text` takes words, “phrases”, beginnings*, "
        "-words to leave out, OR. At most 1,000 turns are told hit by hit; `turns` says how many fit.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        sent = _checked(SearchIn(data=request.data))
        wanted = Wanted(text=sent["text"], sort=sent["sort"], kind=sent["kind"], site=sent["site"])
        return Response(found_record(search(viewer, wanted), sent["page"]))


class PassagesView(APIView):
    """Passages that a query finds."""

    @extend_schema(
        operation_id="passages",
        parameters=PAGE,
        request=QueryIn,
        responses=SegmentOut(many=True),
        description="The passages a query finds, of those you may know of, by cursor: send the same query to `next`. "
        "A query that cannot be read answers 422 with the place in `fields.query` as `start-end`.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return _passages(self, viewer, _checked(QueryIn(data=request.data))["query"], request)


class SavedQueriesView(APIView):
    """Queries that are kept."""

    @extend_schema(operation_id="saved_queries_list", parameters=PAGE, responses=SavedQueryOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        pages = ByName()
        page = pages.paginate_queryset(saved_queries_of(viewer), request, view=self) or []
        return pages.get_paginated_response([saved_query_record(viewer, row) for row in page])

    @extend_schema(operation_id="saved_queries_create", request=SavedQueryIn, responses={201: SavedQueryOut})
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.NOTE)
        sent = _checked(SavedQueryIn(data=request.data))
        query = save_query(
            viewer=viewer,
            id=sent["id"],
            name=sent["name"],
            text=sent["query"],
            is_shared=sent["shared"],
            at=timezone.now(),
        )
        return Response(saved_query_record(viewer, query), status=201)


class SavedQueryView(APIView):
    """One kept query."""

    @extend_schema(operation_id="saved_queries_change", request=SavedQueryChange, responses=SavedQueryOut)
    def patch(self, request: Request, slug: str, query_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.NOTE)
        sent = _checked(SavedQueryChange(data=request.data))
        query = change_query(
            viewer=viewer,
            query_id=query_id,
            name=sent.get("name"),
            text=sent.get("query"),
            is_shared=sent.get("shared"),
            at=timezone.now(),
        )
        return Response(saved_query_record(viewer, query))

    @extend_schema(
        operation_id="saved_queries_remove",
        responses={204: None},
        description="Put the query away; `restore` brings it back.",
    )
    def delete(self, request: Request, slug: str, query_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.NOTE)
        remove_query(viewer=viewer, query_id=query_id, at=timezone.now())
        return Response(status=204)


class SavedQueryRestoreView(APIView):
    """Undo of putting a query away."""

    @extend_schema(operation_id="saved_queries_restore", request=None, responses=SavedQueryOut)
    def post(self, request: Request, slug: str, query_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.NOTE)
        return Response(saved_query_record(viewer, restore_query(viewer=viewer, query_id=query_id)))


class SavedQueryPassagesView(APIView):
    """What a kept query finds now."""

    @extend_schema(operation_id="saved_queries_passages", parameters=PAGE, responses=SegmentOut(many=True))
    def get(self, request: Request, slug: str, query_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return _passages(self, viewer, saved_query(viewer, query_id).text, request)


def _passages(view: APIView, viewer: Viewer, text: str, request: Request) -> Response:
    pages = BySource()
    found = segments_matching(viewer, text).select_related("reading__coder", "source")
    page = pages.paginate_queryset(found, request, view=view) or []
    words = words_of(page)
    return pages.get_paginated_response([segment_record(row, words[row.pk]) for row in page])


def _checked(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)

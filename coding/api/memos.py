"""Memos over HTTP: listing and searching, writing, changing, removing, restoring, linking."""

import uuid
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.memos import change_memo, link_memo, remove_memo, restore_memo, unlink_memo, write_memo
from coding.api.memo_serializers import (
    MemoChange,
    MemoIn,
    MemoLinkIn,
    MemoLinkOut,
    MemoOut,
    MemoSearch,
    link_record,
    memo_record,
)
from coding.api.segments import PERSON
from coding.models import Memo
from coding.queries.memos import Wanted, links_from, memo_known_to, memos_listed, memos_of_source
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.web import user_of, writer_of
from observations.access import Viewer, enter, get_source
from observations.roles import Permission

PAGES = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]
OWN = OpenApiParameter("own", bool, description="`true`: your own alone, the newest first.")


def writer_at(request: Request, slug: str) -> Viewer:
    """The person as one who writes memos; raises what `writer_of` raises."""
    return enter(writer_of(request), slug, Permission.NOTE)


class MemoOrder(Cursor):
    """Memos in the order they were written."""

    ordering = ("created_at", "id")


class NewestFirst(Cursor):
    """Memos in the opposite order."""

    ordering = ("-created_at", "-id")


class MemosView(APIView):
    """The memos of a study."""

    @extend_schema(
        operation_id="memos_list",
        parameters=[OpenApiParameter("about", str, enum=Memo.About.values), OWN, *PAGES],
        responses=MemoOut(many=True),
        description="The memos that you may know of, as they were written, by cursor.",
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return _listed(self, request, viewer, Wanted(about=request.query_params.get("about", "")))

    @extend_schema(
        operation_id="memos_create",
        parameters=[PERSON],
        request=MemoIn,
        responses={200: MemoOut, 201: MemoOut},
        description="Write a memo: 201, or 200 when this very memo is there already. It is yours alone until shared.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = writer_at(request, slug)
        sent = _checked(MemoIn(data=request.data))
        memo, made = write_memo(
            viewer=viewer,
            id=sent["id"],
            about=sent["about"],
            subject_id=sent["subject"],
            start=sent["start"],
            end=sent["end"],
            revision_id=sent["revision"],
            title=sent["title"],
            text=sent["text"],
            is_shared=sent["shared"],
            day=sent["day"],
            at=timezone.now(),
        )
        return Response(memo_record(memo, links_from(viewer, [memo])[memo.pk], viewer.user.pk), 201 if made else 200)


class MemoSearchView(APIView):
    """Search in memos: what is looked for is sent, and stands in no address."""

    @extend_schema(
        operation_id="memos_search",
        parameters=[OWN, *PAGES],
        request=MemoSearch,
        responses=MemoOut(many=True),
        description="The memos that you may know of in which all of the words are; case and accents are ignored.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        words = _checked(MemoSearch(data=request.data))["words"]
        return _listed(self, request, viewer, Wanted(words=words))


class SourceMemosView(APIView):
    """The memos on a source, on stretches of it and on segments in it."""

    @extend_schema(operation_id="source_memos_list", parameters=PAGES, responses=MemoOut(many=True))
    def get(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return _pages(self, request, viewer, memos_of_source(viewer, get_source(viewer, source_id)))


class MemoView(APIView):
    """One memo."""

    @extend_schema(operation_id="memos_read", responses=MemoOut)
    def get(self, request: Request, slug: str, memo_id: uuid.UUID) -> Response:
        return _answer(enter(user_of(request), slug, Permission.READ), memo_id)

    @extend_schema(
        operation_id="memos_change",
        parameters=[PERSON],
        request=MemoChange,
        responses=MemoOut,
        description="Change your memo's words, share it or take it back. 409 when `version` is not the current one.",
    )
    def patch(self, request: Request, slug: str, memo_id: uuid.UUID) -> Response:
        viewer = writer_at(request, slug)
        sent = _checked(MemoChange(data=request.data))
        version = sent.pop("version")
        changes = {"is_shared" if name == "shared" else name: value for name, value in sent.items()}
        change_memo(viewer=viewer, memo_id=memo_id, version=version, at=timezone.now(), **changes)
        return _answer(viewer, memo_id)

    @extend_schema(
        operation_id="memos_remove",
        parameters=[PERSON],
        responses={204: None},
        description="Take your memo away. It is kept as removed; `restore` brings it back.",
    )
    def delete(self, request: Request, slug: str, memo_id: uuid.UUID) -> Response:
        remove_memo(viewer=writer_at(request, slug), memo_id=memo_id, at=timezone.now())
        return Response(status=204)


class MemoRestoreView(APIView):
    """Undo of a removal."""

    @extend_schema(operation_id="memos_restore", parameters=[PERSON], request=None, responses=MemoOut)
    def post(self, request: Request, slug: str, memo_id: uuid.UUID) -> Response:
        viewer = writer_at(request, slug)
        restore_memo(viewer=viewer, memo_id=memo_id)
        return _answer(viewer, memo_id)


class MemoLinksView(APIView):
    """The links of a memo."""

    @extend_schema(
        operation_id="memo_links_create",
        parameters=[PERSON],
        request=MemoLinkIn,
        responses={200: MemoLinkOut, 201: MemoLinkOut},
        description="Link your memo to another memo or to a segment: 201, or 200 when it is linked already.",
    )
    def post(self, request: Request, slug: str, memo_id: uuid.UUID) -> Response:
        viewer = writer_at(request, slug)
        sent = _checked(MemoLinkIn(data=request.data))
        link, made = link_memo(
            viewer=viewer, id=sent["id"], memo_id=memo_id, to_memo_id=sent["memo"], to_segment_id=sent["segment"]
        )
        return Response(link_record(link), 201 if made else 200)


class MemoLinkView(APIView):
    """One link of a memo."""

    @extend_schema(operation_id="memo_links_remove", parameters=[PERSON], responses={204: None})
    def delete(self, request: Request, slug: str, memo_link_id: uuid.UUID) -> Response:
        unlink_memo(viewer=writer_at(request, slug), link_id=memo_link_id)
        return Response(status=204)


def _listed(view: APIView, request: Request, viewer: Viewer, wanted: Wanted) -> Response:
    if request.query_params.get("own") != "true":
        return _pages(view, request, viewer, memos_listed(viewer, wanted))
    own = memos_listed(viewer, replace(wanted, author=viewer.user.pk))
    return _pages(view, request, viewer, own, NewestFirst())


def _pages(
    view: APIView, request: Request, viewer: Viewer, memos: QuerySet[Memo], order: Cursor | None = None
) -> Response:
    pages = order or MemoOrder()
    page = pages.paginate_queryset(memos, request, view=view) or []
    links = links_from(viewer, page)
    return pages.get_paginated_response([memo_record(memo, links[memo.pk], viewer.user.pk) for memo in page])


def _answer(viewer: Viewer, memo_id: uuid.UUID) -> Response:
    memo = memo_known_to(viewer, memo_id)
    return Response(memo_record(memo, links_from(viewer, [memo])[memo.pk], viewer.user.pk))


def _checked(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)

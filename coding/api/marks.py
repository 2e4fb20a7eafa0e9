"""Promise links and encounters over HTTP: listing, recording, changing, removing, restoring."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.marks import add_mark, change_mark, remove_mark, restore_mark
from coding.api.mark_serializers import (
    EncounterChange,
    EncounterIn,
    EncounterOut,
    PromiseLinkChange,
    PromiseLinkIn,
    PromiseLinkOut,
    details_of,
    encounter_record,
    promise_link_record,
)
from coding.api.segments import PERSON, TextOrder, coder_at
from coding.models import Encounter, PromiseLink
from coding.queries.marks import latest_marks, marks_of, own_or_visible_mark, passages_of
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.web import user_of
from observations.access import Viewer, enter, get_source
from observations.roles import Permission

M = TypeVar("M", PromiseLink, Encounter)
RECORDS: dict[type, Callable[..., dict[str, Any]]] = {PromiseLink: promise_link_record, Encounter: encounter_record}
PAGES = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]
RECORDED = "Recorded in your reading of the source: 201, or 200 when this very mark is there already."
CHANGED = "Change what it says or where it stands. 409 when `version` is not the current one."
REMOVED = "Take it away. It is kept as removed; `restore` brings it back."
LATEST = "Those of each coder's latest reading of a source that you may know of; the agreed ones where there are any."


class StudyPromiseLinksView(APIView):
    """The promise links of a study."""

    @extend_schema(
        operation_id="promise_links_of_study", parameters=PAGES, responses=PromiseLinkOut(many=True), description=LATEST
    )
    def get(self, request: Request, slug: str) -> Response:
        return _listed_in_study(self, request, slug, PromiseLink)


class StudyEncountersView(APIView):
    """The encounters of a study."""

    @extend_schema(
        operation_id="encounters_of_study", parameters=PAGES, responses=EncounterOut(many=True), description=LATEST
    )
    def get(self, request: Request, slug: str) -> Response:
        return _listed_in_study(self, request, slug, Encounter)


class PromiseLinksView(APIView):
    """The promise links of a source."""

    @extend_schema(operation_id="promise_links_list", parameters=PAGES, responses=PromiseLinkOut(many=True))
    def get(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        return _listed(self, request, slug, source_id, PromiseLink)

    @extend_schema(
        operation_id="promise_links_create",
        parameters=[PERSON],
        request=PromiseLinkIn,
        responses={200: PromiseLinkOut, 201: PromiseLinkOut},
        description=RECORDED,
    )
    def post(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        return _recorded(request, slug, source_id, PromiseLink, PromiseLinkIn(data=request.data))


class PromiseLinkView(APIView):
    """One promise link."""

    @extend_schema(operation_id="promise_links_read", responses=PromiseLinkOut)
    def get(self, request: Request, slug: str, promise_link_id: uuid.UUID) -> Response:
        return _answer(enter(user_of(request), slug, Permission.READ), PromiseLink, promise_link_id)

    @extend_schema(
        operation_id="promise_links_change",
        parameters=[PERSON],
        request=PromiseLinkChange,
        responses=PromiseLinkOut,
        description=CHANGED,
    )
    def patch(self, request: Request, slug: str, promise_link_id: uuid.UUID) -> Response:
        return _changed(request, slug, promise_link_id, PromiseLink, PromiseLinkChange(data=request.data))

    @extend_schema(operation_id="promise_links_remove", parameters=[PERSON], responses={204: None}, description=REMOVED)
    def delete(self, request: Request, slug: str, promise_link_id: uuid.UUID) -> Response:
        remove_mark(viewer=coder_at(request, slug), model=PromiseLink, mark_id=promise_link_id, at=timezone.now())
        return Response(status=204)


class PromiseLinkRestoreView(APIView):
    """Undo of a removal."""

    @extend_schema(operation_id="promise_links_restore", parameters=[PERSON], request=None, responses=PromiseLinkOut)
    def post(self, request: Request, slug: str, promise_link_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        restore_mark(viewer=viewer, model=PromiseLink, mark_id=promise_link_id)
        return _answer(viewer, PromiseLink, promise_link_id)


class EncountersView(APIView):
    """The encounters of a source."""

    @extend_schema(operation_id="encounters_list", parameters=PAGES, responses=EncounterOut(many=True))
    def get(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        return _listed(self, request, slug, source_id, Encounter)

    @extend_schema(
        operation_id="encounters_create",
        parameters=[PERSON],
        request=EncounterIn,
        responses={200: EncounterOut, 201: EncounterOut},
        description=RECORDED,
    )
    def post(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        return _recorded(request, slug, source_id, Encounter, EncounterIn(data=request.data))


class EncounterView(APIView):
    """One encounter."""

    @extend_schema(operation_id="encounters_read", responses=EncounterOut)
    def get(self, request: Request, slug: str, encounter_id: uuid.UUID) -> Response:
        return _answer(enter(user_of(request), slug, Permission.READ), Encounter, encounter_id)

    @extend_schema(
        operation_id="encounters_change",
        parameters=[PERSON],
        request=EncounterChange,
        responses=EncounterOut,
        description=CHANGED,
    )
    def patch(self, request: Request, slug: str, encounter_id: uuid.UUID) -> Response:
        return _changed(request, slug, encounter_id, Encounter, EncounterChange(data=request.data))

    @extend_schema(operation_id="encounters_remove", parameters=[PERSON], responses={204: None}, description=REMOVED)
    def delete(self, request: Request, slug: str, encounter_id: uuid.UUID) -> Response:
        remove_mark(viewer=coder_at(request, slug), model=Encounter, mark_id=encounter_id, at=timezone.now())
        return Response(status=204)


class EncounterRestoreView(APIView):
    """Undo of a removal."""

    @extend_schema(operation_id="encounters_restore", parameters=[PERSON], request=None, responses=EncounterOut)
    def post(self, request: Request, slug: str, encounter_id: uuid.UUID) -> Response:
        viewer = coder_at(request, slug)
        restore_mark(viewer=viewer, model=Encounter, mark_id=encounter_id)
        return _answer(viewer, Encounter, encounter_id)


def _listed_in_study(view: APIView, request: Request, slug: str, model: type[M]) -> Response:
    viewer = enter(user_of(request), slug, Permission.READ)
    return _pages(view, request, latest_marks(viewer, model), Cursor(), model)


def _listed(view: APIView, request: Request, slug: str, source_id: uuid.UUID, model: type[M]) -> Response:
    viewer = enter(user_of(request), slug, Permission.READ)
    return _pages(view, request, marks_of(viewer, model, get_source(viewer, source_id)), TextOrder(), model)


def _pages(view: APIView, request: Request, marks: "QuerySet[M]", pages: Cursor, model: type[M]) -> Response:
    page = pages.paginate_queryset(marks, request, view=view) or []
    quotes = passages_of(page)
    return pages.get_paginated_response([RECORDS[model](mark, quotes[mark.pk]) for mark in page])


def _recorded(request: Request, slug: str, source_id: uuid.UUID, model: type[M], serializer: Any) -> Response:
    viewer = coder_at(request, slug)
    source = get_source(viewer, source_id)
    serializer.is_valid(raise_exception=True)
    sent = dict(serializer.validated_data)
    mark, made = add_mark(
        viewer=viewer,
        model=model,
        source=source,
        id=sent["id"],
        start=sent["start"],
        end=sent["end"],
        revision_id=sent["revision"],
        details=details_of(sent),
        at=timezone.now(),
    )
    return Response(RECORDS[model](mark, passages_of([mark])[mark.pk]), status=201 if made else 200)


def _changed(request: Request, slug: str, mark_id: uuid.UUID, model: type[M], serializer: Any) -> Response:
    viewer = coder_at(request, slug)
    serializer.is_valid(raise_exception=True)
    sent = dict(serializer.validated_data)
    change_mark(
        viewer=viewer,
        model=model,
        mark_id=mark_id,
        version=sent["version"],
        details=details_of(sent),
        start=sent.get("start"),
        end=sent.get("end"),
        revision_id=sent.get("revision"),
    )
    return _answer(viewer, model, mark_id)


def _answer(viewer: Viewer, model: type[M], mark_id: uuid.UUID) -> Response:
    mark = own_or_visible_mark(viewer, model, mark_id)
    return Response(RECORDS[model](mark, passages_of([mark])[mark.pk]))

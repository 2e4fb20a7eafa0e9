"""Changes to the tree of codes over HTTP: what one would touch, making it, the list of them, undoing one."""

import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.code_examples import drop_example, take_example
from coding.actions.code_tree import Part, adopt_code, merge_codes, retire_code, split_code
from coding.actions.codebook_changes import undo_change
from coding.actions.codebooks import Meaning
from coding.api.codebook import PAGES, TextsField
from coding.api.serializers import CodeOut
from coding.models import Code, CodebookChange
from coding.queries.changes import changes_of, extent_of
from coding.queries.codebook import code_known_to
from coding.queries.proposals import proposals_of
from coding.queries.workspace import code_record
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission


class ExtentOut(serializers.Serializer):
    """How much a change would touch, of what you may know."""

    passages = serializers.IntegerField()
    coders = serializers.IntegerField()


class MergeIn(serializers.Serializer):
    """Which code it is merged into, and whose definition stays: that of `into`, or `from` the merged one."""

    into = serializers.UUIDField()
    keeps = serializers.ChoiceField(["into", "from"], default="into")
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class PartIn(serializers.Serializer):
    """One of the codes a code is split into."""

    id = serializers.UUIDField(required=False)
    sign = serializers.CharField(min_length=2, max_length=4)
    names = TextsField(120)
    definitions = TextsField(required=False)


class SplitIn(serializers.Serializer):
    """The two to eight codes a code is split into."""

    parts = PartIn(many=True)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class AdoptIn(serializers.Serializer):
    """The sign a proposal gets in the codebook; one made from its name without it."""

    sign = serializers.CharField(max_length=4, allow_blank=True, default="")


class ExampleIn(serializers.Serializer):
    """A passage to serve as an example, or as a counter-example."""

    segment = serializers.UUIDField()
    counter = serializers.BooleanField(default=False)


class ChangeOut(serializers.Serializer):
    """A change to the tree of codes. `before` and `after` lead from a code's id to the columns that differ."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    codes = serializers.ListField(child=serializers.UUIDField())
    before = serializers.DictField()
    after = serializers.DictField()
    note = serializers.CharField()
    made_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class CodeMergeView(APIView):
    """Merging a code into another."""

    @extend_schema(operation_id="codes_extent", responses=ExtentOut)
    def get(self, request: Request, slug: str, code_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        return Response(ExtentOut(extent_of(viewer, [code_known_to(viewer, code_id)])).data)

    @extend_schema(operation_id="codes_merge", request=MergeIn, responses=CodeOut)
    def post(self, request: Request, slug: str, code_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        code, said = code_known_to(viewer, code_id), _said(MergeIn, request)
        into = code_known_to(viewer, said["into"])
        merge_codes(viewer=viewer, code=code, into=into, keeps=said["keeps"], note=said["note"], at=timezone.now())
        return Response(_shown(code_known_to(viewer, into.pk)))


class CodeSplitView(APIView):
    """Splitting a code."""

    @extend_schema(operation_id="codes_split", request=SplitIn, responses={201: CodeOut(many=True)})
    def post(self, request: Request, slug: str, code_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        code, said = code_known_to(viewer, code_id), _said(SplitIn, request)
        parts = [
            Part(part.get("id") or uuid.uuid4(), part["sign"], Meaning(part["names"], part.get("definitions", {})))
            for part in said["parts"]
        ]
        made = split_code(viewer=viewer, code=code, parts=parts, note=said["note"], at=timezone.now())
        return Response([_shown(code_known_to(viewer, part.pk)) for part in made], status=201)


class ProposalsView(APIView):
    """The codes coders proposed in readings they have submitted."""

    @extend_schema(operation_id="codes_proposals_list", parameters=PAGES, responses=CodeOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        pages = Cursor()
        page = pages.paginate_queryset(proposals_of(viewer).order_by("id"), request, view=self) or []
        return pages.get_paginated_response([_shown(code) for code in page])


class CodeAdoptView(APIView):
    """A proposal: POST adopts it, DELETE declines it, which retires it."""

    @extend_schema(operation_id="codes_adopt", request=AdoptIn, responses=CodeOut)
    def post(self, request: Request, slug: str, code_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        code = code_known_to(viewer, code_id)
        adopt_code(viewer=viewer, code=code, sign=_said(AdoptIn, request)["sign"], at=timezone.now())
        return Response(_shown(code_known_to(viewer, code.pk)))

    @extend_schema(operation_id="codes_decline", request=None, responses={204: None})
    def delete(self, request: Request, slug: str, code_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        retire_code(viewer=viewer, code=code_known_to(viewer, code_id), at=timezone.now())
        return Response(status=204)


class CodeExamplesView(APIView):
    """A passage made an example of a code."""

    @extend_schema(operation_id="codes_examples_take", request=ExampleIn, responses={204: None})
    def post(self, request: Request, slug: str, code_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        code, said = code_known_to(viewer, code_id), _said(ExampleIn, request)
        take_example(
            viewer=viewer, code=code, segment_id=said["segment"], is_counter=said["counter"], at=timezone.now()
        )
        return Response(status=204)


class CodeExampleView(APIView):
    """A passage that is an example of a code."""

    @extend_schema(operation_id="codes_examples_drop", request=None, responses={204: None})
    def delete(self, request: Request, slug: str, code_id: uuid.UUID, segment_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        drop_example(viewer=viewer, code=code_known_to(viewer, code_id), segment_id=segment_id, at=timezone.now())
        return Response(status=204)


class ChangesView(APIView):
    """The changes to the tree of codes."""

    @extend_schema(operation_id="codebook_changes_list", parameters=PAGES, responses=ChangeOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        pages = Cursor()
        page = pages.paginate_queryset(changes_of(viewer).order_by("id"), request, view=self) or []
        return pages.get_paginated_response(ChangeOut(page, many=True).data)


class ChangeUndoView(APIView):
    """Undoing a change."""

    @extend_schema(
        operation_id="codebook_changes_undo",
        parameters=[OpenApiParameter("change_id", uuid.UUID, OpenApiParameter.PATH)],
        request=None,
        responses=ChangeOut,
    )
    def post(self, request: Request, slug: str, change_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        change: CodebookChange = undo_change(viewer=viewer, change_id=change_id, at=timezone.now())
        return Response(ChangeOut(change).data)


def _said(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    sent = serializer(data=request.data)
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def _shown(code: Code) -> Any:
    return CodeOut(code_record(code, get_language() or "en")).data

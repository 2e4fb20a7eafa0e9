"""Coding the hits of a search over HTTP: what it would do, doing it, and taking it back as one step."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.search_coding import code_hits, take_back_hits
from coding.api.find_serializers import SearchIn
from coding.models import Code
from coding.queries.search import Wanted, search
from coding.queries.search_coding import plan, stretches
from coding.queries.visible import codes_visible_to
from fieldstudy.api.endpoints import APIView
from fieldstudy.web import user_of
from observations.access import Viewer, enter, nothing_here
from observations.api.pages import sent
from observations.roles import Permission


class HitIn(serializers.Serializer):
    """One of the hits, by its source and code points."""

    source = serializers.UUIDField()  # type: ignore[assignment]
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)


class SearchCodingIn(SearchIn):
    """A search, and what its hits are to be coded with. Nothing is coded until `confirm` is true."""

    page = None  # type: ignore[assignment]
    id = serializers.UUIDField(help_text="Made by the client: the same again codes nothing twice.")
    code = serializers.UUIDField()
    stretch = serializers.ChoiceField(["hit", "sentence", "turn"], default="hit")
    only = HitIn(many=True, required=False, help_text="The chosen hits; all of them without.")
    confirm = serializers.BooleanField(default=False)


class SearchCodingOut(serializers.Serializer):
    """What coding the hits would do, or did.

    `new` passages of `sources` sources; `already` coded so; `closed` in submitted readings; `left_over` beyond what is
    coded at a time. `coded` passages were made at `coded_at`, by which they are taken back; null before `confirm`.
    """

    new = serializers.IntegerField()
    sources = serializers.IntegerField()
    already = serializers.IntegerField()
    closed = serializers.IntegerField()
    left_over = serializers.IntegerField()
    coded = serializers.IntegerField(allow_null=True)
    coded_at = serializers.DateTimeField(allow_null=True)


class TakeBackIn(serializers.Serializer):
    """Which hits to take back: those coded so at that time."""

    code = serializers.UUIDField()
    coded_at = serializers.DateTimeField()


class TakenBackOut(serializers.Serializer):
    """How many passages were taken back."""

    taken_back = serializers.IntegerField()


class SearchCodingView(APIView):
    """Coding the hits of a search in your own readings."""

    @extend_schema(operation_id="search_coding", request=SearchCodingIn, responses=SearchCodingOut)
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODE)
        said = sent(request, SearchCodingIn)
        code = _code(viewer, said["code"])
        wanted = Wanted(text=said["text"], sort=said["sort"], kind=said["kind"], site=said["site"])
        lines = search(viewer, wanted).lines
        if "only" in said:
            only = {(hit["source"], hit["start"], hit["end"]) for hit in said["only"]}
            lines = [line for line in lines if (line.source.pk, line.start, line.end) in only]
        chosen = stretches(lines, said["stretch"])
        planned = plan(viewer, chosen, code)
        told: dict[str, Any] = {name: getattr(planned, name) for name in ("sources", "already", "closed", "left_over")}
        told |= {"new": len(planned.new), "coded": None, "coded_at": None}
        if said["confirm"]:
            now = timezone.now()
            told |= {
                "coded": code_hits(viewer=viewer, id=said["id"], chosen=chosen, code=code, at=now),
                "coded_at": now,
            }
        return Response(SearchCodingOut(told).data)


class SearchTakeBackView(APIView):
    """Undo of coding hits."""

    @extend_schema(operation_id="search_coding_undo", request=TakeBackIn, responses=TakenBackOut)
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODE)
        said = sent(request, TakeBackIn)
        taken = take_back_hits(viewer=viewer, code_id=said["code"], coded_at=said["coded_at"], at=timezone.now())
        return Response({"taken_back": taken})


def _code(viewer: Viewer, code_id: uuid.UUID) -> Code:
    code = codes_visible_to(viewer).filter(is_codable=True).select_related("revision").filter(pk=code_id).first()
    if code is None:
        raise nothing_here()
    return code

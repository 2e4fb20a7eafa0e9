"""Matrices, charts and comparison over HTTP, as the numbers behind the pages."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.words import start_counting
from coding.forms.relate import asked_in
from coding.matrices import MEASURES
from coding.queries.chart_kinds import chart_of
from coding.queries.likeness import Like, compare
from coding.queries.matrices import KINDS, matrix_of
from coding.queries.matrix_axes import Heading
from coding.queries.matrix_passages import Shown, passages_behind
from fieldstudy.api.endpoints import APIView
from fieldstudy.models import Job
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission

WHAT = [f"{of}:{by}" for of, ways in KINDS.items() for by in ways]
ASKED = [
    OpenApiParameter(
        "what", str, description=f"One of {', '.join(WHAT)}; codes, branches and encounters also by `variable:<id>`."
    ),
    OpenApiParameter("count", str, enum=MEASURES),
    OpenApiParameter("layer", str, description="`consensus`, `all` (first readings, per coder) or a coder's id."),
    OpenApiParameter("site", uuid.UUID),
    OpenApiParameter("tool", uuid.UUID),
]


class HeadingOut(serializers.Serializer):
    """A row or column. `code` is its sign where it is a code."""

    key = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField()
    code = serializers.CharField(allow_null=True)


class MatrixOut(serializers.Serializer):
    """A matrix. `few` marks cells of fewer than three; totals count what is in several cells once."""

    what = serializers.CharField()
    count = serializers.ChoiceField(MEASURES)
    layer = serializers.CharField()
    per_coder = serializers.BooleanField()
    passages = serializers.IntegerField()
    rows = HeadingOut(many=True)
    columns = HeadingOut(many=True)
    counts = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    few = serializers.ListField(child=serializers.ListField(child=serializers.BooleanField()))
    row_totals = serializers.ListField(child=serializers.IntegerField())
    column_totals = serializers.ListField(child=serializers.IntegerField())


class BehindOut(serializers.Serializer):
    """A passage behind a cell: its turn, words (cut where they are long), coder, and the rows it stands under.

    `segment` is null where the passage is no single segment, as where two codes meet.
    """

    source = serializers.UUIDField()  # type: ignore[assignment]
    turn = serializers.IntegerField()
    quote = serializers.CharField()
    coder = serializers.CharField()
    rows = serializers.ListField(child=serializers.CharField())
    segment = serializers.UUIDField(allow_null=True)


class MatrixPassagesOut(serializers.Serializer):
    """One page of the passages behind a cell, a row or a column of a matrix."""

    passages = serializers.IntegerField()
    sources = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = BehindOut(many=True)


class ChartOut(serializers.Serializer):
    """The table behind a chart. `layer` is null where no reading is counted."""

    chart = serializers.CharField()
    layer = serializers.CharField(allow_null=True)
    headings = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.JSONField()))
    notes = serializers.ListField(child=serializers.CharField())


class LikeOut(serializers.Serializer):
    """A turn by source, number and place, how like it is (0 to 1), and the codes there."""

    source = serializers.UUIDField()  # type: ignore[assignment]
    turn = serializers.IntegerField()
    score = serializers.FloatField()
    codes = serializers.ListField(child=serializers.UUIDField())


class ComparisonOut(serializers.Serializer):
    """The turns most like a passage. `counted` is false while the words of its own turn are not counted."""

    segment = serializers.UUIDField()
    counted = serializers.BooleanField()
    missing_turns = serializers.IntegerField()
    same = LikeOut(many=True)
    others = LikeOut(many=True)
    uncoded = LikeOut(many=True)


class WordCountOut(serializers.Serializer):
    """The work of counting words."""

    job = serializers.UUIDField()
    state = serializers.ChoiceField(Job.State.values)
    total = serializers.IntegerField()


class MatrixView(APIView):
    """A matrix of the coding."""

    @extend_schema(operation_id="matrices_read", parameters=ASKED, responses=MatrixOut)
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        asked = asked_in(request.query_params)
        matrix = matrix_of(viewer, asked)
        placed = matrix.placed
        record = {
            "what": f"{asked.of}:{asked.by}",
            "count": asked.count,
            "layer": placed.layer.name,
            "per_coder": placed.layer.is_all,
            "passages": matrix.passages,
            "rows": [_heading(one) for one in placed.rows],
            "columns": [_heading(one) for one in placed.columns],
            "counts": matrix.counts.tolist(),
            "few": matrix.few,
            "row_totals": matrix.row_totals,
            "column_totals": matrix.column_totals,
        }
        return Response(MatrixOut(record).data)


class MatrixPassagesView(APIView):
    """The passages behind a matrix."""

    @extend_schema(
        operation_id="matrices_passages",
        parameters=[
            *ASKED,
            OpenApiParameter("row", str, description="The key of a row; any without."),
            OpenApiParameter("column", str, description="The key of a column; any without."),
            OpenApiParameter("page", int),
        ],
        responses=MatrixPassagesOut,
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        given = request.query_params
        page = given.get("page", "")
        number = int(page) if page.isdecimal() and len(page) < 7 else 1
        behind = passages_behind(viewer, asked_in(given), given.get("row", ""), given.get("column", ""), number)
        record = {
            "passages": behind.n,
            "sources": behind.n_sources,
            "page": behind.page,
            "pages": behind.last_page,
            "results": [_behind(one) for one in behind.shown],
        }
        return Response(MatrixPassagesOut(record).data)


class ChartView(APIView):
    """The numbers of a chart."""

    @extend_schema(
        operation_id="charts_read",
        parameters=[*ASKED[2:], OpenApiParameter("pos", str, description="Part of speech, for `words`.")],
        responses=ChartOut,
        description="`chart` is one of frequencies, network, time, saturation, words.",
    )
    def get(self, request: Request, slug: str, chart: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        data = chart_of(viewer, chart, asked_in(request.query_params))
        record = {
            "chart": data.kind,
            "layer": data.layer.name if data.layer else None,
            "headings": data.headings,
            "rows": data.table,
            "notes": data.notes,
        }
        return Response(ChartOut(record).data)


class LikeView(APIView):
    """The turns most like a passage."""

    @extend_schema(operation_id="segments_like", parameters=[ASKED[2]], responses=ComparisonOut)
    def get(self, request: Request, slug: str, segment_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        found = compare(viewer, segment_id, request.query_params.get("layer", ""))
        record = {
            "segment": found.segment.pk,
            "counted": found.is_counted,
            "missing_turns": found.state.missing,
            "same": [_like(one) for one in found.same],
            "others": [_like(one) for one in found.others],
            "uncoded": [_like(one) for one in found.uncoded],
        }
        return Response(ComparisonOut(record).data)


class WordCountsView(APIView):
    """Counting the words of turns."""

    @extend_schema(
        operation_id="word_counts_start",
        request=None,
        responses={201: WordCountOut},
        description="Count the words of all turns that machines may read. 409 when that runs, or nothing is left.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.NOTE)
        job = start_counting(viewer=viewer, at=timezone.now())
        return Response(WordCountOut({"job": job.pk, "state": job.state, "total": job.total}).data, status=201)


def _heading(heading: Heading) -> dict[str, Any]:
    sign = heading.code.sign if heading.code else None
    return {"key": heading.key, "name": heading.label, "group": heading.group, "code": sign}


def _behind(one: Shown) -> dict[str, Any]:
    return {
        "source": one.source.pk,
        "turn": one.words.number,
        "quote": one.words.words,
        "coder": one.read.alias,
        "rows": [heading.key for heading in one.headings],
        "segment": one.segment,
    }


def _like(one: Like) -> dict[str, Any]:
    codes = [heading.key for heading in one.codes]
    return {"source": one.source.pk, "turn": one.words.number, "score": one.score, "codes": codes}

"""The machine coder over HTTP: starting a run, seeing how far it is, stopping it."""

import uuid
from typing import Any

from django.db.models import Count
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.tagging import start_tagging, stop_tagging
from coding.models import TaggingRun
from coding.queries.visible import suggestions_visible_to
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.models import Job
from fieldstudy.web import sentence, user_of
from observations.access import Viewer, enter, get_row, nothing_here
from observations.queries.sources import sources_of
from observations.roles import Permission


class RunIn(serializers.Serializer):
    """Which sources the machine reads; none named means all."""

    sources = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=10_000)


class RunOut(serializers.Serializer):
    """A run of the machine coder. `suggestions` counts those you may see."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    tagger_version = serializers.CharField()
    state = serializers.ChoiceField(Job.State.values, allow_null=True)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    problem = serializers.CharField()
    suggestions = serializers.IntegerField()


class RunsView(APIView):
    """The runs of the machine coder."""

    @extend_schema(
        operation_id="tagging_runs_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses=RunOut(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.TAG)
        pages = Cursor()
        runs = TaggingRun.objects.filter(study=viewer.study).select_related("job").order_by("id")
        page = pages.paginate_queryset(runs, request, view=self) or []
        counts = _suggestions(viewer, page)
        return pages.get_paginated_response([_shown(run, counts.get(run.pk, 0)) for run in page])

    @extend_schema(operation_id="tagging_runs_start", request=RunIn, responses={201: RunOut})
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.TAG)
        sent = RunIn(data=request.data)
        sent.is_valid(raise_exception=True)
        sources = sources_of(viewer.study.pk)
        named = set(sent.validated_data.get("sources", []))
        chosen = [source for source in sources if not named or source.pk in named]
        if named - {source.pk for source in chosen}:
            raise nothing_here()
        run = start_tagging(viewer=viewer, id=uuid.uuid4(), sources=chosen, at=timezone.now())
        return Response(_shown(run, 0), status=201)


class RunView(APIView):
    """One run."""

    @extend_schema(operation_id="tagging_runs_read", responses=RunOut)
    def get(self, request: Request, slug: str, run_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.TAG)
        run = get_row(viewer, TaggingRun, run_id)
        return Response(_shown(run, _suggestions(viewer, [run]).get(run.pk, 0)))


class RunStopView(APIView):
    """Stopping a run; what it has suggested so far stays."""

    @extend_schema(operation_id="tagging_runs_stop", request=None, responses=RunOut)
    def post(self, request: Request, slug: str, run_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.TAG)
        run = get_row(viewer, TaggingRun, run_id)
        stop_tagging(viewer=viewer, run=run, at=timezone.now())
        if run.job is not None:
            run.job.refresh_from_db()
        return Response(_shown(run, _suggestions(viewer, [run]).get(run.pk, 0)))


def _suggestions(viewer: Viewer, runs: list[TaggingRun]) -> dict[uuid.UUID, int]:
    rows = suggestions_visible_to(viewer).filter(run__in=[run.pk for run in runs]).order_by()
    return dict(rows.values_list("run").annotate(n=Count("pk")))


def _shown(run: TaggingRun, suggestions: int) -> Any:
    job = run.job
    record = {
        "id": run.pk,
        "created_at": run.created_at,
        "tagger_version": run.tagger_version,
        "state": job.state if job else None,
        "done": job.done if job else 0,
        "total": job.total if job else 0,
        "problem": sentence(job.problem, job.problem_values) if job else "",
        "suggestions": suggestions,
    }
    return RunOut(record).data

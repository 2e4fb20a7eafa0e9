"""Audits of agreement over HTTP: starting one, seeing how far it is, reading its figures."""

import uuid
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.agreement import compute_at_once, start_agreement_run
from coding.audit_material import UNITS, Rules
from coding.models import AgreementRun
from coding.queries.agreement import runs_visible_to
from coding.queries.agreement_detail import MeasureCell, PartRow, detail_of
from coding.queries.agreement_groups import KINDS
from coding.queries.agreement_pages import finished_run
from coding.queries.agreement_runs import compare_runs
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.models import Job
from fieldstudy.web import sentence, user_of
from observations.access import Viewer, enter, get_row, nothing_here
from observations.models import Site
from observations.roles import Permission


class AgreementRunIn(serializers.Serializer):
    """What to compute: by which unit, of all sources or of one site's, in a round of its own or the study's main one.

    `id` may come from the client. For turns and sentences: `half` asks for at least half of a unit to be covered before
    it counts as coded, `all_turns` lets questions, headings and interpretations be units too.
    """

    id = serializers.UUIDField(required=False)
    unit = serializers.ChoiceField(UNITS, default="turn")
    site = serializers.UUIDField(required=False, allow_null=True, default=None)
    round = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=32767)
    half = serializers.BooleanField(default=False)
    all_turns = serializers.BooleanField(default=False)


class AgreementRunOut(serializers.Serializer):
    """An audit. `seed` is what its intervals were drawn from.

    `cut` is the last entry of the history it saw; null for whoever codes as well, to whom its steps would tell how much
    others do.
    """

    id = serializers.UUIDField()
    unit = serializers.ChoiceField(UNITS)
    site = serializers.UUIDField(allow_null=True)
    round = serializers.IntegerField(allow_null=True)
    half = serializers.BooleanField()
    all_turns = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    computed_at = serializers.DateTimeField(allow_null=True)
    cut = serializers.IntegerField(allow_null=True)
    seed = serializers.IntegerField(allow_null=True)
    replicates = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(Job.State.values, allow_null=True)
    problem = serializers.CharField()


class AgreementRunFull(AgreementRunOut):
    """An audit with its figures; `result` is null until it is computed."""

    readings = serializers.ListField(child=serializers.UUIDField())
    codebook_versions = serializers.ListField(child=serializers.UUIDField())
    result = serializers.JSONField(allow_null=True)


class AgreementRunsView(APIView):
    """The audits of a study."""

    @extend_schema(
        operation_id="agreement_runs_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses=AgreementRunOut(many=True),
        description="The audits whose readings you may all know of, and your own unfinished ones, without figures.",
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.AUDIT)
        pages = Cursor()
        runs = runs_visible_to(viewer).select_related("job").defer("result").order_by("id")
        page = pages.paginate_queryset(runs, request, view=self) or []
        return pages.get_paginated_response([AgreementRunOut(_record(viewer, run)).data for run in page])

    @extend_schema(
        operation_id="agreement_runs_start",
        request=AgreementRunIn,
        responses={201: AgreementRunOut},
        description=(
            "Compute agreement: a small audit at once, a large one by a worker. "
            "409 when no source has two readings you may compare."
        ),
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.AUDIT)
        sent = AgreementRunIn(data=request.data)
        sent.is_valid(raise_exception=True)
        asked = sent.validated_data
        site = get_row(viewer, Site, asked["site"]) if asked["site"] else None
        run = start_agreement_run(
            viewer=viewer,
            id=asked.get("id", uuid.uuid4()),
            unit=asked["unit"],
            site=site,
            at=timezone.now(),
            round=asked["round"],
            rules=Rules.of(asked["unit"], asked),
        )
        return Response(AgreementRunOut(_record(viewer, compute_at_once(run))).data, status=201)


class AgreementRunView(APIView):
    """One audit."""

    @extend_schema(operation_id="agreement_runs_read", responses=AgreementRunFull)
    def get(self, request: Request, slug: str, run_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.AUDIT)
        run = runs_visible_to(viewer).select_related("job").filter(pk=run_id).first()
        if run is None:
            raise nothing_here()
        result = run.result
        if result is not None and run.started_by_id != viewer.user.pk:
            # What was left out counts readings that this person may not know of.
            result = {name: value for name, value in result.items() if name != "left_out"}
        more = {"readings": run.readings, "codebook_versions": run.codebook_versions, "result": result}
        return Response(AgreementRunFull(_record(viewer, run) | more).data)


class AgreementSideOut(serializers.Serializer):
    """One run's alpha of a code; null where undefined, withheld, or the run had not the code."""

    n = serializers.IntegerField()
    alpha = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class AgreementChangeOut(serializers.Serializer):
    """A code in two runs (`code` null: all together); `difference` is the later alpha less the earlier."""

    code = serializers.UUIDField(source="code.pk", allow_null=True, default=None)
    before = AgreementSideOut()
    after = AgreementSideOut()
    difference = serializers.FloatField(allow_null=True)


class AgreementCompareOut(serializers.Serializer):
    """Two audits, the earlier first, and what changed between them."""

    before = serializers.UUIDField(source="before.pk")
    after = serializers.UUIDField(source="after.pk")
    readings_added = serializers.IntegerField()
    readings_gone = serializers.IntegerField()
    texts_changed = serializers.ListField(child=serializers.UUIDField())
    codes = AgreementChangeOut(many=True)
    overall = AgreementChangeOut()


class AgreementCompareView(APIView):
    """Two audits side by side."""

    @extend_schema(operation_id="agreement_runs_compare", responses=AgreementCompareOut)
    def get(self, request: Request, slug: str, run_id: uuid.UUID, other_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.AUDIT)
        found = compare_runs(viewer, run_id, other_id)
        told = {
            "before": found.before,
            "after": found.after,
            "readings_added": len(found.added),
            "readings_gone": len(found.gone),
            "texts_changed": [source.pk for source in found.texts],
            "codes": found.changes,
            "overall": found.overall,
        }
        return Response(AgreementCompareOut(told).data)


class AgreementBetweenOut(serializers.Serializer):
    """A 95% bootstrap interval; null where there is none."""

    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class AgreementPartOut(serializers.Serializer):
    """Agreement within a group of sources: by source, kind, site, codebook version, or month observed or submitted.

    `intervals` are by measure; of free segments there are boundary F1 in place of percent and positive agreement.
    """

    by = serializers.ChoiceField(KINDS)
    key = serializers.CharField()
    title = serializers.CharField()
    sources = serializers.IntegerField()
    n = serializers.IntegerField()
    alpha = serializers.FloatField(allow_null=True)
    percent = serializers.FloatField(allow_null=True)
    positive = serializers.FloatField(allow_null=True)
    prevalence = serializers.FloatField(allow_null=True)
    intervals = serializers.DictField(child=AgreementBetweenOut())


class AgreementMeasureOut(serializers.Serializer):
    """One measure on one unit, or why it has no value; null under five uses.

    `low` and `high` are of the bootstrap over sources; `se` and the analytic limits take units as independent.
    """

    measure = serializers.CharField()
    unit = serializers.CharField()
    n = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    observed = serializers.FloatField(allow_null=True)
    expected = serializers.FloatField(allow_null=True)
    undefined_because = serializers.CharField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    se = serializers.FloatField(allow_null=True)
    analytic_low = serializers.FloatField(allow_null=True)
    analytic_high = serializers.FloatField(allow_null=True)


class AgreementBaseOut(serializers.Serializer):
    """What the measures of a unit stand on: units with the code, units two decided on, decisions absent, prevalence."""

    unit = serializers.CharField()
    n = serializers.IntegerField()
    units = serializers.IntegerField()
    missing = serializers.IntegerField()
    prevalence = serializers.FloatField(allow_null=True)


class AgreementSpreadOut(serializers.Serializer):
    """Pooled alpha beside the mean and median of single sources', and in how many of them it is defined."""

    pooled = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    defined = serializers.IntegerField()
    sources = serializers.IntegerField()


class AgreementDetailOut(serializers.Serializer):
    """One code of an audit in detail (`code` null: all together).

    `kinds` counts differences by kind; `redefined` of them come from readings with different definitions of a code.
    """

    code = serializers.UUIDField(allow_null=True)
    spread = AgreementSpreadOut()
    groups = AgreementPartOut(many=True)
    measures = AgreementMeasureOut(many=True)
    bases = AgreementBaseOut(many=True)
    kinds = serializers.DictField(child=serializers.IntegerField())
    redefined = serializers.IntegerField()


class AgreementDetailView(APIView):
    """One code of an audit in detail."""

    @extend_schema(
        operation_id="agreement_runs_detail",
        parameters=[OpenApiParameter("code", OpenApiTypes.UUID, description="a code; without one, all together")],
        responses=AgreementDetailOut,
    )
    def get(self, request: Request, slug: str, run_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.AUDIT)
        detail = detail_of(viewer, finished_run(viewer, run_id), _asked_code(request))
        cells = [(name, cell) for name, row in detail.measures.items() for cell in row.values()]
        told = {
            "code": detail.code.pk if detail.code else None,
            "spread": detail.spread,
            "groups": [_part(row) for rows in detail.groups.values() for row in rows],
            "measures": [_measure(name, cell) for name, cell in [*cells, *detail.segments.items()]],
            "bases": list(detail.bases.values()),
            "kinds": detail.kinds,
            "redefined": detail.redefined,
        }
        return Response(AgreementDetailOut(told).data)


def _asked_code(request: Request) -> uuid.UUID | None:
    asked = request.query_params.get("code")
    try:
        return uuid.UUID(asked) if asked else None
    except ValueError:
        raise nothing_here() from None


def _part(row: PartRow) -> dict[str, Any]:
    title = row.group.label or (row.group.key if row.group.day else "")
    part = row.part
    told = {name: part.values.get(name) for name in ("alpha", "percent", "positive")}
    sizes = {"sources": part.sources, "n": part.n, "prevalence": part.prevalence, "intervals": part.intervals}
    return {"by": row.group.kind, "key": row.group.key, "title": title, **told, **sizes}


def _measure(name: str, cell: MeasureCell) -> dict[str, Any]:
    return {"measure": name, "undefined_because": cell.because, **asdict(cell)}


def _record(viewer: Viewer, run: AgreementRun) -> dict[str, Any]:
    return {
        "id": run.pk,
        "unit": run.unit,
        "site": run.site_id,
        "round": run.round,
        **asdict(Rules.of(run.unit, run.options)),
        "created_at": run.created_at,
        "computed_at": run.computed_at,
        # Every change in the installation counts it up: who codes could tell from it how much others do meanwhile.
        "cut": None if viewer.may(Permission.CODE) else run.cut,
        "seed": run.seed if run.computed_at else None,
        "replicates": run.options.get("replicates") if run.computed_at else None,
        "state": run.job.state if run.job else None,
        "problem": sentence(run.job.problem, run.job.problem_values) if run.job else "",
    }

"""Variables and their values over HTTP."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from fieldstudy.api.endpoints import APIView
from fieldstudy.web import download, user_of
from observations.access import Viewer, enter, get_row, nothing_here
from observations.actions.variables import (
    Cell,
    add_variable,
    change_variable,
    import_table,
    plan_table,
    remove_variable,
    restore_variable,
    set_values,
)
from observations.api.pages import sent
from observations.models import Variable
from observations.queries.variables import NEEDS, grid_of, variables_of
from observations.roles import Permission
from observations.tables import read_table, table_file

FORMS = ["csv", "xlsx"]
SUBJECT = OpenApiParameter("subject", str, OpenApiParameter.PATH, enum=Variable.Subject.values)


class VariableOut(serializers.Serializer):
    """A typed attribute of sources, participants or sites."""

    id = serializers.UUIDField()
    subject = serializers.ChoiceField(Variable.Subject.values)
    name = serializers.CharField()
    kind = serializers.ChoiceField(Variable.Kind.values)
    choices = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()


class VariableIn(serializers.Serializer):
    """A variable to keep, under an id made by the client."""

    id = serializers.UUIDField()
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(Variable.Kind.values)
    choices = serializers.ListField(child=serializers.CharField(max_length=120), default=list)
    note = serializers.CharField(max_length=500, default="", allow_blank=True)


class VariableChange(serializers.Serializer):
    """What a variable is to be called and to hold; what is left out stays."""

    name = serializers.CharField(max_length=80, required=False)
    kind = serializers.ChoiceField(Variable.Kind.values, required=False)
    choices = serializers.ListField(child=serializers.CharField(max_length=120), required=False)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class CellShape(serializers.Serializer):
    """What a variable is for one subject, as text: "3.5", "2026-05-31", "true"; empty where nothing is known."""

    variable = serializers.UUIDField()
    subject = serializers.UUIDField()
    text = serializers.CharField(max_length=2000, allow_blank=True, trim_whitespace=True)


class ValuesShape(serializers.Serializer):
    """Many values, set all or none."""

    values = CellShape(many=True)


class TableIn(serializers.Serializer):
    """A table as .csv or .xlsx. Nothing is set until `confirm` is true."""

    file = serializers.FileField()
    confirm = serializers.BooleanField(default=False)


class NewVariableOut(serializers.Serializer):
    """A column that is no variable yet, and the kind its cells can be read as."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(Variable.Kind.values)


class PlanOut(serializers.Serializer):
    """What bringing in a table would do, or did.

    `fresh` values are new, `replaced` are others than before, `same` are as they were; `unknown` names nothing in the
    study, and as long as there is any the table is not taken. `done` says whether it was brought in.
    """

    new_variables = NewVariableOut(many=True)
    fresh = serializers.IntegerField()
    replaced = serializers.IntegerField()
    same = serializers.IntegerField()
    unknown = serializers.ListField(child=serializers.CharField())
    done = serializers.BooleanField()


class VariablesView(APIView):
    """The variables of one kind of subject."""

    @extend_schema(operation_id="variables_list", parameters=[SUBJECT], responses=VariableOut(many=True))
    def get(self, request: Request, slug: str, subject: str) -> Response:
        viewer = _enter(request, slug, subject)
        return Response([_record(variable) for variable in variables_of(viewer, subject)])

    @extend_schema(
        operation_id="variable_create", parameters=[SUBJECT], request=VariableIn, responses={201: VariableOut}
    )
    def post(self, request: Request, slug: str, subject: str) -> Response:
        viewer = _enter(request, slug, subject)
        return Response(_record(add_variable(viewer=viewer, subject=subject, **sent(request, VariableIn))), status=201)


class VariableView(APIView):
    """One variable."""

    @extend_schema(operation_id="variable_change", request=VariableChange, responses=VariableOut)
    def patch(self, request: Request, slug: str, variable_id: uuid.UUID) -> Response:
        viewer, variable = _variable(request, slug, variable_id)
        now = {name: getattr(variable, name) for name in ("name", "kind", "choices", "note")}
        return Response(
            _record(change_variable(viewer=viewer, variable=variable, **now | sent(request, VariableChange)))
        )

    @extend_schema(operation_id="variable_remove", responses={204: None})
    def delete(self, request: Request, slug: str, variable_id: uuid.UUID) -> Response:
        viewer, variable = _variable(request, slug, variable_id)
        remove_variable(viewer=viewer, variable=variable, at=timezone.now())
        return Response(status=204)


class VariableRestoreView(APIView):
    """Undo of removing a variable."""

    @extend_schema(operation_id="variable_restore", request=None, responses=VariableOut)
    def post(self, request: Request, slug: str, variable_id: uuid.UUID) -> Response:
        viewer, variable = _variable(request, slug, variable_id)
        return Response(_record(restore_variable(viewer=viewer, variable=variable)))


class ValuesView(APIView):
    """The values of all variables of one kind of subject."""

    @extend_schema(operation_id="values_list", parameters=[SUBJECT], responses=ValuesShape)
    def get(self, request: Request, slug: str, subject: str) -> Response:
        grid = grid_of(_enter(request, slug, subject), subject)
        cells = [
            {"variable": variable.pk, "subject": row.id, "text": text}
            for row in grid.rows
            for variable, text in row.cells
            if text
        ]
        return Response({"values": cells})

    @extend_schema(
        operation_id="values_set",
        parameters=[SUBJECT],
        request=ValuesShape,
        responses=ValuesShape,
        description="Set many values, all or none; answers with each as it is kept. `fields` of an error are named "
        "`variable:subject`.",
    )
    def put(self, request: Request, slug: str, subject: str) -> Response:
        viewer = _enter(request, slug, subject)
        cells = [Cell(**cell) for cell in sent(request, ValuesShape)["values"]]
        kept = set_values(viewer=viewer, subject=subject, cells=cells)
        return Response({"values": [vars(cell) for cell in kept]})


class TableView(APIView):
    """The grid, brought in from a table."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="variables_table_import",
        parameters=[SUBJECT],
        request={"multipart/form-data": TableIn},
        responses=PlanOut,
        description="Bring in a table whose first column names the subject and whose others are variables, all or "
        "nothing. Answers with what it would do, and does it when `confirm` is sent. Empty cells change nothing.",
    )
    def post(self, request: Request, slug: str, subject: str) -> Response:
        viewer = _enter(request, slug, subject)
        said = sent(request, TableIn)
        rows = read_table(said["file"].name, said["file"].read())
        if said["confirm"]:
            plan = import_table(viewer=viewer, subject=subject, rows=rows)
        else:
            plan = plan_table(viewer, subject, rows)
        new = [{"name": name, "kind": kind} for name, kind in plan.new_variables]
        return Response(PlanOut(vars(plan) | {"new_variables": new, "done": said["confirm"]}).data)


class TableFileView(APIView):
    """The grid as a file."""

    @extend_schema(
        operation_id="variables_table",
        parameters=[SUBJECT, OpenApiParameter("form", str, OpenApiParameter.PATH, enum=FORMS)],
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "the file")},
        description="The variables with their values as a table, which can be brought in again.",
    )
    def get(self, request: Request, slug: str, subject: str, form: str) -> HttpResponse:
        viewer = _enter(request, slug, subject)
        if form not in FORMS:
            raise nothing_here()
        content, media_type = table_file(grid_of(viewer, subject, leaves=True).table(subject), form, sheet=subject)
        return download(content, file_name=f"{slug}-{subject}-variables.{form}", media_type=media_type)


def _record(variable: Variable) -> dict[str, Any]:
    return {name: getattr(variable, name) for name in ("id", "subject", "name", "kind", "choices", "note")}


def _enter(request: Request, slug: str, subject: str) -> Viewer:
    if subject not in Variable.Subject.values:
        raise nothing_here()
    return enter(user_of(request), slug, NEEDS[Variable.Subject(subject)])


def _variable(request: Request, slug: str, variable_id: uuid.UUID) -> tuple[Viewer, Variable]:
    viewer = enter(user_of(request), slug, Permission.READ)
    variable = get_row(viewer, Variable, variable_id)
    viewer.need(NEEDS[Variable.Subject(variable.subject)])
    return viewer, variable

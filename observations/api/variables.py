"""Variables and their values over HTTP."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fieldstudy.web import user_of
from observations.access import Viewer, enter, get_row, nothing_here
from observations.actions.variables import (
    Cell,
    add_variable,
    change_variable,
    remove_variable,
    restore_variable,
    set_values,
)
from observations.api.pages import sent
from observations.models import Variable
from observations.queries.variables import NEEDS, grid_of, variables_of
from observations.roles import Permission

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

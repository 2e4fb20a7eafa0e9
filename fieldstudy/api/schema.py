"""The OpenAPI schema tells of every endpoint's errors beside its own responses."""

from typing import Any, ClassVar, Literal

from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ProblemOut(serializers.Serializer):
    """What was wrong with a file, and where."""

    code = serializers.CharField()
    message = serializers.CharField(help_text="In the language asked for.")
    found = serializers.CharField(help_text="Technical (a file type, a number), or a cell of a table.")
    expected = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)


class ErrorSerializer(serializers.Serializer):
    """The one shape of every error."""

    code = serializers.CharField(help_text="Stable and dotted, for programs.")
    message = serializers.CharField(help_text="For people, in the language asked for.")
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]
    problems = ProblemOut(
        many=True, required=False, help_text="Where a file cannot be taken: everything that is wrong with it."
    )


class Schema(AutoSchema):
    """Documents the errors every endpoint can answer with, beside its own responses."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        statuses = [400, 401, 403, 404]
        if self.method in ("POST", "PATCH", "PUT", "DELETE"):
            statuses += [409, 415, 422]
        for status in statuses:
            if str(status) not in bodies:
                response = OpenApiResponse(ErrorSerializer, description=f"error {status}")
                bodies[str(status)] = self._get_response_for_code(response, str(status), direction=direction)
        return dict(sorted(bodies.items()))


class KeptSchema(SchemaGenerator):
    """Makes the schema once for each language and process: it tells of the code, and not of who asks."""

    made: ClassVar[dict[str | None, dict[str, Any]]] = {}

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        language = get_language()
        if language not in self.made:
            self.made[language] = super().get_schema(request=None, public=True)
        return self.made[language]

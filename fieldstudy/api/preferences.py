"""How a person likes to read, over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fieldstudy.actions.preferences import DENSITIES, SIZES, reading_preferences, set_reading_preferences
from fieldstudy.api.endpoints import APIView
from fieldstudy.web import user_of


class ReadingPreferences(serializers.Serializer):
    """How the text of a source is set; what is left out stays."""

    text_size = serializers.IntegerField(
        required=False, min_value=SIZES[0], max_value=SIZES[-1], help_text="Steps from the normal size, 0."
    )
    density = serializers.ChoiceField(DENSITIES, required=False)


class PreferencesView(APIView):
    """One's own settings."""

    @extend_schema(operation_id="preferences_read", responses=ReadingPreferences)
    def get(self, request: Request) -> Response:
        return Response(reading_preferences(user_of(request)))

    @extend_schema(operation_id="preferences_change", request=ReadingPreferences, responses=ReadingPreferences)
    def patch(self, request: Request) -> Response:
        sent = ReadingPreferences(data=request.data)
        sent.is_valid(raise_exception=True)
        return Response(set_reading_preferences(user=user_of(request), changes=dict(sent.validated_data)))

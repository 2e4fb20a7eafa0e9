"""One error shape for the API: ``{"code", "message", "fields"}``, with ``"problems"`` of a file that has several."""

from typing import Any

from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from fieldstudy.errors import gettext_noop
from fieldstudy.web import refusal_of, sentence, told

CODES = {400: "request.malformed", 401: "request.not_signed_in", 403: "request.refused", 404: "request.missing"}
MISSING = gettext_noop("There is nothing at this address, or it is not for you.")
INVALID = gettext_noop("Some of what was sent cannot be accepted; each field says why.")


def errors_as_json(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as ``{"code", "message", "fields"}``."""
    refusal = refusal_of(error)
    if refusal is not None:
        return Response(told(refusal), status=refusal.http_status)
    if isinstance(error, Http404):
        return Response({"code": "request.missing", "message": sentence(MISSING), "fields": {}}, status=404)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        fields = response.data if isinstance(response.data, dict) else {"": response.data}
        response.data = {"code": "request.invalid", "message": sentence(INVALID), "fields": _flat(fields)}
        response.status_code = 422
    else:
        message = str(response.data.get("detail", "")) if isinstance(response.data, dict) else ""
        code = CODES.get(response.status_code, "request.failed")
        response.data = {"code": code, "message": message, "fields": {}}
    return response


def _flat(fields: dict[str, Any], prefix: str = "") -> dict[str, list[str]]:
    flat: dict[str, list[str]] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = [str(item) for item in (value if isinstance(value, list) else [value])]
    return flat

"""What is asked of the API and is not known there is refused by its name, instead of answering something else.

Known is what the schema tells of an endpoint: its parameters, and the fields of its body however deep. So a misspelt
filter never gives everything, and a misspelt field is never dropped in silence.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers, views
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from fieldstudy.errors import FieldstudyError, gettext_noop

UNKNOWN = gettext_noop("Not known here: %(unknown)s. What can be sent: %(known)s.")
NOTHING_KNOWN = gettext_noop("Not known here: %(unknown)s. Nothing can be sent.")
UNKNOWN_HERE = gettext_noop("This is not known here.")
Shape = serializers.Field[Any, Any, Any, Any]
SAFE = ("GET", "HEAD", "OPTIONS")


class APIView(views.APIView):
    """An endpoint that takes what its schema tells, and nothing else."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Once it is known who asks, and before anything is done.

        Raises
        ------
        FieldstudyError
            `request.unknown`, with each name that is not known in its fields.
        """
        super().initial(request, *args, **kwargs)
        if getattr(self, (request.method or "").lower(), None) is None:
            return
        view: Any = type(self)
        known: Collection[str] = parameters_of(view, request.method)
        unknown = [(name, known) for name in request.query_params if name not in known]
        if request.method not in SAFE:
            unknown += unknown_in(body_of(view, request.method), _sent(request))
        if unknown:
            raise _refusal(unknown)


@cache
def parameters_of(view: Any, method: str | None) -> tuple[str, ...]:
    """The names that may stand in the query of an address, as the schema tells them."""
    schema = _schema_of(view, method)
    told = schema.get_override_parameters() if schema else []
    names: list[str] = []
    for one in told:
        if not isinstance(one, OpenApiParameter):
            names += (one() if isinstance(one, type) else one).fields
        elif one.location == OpenApiParameter.QUERY:
            names.append(one.name)
    paginator = getattr(view, "pagination_class", None)
    if paginator and method in SAFE:
        names += [one["name"] for one in paginator().get_schema_operation_parameters(view)]
    return tuple(dict.fromkeys(names))


@cache
def body_of(view: Any, method: str | None) -> Shape:
    """What may be sent, as the schema tells it: an empty shape where nothing is."""
    schema = _schema_of(view, method)
    shape = schema.get_request_serializer() if schema and method != "DELETE" else None
    if isinstance(shape, Mapping):
        (shape,) = shape.values()
    if shape is None:
        return serializers.Serializer()
    return shape() if isinstance(shape, type) else shape


def _schema_of(view: Any, method: str | None) -> Any:
    """What `extend_schema` keeps with the method of a view: the schema's class, made for an instance of the view."""
    handler = getattr(view, "get" if method == "HEAD" else (method or "").lower(), None)
    kept = getattr(handler, "kwargs", {}).get("schema")
    if kept is None:
        return None
    schema = kept()
    schema.view, schema.method = view(request=None, kwargs={}), method
    return schema


def unknown_in(shape: Shape, sent: Any, where: str = "") -> Iterator[tuple[str, Collection[str]]]:
    """The fields of a body that its shape does not have, by their path, each with those known beside it."""
    if isinstance(shape, serializers.Serializer) and isinstance(sent, Mapping):
        for name, value in sent.items():
            if name in shape.fields:
                yield from unknown_in(shape.fields[name], value, f"{where}{name}.")
            else:
                yield f"{where}{name}", tuple(shape.fields)
    elif isinstance(shape, serializers.ListSerializer | serializers.ListField) and isinstance(sent, list):
        for place, value in enumerate(sent):
            yield from unknown_in(shape.child, value, f"{where}{place}.")  # type: ignore[arg-type]
    elif isinstance(shape, serializers.DictField) and isinstance(sent, Mapping):
        for name, value in sent.items():
            yield from unknown_in(shape.child, value, f"{where}{name}.")


def _sent(request: Request) -> Any:
    """The body; empty where it cannot be read here, which is refused by who reads it, if anybody does."""
    try:
        return request.data
    except UnsupportedMediaType:
        return {}


def _refusal(unknown: Sequence[tuple[str, Collection[str]]]) -> FieldstudyError:
    names, known = [name for name, _ in unknown], unknown[0][1]
    return FieldstudyError(
        "request.unknown",
        UNKNOWN if known else NOTHING_KNOWN,
        fields={name: [UNKNOWN_HERE] for name in names},
        unknown=", ".join(names),
        known=", ".join(known),
    )

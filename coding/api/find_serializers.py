"""The shapes of searches, queries and kept queries on the wire."""

from typing import Any

from rest_framework import serializers

from coding.models import SavedQuery
from coding.queries.search import PAGE, SORTS, Found, Line
from coding.retrieval.terms import LONGEST
from coding.retrieval.tokens import LONGEST as LONGEST_QUERY
from observations.access import Viewer
from observations.models import Source


class SearchIn(serializers.Serializer):
    """What to look for in the sources' words."""

    text = serializers.CharField(max_length=LONGEST)
    sort = serializers.ChoiceField(SORTS, default="date")
    kind = serializers.ChoiceField(Source.Kind.values, default="", allow_blank=True)
    site = serializers.UUIDField(required=False, allow_null=True, default=None)
    page = serializers.IntegerField(min_value=1, max_value=100_000, default=1)


class LineOut(serializers.Serializer):
    """A hit with the words around it. Offsets are code points of the source's current text, half-open."""

    source = serializers.UUIDField()  # type: ignore[assignment]
    revision = serializers.UUIDField()
    turn = serializers.IntegerField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    left = serializers.CharField()
    hit = serializers.CharField()
    right = serializers.CharField()


class FoundOut(serializers.Serializer):
    """One page of hits."""

    hits = serializers.IntegerField(help_text="All hits in the turns that are told hit by hit.")
    turns = serializers.IntegerField(help_text="All turns that fit.")
    turns_told = serializers.IntegerField(help_text="Turns that are told hit by hit.")
    sources = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = LineOut(many=True)


class QueryIn(serializers.Serializer):
    """A query in the language of the documentation."""

    query = serializers.CharField(max_length=LONGEST_QUERY)


class SavedQueryIn(serializers.Serializer):
    """A query to keep, under an id made by the client."""

    id = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    query = serializers.CharField(max_length=LONGEST_QUERY)
    shared = serializers.BooleanField(default=False)


class SavedQueryChange(serializers.Serializer):
    """What to change; what is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    query = serializers.CharField(max_length=LONGEST_QUERY, required=False)
    shared = serializers.BooleanField(required=False)


class SavedQueryOut(serializers.Serializer):
    """A kept query."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    query = serializers.CharField()
    shared = serializers.BooleanField()
    own = serializers.BooleanField()
    changed_at = serializers.DateTimeField()


def found_record(found: Found, page: int) -> dict[str, Any]:
    """One page of hits as `FoundOut` describes it."""
    return {
        "hits": len(found.lines),
        "turns": found.turns,
        "turns_told": found.told,
        "sources": found.sources,
        "page": page,
        "pages": max(1, -(-len(found.lines) // PAGE)),
        "results": [_line_record(line) for line in found.lines[(page - 1) * PAGE : page * PAGE]],
    }


def _line_record(line: Line) -> dict[str, Any]:
    plain = ("start", "end", "left", "hit", "right")
    place = {"source": line.source.pk, "revision": line.source.revision_id, "turn": line.turn.number}
    return place | {name: getattr(line, name) for name in plain}


def saved_query_record(viewer: Viewer, query: SavedQuery) -> dict[str, Any]:
    """A kept query as `SavedQueryOut` describes it."""
    return {
        "id": query.pk,
        "name": query.name,
        "query": query.text,
        "shared": query.is_shared,
        "own": query.owner_id == viewer.user.pk,
        "changed_at": query.changed_at,
    }

"""Sources, their turns and corrections of their text over HTTP."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from fieldstudy.api.endpoints import APIView
from fieldstudy.web import user_of
from observations import anchors
from observations.access import Viewer, enter, get_row, get_source
from observations.actions.sources import Details, add_source, correct_text, corrected, describe_source
from observations.api.pages import ListView, page_of, sent
from observations.api.serializers import (
    CorrectionIn,
    EffectOut,
    RevisionOut,
    SourceChange,
    SourceIn,
    SourceOut,
    SourceWithTextOut,
)
from observations.importers.base import ParsedTurn, canonical_text
from observations.models import Participant, Site, Source, Tool, Turn
from observations.queries.source_page import people_of, speakers_of, tools_in
from observations.queries.sources import sources_of, text_of, turns_of
from observations.roles import Permission

PLAIN = ("title", "kind", "language", "observed_on", "observer")


class SourcesView(ListView):
    """The sources of a study."""

    @extend_schema(
        operation_id="sources_list",
        parameters=[OpenApiParameter("kind", str, enum=Source.Kind.values, description="Only sources of this kind.")],
        responses=SourceOut(many=True),
        description="The sources without their texts, by cursor.",
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        sources = sources_of(viewer.study.pk)
        if request.query_params.get("kind"):
            sources = sources.filter(kind=request.query_params["kind"])
        return page_of(self, request, sources, source_record)

    @extend_schema(
        operation_id="source_create",
        request=SourceIn,
        responses={201: SourceWithTextOut},
        description="Bring in a text by its turns. Sending the same again gives the same source.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.COLLECT)
        said = sent(request, SourceIn)
        turns = [ParsedTurn(**turn | {"text": canonical_text(turn["text"])}) for turn in said["turns"]]
        details = _details(viewer, said)
        made = add_source(viewer=viewer, id=said["id"], details=details, turns=turns, at=timezone.now())
        return Response(_with_text(get_source(viewer, made.pk)), status=201)


class SourceView(APIView):
    """One source with its text."""

    @extend_schema(
        operation_id="source_read",
        responses=SourceWithTextOut,
        description="A source with the text of its current revision, whole and by turns.",
    )
    def get(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return Response(_with_text(get_source(viewer, source_id)))

    @extend_schema(
        operation_id="source_change",
        request=SourceChange,
        responses=SourceOut,
        description="Change what is said of a source beside its text.",
    )
    def patch(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.COLLECT)
        source = get_source(viewer, source_id)
        details = _details(viewer, _said_now(source) | sent(request, SourceChange))
        describe_source(viewer=viewer, source=source, details=details, at=timezone.now())
        return Response(source_record(get_source(viewer, source_id)))


class SourceTextView(APIView):
    """The text of a source, to correct."""

    @extend_schema(
        operation_id="source_correct",
        request=CorrectionIn,
        responses={201: RevisionOut},
        description=(
            "Make the next revision; coded passages go along. 409 when the text was corrected meanwhile, or when "
            "passages would lose all their words and `accept_losses` is not set."
        ),
    )
    def post(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.COLLECT)
        source = get_source(viewer, source_id)
        made = correct_text(viewer=viewer, source=source, at=timezone.now(), **sent(request, CorrectionIn))
        return Response(RevisionOut(made).data, status=201)


class SourceEffectView(APIView):
    """What a correction would do, before it is made."""

    @extend_schema(
        operation_id="source_correction_effect",
        request=CorrectionIn,
        responses=EffectOut,
        description="How many coded passages would move, change their words, or lose all of them. Saves nothing.",
    )
    def post(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.COLLECT)
        source = get_source(viewer, source_id)
        edits, _ = corrected(text_of(source), sent(request, CorrectionIn)["text"])
        return Response(EffectOut(anchors.foresee(viewer, source, edits)).data)


def source_record(source: Source) -> dict[str, Any]:
    """A source as `SourceOut` describes it; its revision is loaded."""
    revision = source.revision
    assert revision is not None
    return {name: getattr(source, name) for name in ("id", *PLAIN)} | {
        "site": source.site_id,
        "tools": [tool.pk for tool in source.tools.all()],
        "participants": [person.pk for person in source.participants.all()],
        "revision": revision.pk,
        "revision_number": revision.number,
        "words": revision.words,
        "length": revision.length,
        "sha256": revision.sha256,
    }


def turn_record(turn: Turn) -> dict[str, Any]:
    """A turn as `TurnOut` describes it."""
    names = ("id", "number", "start", "end", "kind", "speaker", "language", "start_ms", "end_ms", "text")
    return {name: getattr(turn, name) for name in names} | {"participant": turn.participant_id}


def _with_text(source: Source) -> dict[str, Any]:
    turns = [turn_record(turn) for turn in turns_of(source)]
    return source_record(source) | {"text": "".join(turn["text"] for turn in turns), "turns": turns}


def _said_now(source: Source) -> dict[str, Any]:
    speakers = {speaker.label: speaker.participant_id for speaker in speakers_of(source) if speaker.participant_id}
    return {name: getattr(source, name) for name in PLAIN} | {
        "site": source.site_id,
        "tools": [tool.pk for tool in tools_in(source)],
        "participants": [person.pk for person in people_of(source)],
        "speakers": speakers,
    }


def _details(viewer: Viewer, said: dict[str, Any]) -> Details:
    """What was said of a source, its ids as rows of the study; an id of another study is `access.missing`."""
    people = {pk: get_row(viewer, Participant, pk) for pk in {*said["participants"], *said["speakers"].values()}}
    return Details(
        **{name: said[name] for name in PLAIN},
        site=get_row(viewer, Site, said["site"]) if said["site"] else None,
        tools=tuple(get_row(viewer, Tool, pk) for pk in said["tools"]),
        participants=tuple(people.values()),
        speakers={label: people[pk] for label, pk in said["speakers"].items()},
    )

"""All that the workspace shows beside a source's coded passages, in one answer: it is asked for once, after paint."""

import uuid
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.api.mark_serializers import EncounterOut, PromiseLinkOut, encounter_record, promise_link_record
from coding.api.memo_serializers import MemoOut, memo_record
from coding.models import Encounter, PromiseLink
from coding.queries.marks import Choices, choices_for, marks_of, passages_of
from coding.queries.memos import links_from, memos_of_source
from fieldstudy.api.endpoints import APIView
from fieldstudy.languages import pick
from fieldstudy.web import user_of
from observations.access import enter, get_source
from observations.models import Participant
from observations.roles import Permission


class PromiseChoice(serializers.Serializer):
    """A promise that can be linked to; `near` when its tool is one of the source's."""

    id = serializers.UUIDField()
    tool = serializers.UUIDField()
    text = serializers.CharField()
    near = serializers.BooleanField()


class ThingChoice(serializers.Serializer):
    """A tool or participant that can be named; `near` when it is one of the source's."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    near = serializers.BooleanField()


class MarginOut(serializers.Serializer):
    """Marks and memos of a source that you may know of, and what new ones can name."""

    promise_links = PromiseLinkOut(many=True)
    encounters = EncounterOut(many=True)
    memos = MemoOut(many=True)
    promises = PromiseChoice(many=True)
    tools = ThingChoice(many=True)
    participants = ThingChoice(many=True)


class MarginView(APIView):
    """What stands beside a source."""

    @extend_schema(
        operation_id="source_margin",
        responses=MarginOut,
        description="Promise links, encounters and memos that you may know of, and what new ones can name.",
    )
    def get(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        source = get_source(viewer, source_id)
        links = list(marks_of(viewer, PromiseLink, source))
        encounters = list(marks_of(viewer, Encounter, source))
        memos = list(memos_of_source(viewer, source))
        quotes = passages_of([*links, *encounters])
        linked = links_from(viewer, memos)
        return Response(
            {
                "promise_links": [promise_link_record(link, quotes[link.pk]) for link in links],
                "encounters": [encounter_record(one, quotes[one.pk]) for one in encounters],
                "memos": [memo_record(memo, linked[memo.pk], viewer.user.pk) for memo in memos],
            }
            | _choices(choices_for(viewer, source), get_language() or "en")
        )


def _choices(choices: Choices, language: str) -> dict[str, list[dict[str, Any]]]:
    return {
        "promises": [
            {"id": one.pk, "tool": one.tool_id, "text": pick(one.text, language), "near": place < choices.near_promises}
            for place, one in enumerate(choices.promises)
        ],
        "tools": [
            {"id": one.pk, "name": one.name, "near": place < choices.near_tools}
            for place, one in enumerate(choices.tools)
        ],
        "participants": [
            {"id": one.pk, "name": _person(one, choices), "near": place < choices.near_participants}
            for place, one in enumerate(choices.participants)
        ],
    }


def _person(participant: Participant, choices: Choices) -> str:
    label = choices.speakers.get(participant.pk, "")
    return f"{participant.code} · {label}" if label else participant.code

"""Participants and what they permit over HTTP."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from fieldstudy.api.endpoints import APIView
from fieldstudy.web import user_of
from observations.access import enter, get_row
from observations.actions.participants import ITEMS, add_participant, record_consent, withdraw_consent
from observations.api.pages import ListView, page_of, sent
from observations.api.serializers import ConsentIn, ConsentOut, ParticipantIn, ParticipantOut, WithdrawalIn
from observations.models import Consent, Participant, Site
from observations.queries.participants import consents_of, participants_of
from observations.roles import Permission


class ParticipantsView(ListView):
    """The participants of a study."""

    @extend_schema(
        operation_id="participants_list",
        responses=ParticipantOut(many=True),
        description="The participants by cursor, each with the consent that counts.",
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.PROTECT)
        return page_of(self, request, participants_of(viewer), _with_current)

    @extend_schema(
        operation_id="participant_create",
        request=ParticipantIn,
        responses={201: ParticipantOut},
        description="Add a participant. Without a consent on record nothing is permitted.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.PROTECT)
        said = sent(request, ParticipantIn)
        site_id = said.pop("site")
        site = get_row(viewer, Site, site_id) if site_id else None
        return Response(participant_record(add_participant(viewer=viewer, site=site, **said), None), status=201)


class ConsentsView(APIView):
    """What one participant permits, version by version."""

    @extend_schema(
        operation_id="consents_list",
        responses=ConsentOut(many=True),
        description="All versions, the newest first. The first one counts.",
    )
    def get(self, request: Request, slug: str, participant_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.PROTECT)
        person = get_row(viewer, Participant, participant_id)
        return Response([consent_record(consent) for consent in consents_of(person)])

    @extend_schema(
        operation_id="consent_record",
        request=ConsentIn,
        responses={201: ConsentOut},
        description="Record what the participant now permits, as the next version.",
    )
    def post(self, request: Request, slug: str, participant_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.PROTECT)
        person = get_row(viewer, Participant, participant_id)
        said = sent(request, ConsentIn)
        items = dict.fromkeys(said.pop("permits"), True)
        made = record_consent(viewer=viewer, participant=person, items=items, at=timezone.now(), **said)
        return Response(consent_record(made), status=201)


class WithdrawalView(APIView):
    """A consent taken back."""

    @extend_schema(
        operation_id="consent_withdraw",
        request=WithdrawalIn,
        responses={201: ConsentOut},
        description="The participant permits nothing any more; every use obeys from now on.",
    )
    def post(self, request: Request, slug: str, participant_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.PROTECT)
        person = get_row(viewer, Participant, participant_id)
        made = withdraw_consent(viewer=viewer, participant=person, at=timezone.now(), **sent(request, WithdrawalIn))
        return Response(consent_record(made), status=201)


def consent_record(consent: Consent) -> dict[str, Any]:
    """A consent as `ConsentOut` describes it."""
    plain = ("version", "state", "form_version", "given_on", "recorded_at")
    permits = {item: getattr(consent, item) for item in ITEMS}
    return {name: getattr(consent, name) for name in plain} | {"permits": permits}


def participant_record(person: Participant, current: Consent | None) -> dict[str, Any]:
    """A participant as `ParticipantOut` describes it."""
    plain = {name: getattr(person, name) for name in ("id", "code", "role", "title", "seniority")}
    return plain | {"site": person.site_id, "consent": consent_record(current) if current else None}


def _with_current(person: Participant) -> dict[str, Any]:
    consents: list[Consent] = person.current  # type: ignore[attr-defined]
    return participant_record(person, consents[0] if consents else None)

"""Changes to participants and to what they permit."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from fieldstudy.errors import Conflict, gettext_noop
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Consent, Participant, Site
from observations.roles import Permission

ITEMS = ("record", "quote", "name_site", "machine", "release", "recontact")


@write
def add_participant(
    *, viewer: Viewer, id: uuid.UUID, code: str, role: str, site: Site | None, title: Mapping[str, str], seniority: str
) -> Participant:
    """A new participant, known by a pseudonym code. Raises Conflict `participant.taken`."""
    viewer.need(Permission.PROTECT)
    participant = Participant(
        id=id, study=viewer.study, code=code, role=role, site=site, title=dict(title), seniority=seniority
    )
    try:
        with transaction.atomic():
            participant.save(force_insert=True)
    except IntegrityError:
        raise Conflict("participant.taken", gettext_noop("This pseudonym is in use; choose another code.")) from None
    return participant


@write
def record_consent(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    participant: Participant,
    items: Mapping[str, bool],
    form_version: str,
    given_on: date,
    at: datetime,
) -> Consent:
    """What a participant now permits, as the next version; what is not named is not permitted."""
    viewer.need(Permission.PROTECT)
    allowed = {item: bool(items.get(item, False)) for item in ITEMS}
    return _next_version(viewer, participant, id=id, at=at, form_version=form_version, given_on=given_on, **allowed)


@write
def withdraw_consent(*, viewer: Viewer, id: uuid.UUID, participant: Participant, on: date, at: datetime) -> Consent:
    """The participant permits nothing any more; every query obeys from now on."""
    viewer.need(Permission.PROTECT)
    nothing = dict.fromkeys(ITEMS, False)
    state = Consent.State.WITHDRAWN
    return _next_version(viewer, participant, id=id, at=at, state=state, form_version="", given_on=on, **nothing)


def _next_version(viewer: Viewer, participant: Participant, *, at: datetime, **values: Any) -> Consent:
    Participant.objects.select_for_update().get(pk=participant.pk)
    earlier = Consent.objects.filter(participant=participant)
    earlier.filter(is_current=True).update(is_current=False)
    return Consent.objects.create(
        study=viewer.study,
        participant=participant,
        version=earlier.count() + 1,
        recorded_by=viewer.user,
        recorded_at=at,
        **values,
    )

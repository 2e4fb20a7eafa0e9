"""Joining a study as someone who has no account yet."""

import uuid
from datetime import datetime

from django.db import transaction

from fieldstudy.actions.users import make_account
from fieldstudy.errors import Conflict, gettext_noop
from fieldstudy.models import User
from observations.actions.studies import accept_invitation, find_invitation


@transaction.atomic
def join_as_new_person(*, id: uuid.UUID, token: str, name: str, password: str, at: datetime) -> User:
    """An account for the invited e-mail, and a member of the study from the start.

    Raises
    ------
    Missing
        `invitation.missing` when the link cannot be used any more.
    Conflict
        `invitation.has_account` when the invited e-mail has an account: its owner joins signed in.
    """
    invitation = find_invitation(token, at)
    if User.objects.filter(email=invitation.email).exists():
        raise Conflict(
            "invitation.has_account", gettext_noop("There is an account for this e-mail. Sign in with it to join.")
        )
    user = make_account(id=id, email=invitation.email, name=name, password=password)
    accept_invitation(actor=user, token=token, at=at)
    return user

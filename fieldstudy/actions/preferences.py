"""A person's own settings and API tokens."""

from typing import Any

from django.db import transaction
from knox.models import AuthToken

from fieldstudy.models import User

SIZES = (-2, -1, 0, 1, 2, 3, 4)
DENSITIES = ("compact", "normal", "open")
_READING = {"text_size": 0, "density": "normal"}


def set_preferences(*, user: User, name: str, single_keys: bool) -> None:
    """Change how a person is called (by e-mail with an empty name) and whether single letters are shortcuts."""
    user.name = name.strip()[:120]
    user.single_keys = single_keys
    user.save(update_fields=["name", "single_keys"])


def reading_preferences(user: User) -> dict[str, Any]:
    """How the person likes a source's text: `text_size`, in steps from the normal one, and `density` of its lines."""
    return {name: user.preferences.get(name, usual) for name, usual in _READING.items()}


def set_reading_preferences(*, user: User, changes: dict[str, Any]) -> dict[str, Any]:
    """Change some of what `reading_preferences` gives, and give all of it."""
    with transaction.atomic():
        fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        fresh.preferences |= {name: changes[name] for name in _READING if name in changes}
        fresh.save(update_fields=["preferences"])
    user.preferences = fresh.preferences
    return reading_preferences(user)


def make_token(*, user: User) -> str:
    """A new API token; only its hash is kept, so this is the one time it can be told."""
    _, token = AuthToken.objects.create(user)
    return str(token)


def drop_token(*, user: User, digest: str) -> None:
    """End one of a person's tokens at once."""
    AuthToken.objects.filter(user=user, digest=digest).delete()

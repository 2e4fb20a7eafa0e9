"""A person's own settings and API tokens."""

from knox.models import AuthToken

from fieldstudy.models import User


def set_preferences(*, user: User, name: str, single_keys: bool) -> None:
    """Change how a person is called (by e-mail with an empty name) and whether single letters are shortcuts."""
    user.name = name.strip()[:120]
    user.single_keys = single_keys
    user.save(update_fields=["name", "single_keys"])


def make_token(*, user: User) -> str:
    """A new API token; only its hash is kept, so this is the one time it can be told."""
    _, token = AuthToken.objects.create(user)
    return str(token)


def drop_token(*, user: User, digest: str) -> None:
    """End one of a person's tokens at once."""
    AuthToken.objects.filter(user=user, digest=digest).delete()

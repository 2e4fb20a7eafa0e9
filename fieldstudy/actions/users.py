import secrets
import uuid

from django.contrib.auth.hashers import make_password

from fieldstudy.models import User


def ensure_first_account() -> tuple[str, str] | None:
    """On an empty installation, an administrator's account: its e-mail and password, told once; None otherwise."""
    if User.objects.exists():
        return None
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(
        "admin@localhost.localdomain", password, name="Administrator", is_administrator=True
    )
    return user.email, password


def make_account(*, id: uuid.UUID, email: str, name: str, password: str | None, is_administrator: bool = False) -> User:
    """An account with a given id, found again when it is there already; without a password nobody can sign in."""
    defaults = {
        "email": email.lower(),
        "name": name,
        "password": make_password(password),
        "is_administrator": is_administrator,
    }
    user, _ = User.objects.get_or_create(id=id, defaults=defaults)
    return user

import secrets
import uuid
from itertools import chain, count

from django.contrib.auth.hashers import make_password

from fieldstudy.models import User

HERE = "@localhost.localdomain"


def ensure_first_account() -> tuple[str, str] | None:
    """An administrator's account where no open one is: its e-mail and password, told once; None otherwise.

    An account that has the e-mail already, closed or no administrator's, is left as it is: somebody made it so.
    """
    if User.objects.filter(is_administrator=True, is_active=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(_free_email(), password, name="Administrator", is_administrator=True)
    return user.email, password


def _free_email() -> str:
    taken = set(User.objects.filter(email__endswith=HERE).values_list("email", flat=True))
    names = chain(["admin"], (f"admin{number}" for number in count(2)))
    return next(email for name in names if (email := f"{name}{HERE}") not in taken)


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

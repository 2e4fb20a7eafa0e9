"""What an administrator does to accounts."""

import uuid

from fieldstudy.errors import Conflict, NotPermitted, gettext_noop
from fieldstudy.models import User


def need_administrator(actor: User) -> None:
    """Raise NotPermitted `account.not_administrator` unless the person administers this installation."""
    if not (actor.is_active and actor.is_administrator):
        raise NotPermitted(
            "account.not_administrator", gettext_noop("Only an administrator of this installation does this.")
        )


def add_account(*, actor: User, id: uuid.UUID, email: str, name: str, is_administrator: bool = False) -> User:
    """An account that its owner opens by setting a password. Raises Conflict `account.taken`."""
    need_administrator(actor)
    if User.objects.filter(email=email.lower()).exists():
        raise Conflict("account.taken", gettext_noop("There is an account for this e-mail."), beside="email")
    return User.objects.create_user(email, None, id=id, name=name, is_administrator=is_administrator)


def set_active(*, actor: User, account: User, is_active: bool) -> None:
    """Close an account to its owner, or open it again. What they made stays. Raises Conflict `account.own`."""
    need_administrator(actor)
    _not_own(actor, account)
    account.is_active = is_active
    account.save(update_fields=["is_active"])


def set_administrator(*, actor: User, account: User, is_administrator: bool) -> None:
    """Make somebody an administrator, or no longer one. Raises Conflict `account.own`."""
    need_administrator(actor)
    _not_own(actor, account)
    account.is_administrator = is_administrator
    account.save(update_fields=["is_administrator"])


def _not_own(actor: User, account: User) -> None:
    if account.pk == actor.pk:
        raise Conflict("account.own", gettext_noop("Another administrator has to do this to your own account."))

"""How accounts come to be, by an invitation or an administrator, never by signing up unasked; how tries are limited."""

import uuid
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse

from fieldstudy.errors import Unavailable, gettext_noop
from fieldstudy.models import User
from fieldstudy.statements import row_of


class SessionAccounts(AuthenticationBackend):
    """allauth's own backend but for how the account of a session is read: by a prepared statement, on every request."""

    def get_user(self, user_id: uuid.UUID) -> User | None:
        """The account, None when it is gone or has been shut."""
        fields = User._meta.concrete_fields
        columns = ", ".join(str(field.column) for field in fields)
        row = row_of(f"SELECT {columns} FROM {User._meta.db_table} WHERE id = %s", [user_id])
        if row is None:
            return None
        user = User.from_db(
            "default", [field.attname for field in fields], [_read(*cell) for cell in zip(fields, row, strict=True)]
        )
        return user if self.user_can_authenticate(user) else None


def _read(field: Any, value: Any) -> Any:
    """A value of the database as the field means it."""
    return field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value


class InvitationOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the profile, from where one came to change the password."""
        return reverse("profile")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse to look at the password after too many wrong ones, with the status that says so (429)."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as problem:
            raise ImmediateHttpResponse(respond_429(request)) from problem

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Raises Unavailable `mail.not_sent`, alike for addresses that have an account and for those that have none."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as problem:
            raise Unavailable(
                "mail.not_sent",
                gettext_noop("The mail could not be sent. Try again later, or ask an administrator for a link."),
            ) from problem

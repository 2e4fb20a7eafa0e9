"""How accounts come to be, by an invitation or an administrator, never by signing up unasked; how tries are limited."""

from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from fieldstudy.errors import Unavailable, gettext_noop


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

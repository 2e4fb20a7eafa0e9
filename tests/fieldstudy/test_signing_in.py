"""How often a password can be tried or asked for, from where, and what comes of it without a mail server."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIRequestFactory

from fieldstudy.api.throttling import PerMinute
from fieldstudy.models import User
from tests import builders
from tests.shared import shared

ForUser = Callable[[User], Client]
SIGN_IN, RESET = "/accounts/login/", "/accounts/password/reset/"


@pytest.fixture(autouse=True)
def _nothing_counted(db: None, settings: Settings) -> None:
    """No tries before, and passwords that are quick to try."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def _mail(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"


@pytest.fixture
def _failing_mail(settings: Settings) -> None:
    """A mail server that does not answer: nobody listens on port 9 of this machine."""
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@shared
def member(outsider: User) -> User:
    outsider.set_password(builders.PASSWORD)
    outsider.save()
    return outsider


def tries(client: Client, email: str, password: str = "wrong", *, times: int = 1, comes_from: str = "") -> list[int]:
    headers = {"x-forwarded-for": comes_from} if comes_from else {}
    sent = {"login": email, "password": password}
    return [client.post(SIGN_IN, sent, headers=headers).status_code for _ in range(times)]


def test_five_wrong_passwords_for_one_account_are_enough(client: Client, member: User) -> None:
    assert tries(client, member.email, times=6) == [200] * 5 + [429]


def test_even_the_right_password_waits_then(client: Client, member: User) -> None:
    tries(client, member.email, times=5)
    assert tries(client, member.email, builders.PASSWORD) == [429]


def test_ten_wrong_passwords_from_one_address_are_enough(client: Client) -> None:
    assert [tries(client, f"nobody{number}@example.org")[0] for number in range(11)] == [200] * 10 + [429]


def test_what_browsers_say_of_where_they_come_from_is_not_believed(client: Client) -> None:
    statuses = [tries(client, f"no{n}@example.org", comes_from=f"10.0.0.{n}")[0] for n in range(11)]
    assert statuses[-1] == 429


def test_behind_a_proxy_each_address_is_counted_alone(client: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    statuses = [tries(client, f"no{n}@example.org", comes_from=f"9.9.9.9, 10.0.0.{n}")[0] for n in range(11)]
    assert statuses == [200] * 11


@pytest.mark.parametrize(("proxies", "who"), [(0, "127.0.0.1"), (1, "10.0.0.2"), (2, "10.0.0.1")])
def test_the_api_believes_as_many_proxies(monkeypatch: pytest.MonkeyPatch, proxies: int, who: str) -> None:
    monkeypatch.setattr("rest_framework.throttling.api_settings.NUM_PROXIES", proxies, raising=False)
    request = APIRequestFactory().get("/", headers={"x-forwarded-for": "9.9.9.9, 10.0.0.1, 10.0.0.2"})
    assert PerMinute().get_ident(request) == who


@pytest.mark.usefixtures("_mail")
def test_a_new_password_is_asked_for_three_times_a_minute(client: Client, member: User) -> None:
    statuses = [client.post(RESET, {"email": member.email}).status_code for _ in range(4)]
    assert (statuses, len(mail.outbox)) == ([302, 302, 302, 429], 3)


@pytest.mark.parametrize("name", ["account_reset_password", "account_reset_password_done"])
def test_without_a_mail_server_nobody_is_told_to_look_into_their_mail(client: Client, name: str) -> None:
    page = client.get(reverse(name)).content.decode()
    assert ("Ask an administrator" in page, "Look into your mail" in page, "Send the link" in page) == (
        True,
        False,
        False,
    )


@pytest.mark.usefixtures("_failing_mail")
@pytest.mark.parametrize("email", ["olga@example.org", "nobody@example.org"])
def test_a_mail_server_that_fails_is_told_alike_of_whom_has_an_account(
    client: Client, member: User, email: str
) -> None:
    page = client.post(RESET, {"email": email})
    assert (page.status_code, "could not be sent" in page.content.decode()) == (503, True)


@pytest.mark.usefixtures("_failing_mail")
def test_a_link_that_could_not_be_mailed_is_shown_to_the_administrator(
    administrator: User, member: User, client_for: ForUser
) -> None:
    browser = client_for(administrator)
    browser.post(reverse("administration_account", args=[member.pk]), {"act": "reset"})
    page = browser.get("/administration/").content.decode()
    assert ("did not take the mail" in page, "/accounts/password/reset/key/" in page) == (True, True)

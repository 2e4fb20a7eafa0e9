"""Accounts on the administrator's page, and the account pages themselves."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from fieldstudy.models import User
from tests import builders

ForUser = Callable[[User], Client]
PAGE = "/administration/"


def act(browser: Client, account: User, what: str) -> int:
    return browser.post(reverse("administration_account", args=[account.pk]), {"act": what}).status_code


def test_only_an_administrator_sees_the_accounts(outsider: User, client_for: ForUser) -> None:
    assert client_for(outsider).get(PAGE).status_code == 403


@pytest.mark.parametrize("what", ["deactivate", "promote", "reset"])
def test_only_an_administrator_changes_accounts(outsider: User, lead: User, client_for: ForUser, what: str) -> None:
    assert act(client_for(outsider), lead, what) == 403


def test_a_closed_account_is_out_at_once(administrator: User, outsider: User, client_for: ForUser) -> None:
    theirs = client_for(outsider)
    act(client_for(administrator), outsider, "deactivate")
    assert theirs.get("/").status_code == 302


def test_nobody_closes_their_own_account(administrator: User, client_for: ForUser) -> None:
    assert act(client_for(administrator), administrator, "deactivate") == 409


def test_an_administrator_can_be_made(administrator: User, outsider: User, client_for: ForUser) -> None:
    act(client_for(administrator), outsider, "promote")
    outsider.refresh_from_db()
    assert outsider.is_administrator


def test_an_unknown_act_is_not_there(administrator: User, outsider: User, client_for: ForUser) -> None:
    assert act(client_for(administrator), outsider, "praise") == 404


def test_a_new_account_gets_a_link_that_sets_a_password(administrator: User, client_for: ForUser) -> None:
    browser = client_for(administrator)
    browser.post(PAGE, {"email": "nora@example.org", "name": "Nora"})
    link = browser.session["account_link"][1]
    page = Client().get(link, follow=True)
    assert b"Set a new password" in page.content


def test_an_email_has_one_account(administrator: User, outsider: User, client_for: ForUser) -> None:
    sent = {"email": outsider.email.upper(), "name": "Olga"}
    assert client_for(administrator).post(PAGE, sent).status_code == 422


def test_an_administrator_sees_no_more_of_a_study_than_its_size(
    administrator: User, lead: User, client_for: ForUser
) -> None:
    study = builders.make_study(lead)
    browser = client_for(administrator)
    page = browser.get("/").content
    assert (study.name.encode() in page, reverse("study", args=[study.slug]).encode() in page) == (True, False)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_signup", "account_inactive"])
def test_the_doors_open_for_anybody(client: Client, db: None, name: str, language: str) -> None:
    assert b'class="door"' in client.get(reverse(name), headers={"accept-language": language}).content


@pytest.mark.parametrize("name", ["account_change_password", "account_logout", "account_reauthenticate"])
def test_the_pages_of_an_account_are_in_our_frame(administrator: User, client_for: ForUser, name: str) -> None:
    administrator.set_password(builders.PASSWORD)
    administrator.save()
    page = client_for(administrator).get(reverse(name)).content
    assert b"fieldstudy/css/account.css" in page


def test_signing_in_by_email(client: Client, outsider: User) -> None:
    cache.clear()
    outsider.set_password(builders.PASSWORD)
    outsider.save()
    client.post(reverse("account_login"), {"login": outsider.email, "password": builders.PASSWORD})
    assert client.get("/").status_code == 200

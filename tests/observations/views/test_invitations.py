"""Joining a study by an invitation's link."""

from collections.abc import Callable
from datetime import timedelta

from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fieldstudy.models import User
from observations.actions.studies import invite, withdraw_invitation
from observations.models import Membership, Study
from tests import builders
from tests.shared import shared

ForUser = Callable[[User], Client]
NEW = {"name": "Nora New", "password": builders.PASSWORD}


@shared
def link(study: Study) -> str:
    cache.clear()
    return link_for(study, "nora@example.org")


def link_for(study: Study, email: str) -> str:
    _, token = invite(viewer=builders.as_lead(study), email=email, roles=["coder"], at=timezone.now())
    return reverse("invitation", args=[token])


def test_the_page_names_the_study_and_the_roles(client: Client, study: Study, link: str) -> None:
    page = client.get(link).content.decode()
    assert (study.name in page, "coder" in page) == (True, True)


def test_a_new_person_gets_the_account_of_the_invited_email(client: Client, study: Study, link: str) -> None:
    client.post(link, NEW)
    assert Membership.objects.get(study=study, user__email="nora@example.org").roles == ["coder"]


def test_a_new_person_is_signed_in(client: Client, study: Study, link: str) -> None:
    client.post(link, NEW)
    assert client.get(reverse("study", args=[study.slug])).status_code == 200


def test_a_weak_password_makes_no_account(client: Client, link: str) -> None:
    assert client.post(link, NEW | {"password": "password"}).status_code == 422
    assert not User.objects.filter(email="nora@example.org").exists()


def test_someone_signed_in_joins_as_themselves(study: Study, link: str, outsider: User, client_for: ForUser) -> None:
    client_for(outsider).post(link)
    assert Membership.objects.filter(study=study, user=outsider).exists()


def test_opening_the_link_joins_nothing(study: Study, link: str, outsider: User, client_for: ForUser) -> None:
    client_for(outsider).get(link)
    assert not Membership.objects.filter(study=study, user=outsider).exists()


def test_a_link_works_once(client: Client, link: str, outsider: User, client_for: ForUser) -> None:
    client_for(outsider).post(link)
    assert client.get(link).status_code == 404


def test_a_withdrawn_link_is_not_there(client: Client, study: Study) -> None:
    viewer = builders.as_lead(study)
    invitation, token = invite(viewer=viewer, email="nora@example.org", roles=["coder"], at=timezone.now())
    withdraw_invitation(viewer=viewer, invitation=invitation, at=timezone.now())
    assert client.get(reverse("invitation", args=[token])).status_code == 404


def test_an_old_link_is_not_there(client: Client, study: Study) -> None:
    at = timezone.now() - timedelta(days=15)
    _, token = invite(viewer=builders.as_lead(study), email="nora@example.org", roles=["coder"], at=at)
    assert client.get(reverse("invitation", args=[token])).status_code == 404


def test_the_owner_of_an_account_is_sent_to_sign_in(client: Client, study: Study, outsider: User) -> None:
    response = client.post(link_for(study, outsider.email), NEW)
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_tries_are_limited(client: Client, link: str) -> None:
    statuses = [client.post(link, NEW | {"password": "short"}).status_code for _ in range(25)]
    assert statuses[-1] == 429

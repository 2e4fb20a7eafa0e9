"""Roles and invitations on the members page."""

from collections.abc import Callable

from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from fieldstudy.models import User
from observations.actions.studies import invite
from observations.models import Invitation, Membership, Study
from tests import builders

ForUser = Callable[[User], Client]


def test_ticked_roles_are_given(study: Study, lead: User, reader: User, client_for: ForUser) -> None:
    client_for(lead).post(reverse("member_roles", args=[study.slug, reader.pk]), {"roles": ["coder", "steward"]})
    assert Membership.objects.get(study=study, user=reader).roles == ["coder", "steward"]


def test_no_role_ends_the_membership(study: Study, lead: User, reader: User, client_for: ForUser) -> None:
    client_for(lead).post(reverse("member_roles", args=[study.slug, reader.pk]))
    assert not Membership.objects.filter(study=study, user=reader).exists()


def test_the_last_lead_stays(study: Study, lead: User, client_for: ForUser) -> None:
    response = client_for(lead).post(reverse("member_roles", args=[study.slug, lead.pk]), {"roles": ["reader"]})
    assert (response.status_code, Membership.objects.get(study=study, user=lead).roles) == (409, ["lead"])


def test_someone_who_is_no_member_gets_no_role(study: Study, lead: User, outsider: User, client_for: ForUser) -> None:
    url = reverse("member_roles", args=[study.slug, outsider.pk])
    assert client_for(lead).post(url, {"roles": ["lead"]}).status_code == 404


def test_a_coder_gives_no_roles(study: Study, coder_ana: User, client_for: ForUser) -> None:
    url = reverse("member_roles", args=[study.slug, coder_ana.pk])
    assert client_for(coder_ana).post(url, {"roles": ["lead"]}).status_code == 403


def test_an_invitation_shows_its_link_once(study: Study, lead: User, client_for: ForUser) -> None:
    browser, url = client_for(lead), reverse("members", args=[study.slug])
    browser.post(url, {"email": "nora@example.org", "roles": ["coder"]})
    link = b"http://testserver/invitations/"
    assert [link in browser.get(url).content for _ in range(2)] == [True, False]


def test_an_invitation_is_mailed(study: Study, lead: User, client_for: ForUser, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    browser, url = client_for(lead), reverse("members", args=[study.slug])
    browser.post(url, {"email": "nora@example.org", "roles": ["coder"]})
    assert "was sent to nora@example.org" in browser.get(url).content.decode()
    assert "http://testserver/invitations/" in mail.outbox[0].body


def test_an_invitation_stands_when_the_mail_server_fails(
    study: Study, lead: User, client_for: ForUser, settings: Settings
) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    browser, url = client_for(lead), reverse("members", args=[study.slug])
    browser.post(url, {"email": "nora@example.org", "roles": ["coder"]})
    page = browser.get(url).content.decode()
    assert ("did not take the mail" in page, "http://testserver/invitations/" in page) == (True, True)
    assert Invitation.objects.filter(email="nora@example.org", withdrawn_at=None).exists()


def test_only_the_newest_invitation_of_a_person_is_open(study: Study) -> None:
    lead, at = builders.as_lead(study), timezone.now()
    for _ in range(2):
        newest, _token = invite(viewer=lead, email="nora@example.org", roles=["coder"], at=at)
    assert list(Invitation.objects.filter(withdrawn_at=None)) == [newest]


def test_an_invitation_without_role_is_refused(study: Study, lead: User, client_for: ForUser) -> None:
    url = reverse("members", args=[study.slug])
    assert client_for(lead).post(url, {"email": "nora@example.org"}).status_code == 422


def test_a_withdrawn_invitation_leaves_the_list(study: Study, lead: User, client_for: ForUser) -> None:
    made, _ = invite(viewer=builders.as_lead(study), email="nora@example.org", roles=["coder"], at=timezone.now())
    client_for(lead).post(reverse("invitation_withdraw", args=[study.slug, made.pk]))
    assert Invitation.objects.get(pk=made.pk).withdrawn_at is not None

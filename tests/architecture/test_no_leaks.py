"""Nothing that people said or are called gets into logs, jobs or caches; and what was typed is shown as text."""

import logging
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from coding.actions.codebooks import Meaning, add_code
from coding.models import Code
from fieldstudy.errors import DiscreetFormatter
from fieldstudy.models import Job, User
from observations.actions.imports import check_sizes
from observations.actions.studies import add_promise, add_tool
from observations.importers import LARGEST_FILE
from observations.importers.base import ParsedTurn
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

SECRET = "marigold"
JSON = "application/json"
EVIL = "\"><img src=x onerror=alert(1)><script>alert('x')</script>"


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, f"The film of {SECRET} showed a shadow.", title=f"About {SECRET}")


def test_no_request_writes_evidence_or_names_to_the_log(
    study: Study, source: Source, coder_ana: User, client_for: Callable[[User], Client], caplog: Any
) -> None:
    code = builders.make_code(study)
    caplog.set_level(logging.DEBUG)
    caplog.handler.setFormatter(DiscreetFormatter("%(message)s"))
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)  # Django writes queries only when debugging
    ana = client_for(coder_ana)
    segments = reverse("api:segments", args=[study.slug, source.pk])
    body = {"id": str(uuid.uuid4()), "code": str(code.pk), "start": 0, "end": 8, "revision": str(source.revision_id)}
    ana.post(segments, body, content_type=JSON)
    ana.post(segments, body | {"start": 3, "weight": 4}, content_type=JSON)
    ana.post(segments, body | {"code": SECRET}, content_type=JSON)
    ana.post(segments, f'{{"{SECRET}', content_type=JSON)
    for name in ("workspace", "source", "source_text", "source_edit", "second_opinion"):
        ana.get(reverse(name, args=[study.slug, source.pk]))
    ana.post(reverse("source_text", args=[study.slug, source.pk]), {"text": SECRET, "based_on": 9, "save": 1})
    ana.post(reverse("source_edit", args=[study.slug, source.pk]), {"title": SECRET, "kind": SECRET})
    assert SECRET not in "\n".join(caplog.handler.format(record) for record in caplog.records)


def test_an_unexpected_error_is_logged_without_its_message(
    study: Study, lead: User, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*args: Any, **kwargs: Any) -> None:
        try:
            raise ValueError(f"could not read {SECRET}")
        except ValueError as error:
            raise RuntimeError(f"in {SECRET}") from error

    monkeypatch.setattr("observations.views.sources.list_sources", failing)
    client = Client(raise_request_exception=False)
    client.force_login(lead)
    response = client.get(reverse("source_list", args=[study.slug]))
    formatter = DiscreetFormatter("%(message)s")
    written = "\n".join(formatter.format(record) for record in caplog.records)
    assert response.status_code == 500
    assert "RuntimeError" in written and "ValueError" in written
    assert SECRET not in written
    assert SECRET not in response.content.decode()


def test_the_servers_own_logs_are_written_by_the_discreet_formatter() -> None:
    written: Any = settings.LOGGING["formatters"]
    assert written["plain"]["()"].endswith("DiscreetFormatter")
    assert not settings.DEBUG
    assert not settings.ADMINS and not settings.MANAGERS


def test_the_secret_of_a_link_is_not_logged() -> None:
    record = logging.makeLogRecord({"msg": "Not Found: /invitations/abc123/ and /accounts/password/reset/key/1-xyz/"})
    written = DiscreetFormatter("%(message)s").format(record)
    assert "abc123" not in written and "1-xyz" not in written


def test_a_row_the_database_refuses_is_a_conflict_without_its_words(
    study: Study, lead: User, client_for: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def refused(**kwargs: Any) -> None:
        raise IntegrityError(f"Key (name)=({SECRET}) already exists")

    monkeypatch.setattr("observations.api.field.add_promise", refused)
    tool = add_tool(viewer=builders.as_lead(study), id=uuid.uuid4(), name="Lumen", kind="other")
    body = {"id": str(uuid.uuid4()), "tool": str(tool.pk), "text": {"en": "More"}}
    response = client_for(lead).post(reverse("api:promises", args=[study.slug]), body, content_type=JSON)
    assert (response.status_code, response.json()["code"]) == (409, "write.refused")
    assert SECRET not in caplog.text + response.content.decode()


def test_jobs_carry_no_words(study: Study, source: Source) -> None:
    assert SECRET not in str(list(Job.objects.values()))


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_signup", "studies", "nowhere"])
def test_every_page_has_its_guards(db: None, lead: User, name: str) -> None:
    client = Client()
    if name == "studies":
        client.force_login(lead)
    response = client.get("/nowhere/" if name == "nowhere" else reverse(name))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]


def test_evidence_is_kept_by_no_cache(
    study: Study, source: Source, lead: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(lead)
    pages = [reverse(name, args=[study.slug, source.pk]) for name in ("source", "workspace", "api:source")]
    pages += [reverse("export", args=[study.slug, "csv"])]
    assert {client.get(page).headers["Cache-Control"] for page in pages} == {"private, no-store"}


@pytest.mark.parametrize("place", ["set_language", "account_login"])
def test_nobody_is_led_elsewhere(db: None, lead: User, client_for: Callable[[User], Client], place: str) -> None:
    elsewhere = "https://elsewhere.example/"
    response = client_for(lead).post(
        reverse(place), {"next": elsewhere, "language": "fr"}, query_params={"next": elsewhere}
    )
    assert "elsewhere.example" not in response.headers.get("Location", "")


def test_files_too_large_are_refused_before_they_are_read() -> None:
    with pytest.raises(Exception, match="may take") as refused:
        check_sizes([1, LARGEST_FILE + 1])
    assert refused.value.code == "import.too_large"  # type: ignore[attr-defined]


@shared
def evil(study: Study, lead: User) -> Source:
    """A study in which everything that can be typed is an attack."""
    viewer = builders.as_lead(study)
    User.objects.filter(pk=lead.pk).update(name=EVIL)
    study.name = EVIL
    type(study).objects.filter(pk=study.pk).update(name=EVIL)
    tool = add_tool(viewer=viewer, id=uuid.uuid4(), name=EVIL, kind="other")
    add_promise(viewer=viewer, id=uuid.uuid4(), tool=tool, text={"en": EVIL}, claimed_by=EVIL)
    texts = {"en": EVIL}
    meaning = Meaning(names=texts, definitions=texts, include_when=texts, exclude_when=texts, examples=texts)
    add_code(viewer=viewer, id=uuid.uuid4(), sign="XSS", meaning=meaning, at=builders.AT)
    site = builders.make_site(study, EVIL[:60])
    turn = ParsedTurn(text=f"Words. {EVIL}", speaker=EVIL[:80])
    return builders.make_source(study, turn, title=EVIL, site=site)


def test_what_was_typed_is_shown_as_text(
    study: Study, evil: Source, lead: User, client_for: Callable[[User], Client]
) -> None:
    client, slug = client_for(lead), study.slug
    code = Code.objects.get()
    names = ["study", "source_list", "sites", "tools", "members", "codebook", "machine", "assignments", "agreement"]
    names += ["exports", "study_settings", "participants", "codebook_publish", "code_new"]
    pages = [reverse(name, args=[slug]) for name in names] + ["/", "/profile/"]
    pages += [reverse(name, args=[slug, evil.pk]) for name in ("source", "source_edit", "source_text", "workspace")]
    pages += [reverse(name, args=[slug, code.pk]) for name in ("code", "code_edit", "code_retire")]
    for page in pages:
        content = client.get(page).content.decode()
        assert "<img src=x" not in content and "<script>alert" not in content, page

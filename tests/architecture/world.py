"""One small study with one row of everything an address can name, and the eight people who try its addresses."""

import copy
import functools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from knox.models import AuthToken

from coding.actions.agreement import start_agreement_run
from coding.actions.auto_settling import grant_waiver
from coding.actions.code_tree import retire_code
from coding.actions.codebooks import publish_codebook
from coding.actions.coders import assign
from coding.actions.disputes import build_disputes
from coding.actions.rounds import Aim, open_calibration
from coding.actions.saved_queries import save_query
from coding.actions.second_opinion import decide
from coding.actions.tagging import start_tagging
from coding.models import CodebookChange, Dispute, Suggestion
from fieldstudy.models import User
from observations.actions.imports import Upload, start_import
from observations.actions.studies import add_tool, invite
from observations.actions.variables import add_variable
from tests import builders

ROLES = ("anonymous", "outsider", "reader", "coder", "supervisor", "steward", "lead", "administrator")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
Route = tuple[str, tuple[str, ...]]


@dataclass
class World:
    """Browsers by role, and what to put into each parameter of an address."""

    browsers: dict[str, Client] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    submitted: Any = None
    agreement: Any = None

    def address(self, route: str) -> str:
        """The address of a route. A second opinion is asked for on the submitted source, all else on the other."""
        known = dict(self.parameters)
        if any(word in route for word in ("opinion", "suggestion", "decision")):
            known["source_id"] = self.submitted
        if "agreement" in route:
            known["run_id"] = known["other_id"] = self.agreement
        if route.removeprefix("api:").startswith("round"):
            known["number"] = 2
        return reverse(route, kwargs={name: known[name] for name in dict(routes())[route]})


def build_world() -> World:
    """A study in which the coder reads one source and has submitted another, and whose machine has spoken."""
    lead, outsider = builders.make_user("lead"), builders.make_user("olga")
    study = builders.make_study(lead)
    builders.make_study(outsider, slug="elsewhere")
    people = {role: builders.make_member(study, role, role) for role in ("reader", "coder", "supervisor", "steward")}
    people |= {"outsider": outsider, "lead": lead}
    people["administrator"] = builders.make_user("admin", is_administrator=True)
    site, participant = builders.make_site(study), builders.make_participant(study, quote=True, machine=True)
    source = builders.make_source(study, site=site, participants=(participant,))
    code = builders.make_code(study)
    entry = builders.make_entry(code, "film")
    publish_codebook(viewer=builders.as_lead(study), id=uuid.uuid4(), note="", at=builders.AT)
    retire_code(viewer=builders.as_lead(study), code=builders.make_code(study, "OLD"), at=builders.AT)
    segment = builders.code(source, "read the film", code, by=people["coder"])
    viewer = builders.as_lead(study)
    (assignment,) = assign(viewer=viewer, user=people["coder"], sources=[source], due_on=None, at=builders.AT)
    submitted = builders.make_source(study, title="Interview 2")
    builders.code(submitted, "Then I click", code, by=people["coder"])
    for coder in (people["coder"], builders.make_member(study, "ben", "coder")):
        builders.code(submitted, "read the film", code, by=coder)
        builders.submit(submitted, by=coder)
    handed = [(coder, [builders.make_source(study, title="Interview 3")]) for coder in (people["coder"], coder)]
    open_calibration(viewer=viewer, id=uuid.uuid4(), handed=handed, aim=Aim(), due_on=None, note="", at=builders.AT)
    run = start_tagging(viewer=viewer, id=uuid.uuid4(), sources=[source, submitted], at=builders.AT)
    agreement = start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit="turn", site=None, at=builders.AT)
    builders.do_jobs()
    suggestion = Suggestion.objects.get(run=run, source=submitted)
    decision = decide(
        viewer=builders.viewer_of(study, people["coder"]),
        id=uuid.uuid4(),
        suggestion_id=suggestion.pk,
        outcome="reject",
        at=builders.AT,
    )
    build_disputes(viewer=viewer, at=builders.AT)
    waiver = grant_waiver(viewer=viewer, id=uuid.uuid4(), user=people["supervisor"], reason="Few", at=builders.AT)
    batch = start_import(viewer=viewer, id=uuid.uuid4(), uploads=[Upload("a.txt", b"Words.")], at=builders.AT)
    invitation, token = invite(viewer=viewer, email="new@example.org", roles=["reader"], at=timezone.now())
    return World(
        submitted=submitted.pk,
        agreement=agreement.pk,
        browsers={role: _browser(people.get(role)) for role in ROLES},
        parameters={
            "slug": study.slug,
            "site_id": site.pk,
            "tool_id": add_tool(viewer=viewer, id=uuid.uuid4(), name="Lumen", kind="other").pk,
            "participant_id": participant.pk,
            "source_id": source.pk,
            "code_id": code.pk,
            "entry_id": entry.pk,
            "change_id": CodebookChange.objects.get(study=study).pk,
            "reading_id": segment.reading_id,
            "segment_id": segment.pk,
            "assignment_id": assignment.pk,
            "suggestion_id": suggestion.pk,
            "decision_id": decision.pk,
            "run_id": run.pk,
            "query_id": save_query(
                viewer=viewer, id=uuid.uuid4(), name="Strict", text="STR", is_shared=True, at=builders.AT
            ).pk,
            "dispute_id": Dispute.objects.get(study=study).pk,
            "waiver_id": waiver.pk,
            "batch_id": uuid.uuid4(),
            "job_id": run.job_id,
            "import_id": batch.pk,
            "invitation_id": invitation.pk,
            "token": token,
            "user_id": people["reader"].pk,
            "subject": "source",
            "variable_id": add_variable(viewer=viewer, id=uuid.uuid4(), subject="source", name="Ward", kind="text").pk,
            **builders.make_notes(source, by=people["coder"]),
            "digest": AuthToken.objects.create(people["reader"])[0].digest,
            "name": "csv",
            "number": 1,
            "chart": "frequencies",
            "form": "csv",
            "favourite": 1,
            "key": "worn-out",
            "uidb36": "1",
        },
    )


@functools.cache
def routes() -> tuple[Route, ...]:
    """Every route: its name with name spaces (its pattern, where it has no name), and its parameters."""
    return tuple(_routes(get_resolver(), "", ()))


def ask(world: World, role: str, route: str, method: str) -> int:
    """The status a person gets; whatever the request changed is undone."""
    address, is_api = world.address(route), route.startswith("api:")
    browser = world.browsers[role]
    with _undone(browser):
        send = getattr(browser, method.lower())
        response = send(address, data={}, content_type="application/json") if is_api else send(address)
        # Read to its end: closing it would close the connection, and with it the transaction.
        b"".join(response)
        return int(response.status_code)


@contextmanager
def _undone(browser: Client) -> Iterator[None]:
    cookies = copy.deepcopy(browser.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    browser.cookies = cookies


def _browser(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def _routes(resolver: URLResolver, name_space: str, parameters: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        within = (*parameters, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLPattern):
            yield f"{name_space}{entry.name or entry.pattern}", within
        else:
            yield from _routes(entry, f"{name_space}{entry.namespace}:" if entry.namespace else name_space, within)

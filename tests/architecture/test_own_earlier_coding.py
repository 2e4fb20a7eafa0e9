"""Every page and endpoint, asked by whoever reads a source again: the same bytes with much earlier coding or little.

The earlier readings are there before and after; what grows is what their coder put into them.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coding.actions.agreement import start_agreement_run
from coding.actions.codebooks import publish_codebook
from coding.actions.readings import open_reading
from coding.actions.rounds import serve_again
from coding.models import Encounter, Memo, PromiseLink, Reading, Segment
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.architecture.access_table import rows
from tests.architecture.test_blindness_everywhere import (
    HIDDEN,
    JSON,
    PASSING,
    SELF_TOLD,
    TEXT,
    acting,
    differing,
)
from tests.architecture.world import routes

# Tells when an address was last asked for, or is not about this study.
NOT_ASKED = SELF_TOLD | {"set_language"}


class Again:
    """A study in which two people, one of them its lead, have a source before them that they coded before."""

    def __init__(self) -> None:
        lead = builders.make_user("lead")
        self.study: Study = builders.make_study(lead)
        self.people: dict[str, User] = {
            "coder": builders.make_member(self.study, "ana", "coder"),
            "lead who codes": builders.make_member(self.study, "lena", "lead", "coder"),
        }
        self.source: Source = builders.make_source(self.study, TEXT)
        self.other = builders.make_source(self.study, TEXT, title="Interview 2")
        self.code = builders.make_code(self.study)
        publish_codebook(viewer=builders.as_lead(self.study), id=uuid.uuid4(), note="", at=builders.AT)
        self.notes = builders.make_notes(self.other, by=self.people["coder"])
        self.segments = [builders.code(self.source, "film", self.code, by=by) for by in self.people.values()]
        for by in self.people.values():
            builders.submit(self.source, by=by)
        self.finals = list(Segment.objects.filter(reading__phase="final"))
        viewer = builders.viewer_of(self.study, self.people["lead who codes"])
        self.run = start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit="turn", site=None, at=builders.AT)
        builders.do_jobs()
        serve_again(
            viewer=builders.as_lead(self.study),
            id=uuid.uuid4(),
            handed=[(by, [self.source]) for by in self.people.values()],
            weeks=0,
            seed=None,
            due_on=None,
            note="",
            at=builders.AT,
        )

    def begin(self) -> None:
        for by in self.people.values():
            viewer = builders.viewer_of(self.study, by)
            open_reading(viewer=viewer, source=self.source, id=uuid.uuid4(), at=builders.AT)

    def more(self) -> None:
        """Hundreds of passages, marks and memos in the earlier final readings, which are still open."""
        for final in self.finals:
            acting(builders.as_lead(self.study).user)
            Segment.objects.bulk_create([_copy(final) for _ in range(HIDDEN)])
            self._mark(final.reading)
        place = {"start": 0, "end": 6, "now_start": 0, "now_end": 6, "revision_id": self.source.revision_id}
        for by in self.people.values():
            said = {"study": self.study, "author": by, "text": "thought", "source": self.source}
            said |= {"created_at": builders.AT.replace(year=2025), "changed_at": builders.AT, "is_shared": False}
            Memo.objects.bulk_create([Memo(about="span", **said, **place) for _ in range(HIDDEN)])
            Memo.objects.bulk_create(
                [Memo(about="segment", segment=one, **said) for one in self.finals if one.reading.coder.user == by]
            )

    def _mark(self, reading: Reading) -> None:
        for name, model in (("promise_link", PromiseLink), ("encounter", Encounter)):
            mark = model._default_manager.get(pk=self.notes[f"{name}_id"])
            mark.reading, mark.source, mark.revision_id = reading, self.source, self.source.revision_id
            plain = {field.attname: getattr(mark, field.attname) for field in model._meta.concrete_fields}
            model._default_manager.bulk_create([model(**plain | {"id": uuid.uuid4()}) for _ in range(HIDDEN)])

    def addresses(self, final: Segment) -> list[str]:
        """Every address that is read and can be named here, with ids of what is out of sight."""
        given = {
            "slug": self.study.slug,
            "source_id": self.source.pk,
            "code_id": self.code.pk,
            "segment_id": final.pk,
            "reading_id": final.reading_id,
            "run_id": self.run.pk,
            "number": 2,
            "chart": "frequencies",
            "form": "csv",
            "name": "csv",
        }
        known, named = dict(routes()), []
        for row in rows():
            if row.method != "GET" or row.route in NOT_ASKED or row.route.startswith("account_"):
                continue
            if set(known[row.route]) <= set(given):
                named.append(reverse(row.route, kwargs={name: given[name] for name in known[row.route]}))
        workspace = reverse("workspace", args=[self.study.slug, self.source.pk])
        exports = [reverse("export", args=[self.study.slug, name]) for name in ("csv", "qdpx")]
        return [*named, f"{workspace}?reading={final.reading_id}", *(f"{one}?readings=final" for one in exports)]


def _copy(segment: Segment) -> Segment:
    plain = {field.attname: getattr(segment, field.attname) for field in Segment._meta.concrete_fields}
    for name in ("span", "id", "refi_guid"):
        del plain[name]
    key = uuid.uuid4()
    return Segment(id=key, refi_guid=key, **plain)


@pytest.fixture(scope="module")
def again(django_db_setup: None, django_db_blocker: Any) -> Iterator[Again]:
    unlimited = override_settings(ACCOUNT_RATE_LIMITS=False)
    with unlimited, django_db_blocker.unblock(), transaction.atomic():
        yield Again()
        transaction.set_rollback(True)


def asked(again: Again, name: str) -> dict[str, tuple[int, bytes, int]]:
    client = Client()
    client.force_login(again.people[name])
    final = next(one for one in again.finals if one.reading.coder.user == again.people[name])
    given = {}
    for address in again.addresses(final):
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            response = client.get(address)
            body = PASSING.sub(b"", b"".join(response))
            transaction.set_rollback(True)
        given[address] = (response.status_code, body, len(queries))
    return given


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "begun"), [("coder", False), ("lead who codes", True)])
def test_ones_own_earlier_coding_changes_no_byte_and_no_query(again: Again, name: str, begun: bool) -> None:
    with transaction.atomic():
        if begun:
            again.begin()
        before = asked(again, name)
        again.more()
        after = asked(again, name)
        transaction.set_rollback(True)
    assert differing(before, after) == {}
    assert len([status for status, _, _ in before.values() if status == 200]) > 15


def test_the_ids_of_ones_own_earlier_coding_change_nothing(again: Again) -> None:
    client = Client()
    client.force_login(again.people["coder"])
    final = again.finals[0] if again.finals[0].reading.coder.user == again.people["coder"] else again.finals[1]
    with transaction.atomic():
        there, nowhere = (reverse("api:segment", args=[again.study.slug, key]) for key in (final.pk, uuid.uuid4()))
        patched = [client.patch(one, {"version": 1}, content_type=JSON) for one in (there, nowhere)]
        removed = [client.delete(one) for one in (there, nowhere)]
        transaction.set_rollback(True)
    assert patched[0].content == patched[1].content and removed[0].content == removed[1].content
    assert {one.status_code for one in (*patched, *removed)} == {404}

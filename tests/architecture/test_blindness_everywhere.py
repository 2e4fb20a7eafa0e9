"""Every page and endpoint, asked by somebody blind: the same bytes and as many queries with hidden rows and without."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, reset_queries, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coding.actions.agreement import start_agreement_run
from coding.actions.auto_settling import auto_settle
from coding.actions.code_tree import merge_codes, retire_code
from coding.actions.codebooks import publish_codebook
from coding.actions.coders import machine_coder
from coding.actions.disputes import build_disputes
from coding.actions.proposals import propose_code
from coding.actions.tagging import start_tagging
from coding.models import (
    Code,
    Decision,
    Dispute,
    DisputeSide,
    Encounter,
    Memo,
    MemoLink,
    PromiseLink,
    Reading,
    Segment,
    Suggestion,
    TaggingRun,
)
from coding.queries.auto_settling import Rule
from coding.queries.chart_kinds import CHARTS
from fieldstudy.models import User
from observations.access import Viewer
from observations.models import Source, Study
from tests import builders
from tests.architecture.access_table import rows
from tests.architecture.world import routes

HIDDEN = 300
VERY_MANY = 10_000
NAMES: tuple[str, ...] = (
    "segment", "reading", "suggestion", "decision", "agreement", "memo", "promise_link", "encounter", "memo_link",
    "dispute",
)  # fmt: skip
TEXT = "I read the film first. Then I click. Every shadow is a nodule to it."
JSON = "application/json"
# What changes with the moment or the session, and not with what is there.
PASSING = re.compile(
    rb'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken": "[^"]+"|name="id" value="[^"]+"'
    rb'|(?<=[?;]q=)[\w-]+|(?<=%3Fq%3D)[\w-]+|(?<=name="q" value=")[\w-]+'
)
SELF_TOLD = {"schema", "catalogue", "health"}
# What a lead hands out they see; whether it was read is another matter.
OWN_WORK = {"assignments", "api:assignments"}
# Who audits and codes nothing is told how many readings have begun.
OVERSEERS = ("supervisor",)


@dataclass
class Ward:
    """A study whose hidden rows come later, under ids that are known before."""

    study: Study
    sources: list[Source]
    code: Code
    run: TaggingRun
    people: dict[str, User]
    notes: dict[str, uuid.UUID]
    hidden: dict[str, uuid.UUID] = field(default_factory=lambda: {name: uuid.uuid4() for name in NAMES})

    def parameters(self) -> dict[str, Any]:
        return {
            "slug": self.study.slug,
            "source_id": self.sources[0].pk,
            "code_id": self.code.pk,
            "run_id": self.run.pk,
            "other_id": self.hidden["agreement"],
            "number": 1,
            "chart": "frequencies",
            "form": "csv",
            "name": "csv",
            "job_id": self.run.job_id,
            "tool_id": uuid.UUID(int=1),
            "participant_id": uuid.UUID(int=1),
            "import_id": uuid.UUID(int=1),
            "segment_id": self.hidden["segment"],
            "dispute_id": self.hidden["dispute"],
            "memo_id": self.hidden["memo"],
            "memo_link_id": self.hidden["memo_link"],
            "promise_link_id": self.hidden["promise_link"],
            "encounter_id": self.hidden["encounter"],
            "token": "none",
            "key": "none",
            "uidb36": "1",
            "digest": "none",
        }


BLIND = ("coder", "lead who codes")
SIGHTED = ("reader", "supervisor", "steward")


def build() -> Ward:
    lead = builders.make_user("lead")
    study = builders.make_study(lead)
    people = {role: builders.make_member(study, role, role) for role in ("coder", *SIGHTED)}
    people |= {name: builders.make_member(study, name, "coder") for name in ("ana", "ben")}
    people["lead who codes"] = builders.make_member(study, "lena", "lead", "coder")
    sources = [builders.make_source(study, TEXT, title=f"Interview {number}") for number in range(3)]
    code = builders.make_code(study)
    builders.make_entry(code, "film")
    publish_codebook(viewer=builders.as_lead(study), id=uuid.uuid4(), note="", at=builders.AT)
    for name in BLIND:
        builders.code(sources[1], "click", code, by=people[name])
    notes = builders.make_notes(sources[1], by=people["coder"])
    # Whoever sees what is submitted has something to see from the start; the two who are blind have it hidden.
    run = start_tagging(viewer=builders.as_lead(study), id=uuid.uuid4(), sources=sources, at=builders.AT)
    builders.do_jobs()
    return Ward(study, sources, code, TaggingRun.objects.get(pk=run.pk), people, notes)


def hide(ward: Ward, *, submitted: bool, n: int = HIDDEN) -> None:
    """As many as `n` passages in two coders’ readings, open or submitted, with decisions, an audit and a proposal."""
    lead, first = builders.as_lead(ward.study), ward.sources[0]
    ana, ben = ward.people["ana"], ward.people["ben"]
    segments = [builders.code(source, "film", ward.code, by=by) for by in (ana, ben) for source in ward.sources]
    acting(lead.user)
    reading = segments[0].reading
    copies = [_copy(segments[0], ward.hidden["segment"] if number == 0 else uuid.uuid4()) for number in range(n)]
    Segment.objects.bulk_create(copies)
    # One reading stays open, and in it a code was proposed.
    draft = builders.make_code(ward.study, "HID")
    acting(lead.user)
    Code.objects.filter(pk=draft.pk).update(proposed_in=segments[-1].reading)
    hide_notes(ward, segments, submitted=submitted, n=n)
    if not submitted:
        return
    builders.code(first, "Every shadow", ward.code, by=ana)
    proposed = propose_all(ward, first)
    for by, source in ((ana, ward.sources[0]), (ana, ward.sources[1]), (ben, ward.sources[0]), (ben, ward.sources[1])):
        builders.submit(source, by=by)
    decide_on(ward, proposed)
    acting(lead.user)
    final = Reading.objects.get(coder=reading.coder, source=first, phase="final")
    suggestions = [_suggestion(ward, lead, number) for number in range(n)]
    Suggestion.objects.bulk_create(suggestions)
    Decision.objects.bulk_create([_decision(ward, final, one, number) for number, one in enumerate(suggestions)])
    auditor = builders.viewer_of(ward.study, ward.people["supervisor"])
    start_agreement_run(viewer=auditor, id=ward.hidden["agreement"], unit="turn", site=None, at=builders.AT)
    builders.do_jobs()
    hide_disputes(ward, auditor, n)


def propose_all(ward: Ward, source: Source) -> list[Code]:
    """Codes that one of the two coders made of words of a source, each with a passage."""
    viewer, proposed = builders.viewer_of(ward.study, ward.people["ana"]), []
    for words in ("the film", "I click", "a nodule"):
        code, _ = propose_code(viewer=viewer, id=uuid.uuid4(), source=source, names={"en": words}, at=builders.AT)
        builders.code(source, words, code, by=ward.people["ana"])
        proposed.append(code)
    return proposed


def decide_on(ward: Ward, proposed: list[Code]) -> None:
    """Of three proposals one is declined, one merged, and one waits."""
    lead = builders.as_lead(ward.study)
    retire_code(viewer=lead, code=proposed[0], at=builders.AT)
    merge_codes(viewer=lead, code=proposed[1], into=ward.code, keeps="into", at=builders.AT)


def hide_disputes(ward: Ward, settler: Viewer, n: int) -> None:
    """Hundreds of disputes between the two coders, some settled, with the consensus they are settled into."""
    build_disputes(viewer=settler, at=builders.AT)
    auto_settle(viewer=settler, rule=Rule("overlap"), batch=uuid.uuid4(), at=builders.AT)
    acting(settler.user)
    dispute = Dispute.objects.filter(study=ward.study, source=ward.sources[0]).order_by("pk").first()
    assert dispute is not None
    sides = list(dispute.sides.all())
    plain = {field.attname: getattr(dispute, field.attname) for field in Dispute._meta.concrete_fields}
    keys = [ward.hidden["dispute"], *(uuid.uuid4() for _ in range(n))]
    Dispute.objects.bulk_create([Dispute(**plain | {"id": key}) for key in keys])
    copies = [
        DisputeSide(study=ward.study, dispute_id=key, reading_id=side.reading_id, segments=side.segments)
        for key in keys
        for side in sides
    ]
    DisputeSide.objects.bulk_create(copies)


def hide_notes(ward: Ward, segments: list[Segment], *, submitted: bool, n: int) -> None:
    """Hundreds of memos, promise links and encounters of the two coders, on all that there is to write of.

    What a coder shares about the study or a code is hidden from those who still read alone, and so only with theirs.
    """
    ana, study, first = ward.people["ana"], ward.study, ward.sources[0]
    acting(ana)
    for name, model in (("promise_link", PromiseLink), ("encounter", Encounter)):
        mark = model._default_manager.get(pk=ward.notes[f"{name}_id"])
        mark.reading, mark.source, mark.revision_id = segments[0].reading, first, first.revision_id
        plain = {field.attname: getattr(mark, field.attname) for field in model._meta.concrete_fields}
        keys = [ward.hidden[name], *(uuid.uuid4() for _ in range(n))]
        model._default_manager.bulk_create([model(**plain | {"id": key}) for key in keys])
    subjects: list[dict[str, Any]] = [{"about": "source", "source": first}]
    subjects.append({"about": "segment", "source": segments[0].source, "segment": segments[0]})
    place = {"start": 0, "end": 6, "now_start": 0, "now_end": 6, "revision_id": first.revision_id}
    subjects.append({"about": "span", "source": first, **place})
    alone: list[dict[str, Any]] = [{"about": "study"}, {"about": "code", "code": ward.code}]
    said = {"study": study, "author": ana, "text": "thought", "created_at": builders.AT, "changed_at": builders.AT}
    shared = [*subjects, *(alone if submitted else [])] * (n // 5)
    memos = [Memo(is_shared=True, **said, **about) for about in shared]
    memos += [Memo(is_shared=False, **said, **about) for about in (*subjects, *alone)]
    memos[0].pk = ward.hidden["memo"]
    Memo.objects.bulk_create(memos)
    MemoLink.objects.create(id=ward.hidden["memo_link"], study=study, memo=memos[0], to_memo=memos[1])


def acting(user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fieldstudy.actor', %s, true)", [str(user.pk)])


def _copy(segment: Segment, key: uuid.UUID) -> Segment:
    plain = {field.attname: getattr(segment, field.attname) for field in Segment._meta.concrete_fields}
    for name in ("span", "id", "refi_guid"):
        del plain[name]
    return Segment(id=key, refi_guid=key, **plain)


def _suggestion(ward: Ward, lead: Any, number: int) -> Suggestion:
    first = ward.sources[0]
    assert first.revision_id is not None and ward.code.revision_id is not None
    return Suggestion(
        id=ward.hidden["suggestion"] if number == 0 else uuid.uuid4(),
        study=ward.study,
        run=ward.run,
        coder=machine_coder(viewer=lead) if number == 0 else ward.run.coder,
        source=first,
        revision_id=first.revision_id,
        code=ward.code,
        code_revision_id=ward.code.revision_id,
        start=0,
        end=6,
        now_start=0,
        now_end=6,
        score=1.0,
        evidence=[],
        tagger_version=ward.run.tagger_version,
    )


def _decision(ward: Ward, final: Reading, suggestion: Suggestion, number: int) -> Decision:
    return Decision(
        id=ward.hidden["decision"] if number == 0 else uuid.uuid4(),
        study=ward.study,
        suggestion=suggestion,
        reading=final,
        outcome="reject",
        held_before=[],
        held_after=[],
        decided_at=builders.AT,
    )


def addresses(ward: Ward, *, codes: bool) -> list[str]:
    """Every address that is read, with rows that are there and with ids of hidden ones."""
    known, named = dict(routes()), []
    for row in rows():
        skipped = row.route in SELF_TOLD or row.route.startswith("account_") or (codes and row.route in OWN_WORK)
        if row.method != "GET" or skipped:
            continue
        given = {name: ward.parameters()[name] for name in known[row.route] if name in ward.parameters()}
        if len(given) == len(known[row.route]):
            named.append(reverse(row.route, kwargs=given))
        if "agreement" in row.route and "run_id" in known[row.route]:
            named.append(reverse(row.route, kwargs=given | {"run_id": ward.hidden["agreement"]}))
    workspace = reverse("workspace", args=[ward.study.slug, ward.sources[0].pk])
    exports = [reverse("export", args=[ward.study.slug, name]) for name in ("csv", "qdpx", "qdc", "codebook-csv")]
    final = [f"{one}?readings=final" for one in exports]
    return [*named, f"{workspace}?reading={ward.hidden['reading']}", *exports, *final]


# What is asked of single pages: orders, filters, pages beyond the first, and every chart.
ASKED = {
    "relate": ("?what=codes:site", "?what=codes:codes&layer=all", "?what=branches:source&count=words"),
    "api:matrices": ("?what=codes:site", "?what=codes:codes&layer=all", "?what=codes:participant&count=sources"),
    "relate_passages": ("?what=codes:site&page=2",),
    "api:matrix_passages": ("?what=codes:site", "?what=codes:overlap"),
    "memos": ("?page=2",),
    "journal": ("?page=2",),
    "codebook_changes": ("?page=2",),
    "api:memos": ("?limit=1", "?about=code"),
    "api:segments": ("?limit=1",),
    "api:suggestions": ("?limit=1",),
    "api:readings": ("?limit=1",),
    "api:codes": ("?limit=1",),
    "api:agreement_runs": ("?limit=1",),
    "disputes": ("?kind=missed", "?state=settled"),
    "api:disputes": ("?kind=missed", "?state=settled"),
}
# What is read by sending words, which no address may hold.
SEARCHED: tuple[tuple[str, dict[str, str]], ...] = (
    ("api:search", {"text": "film"}),
    ("api:search", {"text": "film", "sort": "left"}),
    ("find", {"text": "film"}),
    ("api:passages", {"query": "STR"}),
    ("api:passages", {"query": "HID"}),
    ("api:export_passages", {"query": "STR"}),
    ("api:export_passages", {"query": "HID", "form": "xlsx"}),
    ("passages", {"text": "STR"}),
    ("passages", {"text": "HID"}),
)


def questions(ward: Ward) -> list[tuple[str, dict[str, str] | None]]:
    """Addresses with what is asked of them, and those that words are sent to."""
    known = dict(routes())

    def at(route: str) -> str:
        return reverse(route, kwargs={name: ward.parameters()[name] for name in known[route]})

    plain = [at(route) + one for route, all_asked in ASKED.items() for one in all_asked]
    for chart in CHARTS:
        plain += [reverse(route, args=[ward.study.slug, chart]) for route in ("relate_chart", "api:charts")]
    return [*((one, None) for one in plain), *((at(route), said) for route, said in SEARCHED)]


def asked(ward: Ward, name: str, *, codes: bool) -> dict[str, tuple[int, bytes, int]]:
    """By address: status, body, and how many queries it took; what the requests changed is undone."""
    client = Client()
    client.force_login(ward.people[name])
    given = {}
    for address, said in [*((one, None) for one in addresses(ward, codes=codes)), *(questions(ward) if codes else [])]:
        reset_queries()  # Django keeps a limited number of them
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            response = answer_to(client, address, said)
            body = PASSING.sub(b"", told_by(response) + b"".join(response))
            transaction.set_rollback(True)
        given[address if said is None else f"{address} {said}"] = (response.status_code, body, len(queries))
    return given


def answer_to(client: Client, address: str, said: dict[str, str] | None) -> Any:
    if said is None:
        return client.get(address)
    if "/api/" in address:
        return client.post(address, said, content_type=JSON)
    return client.post(address, said, follow=True)


def told_by(response: Any) -> bytes:
    """The headers, but for what each answer has of its own."""
    own = ("content-security-policy", "x-request-id")
    return b"".join(f"{name}: {value}\n".encode() for name, value in response.items() if name.lower() not in own)


@pytest.fixture(scope="module")
def ward(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ward]:
    unlimited = override_settings(ACCOUNT_RATE_LIMITS=False)
    with unlimited, django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """By address: statuses and numbers of queries before and after, and the first words that differ."""
    told = {}
    for address, (status, body, queries) in before.items():
        other_status, other, other_queries = after[address]
        if (status, body, queries) != (other_status, other, other_queries):
            at = next((place for place, (a, b) in enumerate(zip(body, other, strict=False)) if a != b), 0)
            words = body[max(0, at - 60) : at + 60], other[max(0, at - 60) : at + 60]
            told[address] = (status, other_status, queries, other_queries, *words)
    return told


CASES = [*((name, True) for name in BLIND), *((name, False) for name in SIGHTED)]


def test_hidden_rows_change_no_byte_and_no_query(ward: Ward) -> None:
    compare(ward, "coder", True, HIDDEN)


@pytest.mark.thorough
@pytest.mark.timeout(480)
@pytest.mark.parametrize(("name", "submitted"), CASES)
def test_neither_do_ten_thousand(ward: Ward, name: str, submitted: bool) -> None:
    compare(ward, name, submitted, VERY_MANY)


def compare(ward: Ward, name: str, submitted: bool, n: int) -> None:
    """Ask every address before and after `n` rows of each kind are hidden."""
    before = asked(ward, name, codes=name in BLIND)
    with transaction.atomic():
        hide(ward, submitted=submitted, n=n)
        after = asked(ward, name, codes=name in BLIND)
        transaction.set_rollback(True)
    told = {reverse("study", args=[ward.study.slug])} if name in OVERSEERS else set()
    assert {address: what for address, what in differing(before, after).items() if address not in told} == {}
    assert len([given for given in before.values() if given[0] == 200]) > 15


def test_the_id_of_a_hidden_passage_tells_nothing_of_what_is_in_it(ward: Ward) -> None:
    source, code = ward.sources[0], ward.code
    client = Client()
    client.force_login(ward.people["coder"])
    with transaction.atomic():
        hide(ward, submitted=True)
        hidden = Segment.objects.get(pk=ward.hidden["segment"])
        right = {"code": str(code.pk), "start": hidden.start, "end": hidden.end, "revision": str(source.revision_id)}
        wrong = right | {"start": 0, "end": 1}
        path = reverse("api:segments", args=[ward.study.slug, source.pk])
        given = [client.post(path, said | {"id": str(hidden.pk)}, content_type=JSON).content for said in (right, wrong)]
        one = reverse("api:segment", args=[ward.study.slug, hidden.pk])
        nowhere = reverse("api:segment", args=[ward.study.slug, uuid.uuid4()])
        patched = [client.patch(at, {"version": 1}, content_type=JSON).content for at in (one, nowhere)]
        removed = [client.delete(at).content for at in (one, nowhere)]
        transaction.set_rollback(True)
    assert given[0] == given[1] and patched[0] == patched[1] and removed[0] == removed[1]
    assert b"segment.id_taken" in given[0]


HIDDEN_BY_PARAMETER = {
    "segment_id": "segment", "memo_id": "memo", "memo_link_id": "memo_link", "promise_link_id": "promise_link",
    "encounter_id": "encounter", "dispute_id": "dispute", "decision_id": "decision", "suggestion_id": "suggestion",
    "reading_id": "reading", "other_id": "agreement",
}  # fmt: skip
# What a writer would send: with a body that says nothing, one answer for all could come from its check alone.
SAID = {
    "id": str(uuid.uuid4()),
    "version": 1,
    "start": 0,
    "end": 4,
    "text": "seen",
    "reason": "Few",
    "outcome": "nobody",
}


@pytest.mark.parametrize(
    ("name", "state"),
    [
        pytest.param("lead who codes", "submitted"),
        pytest.param("lead who codes", "open", marks=pytest.mark.thorough),
        pytest.param("coder", "submitted", marks=pytest.mark.thorough),
        pytest.param("coder", "open", marks=pytest.mark.thorough),
    ],
)
def test_the_id_of_a_hidden_row_is_answered_like_one_that_is_nowhere(ward: Ward, name: str, state: str) -> None:
    """By every method and address that names a row: the same status and words, whether it is hidden or is not."""
    client, told, asked_of = Client(), {}, 0
    client.force_login(ward.people[name])
    with transaction.atomic():
        hide(ward, submitted=True, n=5)
        there = ward.hidden | {"reading": hidden_reading(ward, state)}
        nowhere = {one: uuid.uuid4() for one in there}
        for method, route, parameters in naming_rows():
            given = [{one: pick(ward, one, ids) for one in parameters} for ids in (there, nowhere)]
            answers = []
            for one in given:
                with transaction.atomic():
                    send, address = getattr(client, method.lower()), reverse(route, kwargs=one)
                    answer = send(address, **({} if method == "GET" else {"data": SAID, "content_type": JSON}))
                    words = b"".join(answer)
                    transaction.set_rollback(True)
                for row in (*there.values(), *nowhere.values()):
                    words = words.replace(str(row).encode(), b"")
                answers.append((answer.status_code, PASSING.sub(b"", words)))
            asked_of += 1
            if answers[0] != answers[1]:
                told[f"{method} {route}"] = answers
        transaction.set_rollback(True)
    assert told == {} and asked_of > 30


def hidden_reading(ward: Ward, state: str) -> uuid.UUID:
    source = ward.sources[0 if state == "submitted" else 2]
    return Reading.objects.get(coder__user=ward.people["ana"], source=source, phase="first", state=state).pk


def naming_rows() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    known = dict(routes())
    for row in rows():
        names = set(known[row.route])
        if HIDDEN_BY_PARAMETER.keys() & names or ("agreement" in row.route and "run_id" in names):
            yield row.method, row.route, known[row.route]


def pick(ward: Ward, parameter: str, ids: dict[str, uuid.UUID]) -> Any:
    if parameter == "run_id":
        return ids["agreement"]
    if parameter in HIDDEN_BY_PARAMETER:
        return ids[HIDDEN_BY_PARAMETER[parameter]]
    return ward.parameters().get(parameter, uuid.UUID(int=1))


def test_trying_out_a_correction_shows_a_coder_no_place_of_another(ward: Ward) -> None:
    source, client = ward.sources[0], Client()
    client.force_login(ward.people["coder"])
    path = reverse("api:source_effect", args=[ward.study.slug, source.pk])
    without = {"text": TEXT.replace("the film", ""), "based_on": 1}
    with transaction.atomic():
        before = client.post(path, without, content_type=JSON).content
        hide(ward, submitted=True)
        after = client.post(path, without, content_type=JSON).content
        transaction.set_rollback(True)
    assert before == after


def test_the_machine_stays_silent_in_a_reading_begun_blind_when_the_policy_changes(ward: Ward) -> None:
    with transaction.atomic():
        Study.objects.filter(pk=ward.study.pk).update(policy="second_opinion")
        acting(ward.people["coder"])
        Study.objects.filter(pk=ward.study.pk).update(policy="first_opinion")
        client = Client()
        client.force_login(ward.people["coder"])
        told = client.get(reverse("api:suggestions", args=[ward.study.slug, ward.sources[1].pk])).json()
        transaction.set_rollback(True)
    assert told["results"] == []


def test_an_agreement_of_others_says_nothing_of_what_it_left_out(ward: Ward) -> None:
    """Readings that were left out may be ones the person who looks must not know of."""
    client = Client()
    client.force_login(ward.people["lead who codes"])
    with transaction.atomic():
        hide(ward, submitted=True)
        for source in ward.sources[:2]:
            builders.submit(source, by=ward.people["lead who codes"])
        run = reverse("api:agreement_run", args=[ward.study.slug, ward.hidden["agreement"]])
        told = client.get(run)
        transaction.set_rollback(True)
    assert told.status_code == 200
    assert "left_out" not in told.json()["result"]

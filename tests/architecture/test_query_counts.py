"""Every page and endpoint that is read takes as many queries for ten rows of everything as for a hundred."""

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, reset_queries, transaction
from django.http import QueryDict
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from coding.actions.auto_settling import auto_settle
from coding.actions.codebooks import Meaning, redefine_code
from coding.actions.disputes import build_disputes
from coding.actions.proposals import propose_code
from coding.actions.words import start_counting
from coding.models import Code
from coding.queries.auto_settling import Rule
from coding.queries.chart_kinds import CHARTS
from fieldstudy.models import User
from observations.actions.variables import Cell, set_values
from observations.models import Source, Study
from tests import builders
from tests.architecture.access_table import Row, rows
from tests.architecture.crowd import multiply, rows_of
from tests.architecture.world import World, build_world

# The pages are asked when the first of the tests begins.
pytestmark = [pytest.mark.thorough, pytest.mark.timeout(480)]

FEW, MANY = 10, 100
JSON = "application/json"
# Not of a study: nothing of it can grow.
SELF_TOLD = {"schema", "catalogue", "health", "set_language", "profile", "invitation", "study_new"}
# Whoever sees most, and whoever sees but their own work.
ASKING = (("lead", "supervisor", "administrator", "reader"), ("coder",))
RELATED = ("site", "source", "kind", "tool", "participant", "role", "overlap", "turn")
# What an address can be asked besides its usual page.
QUESTIONS = {
    "relate": [
        *(f"what=codes:{by}" for by in RELATED),
        *(f"what=codes:site&count={measure}" for measure in ("sources", "participants", "words")),
        *(f"what=promises:{by}" for by in ("stance", "stance-site")),
        *(f"what=encounters:{by}" for by in ("tool", "site", "role", "first")),
    ],
    "relate_passages": ["layer=all", "what=codes:overlap", "what=promises:stance", "what=encounters:tool"],
    "relate_chart": [f"chart={chart}" for chart in CHARTS if chart != "frequencies"],
    "disputes": ["state=all", "state=settled"],
    "disputes_by_rule": ["rule=unanimous", "rule=overlap&threshold=0.5"],
    "my_passages": ["code=<code_id>"],
    "memos": ["about=segment"],
    "find": ["sent"],
    "passages": ["sent"],
}
# What is searched for is sent: pages keep it and lead to the address that answers.
SENT = {
    "find": {"text": "film", "sort": "right"},
    "passages": {"text": "STR"},
    "memos": {"words": "thought"},
    "api:search": {"text": "film"},
    "api:passages": {"query": "STR"},
    "api:memo_search": {"words": "thought"},
}
# Of one thing alone, or but counted.
OF_ONE = {
    "disputes_by_rule", "api:disputes_by_rule", "my_passages",
    "agreement_all_detail", "agreement_all_detail_csv", "agreement_compare", "agreement_compare_csv",
    "agreement_csv", "agreement_detail", "agreement_detail_csv", "agreement_waiting", "api:agreement_run",
    "api:agreement_run_detail", "api:agreement_runs_compare", "api:code", "api:code_merge",
    "api:codebook_differences", "api:codebook_version", "api:consents", "api:dispute", "api:encounter", "api:exports",
    "api:favourites",
    "api:import", "api:job", "api:memo", "api:preferences", "api:promise_link", "api:round", "api:segment",
    "api:segment_like", "api:source", "api:studies", "api:study", "api:tagging_run", "assignments_draw",
    "code_retire", "code_split", "codebook_import", "consent_withdraw", "exports", "import_progress", "job",
    "lexicon_import", "machine_waiting", "memo_edit", "memo_new", "opinion_close", "participant", "promise_new",
    "reading_abandon", "reading_reopen", "round_again", "second_opinion", "segment_like",
    "source_text", "studies", "study_settings", "variable", "variables_import", "words_waiting",
}  # fmt: skip
# Shows some memos of the source, whichever: it is as long as their words.
AS_IT_COMES = {"source"}
Asked = tuple[str, str]
# Status, length and queries by who asks.
Told = dict[str, tuple[int, int, Counter[str]]]


def cases() -> list[Asked]:
    """Routes that are read, each with what else it is asked."""
    read = [row.route for row in rows() if row.method == "GET" and not row.route.startswith("account_")]
    asked = [(route, question) for route in read for question in ("", *QUESTIONS.get(route, []))]
    searched = [
        (row.route, "") for row in rows() if row.method == "POST" and row.route in SENT and row.route[:4] == "api:"
    ]
    return [case for case in (*asked, ("memos", "sent"), *searched) if case[0] not in SELF_TOLD]


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[int, dict[Asked, Told]]]:
    """By how many rows there are of everything, and by what is asked: what each who asks is told."""
    unlimited = override_settings(ACCOUNT_RATE_LIMITS=False)
    with unlimited, django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        add_the_rest(world)
        study = Study.objects.get(slug=world.parameters["slug"])
        originals, given = rows_of(study), {}
        for low, high in ((1, FEW), (FEW, MANY)):
            multiply(originals, range(low, high), builders.as_lead(study).user)
            given[high] = {case: answers(world, *case) for case in cases()}
        yield given
        transaction.set_rollback(True)


def add_the_rest(world: World) -> None:
    """What the study of the access table has none of.

    Values, counted words, a journal, memos on a source and a passage, a proposal, a settled dispute, a redefined code.
    """
    source = Source.objects.select_related("study", "revision").get(pk=world.parameters["source_id"])
    study, code = source.study, Code.objects.select_related("study", "revision").get(pk=world.parameters["code_id"])
    lead, coder = builders.as_lead(study), User.objects.get(email="coder@example.org")
    cell = Cell(world.parameters["variable_id"], source.pk, "North")
    set_values(viewer=lead, subject="source", cells=[cell])
    builders.make_memo(study, by=coder, about="source", subject_id=source.pk)
    builders.make_memo(study, by=coder, about="segment", subject_id=world.parameters["segment_id"])
    builders.make_memo(study, by=coder, about="study", day=builders.AT.date())
    start_counting(viewer=lead, at=builders.AT)
    builders.do_jobs()
    auto_settle(viewer=lead, rule=Rule("overlap"), batch=uuid.uuid4(), at=builders.AT)
    add_a_dispute(study, code, coder)
    sharper = Meaning(names={"en": "sharper"}, definitions={"en": "Only films."})
    redefine_code(
        viewer=lead, code=code, sign="STR", meaning=sharper, stance="limit", asks_weight=False, at=builders.AT
    )


def add_a_dispute(study: Study, code: Code, coder: User) -> None:
    """An open dispute over a source that both coders have submitted, in which one has proposed a code."""
    source = builders.make_source(study, title="Interview 4")
    said = {"names": {"en": "Click"}, "at": builders.AT}
    propose_code(viewer=builders.viewer_of(study, coder), id=uuid.uuid4(), source=source, **said)
    for by, phrase in ((coder, "Then I click"), (User.objects.get(email="ben@example.org"), "I click")):
        builders.code(source, phrase, code, by=by)
        builders.submit(source, by=by)
    build_disputes(viewer=builders.as_lead(study), at=builders.AT)


def answers(world: World, route: str, question: str) -> Told:
    """What those who may ask are told: somebody who sees most, and the coder."""
    method = "POST" if route.startswith("api:") and route in SENT else "GET"
    (row,) = (row for row in rows() if (row.route, row.method) == (route, method))
    sees = {"POST": ("lead", "coder")}.get(method) or [first_of(row, roles) for roles in ASKING]
    return {role: ask(world, world.browsers[role], route, question) for role in sees if role}


def first_of(row: Row, roles: Iterable[str]) -> str:
    return next((role for role in roles if row.statuses[role] == 200), "")


def ask(world: World, browser: Client, route: str, question: str) -> tuple[int, int, Counter[str]]:
    """One answer, with its queries by their text; what it changed is undone."""
    if question.startswith("chart="):
        world = replace(world, parameters=world.parameters | {"chart": question.removeprefix("chart=")})
    address, question = world.address(route), question.replace("<code_id>", str(world.parameters["code_id"]))
    with transaction.atomic():
        if question == "sent" and route != "memos":
            address = browser.post(address, SENT[route]).headers["Location"]
        reset_queries()  # Django keeps a limited number of them
        with CaptureQueriesContext(connection) as queries:
            if route.startswith("api:") and route in SENT:
                response = browser.post(address, SENT[route], content_type=JSON)
            elif (route, question) == ("memos", "sent"):
                response = browser.post(address, SENT[route])
            else:
                response = browser.get(address, QueryDict(question).dict() if "=" in question else None)
            length = len(b"".join(response))
        transaction.set_rollback(True)
    return response.status_code, length, Counter(shape(query["sql"]) for query in queries)


def shape(sql: str) -> str:
    """A query without its values, so that the same one asked for every row is known again."""
    one = re.sub(r"'[^']*'(::uuid)?|\b\d+\b", "?", sql)
    return re.sub(r"\?(, \?)+", "?", one)[:400]


@pytest.mark.parametrize("case", cases(), ids=lambda case: " ".join(case).strip())
def test_a_hundred_rows_take_as_many_queries_as_ten(told: dict[int, dict[Asked, Told]], case: Asked) -> None:
    few, many = told[FEW][case], told[MANY][case]
    assert {role: status for role, (status, _, _) in many.items()} == dict.fromkeys(few, 200)
    grown = [role for role in many if many[role][2].total() != few[role][2].total()]
    assert {role: many[role][2] - few[role][2] for role in grown} == {}


def test_what_is_of_one_thing_alone_stays_as_long_as_it_was(told: dict[int, dict[Asked, Told]]) -> None:
    """All else is longer with more rows: a list that had none to show would prove nothing."""
    few, many = told[FEW], told[MANY]
    longer = {
        route for (route, _), roles in many.items() for role in roles if roles[role][1] > few[route, _][role][1] + 40
    }
    assert {route for route, _ in many} - longer - AS_IT_COMES == OF_ONE

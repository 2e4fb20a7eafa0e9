"""Work that waits for a connection, a session or a server, and tabs that agree: nothing is lost."""

import time
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from coding.actions.code_tree import retire_code
from coding.actions.disputes import build_disputes
from coding.models import Adjudication, Code, Dispute, Memo, Segment
from fieldstudy.models import User
from fieldstudy.services.processes import wait_until
from observations.models import Source, Study
from tests import builders
from tests.journeys.workspace.hands import (
    OpenWorkspace,
    code_words,
    coded_words,
    keys,
    open_workspace,
    painted,
    painted_words,
    saved,
    select_words,
    sign_in,
    standing,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.thorough
def test_what_is_coded_without_a_connection_is_sent_later(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    code_words(page, 1, "Then I click.", "str")
    code_words(page, 3, "It is strict.", "lir")
    expect(page.locator("#save-says")).to_have_text("2 waiting to be sent")
    assert len(painted_words(page)) == 2
    assert not Segment.objects.exists()
    context.set_offline(False)
    assert standing(page) == {"Then I click.", "It is strict."}


def test_what_a_proxy_refuses_is_told_holds_up_nothing_and_is_discarded_after_a_question(page: Page) -> None:
    page.route(
        "**/segments/", lambda route: route.fulfill(status=413, content_type="text/html", body="<h1>Too large"), times=1
    )
    code_words(page, 1, "Then I click.", "str")
    notice = page.locator("#notices .notice")
    expect(notice).to_contain_text("refused it: too large")
    code_words(page, 3, "It is strict.", "lir")
    expect(page.locator("#save-says")).to_have_text(
        "1 not sent: refused by the server or a proxy before it. See above the text."
    )
    assert Segment.objects.count() == 1
    with page.expect_download() as download:
        notice.get_by_role("button", name="Download it").click()
    assert '"op": "apply"' in download.value.path().read_text()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    notice.get_by_role("button", name="Discard…").click()
    saved(page)
    assert "a change of 1 passage" in asked[0] and painted_words(page) == ["It is strict."]


@pytest.mark.thorough
def test_what_waits_is_shown_and_sent_after_a_reload(page: Page) -> None:
    page.route("**/segments/", lambda route: route.abort())
    code_words(page, 1, "Then I click.", "str")
    expect(page.locator("#save-says")).to_have_text("1 waiting to be sent")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/segments/")
    page.reload()
    painted(page)
    assert painted_words(page) == ["Then I click."]
    assert standing(page) == {"Then I click."}


@pytest.mark.thorough
def test_an_answer_lost_on_the_way_changes_nothing_twice(page: Page) -> None:
    code_words(page, 3, "It is strict.", "tac")
    saved(page)

    def lose_the_answer(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/segments/*/", lose_the_answer, times=1)
    page.keyboard.press("e")
    page.locator("#card .weight input").fill("40")
    page.locator("#card .weight input").press("Enter")
    saved(page)
    expect(page.locator("#margin .w")).to_have_text("40")
    expect(page.locator("#notices")).to_be_empty()
    assert Segment.objects.get().version == 2


@pytest.mark.thorough
def test_an_answer_that_comes_late_does_not_take_back_what_was_done_meanwhile(page: Page) -> None:
    code_words(page, 3, "It is strict.", "tac")
    saved(page)

    def answer_late(route: Any) -> None:
        time.sleep(0.4)
        route.continue_()

    page.route("**/segments/*/", answer_late)
    page.keyboard.press("e")
    page.locator("#card .weight input").fill("40")
    page.locator("#card .weight input").press("Enter")
    page.keyboard.press("Escape")
    for key in ("Control+z", "Control+z", "Control+Shift+z", "Control+Shift+z"):
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    expect(page.locator("#margin .w")).to_have_text("40")
    saved(page)
    expect(page.locator("#margin .w")).to_have_text("40")
    expect(page.locator("#notices")).to_be_empty()
    segment = Segment.objects.get()
    assert (segment.weight, segment.removed_at) == (40, None)


@pytest.mark.thorough
def test_an_expired_session_waits_for_the_same_person(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    coder_ana: User,
    coder_ben: User,
    client_for: Callable[[User], Client],
) -> None:
    context.clear_cookies(name="sessionid")
    code_words(page, 3, "It is strict.", "str")
    link = page.get_by_role("link", name="Sign in again to send 1")
    expect(link).to_have_attribute("target", "_blank")
    sign_in(context, client_for, coder_ben, live_server.url)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#save-says")).to_contain_text("Someone else is signed in")
    assert not Segment.objects.exists()
    sign_in(context, client_for, coder_ana, live_server.url)
    page.evaluate("dispatchEvent(new Event('focus'))")
    saved(page)
    assert Segment.objects.get().reading.coder.user == coder_ana


@pytest.mark.thorough
def test_a_refused_write_is_told_and_taken_back_and_the_words_of_a_memo_on_it_stay(
    page: Page, context: BrowserContext, study: Study
) -> None:
    code = Code.objects.get(sign="STR")
    retire_code(viewer=builders.as_lead(study), code=code, at=builders.AT)
    context.set_offline(True)
    code_words(page, 3, "It is strict.", "str")
    keys(page, "Escape", "s", "e")
    page.locator("#card").get_by_role("button", name="Memo", exact=True).click()
    page.locator("#memo-text").fill("Silence is a finding.")
    keys(page, "Control+Enter")
    context.set_offline(False)
    expect(page.locator("#notices")).to_contain_text("This code cannot be applied")
    kept = page.get_by_label("What you wrote")
    expect(kept).to_have_value("Silence is a finding.")
    assert painted_words(page) == []
    expect(page.locator("#notes-count")).to_have_text("")
    assert not Segment.objects.exists()
    page.get_by_role("button", name="Write it in a memo").click()
    keys(page, "Control+Enter")
    assert wait_until(lambda: Memo.objects.filter(text="Silence is a finding.", about="source").exists(), 8)


LEFT = """async () => [
    Object.keys(sessionStorage).some((key) => key.startsWith("fieldstudy-done-")),
    (await indexedDB.databases()).map(({ name }) => name),
]"""


def sign_out(page: Page) -> None:
    page.locator(".topbar .end summary").last.click()
    page.get_by_role("button", name="Sign out").click()


@pytest.mark.thorough
def test_signing_out_on_another_page_wipes_what_was_sent_and_asks_about_what_was_not(
    page: Page, context: BrowserContext, live_server: Any, source: Source, study: Study, coder_ana: User
) -> None:
    overview = f"{live_server.url}/studies/{study.slug}/"
    answers = {"beforeunload": "accept", "confirm": "dismiss"}
    page.on("dialog", lambda dialog: getattr(dialog, answers.pop(dialog.type))())
    page.route("**/segments/", lambda route: route.abort())
    code_words(page, 3, "It is strict.", "str")
    expect(page.locator("#save-says")).to_have_text("1 waiting to be sent")
    page.goto(overview)
    sign_out(page)
    assert wait_until(lambda: page.wait_for_timeout(20) or not answers, 8)
    assert page.evaluate(LEFT) == [True, [f"fieldstudy-unsent-{coder_ana.pk}-{study.slug}"]]
    page.unroute("**/segments/")
    open_workspace(page, live_server.url, source)
    assert standing(page) == {"It is strict."}
    page.goto(overview)
    other = context.new_page()
    open_workspace(other, live_server.url, source)
    code_words(other, 1, "Then I click.", "str")
    saved(other)
    page.bring_to_front()
    sign_out(page)
    page.wait_for_url("**/accounts/login/**")
    other.evaluate("dispatchEvent(new Event('pagehide'))")
    assert [page.evaluate(LEFT), other.evaluate(LEFT)] == [[False, []]] * 2


@pytest.mark.thorough
def test_words_typed_for_a_dispute_outlive_the_session(
    context: BrowserContext,
    live_server: Any,
    source: Source,
    study: Study,
    coder_ana: User,
    coder_ben: User,
    supervisor: User,
    client_for: Callable[[User], Client],
) -> None:
    builders.code(source, "It is strict.", Code.objects.get(sign="STR"), by=coder_ana)
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    build_disputes(viewer=builders.as_lead(study), at=builders.AT)
    sign_in(context, client_for, supervisor, live_server.url)
    page, other = context.new_page(), context.new_page()
    page.goto(f"{live_server.url}/studies/{study.slug}/disputes/{Dispute.objects.get().pk}/")
    page.get_by_label("Reason").fill("He says so himself.")
    context.clear_cookies()
    page.get_by_role("button", name="Take A").click()
    expect(page.locator(".signed-out")).to_contain_text("Your session has ended")
    expect(page.get_by_label("Reason")).to_have_value("He says so himself.")
    other.goto(f"{live_server.url}/accounts/login/")  # the secret of requests is another one now
    sign_in(context, client_for, supervisor, live_server.url)
    page.get_by_role("button", name="Take A").click()
    expect(page.get_by_role("table")).to_contain_text("one reading taken")
    assert Adjudication.objects.get().reason == "He says so himself."


@pytest.mark.thorough
def test_two_tabs_on_a_source_agree(page: Page, context: BrowserContext, live_server: Any, source: Source) -> None:
    other = context.new_page()
    open_workspace(other, live_server.url, source)
    page.bring_to_front()
    code_words(page, 3, "It is strict.", "str")
    expect(other.locator("#margin li")).to_have_count(1)
    saved(other)
    other.bring_to_front()
    other.keyboard.press("j")
    other.keyboard.press("j")
    other.keyboard.press("x")
    expect(page.locator("#margin li")).to_have_count(0)
    assert standing(other) == set()


@pytest.mark.thorough
def test_leaving_with_unsaved_work_warns(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    code_words(page, 3, "It is strict.", "str")
    expect(page.locator("#save-says")).to_have_text("1 waiting to be sent")
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", answer)
    page.close(run_before_unload=True)
    page.wait_for_timeout(200)
    assert asked == ["beforeunload"]
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    saved(page)
    assert Segment.objects.count() == 1


class RestartedServer(ThreadedWSGIServer):
    """Takes over the port of the one before it, and ends its connections when it stops."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.connections: list[Any] = []
        super().__init__(*args, **{**kwargs, "allow_reuse_address": True})

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.append(request)
        super().process_request(request, client_address)

    def server_close(self) -> None:
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)
        super().server_close()


def test_a_cut_connection_and_a_restarted_server_lose_nothing(
    context: BrowserContext,
    source: Source,
    coder_ana: User,
    client_for: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LiveServerThread, "server_class", RestartedServer)
    server = LiveServer("localhost")
    sign_in(context, client_for, coder_ana, server.url)
    page = context.new_page()
    open_workspace(page, server.url, source)
    code_words(page, 1, "Then I click.", "lir")
    saved(page)
    context.set_offline(True)
    code_words(page, 3, "It is strict.", "str")
    expect(page.locator("#save-says")).to_have_text("1 waiting to be sent")
    server.stop()
    context.set_offline(False)
    select_words(page, 3, "strict")
    keys(page, "Escape", "Shift+ArrowRight", "r")
    expect(page.locator("#save-says")).to_have_text("2 waiting to be sent")
    server = LiveServer(server.url.removeprefix("http://"))
    page.evaluate("dispatchEvent(new Event('online'))")
    assert [sign for _, sign in coded_words(page)] == ["LIR", "STR", "STR"]
    server.stop()


@pytest.mark.thorough
def test_a_thousand_places_and_a_long_memo_are_sent(
    study: Study, coder_ana: User, open_workspace_as: OpenWorkspace
) -> None:
    builders.make_code(study, "LIR")
    source = builders.make_source(study, *["The bent rib. " * 50] * 20)
    page = open_workspace_as(coder_ana, source)
    keys(page, "/")
    page.keyboard.type("rib")
    expect(page.locator("#find-all")).to_contain_text("1,000")
    keys(page, "Control+Enter")
    page.keyboard.type("lir")
    keys(page, "Enter")
    saved(page)
    assert Segment.objects.count() == 1000
    keys(page, "Shift+m")
    page.locator("#memo-text").fill("é" * 99_999)
    keys(page, "Control+Enter")
    assert wait_until(Memo.objects.exists, 8)
    saved(page)


@pytest.mark.thorough
def test_more_passages_than_one_write_takes_are_refused_on_the_page(
    study: Study, coder_ana: User, open_workspace_as: OpenWorkspace
) -> None:
    builders.make_code(study, "LIR")
    source = builders.make_source(study, *["rib " * 700] * 3)
    page = open_workspace_as(coder_ana, source)
    keys(page, "/")
    page.keyboard.type("rib")
    expect(page.locator("#find-all")).to_contain_text("2,100")
    keys(page, "Control+Enter")
    page.keyboard.type("lir")
    keys(page, "Enter")
    expect(page.locator("#said")).to_have_text(
        "2,100 passages at once are too many: at most 2,000 can be changed in one step"
    )
    assert painted_words(page) == []

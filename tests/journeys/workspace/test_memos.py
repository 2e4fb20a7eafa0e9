"""Memos in the workspace: written, linked, gone to, undone in one order with passages."""

import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from coding.actions.coders import assign
from coding.models import Memo, MemoLink
from fieldstudy.models import User
from fieldstudy.services.processes import wait_until
from observations.models import Source, Study
from tests import builders
from tests.journeys.workspace.hands import code_words, keys, open_workspace, painted, saved, write_memo

pytestmark = [pytest.mark.journey, pytest.mark.thorough, pytest.mark.django_db(transaction=True)]


def test_memos_are_undone_and_done_again_in_one_order_with_passages_after_a_reload_too(page: Page) -> None:
    count = page.locator("#notes-count")
    write_memo(page, "Silence is a finding.")
    code_words(page, 3, "It is strict.", "str")
    count.evaluate("() => document.querySelector('#notes-menu li button').click()")
    page.locator("#memo-text").fill("Silence is nothing.")
    keys(page, "Control+Enter")
    saved(page)
    page.reload()
    painted(page)
    expect(count).to_have_text("1")
    keys(page, "z")
    saved(page)
    assert Memo.objects.get().text == "Silence is a finding."
    keys(page, "z")
    expect(page.locator("#margin rect.lane")).to_have_count(0)
    expect(count).to_have_text("1")
    keys(page, "z")
    expect(count).to_have_text("")
    saved(page)
    assert Memo.objects.get().removed_at is not None
    keys(page, "Shift+z", "Shift+z", "Shift+z")
    expect(count).to_have_text("1")
    expect(page.locator("#margin rect.lane")).to_have_count(1)
    saved(page)
    memo = Memo.objects.get()
    assert (memo.text, memo.removed_at) == ("Silence is nothing.", None)
    expect(page.locator("#notices")).to_be_empty()


def test_a_memo_is_undone_by_a_key_that_comes_before_the_memos(page: Page) -> None:
    write_memo(page, "Silence is a finding.")
    assert wait_until(Memo.objects.exists, 8)
    page.route("**/margin/", lambda route: (time.sleep(0.3), route.continue_()))
    page.reload()
    painted(page)
    keys(page, "z")
    assert wait_until(lambda: Memo.objects.get().removed_at is not None, 8)


def test_a_memos_link_to_a_passage_is_undone_and_done_again(page: Page, study: Study, coder_ana: User) -> None:
    builders.make_memo(study, by=coder_ana, about="study", text="Silence is a finding.")
    code_words(page, 3, "It is strict.", "str")
    keys(page, "Escape", "s", "e")
    page.get_by_role("button", name="Link a memo").click()
    expect(page.locator("#link-memo")).to_be_focused()
    page.get_by_label("Find by words").fill("weather")
    expect(page.locator("#link-form .error")).to_have_text("No memo of yours has these words.")
    page.get_by_label("Find by words").fill("silence")
    expect(page.locator("#link-memo option")).to_have_text(["Silence is a finding."])
    keys(page, "Control+Enter")
    expect(page.locator("#toast")).to_contain_text("Memo linked to the passage")
    saved(page)
    assert wait_until(MemoLink.objects.exists, 8)
    keys(page, "z")
    assert wait_until(lambda: not MemoLink.objects.exists(), 8)
    keys(page, "Shift+z")
    assert wait_until(lambda: MemoLink.objects.filter(memo=Memo.objects.get()).exists(), 8)


def test_a_memo_is_gone_to_by_its_words_and_the_next_source_by_a_key(
    page: Page, live_server: Any, source: Source, study: Study, coder_ana: User
) -> None:
    builders.make_memo(study, by=coder_ana, about="source", subject_id=source.pk, text="Silence is a finding.")
    other = builders.make_source(study, "Another day.", title="Interview 2")
    assign(viewer=builders.as_lead(study), user=coder_ana, sources=[source, other], due_on=None, at=builders.AT)
    page.reload()
    painted(page)
    expect(page.locator("#notes-count")).to_have_text("1")
    keys(page, "g")
    page.keyboard.type("silence")
    keys(page, "Enter")
    expect(page.locator("#memo-text")).to_have_value("Silence is a finding.")
    keys(page, "Escape")
    with page.expect_navigation(url=f"**/sources/{other.pk}/code/"):
        keys(page, "]")


def test_a_memo_written_without_a_connection_is_shown_after_a_reload_and_in_another_tab(
    page: Page, context: BrowserContext, live_server: Any, source: Source
) -> None:
    page.route("**/memos/", lambda route: route.abort())
    write_memo(page, "Silence is a finding.")
    expect(page.locator("#save-says")).to_have_text("1 waiting to be sent")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    painted(page)
    expect(page.locator("#notes-count")).to_have_text("1")
    other = context.new_page()
    open_workspace(other, live_server.url, source)
    saved(other)
    expect(other.locator("#notes-count")).to_have_text("1")
    keys(other, "Shift+m")
    other.locator("#memo-text").fill("Another.")
    keys(other, "Control+Enter")
    expect(page.locator("#notes-count")).to_have_text("2")

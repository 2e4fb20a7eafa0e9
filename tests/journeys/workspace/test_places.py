"""Finding one's way in a text: words found, places remembered, from passage to passage."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from coding.models import Reading
from fieldstudy.models import User
from fieldstudy.services.processes import wait_until
from observations.models import Source, Study
from tests import builders
from tests.journeys.workspace.hands import TURNS, code_words, keys, open_workspace, painted, saved, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.thorough, pytest.mark.django_db(transaction=True)]


def test_words_are_found_whatever_their_accents_and_case(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("THÉN")
    expect(page.locator("#find-tally")).to_have_text("1 of 1")
    page.keyboard.press("Escape")
    expect(page.locator("#text")).to_be_focused()


def test_words_are_found_as_one_types_them(page: Page, live_server: Any, study: Study) -> None:
    source = builders.make_source(study, "C’est le cœur, c’est\u202f: Coeur.", title="Day 2")
    open_workspace(page, live_server.url, source)
    for typed, tally in (("c'est", "1 of 2"), ("coeur", "1 of 2"), ("c'est :", "1 of 1")):
        page.locator("#find").fill(typed)
        expect(page.locator("#find-tally")).to_have_text(tally)
    found = page.evaluate(
        """async () => {
            const { ranked } = await import(document.querySelector("link[href*=matching]").href);
            const codes = [{ name: "Cou", sign: "COU" }, { name: "Le cœur", sign: "CUR" }];
            return ranked(codes, "coeu").map(({ name }) => name);
        }"""
    )
    assert found == ["Le cœur"]


def test_the_words_around_a_hit_are_cut_between_words(page: Page, study: Study) -> None:
    words = [f"word{number}" for number in range(40)]
    builders.make_source(study, " ".join([*words[:20], "nodule", *words[20:]]), title="Long interview")
    page.goto(page.url.partition("/sources/")[0] + "/find/")
    page.get_by_role("textbox", name="Words").fill("nodule")
    keys(page, "Enter")
    left, right = page.locator("td.left > bdi"), page.locator("td.right > bdi")
    expect(left).to_have_text(re.compile(r"^… word\d+( word\d+)* word19$"))
    expect(right).to_have_text(re.compile(r"^word20 word\d+( word\d+)* …$"))
    for cell in (left, right):
        assert cell.evaluate("one => one.getBoundingClientRect().width <= one.parentElement.clientWidth")


def test_how_far_one_read_is_remembered(page: Page) -> None:
    code_words(page, 1, "Then I click.", "str")
    expect(page.locator("#read-says")).to_have_text("4 of 4 turns read")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert wait_until(lambda: Reading.objects.filter(read_to=4).exists(), 8)


def test_size_of_text_and_place_are_remembered_on_another_machine(
    page: Page,
    browser: Browser,
    live_server: Any,
    source: Source,
    coder_ana: User,
    client_for: Callable[[User], Client],
) -> None:
    code_words(page, 3, "It is strict.", "str")
    saved(page)
    page.locator("#setting summary").click()
    with page.expect_response("**/me/preferences/"):
        page.get_by_role("button", name="Larger").click()
    keys(page, "3")
    with page.expect_response("**/read-to/"):
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    with browser.new_context() as elsewhere:
        sign_in(elsewhere, client_for, coder_ana, live_server.url)
        other = elsewhere.new_page()
        open_workspace(other, live_server.url, source)
        expect(other.locator("#content")).to_have_attribute("data-size", "1")
    assert Reading.objects.get().position == 3


def test_the_place_is_the_same_however_often_one_comes_back(
    page: Page, live_server: Any, study: Study, coder_ana: User
) -> None:
    open_workspace(page, live_server.url, builders.make_source(study, *TURNS * 25, title="A long day"))
    keys(page, "c")
    page.keyboard.type("str")
    keys(page, "Enter", "g")
    page.keyboard.type("60")
    keys(page, "Enter")
    saved(page)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert wait_until(lambda: Reading.objects.filter(position=60).exists(), 8)
    page.evaluate("localStorage.clear()")
    page.add_init_script("localStorage.clear()")  # as on another machine
    for _ in range(2):
        page.reload()
        painted(page)
        expect(page.locator("#place-says")).to_have_text("Turn 60")


def test_one_goes_from_passage_to_passage_and_to_a_turn(page: Page) -> None:
    code_words(page, 3, "It is strict.", "str")
    code_words(page, 1, "Then I click.", "lir")
    keys(page, "Escape", "s")
    expect(page.locator("#said")).to_contain_text("Passage 1 of 2: LIR code lir")
    keys(page, "s")
    expect(page.locator("#said")).to_contain_text("Passage 2 of 2: STR code str")
    keys(page, "s")
    expect(page.locator("#said")).to_have_text("No passage after this one")
    keys(page, "g")
    page.keyboard.type("4")
    keys(page, "Enter")
    expect(page.locator("#t4")).to_have_attribute("aria-current", "true")


def test_what_was_read_of_many_turns_leaves_room_for_the_field_to_find_in(page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    page.evaluate("document.querySelector('#read-bar').setAttribute('viewBox', '0 0 2000 4')")
    field, bar = page.locator("#find").bounding_box(), page.locator("#read-bar").bounding_box()
    assert field is not None and bar is not None
    assert field["x"] + field["width"] <= bar["x"]

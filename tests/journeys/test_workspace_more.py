"""What a coder takes for granted in the workspace: dragging, the way back from every step, the place one left."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from coding.models import Reading
from fieldstudy.models import User
from fieldstudy.services.processes import wait_until
from observations.models import Study
from tests import builders
from tests.journeys import test_workspace as workspace
from tests.journeys.test_workspace import (
    TURNS,
    keys,
    open_workspace,
    painted,
    saved,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

views_are_loaded, context, page, source = (
    workspace._views_are_loaded,
    workspace.context,
    workspace.page,
    workspace.source,
)


def row_of(page: Page, sign: str) -> Locator:
    return page.locator("#tree [role=treeitem]", has_text=sign).last.locator(".row")


def drag(page: Page, start: tuple[float, float], end: Locator) -> None:
    """Press, move and let go, as a person does."""
    box = end.bounding_box()
    assert box is not None
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] - 12, start[1] + 3, steps=3)
    page.mouse.move(box["x"] + 40, box["y"] + 10, steps=6)
    page.mouse.move(box["x"] + 42, box["y"] + 10)
    page.mouse.up()


def middle_of_words(page: Page, turn: int, phrase: str) -> tuple[float, float]:
    x, y = page.evaluate(
        """([turn, phrase]) => {
            const node = document.querySelector(`#t${turn} p`).firstChild, at = node.data.indexOf(phrase);
            const range = new Range(); range.setStart(node, at); range.setEnd(node, at + phrase.length);
            const { left, width, top, height } = range.getClientRects()[0];
            return [left + width / 2, top + height / 2];
        }""",
        [turn, phrase],
    )
    return x, y


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

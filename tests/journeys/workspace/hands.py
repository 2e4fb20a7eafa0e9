"""What a person at the workspace does, and what they see."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, expect

from coding.models import Code, Segment
from fieldstudy.models import User
from observations.models import Source

TURNS = (
    "I read the film first. Then I click. The frames come last 🫁.",
    "Nobody taught me. My chief walked his pencil over the light box and said nothing.",
    "It is strict. An old scar, a bent rib: whatever sticks out is ill.",
    "When it keeps silent, that is worth something.",
)
TEXT = "\n".join(TURNS)


OpenWorkspace = Callable[[User, Source], Page]


@dataclass(frozen=True)
class OpenWard:
    """An open study with two coders, a source and a code."""

    ana: User
    ben: User
    source: Source
    strict: Code


def open_workspace(page: Page, url: str, source: Source) -> None:
    page.goto(f"{url}/studies/{source.study.slug}/sources/{source.pk}/code/")
    painted(page)


def painted(page: Page) -> None:
    page.wait_for_selector("html[data-painted]")


def saved(page: Page) -> None:
    expect(page.locator("#save-says")).to_have_text(re.compile(r"^Saved"))


def sign_in(context: BrowserContext, client_for: Callable[[User], Client], user: User, url: str) -> None:
    client = client_for(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def select_words(page: Page, turn: int, phrase: str) -> None:
    """Choose words with the mouse, as a person does: press at their beginning, move, let go at their end."""
    box = page.evaluate(
        """([turn, phrase]) => {
            const node = document.querySelector(`#t${turn} p`).firstChild;
            const at = node.data.indexOf(phrase);
            const range = new Range(); range.setStart(node, at); range.setEnd(node, at + phrase.length);
            const rects = range.getClientRects(), first = rects[0], last = rects[rects.length - 1];
            return [first.left + 1, first.top + first.height / 2, last.right - 1, last.top + last.height / 2];
        }""",
        [turn, phrase],
    )
    page.mouse.move(box[0], box[1])
    page.mouse.down()
    page.mouse.move(box[2], box[3], steps=4)
    page.mouse.up()
    # The page looks at what was chosen in a task of its own; a key pressed before that would act on something else.
    page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done)))")


def code_words(page: Page, turn: int, phrase: str, typed: str) -> None:
    select_words(page, turn, phrase)
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type(typed)
    page.keyboard.press("Enter")


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def tab_to(page: Page, selector: str) -> None:
    """Go on with Tab until an element has the focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def painted_words(page: Page) -> list[str]:
    """What the highlights of passages cover, in order of their names."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => [...CSS.highlights].filter(([name]) => /^h\\d-\\d$/.test(name)).sort()
            .flatMap(([, held]) => [...held].map((r) => r.startContainer.data.slice(r.startOffset, r.endOffset)))"""
    )


def coded_words(page: Page) -> list[tuple[str, str]]:
    """The words and sign of all standing passages, in the order of the text, once everything is saved."""
    saved(page)
    rows = Segment.objects.filter(removed_at=None, reading__phase="first").select_related("code")
    return [(TEXT[row.now_start : row.now_end], row.code.sign) for row in rows.order_by("now_start", "now_end")]


def standing(page: Page) -> set[str]:
    """The words of all standing passages, once everything is saved."""
    saved(page)
    return {
        TEXT[segment.now_start : segment.now_end]
        for segment in Segment.objects.filter(removed_at=None, reading__phase="first")
    }


def comes_to_be(page: Page, expected: list[str]) -> None:
    """The words coded on the page are these, at once or as soon as what is under way has been done."""
    until = time.monotonic() + 5
    while (shown := [words for words, _ in coded_words(page)]) != expected and time.monotonic() < until:
        page.wait_for_timeout(20)
    assert shown == expected


def write_memo(page: Page, text: str) -> None:
    keys(page, "Shift+m")
    page.locator("#memo-text").fill(text)
    keys(page, "Control+Enter")


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

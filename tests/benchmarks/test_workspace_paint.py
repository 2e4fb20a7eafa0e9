"""100,000 words with 5,000 passages by 60 codes in Chromium: on screen, scrolled, coded by key, and held in memory.

Run with ``pytest tests/benchmarks/test_workspace_paint.py -s``. The bar: the fastest peer measured paints the same in
1.8 s.
"""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.long_source import make_long_source
from tests.benchmarks.serving import served

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
LONGEST_PAINT = 900
LONGEST_FRAME = 20
LONGEST_APPLY = 100
MOST_MEMORY = 150
NAVIGATIONS = 9
APPLIED = 40

# Times are taken in the page: from the start of the navigation, or from the key, to the second frame after the change.
WATCH = """
const afterTwoFrames = (then) => requestAnimationFrame(() => requestAnimationFrame(() => then(performance.now())));
new MutationObserver((changes, observer) => {
    if (!document.documentElement?.dataset.painted) return;
    observer.disconnect();
    afterTwoFrames((now) => { window.paintedAfter = now; });
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-painted"] });
window.appliedAfter = [];
window.watchedKey = "r";
addEventListener("keydown", ({ key, timeStamp }) => {
    if (key !== window.watchedKey) return;
    // In a crowd a passage has a label, or is one of those that "+n" stands for, but no bar.
    const drawn = () => [...document.querySelectorAll("#margin [data-passage], #margin [data-more]")];
    const bars = () => drawn().flatMap(({ dataset }) => dataset.passage ?? dataset.more.split(" "));
    const before = new Set(bars());
    const margin = document.getElementById("margin");
    new MutationObserver((changes, observer) => {
        if (bars().every((id) => before.has(id))) return;
        observer.disconnect();
        afterTwoFrames((now) => window.appliedAfter.push(now - timeStamp));
    }).observe(margin, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-more"] });
}, { capture: true });
"""
SCROLL = """() => new Promise((done) => {
    const reader = document.getElementById("text"), frames = [];
    let before = performance.now();
    const step = (now) => {
        frames.push(now - before);
        before = now;
        reader.scrollTop += 120;
        if (frames.length < 300) requestAnimationFrame(step);
        else done(frames.slice(5));
    };
    requestAnimationFrame(step);
})"""
RANGES = "[...CSS.highlights.values()].reduce((sum, held) => sum + held.size, 0)"


@pytest.fixture
def workspace(client_for: Callable[..., Client]) -> Iterator[tuple[Browser, Page, str]]:
    """A browser at the long source's door, signed in, and the address behind it."""
    if CHROMIUM is None:
        pytest.fail("no Chromium on the PATH: nothing can be measured (apt-get install chromium)")
    with pytest.MonkeyPatch.context() as patch, served() as (host, port):
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        made = make_long_source()
        cookie = client_for(made.coder).cookies["sessionid"].value
        address = f"http://{host}:{port}"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_init_script(WATCH)
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
            yield browser, context.new_page(), f"{address}/studies/{made.study.slug}/sources/{made.source.pk}/code/"
            browser.close()


def test_a_long_source_is_painted_scrolled_and_coded_at_once(workspace: tuple[Browser, Page, str]) -> None:
    browser, page, url = workspace
    first, *paints = [_painted_after(page, url) for _ in range(NAVIGATIONS)]
    nodes = page.evaluate("document.querySelectorAll('.turns *').length")
    marks = page.evaluate(RANGES)
    frames = page.evaluate(SCROLL)
    applied = {
        "last code again": _applied_after(page, "r"),
        "from the palette": _applied_after(page, "Enter", "c", *"C11"),
        "by a favourite's key": _applied_after(page, "5"),
    }
    memory = _memory_of_a_page(browser, page, url)
    print(
        f"\npainted: median {statistics.median(paints):.0f} ms, p75 {_share(paints, 0.75):.0f} ms "
        f"({', '.join(f'{paint:.0f}' for paint in paints)}; the first time {first:.0f})\n"
        f"{nodes} elements in the text, {marks} ranges near the screen\n"
        f"scrolled: p50 {statistics.median(frames):.1f} ms, p95 {_share(frames, 0.95):.1f} ms a frame\n"
        + "".join(
            f"coded, {how}: p50 {statistics.median(times):.0f} ms, p95 {_share(times, 0.95):.0f} ms\n"
            for how, times in applied.items()
        )
        + f"memory of the page's process, its own: {memory} MB"
    )
    assert 0 < marks < 5_000
    assert nodes < 2_000 * 8
    assert statistics.median(paints) <= _share(paints, 0.75) <= LONGEST_PAINT
    assert _share(frames, 0.95) <= LONGEST_FRAME
    for times in applied.values():
        assert _share(times, 0.95) <= LONGEST_APPLY
    assert memory < MOST_MEMORY


def _painted_after(page: Page, url: str) -> float:
    page.goto("about:blank")
    time.sleep(0.3)
    page.goto(url, wait_until="commit")
    return float(_awaited(page, "window.paintedAfter"))


def _applied_after(page: Page, key: str, *before: str) -> list[float]:
    """Milliseconds from the key that applies a code to its bar on screen, one sentence after the other.

    `before` are pressed first, and not counted. A code is last, and another on the key 5, to begin with.
    """
    page.locator("#text").focus()
    page.evaluate("window.watchedKey = ''; window.appliedAfter = []")
    _press(page, "Escape", "ArrowRight", "c", *"C09", "Alt+Digit5", "Escape", "c", *"C07", "Enter")
    page.evaluate("key => { window.watchedKey = key; }", key)
    for number in range(APPLIED):
        _press(page, "ArrowRight", *before, key)
        _awaited(page, f"window.appliedAfter.length > {number}")
    return list(page.evaluate("window.appliedAfter"))


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _awaited(page: Page, expression: str) -> Any:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if found := page.evaluate(expression):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{expression} stayed false")


def _memory_of_a_page(browser: Browser, page: Page, url: str) -> int:
    """Megabytes that the process of a newly opened page has for itself alone, once it is painted and scrolled."""
    context = page.context
    page.close()
    page = context.new_page()
    _painted_after(page, url)
    page.evaluate(SCROLL)
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    tables = [Path(f"/proc/{process['id']}/smaps_rollup") for process in processes if process["type"] == "renderer"]
    lines = [line.split() for table in tables for line in table.read_text().splitlines()]
    return max(int(line[1]) for line in lines if line[0] == "Private_Dirty:") // 1000


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]

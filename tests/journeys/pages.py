"""Every page of the demonstration that can be reached by following links, each kind of page once."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Page

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOT_PAGES = ("/static/", "/api/", "/accounts/logout/", "/language/")
_LINKS = "links => links.filter(a => !a.hasAttribute('download')).map(a => a.href)"


def kind_of(url: str) -> str:
    """The path of an address with its ids left out: pages that differ in these alone are of one kind."""
    return _ID.sub("…", urlsplit(url).path)


def reachable(
    page: Page, seen: set[str], start: str = "/", before: Callable[[int], None] = lambda number: None
) -> Iterator[str]:
    """Go from page to page by their links, and give the kind of each while the browser stands on it.

    `seen` holds the kinds not to be visited (again) and is added to; `before` is told the number of each kind first.
    """
    waiting = [start]
    while waiting:
        address = waiting.pop(0)
        if kind_of(address) in seen:
            continue
        seen.add(kind_of(address))
        before(len(seen))
        page.goto(address)
        yield kind_of(address)
        here = urlsplit(page.url)
        for link in page.locator("a[href]").evaluate_all(_LINKS):
            if urlsplit(link).netloc == here.netloc and kind_of(link) not in seen and _is_page(link):
                waiting.append(link)


def _is_page(link: str) -> bool:
    path = urlsplit(link).path
    return path.endswith("/") and not path.startswith(_NOT_PAGES)

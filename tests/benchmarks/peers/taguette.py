"""Taguette 1.5 for one person, its database SQLite."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from tests.benchmarks.peers.peer import Browser, awaited, folder, free_port, running

TOKEN = ("_xsrf", "X-XSRFToken")
BORDER = "fieldstudy-peer"


class Taguette:
    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def another(self) -> "Taguette":
        return Taguette(self.browser.another())

    def save(self, start: int, end: int) -> None:
        body = json.dumps({"start_offset": start, "end_offset": end, "tags": [1]})
        answer = self.browser.ask(
            "POST", "/api/project/1/document/1/highlight/new", body, Content_Type="application/json"
        )
        assert "id" in json.loads(answer), answer

    def open(self) -> None:
        """What its page asks for to show a document with its highlights."""
        for path in ("/project/1/document/1", "/api/project/1/document/1", "/api/project/1/document/1/contents"):
            self.browser.ask("GET", path)


@contextmanager
def taguette(program: str, text: str) -> Iterator[Taguette]:
    """Taguette with its database in a new folder, and a document of this text."""
    with folder() as within:
        port = free_port()
        asked = [program, "--no-browser", "--port", str(port), "--database", f"{within}/peer.sqlite3"]
        with running(asked, within) as log:
            browser = Browser(port, TOKEN)
            browser.ask("GET", f"/?token={awaited(log, lambda: _token(log))}")
            browser.ask("GET", "/project/new")
            form = urlencode({"name": "Ward", "description": "", "_xsrf": browser.cookies.get("_xsrf", "")})
            browser.ask("POST", "/project/new", form, Content_Type="application/x-www-form-urlencoded")
            browser.ask("GET", "/project/1")
            page, kind = _upload(text)
            browser.ask("POST", "/api/project/1/document/new", page, Content_Type=kind)
            yield Taguette(browser)


def _token(log: Path) -> str | None:
    """What lets a browser in; Taguette writes it once it listens."""
    found = re.search(r"[?]token=(\w+)", log.read_text())
    return found[1] if found else None


def _upload(text: str) -> tuple[str, str]:
    paragraphs = "".join(f"<p>{line}</p>" for line in text.splitlines())
    parts = {'name="name"': "Ward", 'name="description"': "", 'name="text_direction"': "LEFT_TO_RIGHT"}
    fields = [f"--{BORDER}\r\nContent-Disposition: form-data; {name}\r\n\r\n{one}\r\n" for name, one in parts.items()]
    file = f'--{BORDER}\r\nContent-Disposition: form-data; name="file"; filename="ward.html"\r\nContent-Type: text/html'
    page = f"<!DOCTYPE html><html><body>{paragraphs}</body></html>"
    return f"{''.join(fields)}{file}\r\n\r\n{page}\r\n--{BORDER}--\r\n", f"multipart/form-data; boundary={BORDER}"

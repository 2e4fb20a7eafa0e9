"""Taguette on one person's machine, spoken to over HTTP as its own page does: for timings in the same run as ours."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

LONGEST_START = 90
BORDER = "fieldstudy-peer"


def command() -> str | None:
    """Taguette's command: the one named by TAGUETTE, else one on the PATH."""
    return shutil.which(os.environ.get("TAGUETTE", "taguette"))


class Taguette:
    """A project with one document, and a connection kept open."""

    def __init__(self, port: int, token: str, text: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: dict[str, str] = {}
        self.get(f"/?token={token}")
        self.get("/project/new")
        form = urlencode({"name": "Ward", "description": "", "_xsrf": self._cookies.get("_xsrf", "")})
        self._ask("POST", "/project/new", form, {"Content-Type": "application/x-www-form-urlencoded"})
        self.get("/project/1")
        self._ask("POST", "/api/project/1/document/new", *_upload(text))

    def get(self, path: str) -> bytes:
        return self._ask("GET", path, "", {})

    def save(self, start: int, end: int) -> None:
        body = json.dumps({"start_offset": start, "end_offset": end, "tags": [1]})
        answer = self._ask(
            "POST", "/api/project/1/document/1/highlight/new", body, {"Content-Type": "application/json"}
        )
        assert "id" in json.loads(answer), answer

    def open(self) -> None:
        """What its page asks for to show a document with its highlights."""
        self.get("/project/1/document/1")
        self.get("/api/project/1/document/1")
        self.get("/api/project/1/document/1/contents")

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {**headers, "Cookie": cookies, "X-XSRFToken": self._cookies.get("_xsrf", "")}
        self._connection.request(method, path, body.encode(), sent)
        response = self._connection.getresponse()
        answer = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        assert response.status < 400, (path, response.status, answer[:300])
        return answer


def _upload(text: str) -> tuple[str, dict[str, str]]:
    paragraphs = "".join(f"<p>{line}</p>" for line in text.splitlines())
    parts = {'name="name"': "Ward", 'name="description"': "", 'name="text_direction"': "LEFT_TO_RIGHT"}
    fields = [f"--{BORDER}\r\nContent-Disposition: form-data; {name}\r\n\r\n{one}\r\n" for name, one in parts.items()]
    file = f'--{BORDER}\r\nContent-Disposition: form-data; name="file"; filename="ward.html"\r\nContent-Type: text/html'
    page = f"<!DOCTYPE html><html><body>{paragraphs}</body></html>"
    whole = f"{''.join(fields)}{file}\r\n\r\n{page}\r\n--{BORDER}--\r\n"
    return whole, {"Content-Type": f"multipart/form-data; boundary={BORDER}"}


@contextmanager
def taguette(program: str, text: str) -> Iterator[Taguette]:
    """Taguette with its database in a new folder, and a document of this text."""
    with tempfile.TemporaryDirectory(prefix="fieldstudy-peer-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        log = Path(folder) / "log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                [program, "--no-browser", "--port", str(port), "--database", f"{folder}/peer.sqlite3"],
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, "HOME": folder, "PYTHONUNBUFFERED": "1"},
            )
        try:
            yield Taguette(port, _token(server, log), text)
        finally:
            server.terminate()
            server.wait(20)


def _token(server: subprocess.Popen[bytes], log: Path) -> str:
    """What lets a browser in; Taguette writes it once it listens."""
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until and server.poll() is None:
        if found := re.search(r"[?]token=(\w+)", log.read_text()):
            return found[1]
        time.sleep(0.2)
    raise AssertionError(log.read_text())

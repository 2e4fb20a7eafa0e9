"""doccano 1.8 as its own command starts it: gunicorn with two processes a core and one, its database SQLite."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.benchmarks.peers.peer import Browser, awaited, folder, free_port, its_own, running

TOKEN = ("csrftoken", "X-CSRFToken")
PERSON = {"username": "peer", "password": "a-peer-of-ours"}
PROJECT = {
    "resourcetype": "SequenceLabelingProject",
    "project_type": "SequenceLabeling",
    "name": "Ward",
    "description": "Ward",
    "guideline": "",
    "allow_overlapping": True,
    "tags": [],
}


class Doccano:
    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def another(self) -> "Doccano":
        return Doccano(self.browser.another())

    def save(self, start: int, end: int) -> None:
        self.post("/v1/projects/1/examples/1/spans", start_offset=start, end_offset=end, label=1, prob=0)

    def post(self, path: str, **body: Any) -> None:
        self.browser.ask("POST", path, json.dumps(body), Content_Type="application/json")


@contextmanager
def doccano(program: str, text: str) -> Iterator[Doccano]:
    """doccano with its database in a new folder, and a document of this text."""
    with folder() as within:
        for step in (["init"], ["createuser", *(f"--{name}={value}" for name, value in PERSON.items())]):
            subprocess.run(
                [program, *step], check=True, capture_output=True, env=its_own(within, DOCCANO_HOME=str(within))
            )
        port = free_port()
        with running([program, "webserver", "--port", str(port)], within, DOCCANO_HOME=str(within)) as log:
            awaited(log, lambda: "Booting worker" in log.read_text() or None)
            peer = Doccano(Browser(port, TOKEN))
            peer.post("/v1/auth/login/", **PERSON)
            peer.post("/v1/projects", **PROJECT)
            peer.post("/v1/projects/1/examples", text=text)
            peer.post("/v1/projects/1/span-types", text="code", background_color="#ffffff", text_color="#000000")
            yield peer

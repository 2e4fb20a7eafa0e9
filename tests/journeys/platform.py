"""The demonstration as a person starts it: `manage.py demo` in a process and a data folder of its own."""

import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldstudy.services.processes import die_with_parent

PROJECT = Path(__file__).resolve().parent.parent.parent
PLAN = json.loads((PROJECT / "fieldstudy" / "demonstration" / "study.json").read_text(encoding="utf-8"))
EMAILS: dict[str, str] = {person["key"]: person["email"] for person in PLAN["people"]}
SLUG: str = PLAN["study"]["slug"]
LONGEST_START = 240.0
SERVING = re.compile(r"Serving on (?P<url>\S+)  .*with the password (?P<password>\S+) as")
# What would lead the commands to servers other than their data folder's own.
FOREIGN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "SEALING_KEY", "LANGUAGE", "DEBUG")


@dataclass(frozen=True)
class Served:
    """A demonstration that is being served: its address, the password of everybody in it, and its summary."""

    data_dir: Path
    url: str
    password: str
    summary: dict[str, Any]
    emails: dict[str, str]
    slug: str = SLUG

    def command(self, *arguments: str) -> str:
        """What `manage.py ARGUMENTS` writes to its standard output, beside the running platform."""
        return manage(self.data_dir, *arguments)


class Command:
    """A `manage.py ARGUMENTS` that runs in `data_dir`, from now until it ends or `stop`. Make it in the main thread."""

    def __init__(self, data_dir: Path, *arguments: str) -> None:
        self.data_dir = data_dir
        data_dir.mkdir(parents=True, exist_ok=True)
        self._output, self._errors = data_dir / "command.out", data_dir / "command.err"
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                _command(*arguments),
                cwd=PROJECT,
                env=environment(data_dir),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
                preexec_fn=functools.partial(die_with_parent, signal.SIGTERM),
            )

    def written(self) -> str:
        """What it has written to its standard output so far."""
        return self._output.read_text(encoding="utf-8")

    def complaints(self) -> str:
        """The end of what it wrote to its standard error."""
        return self._errors.read_text(encoding="utf-8")[-3000:]

    def result(self) -> str:
        """Wait until it has ended well, and give what it wrote to its standard output."""
        status = self.process.wait(LONGEST_START)
        assert status == 0, f"it ended with {status}:\n{self.complaints()}"
        return self.written()

    def stop(self, *, at_once: bool = False) -> int:
        """Stop it as Ctrl-C does, or as a second one `at_once`, wait for its servers to end, and give its status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        if at_once:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.3)
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


class Demonstration(Command):
    """A `manage.py demo` that loads and then serves, until `stop`."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            data_dir, "demo", "--port", "0", "--workers", "1", "--json", "--out", str(data_dir / "exported")
        )

    def served(self) -> Served:
        """Wait until it serves."""
        until = time.monotonic() + LONGEST_START
        while time.monotonic() < until and self.process.poll() is None:
            written = self.written()
            # The last person's line is the last thing it writes.
            if (found := SERVING.search(written)) and list(EMAILS.values())[-1] in written[found.end() :]:
                summary = json.loads(written[: found.start()])
                return Served(self.data_dir, found["url"], found["password"], summary, EMAILS)
            time.sleep(0.1)
        raise AssertionError(f"the demonstration was not served:\n{self.complaints()}")


def environment(data_dir: Path) -> dict[str, str]:
    """The environment of a platform that lives in `data_dir` and nowhere else, its servers without fsync."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, "FIELDSTUDY_DATA_DIR": str(data_dir), "FIELDSTUDY_TEST_SERVERS": "1"}


def manage(data_dir: Path, *arguments: str) -> str:
    """What `manage.py ARGUMENTS` writes to its standard output; an error tells what it said besides."""
    done = subprocess.run(
        _command(*arguments),
        cwd=PROJECT,
        env=environment(data_dir),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST_START,
    )
    assert done.returncode == 0, f"{arguments[0]} ended with {done.returncode}:\n{done.stderr[-3000:]}"
    return done.stdout


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-X", "utf8", "manage.py", *arguments]

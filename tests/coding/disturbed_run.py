"""A tagging run by real workers that are killed in the middle of it: a script with a platform of its own.

`python -m tests.coding.disturbed_run child valkey parent`, with FIELDSTUDY_DATA_DIR naming an empty folder, makes a
study, starts a run, kills with SIGKILL what is named, one after the other, and prints as JSON what came of it.
"""

import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldstudy.settings")

import django

from fieldstudy import services
from fieldstudy.services.configuration import VALKEY_SOCKET
from fieldstudy.services.folders import server_user, short_folder
from fieldstudy.services.processes import processes_of, wait_until

SOURCES = 10
TURNS = 80
SENTENCES = (
    "I always read the film first and only then look at the marks.",
    "The score came back high and nobody on the ward believed it.",
    "We were promised a second reader that never tires.",
    "On nights the tool is a comfort, I will not deny it.",
    "It circled a rib as if it were a nodule, and I had to explain that to a frightened man.",
    "You lose the habit of looking when something else looks before you.",
    "The consultant trusted the number more than the patient in front of her.",
    "Nobody told us on whose films it had been trained.",
    "I write my own report before I open the panel.",
    "When it agrees with me I feel lighter, which is not the same as being right.",
    "They counted the minutes saved and forgot the minutes spent checking.",
)
LEXICON = {
    "LIR": ("read first", "look at", "write report"),
    "PRO": ("promise", "never tire"),
    "CON": ("believe", "trust"),
    "OUB": ("lose", "forget"),
    "TRA": ("minute", "check"),
}
KILL: dict[str, Callable[[Any], int]] = {}


def main(victims: list[str]) -> dict[str, Any]:
    """Run it, and say how it went: seconds, what was written, what should have been, and how often jobs were tried."""
    with services.running(services.configured(os.environ)):
        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        from fieldstudy import supervisor

        call_command("migrate", database="owner", verbosity=0, interactive=False)
        study = _study()
        with supervisor.platform(settings.SERVICES, workers=2) as programs:
            return _disturbed(study, programs, victims)


def _study() -> Any:
    from tests import builders

    study = builders.make_study(builders.make_user("lead"))
    for sign, expressions in LEXICON.items():
        code = builders.make_code(study, sign)
        for expression in expressions:
            builders.make_entry(code, expression)
    for source in range(SOURCES):
        turns = [
            " ".join(SENTENCES[(source + turn * 3 + place * 5) % 11] for place in range(5)) for turn in range(TURNS)
        ]
        builders.make_source(study, *turns, title=f"Interview {source}")
    return study


def _disturbed(study: Any, programs: Any, victims: list[str]) -> dict[str, Any]:
    from coding.actions.tagging import start_tagging
    from coding.models import Suggestion
    from fieldstudy.models import Job
    from observations.models import Source
    from tests import builders

    sources = list(Source.objects.filter(study=study).select_related("revision"))
    run = start_tagging(viewer=builders.as_lead(study), id=uuid.uuid4(), sources=sources, at=builders.AT)
    parts = Job.objects.filter(parent=run.job)
    assert wait_until(lambda: parts.filter(state="done").exists(), 60), "the workers never began"
    begun = time.monotonic()
    killed = {}
    for victim in victims:
        assert wait_until(lambda: parts.filter(state="running").exists(), 20)
        killed[victim] = KILL[victim](programs)
        # Long enough for the next blow to hit work that was taken up again.
        time.sleep(0.5)
    unfinished = parts.exclude(state="done").count()
    expected = _expected(run, sources)
    wait_until(lambda: not Job.objects.get(pk=run.job.pk).is_open, 90, every=0.1)
    seconds = time.monotonic() - begun
    written = [str(pk) for pk in Suggestion.objects.filter(study=study).values_list("pk", flat=True)]
    return {
        "state": Job.objects.get(pk=run.job.pk).state,
        "problem": Job.objects.get(pk=run.job.pk).problem_code,
        "seconds": round(seconds, 1),
        "killed": killed,
        "unfinished_when_killed": unfinished,
        "attempts": sorted(parts.values_list("attempts", flat=True)),
        "written": len(written),
        "unique": len(set(written)),
        "as_undisturbed": set(written) == expected,
    }


def _expected(run: Any, sources: list[Any]) -> set[str]:
    """The ids of the suggestions of an undisturbed run, computed here without any worker."""
    from coding.actions.tagging import Entry, compile, tag_turns
    from coding.tagging.ids import suggestion_id
    from coding.tagging.tags import TurnText
    from observations.models import Turn

    lexicon = {"en": compile([Entry(**entry) for entry in run.lexicon], "en")}
    ids = set()
    for source in sources:
        turns = Turn.objects.filter(source=source).order_by("number")
        texts = [TurnText(str(one.pk), one.start, one.text, one.language, tuple(one.sentence_ends)) for one in turns]
        for tag in tag_turns(texts, lexicon):
            span = (tag.start, tag.end)
            ids.add(str(suggestion_id(run.tagger_version, source.revision_id, uuid.UUID(tag.code), span)))
    return ids


def _kill_child(programs: Any) -> int:
    """The worker's child that has worked most."""
    children = {pid: _cpu_of(pid) for pid in _children_of(programs.pid("worker"))}
    return _kill(max(children, key=lambda pid: children[pid]))


def _kill_children(programs: Any) -> int:
    """Every child of the worker at once."""
    return [_kill(pid) for pid in _children_of(programs.pid("worker"))][-1]


def _kill_parent(programs: Any) -> int:
    return _kill(programs.pid("worker"))


def _kill_valkey(programs: Any) -> int:
    data_dir = Path(os.environ["FIELDSTUDY_DATA_DIR"]).resolve()
    mark = str(short_folder(data_dir) / VALKEY_SOCKET)
    return _kill(processes_of("valkey-server", mark, server_user(data_dir))[0])


KILL |= {"child": _kill_child, "children": _kill_children, "parent": _kill_parent, "valkey": _kill_valkey}


def _kill(pid: int) -> int:
    os.kill(pid, signal.SIGKILL)
    return pid


def _children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _cpu_of(pid: int) -> int:
    """Ticks spent in user mode: the 14th field, counted after the name in brackets."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))

"""Two calibration rounds of the demonstration before its coding, and one in which coders read again what they coded."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from coding.actions.agreement import compute_at_once, start_agreement_run
from coding.actions.readings import apply_code, mark_read, open_reading, submit_reading
from coding.actions.rounds import Aim, close_round, open_calibration, serve_again
from coding.models import AgreementRun, Code, Reading, Round, Segment
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Source

Keys = Callable[..., uuid.UUID]
Viewers = Callable[[str], Viewer]
Passage = tuple[uuid.UUID, int, int]

PLAN = Path(__file__).parent / "rounds.json"


def calibrate(viewer_of: Viewers, key_id: Keys) -> None:
    """Each round opened, read by its coders turn by turn, measured and closed. What is done already stays."""
    for plan in _plan("calibration"):
        at = datetime.fromisoformat(plan["at"])
        source = Source.objects.get(pk=key_id("source", plan["source"]))
        codes = _codes(source)
        coders = {name: viewer_of(name) for name in plan["codings"]}
        aim = Aim(plan["target"], {codes[sign]: value for sign, value in plan["targets"].items()})
        round = open_calibration(
            viewer=viewer_of("helene"),
            id=key_id("round", plan["key"]),
            handed=[(viewer.user, [source]) for viewer in coders.values()],
            aim=aim,
            due_on=(at + timedelta(days=2)).date(),
            note=plan["note"],
            at=at,
        )
        turns = _turns(source)
        for number, (name, held) in enumerate(plan["codings"].items()):
            passages = [(codes[sign], *turns[turn]) for sign, numbers in held.items() for turn in numbers]
            key = key_id("reading", plan["key"], name)
            _read(viewer=coders[name], source=source, key=key, passages=passages, at=at + timedelta(hours=1 + number))
        _measure(viewer_of("paul"), round, key_id("agreement", plan["key"]), at + timedelta(hours=6))
        close_round(viewer=viewer_of("helene"), round=round, at=at + timedelta(hours=8))


def read_again(viewer_of: Viewers, key_id: Keys) -> None:
    """Coders read again what they coded weeks ago: they leave something out, and see what only another saw then."""
    plan = _plan("again")
    at = datetime.fromisoformat(plan["at"])
    sources = {row["source"]: Source.objects.get(pk=key_id("source", row["source"])) for row in plan["readings"]}
    serve_again(
        viewer=viewer_of("helene"),
        id=key_id("round", "again"),
        handed=[(viewer_of(row["coder"]).user, [sources[row["source"]]]) for row in plan["readings"]],
        weeks=plan["weeks"],
        seed=None,
        due_on=None,
        note=plan["note"],
        at=at,
    )
    for number, row in enumerate(plan["readings"]):
        held = _held(key_id("reading", row["coder"], row["source"]))
        passages = [one for place, one in enumerate(held) if place not in row["without"]]
        for other, places in row["taken_over"].items():
            theirs = _held(key_id("reading", other, row["source"]))
            passages += [theirs[place] for place in places if theirs[place] not in passages]
        _read(
            viewer=viewer_of(row["coder"]),
            source=sources[row["source"]],
            key=key_id("reading", "again", row["coder"]),
            passages=passages,
            at=at + timedelta(hours=1 + number),
        )


@write
def _read(*, viewer: Viewer, source: Source, key: uuid.UUID, passages: Sequence[Passage], at: datetime) -> None:
    """One coder's reading, as a whole or not at all."""
    if Reading.objects.filter(pk=key).exists():
        return
    reading = open_reading(viewer=viewer, source=source, id=key, at=at)
    assert source.revision_id is not None
    for number, (code, start, end) in enumerate(passages):
        apply_code(
            viewer=viewer,
            source=source,
            id=uuid.uuid5(key, f"segment {number}"),
            code_id=code,
            start=start,
            end=end,
            revision_id=source.revision_id,
            at=at + timedelta(seconds=20 * number),
        )
    mark_read(viewer=viewer, reading_id=key, read_to=source.turns.count())
    submit_reading(viewer=viewer, reading=reading, at=at + timedelta(minutes=40))


def _measure(viewer: Viewer, round: Round, key: uuid.UUID, at: datetime) -> None:
    if not AgreementRun.objects.filter(pk=key).exists():
        run = start_agreement_run(viewer=viewer, id=key, unit="turn", site=None, at=at, round=round.number)
        compute_at_once(run)


def _plan(name: str) -> Any:
    return json.loads(PLAN.read_text(encoding="utf-8"))[name]


def _codes(source: Source) -> Mapping[str, uuid.UUID]:
    return {code.sign: code.pk for code in Code.objects.filter(study=source.study_id)}


def _turns(source: Source) -> Mapping[int, tuple[int, int]]:
    return {number: (start, end) for number, start, end in source.turns.values_list("number", "start", "end")}


def _held(reading: uuid.UUID) -> list[Passage]:
    """The passages of a first reading, in the order they were coded."""
    held = Segment.objects.filter(reading=reading, removed_at=None).order_by("created_at")
    return list(held.values_list("code_id", "now_start", "now_end"))

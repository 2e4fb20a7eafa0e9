"""Promise links, encounters and memos of the demonstration, recorded as coders record them."""

import csv
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from coding.actions.marks import add_mark
from coding.actions.memos import link_memo, write_memo
from coding.models import Code, Encounter, Memo, PromiseLink, Segment
from observations.access import Viewer
from observations.models import Source
from observations.queries.sources import text_of

HERE = Path(__file__).parent
Key = Callable[..., uuid.UUID]
Find = Callable[[str, Iterable[tuple[int, int, int]], Mapping[str, str]], tuple[int, int]]
# Memos that speak of one another, by key.
LINKS = (
    ("yanis-notebook", "pell-spreadsheet"),
    ("pell-spreadsheet", "sorel-trust"),
    ("miss-segment", "azygos-words"),
    ("reuse", "entry-codebook"),
)


def record_marks(viewer: Viewer, source: Source, key: tuple[str, str], find: Find, key_id: Key) -> None:
    """What one coder recorded in one source beside coded passages, into the reading that is open."""
    text, turns = text_of(source), list(source.turns.values_list("start", "end", "number"))
    opened_at = source.readings.get(coder__user=viewer.user, phase="first").opened_at

    def place(number: int, row: Mapping[str, str], name: str) -> dict[str, Any]:
        start, end = find(text, turns, {**row, "sign": name})
        at = opened_at + timedelta(minutes=number)
        mark = {"id": key_id(name, str(number)), "start": start, "end": end, "at": at}
        return {"viewer": viewer, "source": source, "revision_id": source.revision_id} | mark

    for number, row in _rows("promise-links.csv", key):
        add_mark(**place(number, row, "promise-links"), model=PromiseLink, details=_link(row, key_id))
    for number, row in _rows("encounters.csv", key):
        add_mark(**place(number, row, "encounters"), model=Encounter, details=_encounter(row, key_id))


def write_memos(viewer_of: Callable[[str], Viewer], find: Find, key_id: Key, at: datetime) -> None:
    """The memos and the journal's entries, each by its author, a minute apart, and the links between them."""
    rows = json.loads((HERE / "memos.json").read_text(encoding="utf-8"))
    for number, row in enumerate(rows):
        if Memo.objects.filter(pk=key_id("memo", row["key"])).exists():
            continue
        viewer = viewer_of(row["by"])
        write_memo(
            viewer=viewer,
            id=key_id("memo", row["key"]),
            about=row["about"],
            title=row["title"],
            text=row["text"],
            is_shared=row["shared"],
            day=date.fromisoformat(row["day"]) if "day" in row else None,
            at=at + timedelta(minutes=number),
            **_subject(viewer, row, find, key_id),
        )
    by = {row["key"]: row["by"] for row in rows}
    for one, other in LINKS:
        ends = {"memo_id": key_id("memo", one), "to_memo_id": key_id("memo", other)}
        link_memo(viewer=viewer_of(by[one]), id=key_id("memo link", one, other), **ends)


def _link(row: Mapping[str, str], key_id: Key) -> dict[str, Any]:
    return {"promise_id": key_id("promise", row["promise"]), "stance": row["stance"], "note": row["note"]}


def _encounter(row: Mapping[str, str], key_id: Key) -> dict[str, Any]:
    said = {name: row[name] for name in ("task", "read_first", "response", "consequence", "note")}
    person = key_id("participant", row["participant"]) if row["participant"] else None
    return said | {"tool_id": key_id("tool", row["tool"]), "participant_id": person}


def _subject(viewer: Viewer, row: Mapping[str, Any], find: Find, key_id: Key) -> dict[str, Any]:
    if row["about"] == "study":
        return {}
    if row["about"] == "code":
        return {"subject_id": Code.objects.get(study=viewer.study, sign=row["code"]).pk}
    source = Source.objects.get(pk=key_id("source", row["source"]))
    if row["about"] == "source":
        return {"subject_id": source.pk}
    turns = source.turns.values_list("start", "end", "number")
    start, end = find(text_of(source), turns, {"coder": row["by"], "sign": row["about"], **row})
    if row["about"] == "span":
        return {"subject_id": source.pk, "start": start, "end": end, "revision_id": source.revision_id}
    own = Segment.objects.filter(source=source, reading__coder__user=viewer.user, reading__phase="final")
    return {"subject_id": own.get(code__sign=row["code"], now_start=start, now_end=end, removed_at=None).pk}


def _rows(name: str, key: tuple[str, str]) -> list[tuple[int, dict[str, str]]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        rows = list(enumerate(csv.DictReader(file)))
    return [(number, row) for number, row in rows if (row["coder"], row["source"]) == key]

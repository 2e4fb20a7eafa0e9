"""What people wrote beside the coded passages leaves as far as the words it stands on may."""

import uuid

from coding.actions.marks import add_mark
from coding.models import Encounter
from exports.assemble import assemble
from exports.records import DatasetRecord
from fieldstudy.models import User
from observations.actions.studies import add_tool
from observations.importers.base import ParsedTurn
from observations.models import Source, Study
from tests import builders
from tests.shared import shared

TURNS = (
    ParsedTurn(text="The film of marigold showed a shadow.", speaker="Dr Closed"),
    ParsedTurn(text="Every shadow is a nodule to it.", speaker="Dr Willing"),
)


@shared
def source(study: Study) -> Source:
    closed = builders.make_participant(study, "P01")
    willing = builders.make_participant(study, "P02", quote=True, release=True)
    return builders.make_source(study, *TURNS, speakers={"Dr Closed": closed, "Dr Willing": willing})


def met(source: Source, start: int, end: int, *, by: User) -> None:
    viewer = builders.viewer_of(source.study, by)
    tool = add_tool(viewer=builders.as_lead(source.study), id=uuid.uuid4(), name=f"Tool {start}", kind="other")
    details = {"tool_id": tool.pk, "response": "followed", "task": "marigold", "note": "marigold"}
    place = {"source": source, "start": start, "end": end, "revision_id": source.revision_id}
    add_mark(viewer=viewer, model=Encounter, id=uuid.uuid4(), details=details, at=builders.AT, **place)


def dataset(study: Study) -> DatasetRecord:
    return assemble(builders.as_lead(study), language="en", layer="first")


def test_what_is_said_of_a_withheld_passage_is_withheld(source: Source, coder_ana: User) -> None:
    met(source, 0, 8, by=coder_ana)
    met(source, 40, 50, by=coder_ana)
    builders.submit(source, by=coder_ana)
    said = {record.tool: (record.task, record.note) for record in dataset(source.study).encounters}
    assert said == {"Tool 0": ("[…]", "[…]"), "Tool 40": ("marigold", "marigold")}


def test_what_is_said_in_an_unsubmitted_reading_stays(source: Source, coder_ana: User) -> None:
    met(source, 40, 50, by=coder_ana)
    assert dataset(source.study).encounters == ()


def test_a_memo_on_a_source_with_withheld_words_is_withheld(source: Source) -> None:
    builders.make_memo(source.study, about="source", subject_id=source.pk, text="marigold")
    builders.make_memo(source.study, about="study", text="On the study.")
    assert sorted(memo.text for memo in dataset(source.study).memos) == ["On the study.", "[…]"]


def test_private_memos_never_leave(study: Study) -> None:
    builders.make_memo(study, about="study", is_shared=False)
    assert dataset(study).memos == ()

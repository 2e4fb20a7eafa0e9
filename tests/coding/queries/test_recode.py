import uuid

import pytest

from coding.actions.code_tree import Part, merge_codes, split_code
from coding.actions.codebooks import Meaning, redefine_code
from coding.actions.recode import review_segment, undo_review
from coding.models import Code, Segment, SegmentReview
from coding.queries.recode import due_by_code, due_shown, own_due
from fieldstudy.errors import Conflict
from observations.models import Study
from tests.builders import AT, as_lead, code, make_code, make_source, submit, viewer_of
from tests.shared import shared


def define(study: Study, row: Code, definition: str, **more: object) -> None:
    row.refresh_from_db()
    meaning = Meaning(row.revision.names, {"en": definition}, **more)
    redefine_code(
        viewer=as_lead(study), code=row, sign=row.sign, meaning=meaning, stance=row.stance, asks_weight=False, at=AT
    )


def split(study: Study, row: Code) -> list[Code]:
    parts = [Part(uuid.uuid4(), sign, Meaning({"en": sign})) for sign in ("ONE", "TWO")]
    return split_code(viewer=as_lead(study), code=row, parts=parts, at=AT)


def due(study: Study, user: object) -> list[uuid.UUID]:
    return [segment.pk for segment in own_due(viewer_of(study, user))]


@shared
def strict(study: Study) -> Code:
    return make_code(study)


@shared
def segment(study: Study, strict: Code, coder_ana) -> Segment:
    return code(make_source(study), "the film", strict, by=coder_ana)


def review(study: Study, user: object, segment: Segment, outcome: str, code_id: uuid.UUID | None = None):
    viewer = viewer_of(study, user)
    return review_segment(viewer=viewer, segment_id=segment.pk, outcome=outcome, at=AT, code_id=code_id)


def test_nothing_is_due_before_anything_changed(study, segment, coder_ana):
    assert due(study, coder_ana) == []


def test_another_definition_asks_for_a_second_look(study, strict, segment, coder_ana):
    define(study, strict, "Other")
    assert due(study, coder_ana) == [segment.pk]


def test_another_name_or_example_asks_for_nothing(study, strict, segment, coder_ana):
    redefine_code(
        viewer=as_lead(study),
        code=strict,
        sign="NEW",
        meaning=Meaning({"en": "Renamed"}, examples={"en": "Like this"}),
        stance="limit",
        asks_weight=True,
        at=AT,
    )
    assert due(study, coder_ana) == []


def test_a_merge_asks_even_along_a_chain(study, strict, segment, coder_ana):
    second, third = make_code(study, "BB"), make_code(study, "CC")
    for one, into in ((strict, second), (second, third)):
        merge_codes(viewer=as_lead(study), code=one, into=into, keeps="into", at=AT)
    (row,) = own_due(viewer_of(study, coder_ana))
    shown = due_shown(viewer_of(study, coder_ana), row)
    assert (shown.why, shown.means_now.code) == ("merged", third)


def test_a_split_asks_and_offers_its_parts(study, strict, segment, coder_ana):
    parts = split(study, strict)
    (row,) = own_due(viewer_of(study, coder_ana))
    shown = due_shown(viewer_of(study, coder_ana), row)
    assert (shown.why, list(shown.choices), shown.words) == ("split", parts, "the film")


@pytest.mark.parametrize("change", ["defined", "merged", "split"])
def test_what_was_kept_is_not_asked_again_until_it_changes_again(study, strict, segment, coder_ana, change: str):
    target = make_code(study, "NOR")
    if change == "defined":
        define(study, strict, "Other")
    elif change == "merged":
        merge_codes(viewer=as_lead(study), code=strict, into=target, keeps="into", at=AT)
    else:
        split(study, strict)
    review(study, coder_ana, segment, "kept")
    assert due(study, coder_ana) == []
    define(study, strict if change == "defined" else target, "Yet another")
    assert due(study, coder_ana) == ([] if change == "split" else [segment.pk])


def test_examples_added_after_a_second_look_do_not_ask_again(study, strict, segment, coder_ana):
    define(study, strict, "Other")
    review(study, coder_ana, segment, "kept")
    define(study, strict, "Other", examples={"en": "Like this"})
    assert due(study, coder_ana) == []


def test_a_passage_is_coded_anew_and_back(study, strict, segment, coder_ana):
    parts = split(study, strict)
    review(study, coder_ana, segment, "recoded", parts[1].pk)
    segment.refresh_from_db()
    assert (segment.code, due(study, coder_ana)) == (parts[1], [])
    undo_review(viewer=viewer_of(study, coder_ana), segment_id=segment.pk)
    segment.refresh_from_db()
    assert (segment.code, due(study, coder_ana)) == (strict, [segment.pk])


def test_a_passage_is_removed_and_back(study, strict, segment, coder_ana):
    define(study, strict, "Other")
    review(study, coder_ana, segment, "removed")
    assert due(study, coder_ana) == []
    undo_review(viewer=viewer_of(study, coder_ana), segment_id=segment.pk)
    assert due(study, coder_ana) == [segment.pk]
    assert not SegmentReview.objects.exists()


def test_only_the_final_reading_is_asked_about_once_the_first_is_in(study, strict, segment, coder_ana):
    submit(segment.source, by=coder_ana)
    define(study, strict, "Other")
    assert due(study, coder_ana) == [uuid.uuid5(segment.pk, "final reading")]


def test_the_first_reading_stays_as_submitted_when_the_final_one_is_coded_anew(study, strict, segment, coder_ana):
    submit(segment.source, by=coder_ana)
    parts = split(study, strict)
    final = Segment.objects.get(pk=uuid.uuid5(segment.pk, "final reading"))
    review(study, coder_ana, final, "recoded", parts[0].pk)
    segment.refresh_from_db()
    assert segment.code == strict


def test_what_is_not_due_is_not_reviewed(study, segment, coder_ana):
    with pytest.raises(Conflict):
        review(study, coder_ana, segment, "kept")


def test_a_coder_is_not_asked_about_the_passages_of_another(study, strict, segment, coder_ben):
    define(study, strict, "Other")
    assert due(study, coder_ben) == []


def test_the_lead_counts_what_is_submitted_alone(study, strict, segment, lead, coder_ana, coder_ben):
    define(study, strict, "Other")
    assert due_by_code(as_lead(study)) == []
    submit(segment.source, by=coder_ana)
    assert due_by_code(as_lead(study)) == [(strict, 1, 1)]

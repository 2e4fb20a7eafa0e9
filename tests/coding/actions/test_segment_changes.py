"""Passages split, merged and changed together: all or none, the same whether once or twice, memos and weight kept."""

import uuid
from typing import Any

import pytest

from coding.actions.segment_changes import Step, change_segments
from coding.actions.segment_parts import merge_segments, split_segment
from coding.models import Code, Memo, MemoLink, Segment
from fieldstudy.errors import Conflict, FieldstudyError, Invalid, Missing
from fieldstudy.models import User
from observations.access import Viewer
from observations.models import Source, Study
from observations.queries.sources import text_of
from tests import builders
from tests.architecture.test_blindness_everywhere import acting
from tests.shared import shared

TEXT = "I read the film first. Then I click. The frames come last."


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, TEXT)


@shared
def ana(source: Source, coder_ana: User) -> Viewer:
    return builders.viewer_of(source.study, coder_ana)


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study, "STR")


def coded(source: Source, code: Code, by: Viewer, phrase: str, weight: int | None = None) -> Segment:
    return builders.code(source, phrase, code, by=by.user, weight=weight)


def memo_on(segment: Segment, author: User) -> Memo:
    acting(author)
    return Memo.objects.create(
        study_id=segment.study_id,
        author=author,
        about="segment",
        source_id=segment.source_id,
        segment=segment,
        text="Why so?",
        created_at=builders.AT,
        changed_at=builders.AT,
    )


def split(viewer: Viewer, source: Source, segment: Segment, point: int, new_id: uuid.UUID) -> Any:
    return split_segment(
        viewer=viewer,
        source=source,
        segment_id=segment.pk,
        version=segment.version,
        point=point,
        new_id=new_id,
        at=builders.AT,
    )


def merge(viewer: Viewer, source: Source, *segments: Segment) -> Any:
    named = [(segment.pk, segment.version) for segment in segments]
    return merge_segments(viewer=viewer, source=source, segments=named, at=builders.AT)


def change(viewer: Viewer, source: Source, *steps: Step) -> Any:
    return change_segments(viewer=viewer, source=source, steps=steps, at=builders.AT)


def standing(source: Source) -> list[tuple[str, str, int | None]]:
    text = text_of(source)
    rows = Segment.objects.filter(source=source, removed_at=None).order_by("now_start", "now_end")
    return [(text[row.now_start : row.now_end], row.code.sign, row.weight) for row in rows]


def refused(kind: type[FieldstudyError], code: str) -> Any:
    return pytest.raises(kind, check=lambda error: error.code == code)


def test_both_parts_of_a_split_keep_code_weight_definition_and_memo(source: Source, ana: Viewer, strict: Code) -> None:
    segment = coded(source, strict, ana, "Then I click. The frames come last.", 40)
    memo, new_id = memo_on(segment, ana.user), uuid.uuid4()
    (first, second), made = split(ana, source, segment, TEXT.index("The frames"), new_id)
    assert standing(source) == [("Then I click.", "STR", 40), ("The frames come last.", "STR", 40)]
    assert (made, first.pk, second.pk, second.code_revision_id) == (True, segment.pk, new_id, segment.code_revision_id)
    assert [(link.memo, link.to_segment_id) for link in MemoLink.objects.all()] == [(memo, new_id)]


def test_a_split_sent_twice_is_one(source: Source, ana: Viewer, strict: Code) -> None:
    segment, new_id = coded(source, strict, ana, "Then I click."), uuid.uuid4()
    point = TEXT.index("click")
    assert [split(ana, source, segment, point, new_id)[1] for _ in range(2)] == [True, False]
    assert standing(source) == [("Then I", "STR", None), ("click.", "STR", None)]


def test_a_passage_under_a_retired_code_is_split_all_the_same(source: Source, ana: Viewer, strict: Code) -> None:
    segment = coded(source, strict, ana, "Then I click.")
    acting(ana.user)
    Code.objects.update(retired_at=builders.AT)
    split(ana, source, segment, TEXT.index("click"), uuid.uuid4())
    assert len(standing(source)) == 2


@pytest.mark.parametrize("phrase", ["Then", "The frames"])
def test_a_passage_is_not_split_at_or_beyond_its_border(source: Source, ana: Viewer, strict: Code, phrase: str) -> None:
    segment = coded(source, strict, ana, "Then I click.")
    with refused(Invalid, "segment.split_outside"):
        split(ana, source, segment, TEXT.index(phrase), uuid.uuid4())


def test_passages_that_touch_become_one_and_their_memos_stay_in_reach(
    source: Source, ana: Viewer, strict: Code
) -> None:
    later = coded(source, strict, ana, "The frames come last.", 70)
    earlier = coded(source, strict, ana, "Then I click.")
    memo = memo_on(later, ana.user)
    for _ in range(2):
        merge(ana, source, later, earlier)
    assert standing(source) == [("Then I click. The frames come last.", "STR", 70)]
    assert Segment.objects.get(removed_at=None).pk == earlier.pk
    assert [(link.memo, link.to_segment) for link in MemoLink.objects.all()] == [(memo, earlier)]


def test_passages_with_words_between_them_stay_apart(source: Source, ana: Viewer, strict: Code) -> None:
    segments = [coded(source, strict, ana, phrase) for phrase in ("Then", "click.")]
    with refused(Invalid, "segments.merge_apart"):
        merge(ana, source, *segments)


def test_passages_of_two_codes_stay_two(source: Source, study: Study, ana: Viewer, strict: Code) -> None:
    other = builders.make_code(study, "LIR")
    segments = [coded(source, code, ana, "Then I click.") for code in (strict, other)]
    with refused(Invalid, "segments.merge_codes"):
        merge(ana, source, *segments)


def test_one_step_that_cannot_be_done_leaves_all_undone(
    source: Source, study: Study, ana: Viewer, strict: Code
) -> None:
    other = builders.make_code(study, "LIR")
    fresh, stale = (coded(source, strict, ana, phrase) for phrase in ("Then I click.", "The frames"))
    steps = [Step("change", fresh.pk, 1, {"code_id": other.pk}), Step("change", stale.pk, 7, {"code_id": other.pk})]
    with refused(Conflict, "segment.changed_meanwhile"):
        change(ana, source, *steps)
    assert {sign for _, sign, _ in standing(source)} == {"STR"}


def test_many_are_recoded_at_once_and_keep_their_weight(
    source: Source, study: Study, ana: Viewer, strict: Code
) -> None:
    other = builders.make_code(study, "LIR")
    segments = [coded(source, strict, ana, phrase, weight) for phrase, weight in (("Then", 5), ("click", 9))]
    change(ana, source, *(Step("change", one.pk, 1, {"code_id": other.pk}) for one in segments))
    assert standing(source) == [("Then", "LIR", 5), ("click", "LIR", 9)]
    assert {one.code_revision_id for one in Segment.objects.all()} == {other.revision_id}


def test_a_merge_is_undone_by_the_steps_back(source: Source, ana: Viewer, strict: Code) -> None:
    first, second = (coded(source, strict, ana, phrase) for phrase in ("Then I click.", "The frames"))
    merge(ana, source, first, second)
    back = {"start": first.now_start, "end": first.now_end}
    change(ana, source, Step("change", first.pk, 2, back, source.revision_id), Step("restore", second.pk, 2))
    assert standing(source) == [("Then I click.", "STR", None), ("The frames", "STR", None)]


def test_a_change_does_not_grow_dearer_by_query_with_its_steps(
    source: Source, study: Study, ana: Viewer, strict: Code, django_assert_max_num_queries: Any
) -> None:
    segments = [coded(source, strict, ana, "Then") for _ in range(30)]
    with django_assert_max_num_queries(16):
        change(ana, source, *(Step("remove", one.pk, 1) for one in segments))
    assert standing(source) == []


def test_nobody_changes_another_coders_passages(source: Source, ana: Viewer, coder_ben: User, strict: Code) -> None:
    theirs = builders.code(source, "Then", strict, by=coder_ben)
    with pytest.raises(Missing):
        change(ana, source, Step("remove", theirs.pk, 1))


def test_what_was_submitted_stays(source: Source, ana: Viewer, strict: Code) -> None:
    segment = coded(source, strict, ana, "Then")
    builders.submit(source, by=ana.user)
    with refused(Conflict, "reading.submitted"):
        change(ana, source, Step("remove", segment.pk, 1))

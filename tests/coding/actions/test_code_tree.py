import uuid
from collections.abc import Callable

import pytest

from coding.actions.code_tree import (
    Part,
    adopt_code,
    merge_codes,
    move_code,
    restore_code,
    retire_code,
    split_code,
)
from coding.actions.codebook_changes import undo_change
from coding.actions.codebooks import Meaning, redefine_code
from coding.models import Code, CodebookChange, Segment
from coding.queries.standing import merged_codes
from fieldstudy.errors import Conflict, FieldstudyError, Invalid
from observations.models import Study
from tests.builders import AT, as_lead, code, make_code, make_source, submit


@pytest.fixture
def merge(study: Study) -> Callable[..., CodebookChange]:
    def merged(one: Code, into: Code, keeps: str = "into") -> CodebookChange:
        change = merge_codes(viewer=as_lead(study), code=one, into=into, keeps=keeps, at=AT)
        assert change is not None
        return change

    return merged


def parts(*signs: str) -> list[Part]:
    return [Part(uuid.uuid4(), sign, Meaning({"en": f"part {sign.lower()}"})) for sign in signs]


def undo(study: Study, change: CodebookChange | None = None) -> CodebookChange:
    change = change or CodebookChange.objects.order_by("-made_at").get()
    return undo_change(viewer=as_lead(study), change_id=change.pk, at=AT)


def test_a_merge_rewrites_no_segment(study, merge, coder_ana):
    strict, norm = make_code(study), make_code(study, "NOR")
    segment = code(make_source(study), "the film", strict, by=coder_ana)
    before = Segment.objects.values().get(pk=segment.pk)
    merge(strict, norm)
    assert Segment.objects.values().get(pk=segment.pk) == before


def test_a_chain_of_merges_counts_as_its_last_code(study, merge):
    first, second, third = make_code(study, "AA"), make_code(study, "BB"), make_code(study, "CC")
    merge(first, second)
    merge(second, third)
    assert merged_codes(study) == {first.pk: third.pk, second.pk: third.pk}


def test_the_codes_below_follow_a_merge_and_come_back_with_it(study, merge):
    branch, other = make_code(study, "AA"), make_code(study, "BB")
    child = make_code(study, parent=branch)
    change = merge(branch, other)
    child.refresh_from_db()
    assert child.parent == other
    undo(study, change)
    child.refresh_from_db()
    branch.refresh_from_db()
    assert (child.parent, branch.merged_into, branch.retired_at, child.hue) == (branch, None, None, branch.hue)


def test_the_definition_of_the_merged_code_may_stay(study, merge):
    strict, norm = make_code(study), make_code(study, "NOR")
    change = merge(strict, norm, keeps="from")
    norm.refresh_from_db()
    assert (norm.revision.number, norm.revision.names) == (2, strict.revision.names)
    undo(study, change)
    norm.refresh_from_db()
    assert norm.revision.number == 1


def test_an_earlier_merge_can_be_undone_after_a_later_one(study, merge):
    first, second, third = make_code(study, "AA"), make_code(study, "BB"), make_code(study, "CC")
    change = merge(first, second)
    merge(second, third)
    undo(study, change)
    assert merged_codes(study) == {second.pk: third.pk}


def test_a_change_that_a_later_one_touched_cannot_be_undone(study):
    strict, branch, other = make_code(study), make_code(study, "AA"), make_code(study, "BB")
    move_code(viewer=as_lead(study), code=strict, parent=branch, position=0, at=AT)
    change = CodebookChange.objects.get()
    move_code(viewer=as_lead(study), code=strict, parent=other, position=0, at=AT)
    with pytest.raises(Conflict) as caught:
        undo(study, change)
    assert caught.value.code == "codebook.changed_since"


def test_undoing_a_move_brings_the_code_back_to_its_place_and_hue(study):
    rows = [make_code(study, sign) for sign in ("AA", "BB", "CC")]
    move_code(viewer=as_lead(study), code=rows[1], parent=rows[0], position=0, at=AT)
    undo(study)
    places = Code.objects.order_by("position").values_list("sign", "parent", "hue")
    assert list(places) == [(row.sign, None, row.hue) for row in rows]


def test_undoing_twice_changes_nothing_more(study):
    strict = make_code(study)
    retire_code(viewer=as_lead(study), code=strict, at=AT)
    assert undo(study).undone_at == undo(study).undone_at
    strict.refresh_from_db()
    assert strict.retired_at is None


def test_undoing_a_redefinition_gives_the_earlier_revision_back(study):
    strict = make_code(study)
    new = Meaning({"en": "Other"})
    redefine_code(viewer=as_lead(study), code=strict, sign="OTH", meaning=new, stance="limit", asks_weight=False, at=AT)
    undo(study)
    strict.refresh_from_db()
    assert (strict.sign, strict.stance, strict.revision.number) == ("STR", "neither", 1)
    redefine_code(viewer=as_lead(study), code=strict, sign="STR", meaning=new, stance="limit", asks_weight=False, at=AT)
    strict.refresh_from_db()
    assert strict.revision.number == 3


def test_saying_the_same_again_is_no_change(study):
    strict = make_code(study)
    same = Meaning(strict.revision.names)
    redefine_code(
        viewer=as_lead(study), code=strict, sign="STR", meaning=same, stance="neither", asks_weight=False, at=AT
    )
    assert not CodebookChange.objects.exists()


def test_a_split_retires_the_code_and_its_parts_take_its_place(study):
    make_code(study, "AA")
    strict = make_code(study, stance="limit")
    make_code(study, "ZZ")
    made = split_code(viewer=as_lead(study), code=strict, parts=parts("ONE", "TWO"), at=AT)
    in_use = Code.objects.filter(retired_at=None).order_by("position").values_list("sign", flat=True)
    assert list(in_use) == ["AA", "ONE", "TWO", "ZZ"]
    assert [(part.split_from_id, part.stance, part.hue) for part in made] == [(strict.pk, "limit", strict.hue)] * 2


def test_a_part_may_keep_the_sign_of_the_code_that_is_split(study):
    made = split_code(viewer=as_lead(study), code=make_code(study), parts=parts("STR", "TWO"), at=AT)
    assert made[0].sign == "STR"


def test_undoing_a_split_brings_the_code_back_and_takes_its_parts_out_of_use(study):
    strict = make_code(study)
    split_code(viewer=as_lead(study), code=strict, parts=parts("STR", "TWO"), at=AT)
    undo(study, CodebookChange.objects.get(kind="split"))
    assert list(Code.objects.filter(retired_at=None)) == [strict]
    assert not Code.objects.filter(split_from__isnull=False).exists()


def test_undoing_a_retirement_is_refused_when_the_sign_went_to_another(study):
    strict = make_code(study)
    retire_code(viewer=as_lead(study), code=strict, at=AT)
    make_code(study, "STR")
    with pytest.raises(Conflict) as caught:
        undo(study)
    assert caught.value.code == "code.sign_taken"


def test_a_code_comes_back_below_nothing_that_is_gone(study):
    branch = make_code(study, "AA")
    child = make_code(study, parent=branch)
    retire_code(viewer=as_lead(study), code=child, at=AT)
    change = CodebookChange.objects.get()
    retire_code(viewer=as_lead(study), code=branch, at=AT)
    with pytest.raises(Conflict) as caught:
        undo(study, change)
    assert caught.value.code == "codebook.parent_gone"


@pytest.mark.parametrize("into", ["itself", "below", "retired"])
def test_a_code_is_not_merged_into_itself_or_below_itself_or_into_what_is_gone(study, merge, into: str):
    strict, gone = make_code(study), make_code(study, "GON")
    retire_code(viewer=as_lead(study), code=gone, at=AT)
    target = {"itself": strict, "below": make_code(study, "CH", parent=strict), "retired": gone}[into]
    with pytest.raises(FieldstudyError):
        merge(strict, target)


def test_a_merged_code_is_not_restored_but_unmerged(study, merge):
    strict, norm = make_code(study), make_code(study, "NOR")
    merge(strict, norm)
    with pytest.raises(Conflict):
        restore_code(viewer=as_lead(study), code=strict, at=AT)


def test_a_split_into_one_is_refused(study):
    with pytest.raises(Invalid):
        split_code(viewer=as_lead(study), code=make_code(study), parts=parts("ONE"), at=AT)


def test_an_adopted_proposal_is_a_code_like_any_other_until_that_is_undone(study, coder_ana):
    source = make_source(study)
    strict = make_code(study)
    code(source, "the film", strict, by=coder_ana)
    reading = submit(source, by=coder_ana)
    Code.objects.filter(pk=strict.pk).update(proposed_in=reading)
    adopt_code(viewer=as_lead(study), code=strict, at=AT)
    strict.refresh_from_db()
    assert strict.proposed_in is None
    undo(study)
    strict.refresh_from_db()
    assert strict.proposed_in == reading

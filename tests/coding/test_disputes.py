"""What one dispute is: cases of every kind, and properties that hold of any readings."""

import random
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.disputes import Compared, Held, Voice, compare

A, B, C = (uuid.UUID(int=n) for n in (1, 2, 3))
PRO, STR, TAC, FAR = (uuid.UUID(int=n) for n in (101, 102, 103, 104))
BRANCH, OTHER = uuid.UUID(int=110), uuid.UUID(int=111)
PARENTS = {PRO: BRANCH, STR: BRANCH, TAC: BRANCH, FAR: OTHER, BRANCH: None, OTHER: None}
BOOK = {PRO: PRO, STR: STR, TAC: TAC, FAR: FAR}


def voice(reading: uuid.UUID, *held: tuple[uuid.UUID, int, int], book: dict[uuid.UUID, uuid.UUID] = BOOK) -> Voice:
    segments = [Held(uuid.uuid5(reading, f"{n} {code} {a} {b}"), code, a, b) for n, (code, a, b) in enumerate(held)]
    return Voice(reading, dict(book), tuple(segments))


def found(*voices: Voice, text: str = "") -> Compared:
    return compare(voices, parents=PARENTS, text=text)


def kinds(*voices: Voice, text: str = "") -> list[str]:
    return [dispute.kind for dispute in found(*voices, text=text).disputes]


def test_identical_readings_have_no_dispute_and_agree() -> None:
    compared = found(voice(A, (PRO, 0, 9)), voice(B, (PRO, 0, 9)))
    assert compared.disputes == ()
    assert [(each.passage.code, each.passage.start, each.passage.end) for each in compared.agreed] == [(PRO, 0, 9)]


def test_one_reading_alone_is_neither_agreed_nor_disputed() -> None:
    assert found(voice(A, (PRO, 0, 9))) == Compared((), ())


def test_a_passage_only_one_coded_is_missed() -> None:
    (dispute,) = found(voice(A, (PRO, 3, 9)), voice(B)).disputes
    assert (dispute.kind, dispute.start, dispute.end, dispute.codes) == ("missed", 3, 9, (PRO,))
    assert [len(side.segments) for side in dispute.sides] == [1, 0]


def test_the_same_code_with_other_limits_is_a_border() -> None:
    (dispute,) = found(voice(A, (PRO, 0, 9)), voice(B, (PRO, 4, 12))).disputes
    assert (dispute.kind, dispute.start, dispute.end) == ("border", 0, 12)


def test_a_third_reading_that_holds_nothing_makes_a_border_a_missed_passage() -> None:
    assert kinds(voice(A, (PRO, 0, 9)), voice(B, (PRO, 4, 12)), voice(C)) == ["missed"]


def test_codes_of_one_parent_that_stand_in_for_each_other_are_siblings() -> None:
    assert kinds(voice(A, (PRO, 0, 10)), voice(B, (STR, 2, 9))) == ["sibling"]


def test_a_code_and_the_one_above_it_count_as_siblings() -> None:
    book = {**BOOK, BRANCH: BRANCH}
    assert kinds(voice(A, (PRO, 0, 10), book=book), voice(B, (BRANCH, 0, 10), book=book)) == ["sibling"]


def test_codes_of_different_branches_are_far() -> None:
    assert kinds(voice(A, (PRO, 0, 10)), voice(B, (FAR, 0, 10))) == ["far"]


def test_codes_at_the_top_of_two_branches_are_far() -> None:
    book = {BRANCH: BRANCH, OTHER: OTHER}
    assert kinds(voice(A, (BRANCH, 0, 10), book=book), voice(B, (OTHER, 0, 10), book=book)) == ["far"]


def test_a_code_beside_one_that_both_hold_is_a_dispute_of_its_own() -> None:
    compared = found(voice(A, (PRO, 0, 10), (STR, 0, 10)), voice(B, (PRO, 0, 10)))
    assert [dispute.codes for dispute in compared.disputes] == [(STR,)]
    assert len(compared.agreed) == 1


def test_two_codes_that_one_reading_holds_and_the_other_lacks_are_two_disputes() -> None:
    assert kinds(voice(A, (PRO, 0, 10), (STR, 0, 10)), voice(B)) == ["missed", "missed"]


def test_passages_that_share_less_than_half_of_the_shorter_do_not_stand_in_for_each_other() -> None:
    assert kinds(voice(A, (PRO, 0, 10)), voice(B, (STR, 8, 18))) == ["missed", "missed"]


def test_a_code_that_a_codebook_lacked_is_missing_and_not_in_dispute() -> None:
    assert kinds(voice(A, (PRO, 0, 10)), voice(B, book={STR: STR})) == []


def test_only_readings_with_a_say_have_a_side() -> None:
    (dispute,) = found(voice(A, (PRO, 0, 10)), voice(B), voice(C, book={STR: STR})).disputes
    assert [side.reading for side in dispute.sides] == [A, B]


@pytest.mark.parametrize(
    ("other", "kind"), [((), "missed"), (((PRO, 0, 7),), "border"), (((STR, 0, 10),), "sibling")], ids=str
)
def test_a_difference_under_another_definition_keeps_its_kind_and_is_flagged(other: tuple, kind: str) -> None:
    new = {**BOOK, PRO: uuid.UUID(int=999)}
    (same,) = found(voice(A, (PRO, 0, 10)), voice(B, *other)).disputes
    (changed,) = found(voice(A, (PRO, 0, 10)), voice(B, *other, book=new)).disputes
    assert (same.kind, same.redefined) == (kind, False)
    assert (changed.kind, changed.redefined) == (kind, True)


def test_overlapping_segments_of_one_reading_count_once() -> None:
    assert kinds(voice(A, (PRO, 0, 6), (PRO, 4, 9)), voice(B, (PRO, 0, 9))) == []


def test_white_space_between_two_segments_divides_nothing() -> None:
    text = "Yes. No."
    assert kinds(voice(A, (PRO, 0, 4), (PRO, 5, 8)), voice(B, (PRO, 0, 8)), text=text) == []
    assert kinds(voice(A, (PRO, 0, 4), (PRO, 5, 8)), voice(B, (PRO, 0, 8))) == ["border"]


def test_a_passage_beside_one_that_all_hold_is_a_dispute_of_its_own() -> None:
    compared = found(voice(A, (PRO, 0, 4), (PRO, 5, 8)), voice(B, (PRO, 0, 4)), text="Yes. No.")
    assert [(one.kind, one.start, one.end) for one in compared.disputes] == [("missed", 5, 8)]
    assert len(compared.agreed) == 1


def test_passages_that_only_touch_are_two_disputes() -> None:
    assert kinds(voice(A, (PRO, 0, 5)), voice(B, (PRO, 5, 9))) == ["missed", "missed"]


def test_passages_that_chain_are_one_dispute() -> None:
    (dispute,) = found(voice(A, (PRO, 0, 6), (PRO, 8, 14)), voice(B, (PRO, 4, 10))).disputes
    assert (dispute.start, dispute.end, dispute.kind) == (0, 14, "border")


def test_the_id_depends_on_readings_and_segments_and_on_the_round() -> None:
    (dispute,) = found(voice(A, (PRO, 0, 9)), voice(B)).disputes
    (more,) = found(voice(A, (PRO, 0, 9)), voice(B), voice(C)).disputes
    assert dispute.key(A, 1) == dispute.key(A, 1)
    assert len({dispute.key(A, 1), dispute.key(A, 2), dispute.key(B, 1), more.key(A, 1)}) == 4


spans = st.tuples(st.sampled_from([PRO, STR, TAC, FAR]), st.integers(0, 30), st.integers(1, 12)).map(
    lambda each: (each[0], each[1], each[1] + each[2])
)
books = st.dictionaries(st.sampled_from([PRO, STR, TAC, FAR]), st.sampled_from([A, B]), min_size=1)
readings = st.lists(st.tuples(st.lists(spans, max_size=5), books), min_size=1, max_size=4).map(
    lambda each: [
        voice(uuid.UUID(int=50 + n), *(one for one in held if one[0] in book), book=book)
        for n, (held, book) in enumerate(each)
    ]
)


def covered(one: Voice, code: uuid.UUID) -> set[int]:
    return {point for held in one.segments if held.code == code for point in range(held.start, held.end)}


@settings(max_examples=60, deadline=None)
@given(readings, st.randoms(use_true_random=False))
def test_the_order_of_readings_and_segments_plays_no_part(voices: list[Voice], chance: random.Random) -> None:
    shuffled = [Voice(one.reading, one.codes, tuple(chance.sample(one.segments, len(one.segments)))) for one in voices]
    chance.shuffle(shuffled)
    assert found(*shuffled) == found(*voices)


@settings(max_examples=60, deadline=None)
@given(readings)
def test_every_difference_lies_in_exactly_one_dispute(voices: list[Voice]) -> None:
    compared = found(*voices)
    segments = {held.id: held for one in voices for held in one.segments}
    for code in BOOK:
        able = [one for one in voices if code in one.codes]
        sets = [covered(one, code) for one in able]
        differing = set.union(*sets) - set.intersection(*sets) if len(sets) > 1 else set()
        places = [
            {
                point
                for side in dispute.sides
                for one in side.segments
                if segments[one].code == code
                for point in range(segments[one].start, segments[one].end)
            }
            for dispute in compared.disputes
        ]
        for point in differing:
            assert sum(point in place for place in places) == 1


@settings(max_examples=60, deadline=None)
@given(readings)
def test_every_segment_that_can_be_compared_is_in_one_dispute_or_agreed(voices: list[Voice]) -> None:
    compared = found(*voices)
    told = [one for dispute in compared.disputes for side in dispute.sides for one in side.segments]
    agreed = {one for each in compared.agreed for one in each.segments}
    expected = {
        held.id for one in voices for held in one.segments if sum(held.code in other.codes for other in voices) > 1
    }
    assert len(told) == len(set(told)) and not agreed & set(told)
    assert agreed | set(told) == expected


@settings(max_examples=40, deadline=None)
@given(readings)
def test_a_reading_repeated_by_everybody_leaves_nothing_to_settle(voices: list[Voice]) -> None:
    same = [Voice(uuid.UUID(int=70 + n), voices[0].codes, voices[0].segments) for n in range(3)]
    assert found(*same).disputes == ()


@pytest.mark.parametrize("text", ["", " " * 60])
def test_nothing_is_found_where_nobody_coded(text: str) -> None:
    assert found(voice(A), voice(B), text=text) == Compared((), ())

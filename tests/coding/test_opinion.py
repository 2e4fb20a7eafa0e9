from coding.opinion import Passage, Record, differences, record

ENDS = [10, 20, 30]


def kinds(own: list[tuple[int, int]], suggested: list[tuple[int, int]], *, other_code: bool = False) -> list[str]:
    mine = [Passage(start, end, "STR", f"own {start}") for start, end in own]
    machine = [Passage(start, end, "CTX" if other_code else "STR", f"its {start}") for start, end in suggested]
    return [difference.kind for difference in differences(mine, machine, ENDS)]


def test_a_part_of_the_same_sentence_agrees():
    assert kinds([(2, 8)], [(0, 10)]) == ["agrees"]


def test_one_sentence_more_than_the_machine_agrees():
    assert kinds([(0, 20)], [(0, 10)]) == ["agrees"]


def test_two_sentences_more_than_the_machine_are_other_limits():
    assert kinds([(0, 30)], [(0, 10)]) == ["other_limits"]


def test_two_suggestions_that_fill_one_passage_agree_with_it():
    assert kinds([(0, 30)], [(0, 10), (20, 30)]) == ["agrees", "agrees"]


def test_a_small_overlap_is_other_limits():
    assert kinds([(9, 20)], [(0, 10)]) == ["other_limits"]


def test_a_suggestion_alone_would_be_added():
    assert kinds([], [(0, 10)]) == ["would_add"]


def test_a_passage_alone_would_not_have_been_coded():
    assert kinds([(0, 10)], []) == ["would_not_code"]


def test_another_code_on_the_same_words_is_no_agreement():
    assert sorted(kinds([(0, 10)], [(0, 10)], other_code=True)) == ["would_add", "would_not_code"]


def test_passages_that_only_touch_do_not_overlap():
    assert kinds([(0, 10)], [(10, 20)]) == ["would_not_code", "would_add"]


def test_differences_come_in_the_order_of_the_text():
    own = [Passage(20, 30, "STR", "a")]
    found = differences(own, [Passage(0, 10, "STR", "b")], ENDS)
    assert [difference.start for difference in found] == [0, 20]


def test_a_record_counts_turns_coded_by_both_and_by_one_side():
    turns = [(0, 10), (10, 20), (20, 30), (30, 40)]
    assert record(turns, [(2, 15)], [(12, 22)]) == Record(both=1, missed=1, extra=1)


def test_a_turn_that_does_not_count_is_neither_miss_nor_find():
    assert record([(0, 10)], [(10, 20)], [(10, 20)]) == Record()


def test_a_share_of_too_few_is_withheld():
    assert Record(both=4).misses.is_withheld
    assert not Record(both=5).misses.is_withheld


def test_severity_says_how_much_more_often_the_machine_codes():
    assert Record(both=5, extra=5).severity == 2.0

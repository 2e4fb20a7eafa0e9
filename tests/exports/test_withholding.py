from hypothesis import given
from hypothesis import strategies as st

from exports.withholding import MARK, Stretch, Withheld

TEXT = "Question?\nA secret answer.\nAnother turn."
SECRET = Stretch(10, 27)


def test_a_withheld_turn_becomes_the_mark_and_keeps_its_line() -> None:
    assert Withheld(TEXT, [SECRET]).text == f"Question?\n{MARK}\nAnother turn."


def test_a_passage_before_stays_where_it_is() -> None:
    assert Withheld(TEXT, [SECRET]).carry(0, 9) == (0, 9)


def test_a_passage_after_moves_with_its_words() -> None:
    held = Withheld(TEXT, [SECRET])
    start, end = held.carry(TEXT.index("Another"), len(TEXT))
    assert held.text[start:end] == "Another turn."


def test_a_passage_inside_stands_on_the_mark() -> None:
    held = Withheld(TEXT, [SECRET])
    start, end = held.carry(12, 18)
    assert held.text[start:end] == MARK


def test_a_passage_that_reaches_in_takes_the_mark_along() -> None:
    held = Withheld(TEXT, [SECRET])
    start, end = held.carry(0, 15)
    assert held.text[start:end] == f"Question?\n{MARK}"


@given(st.lists(st.text("ab c", min_size=1, max_size=8), min_size=1, max_size=6), st.data())
def test_no_passage_is_lost_and_none_leaves_the_text(turns: list[str], data: st.DataObject) -> None:
    stretches, position = [], 0
    for number, turn in enumerate(turns):
        end = position + len(turn) + (number < len(turns) - 1)
        stretches.append(Stretch(position, end))
        position = end
    text = "\n".join(turns)
    closed = [stretch for stretch in stretches if data.draw(st.booleans())]
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    held = Withheld(text, closed)
    new_start, new_end = held.carry(start, end)
    assert 0 <= new_start < new_end <= len(held.text)

from coding.tagging.tags import TurnText
from coding.tagging.words import count_words


def test_words_are_counted_in_their_dictionary_form_by_part_of_speech() -> None:
    ((model, counts),) = count_words([TurnText("1", 0, "The shadows grew. A shadow, again!", "en")])
    assert model.startswith("en_core_web_sm")
    assert ("shadow", "NOUN", 2) in counts
    assert all(part != "PUNCT" for _, part, _ in counts)


def test_a_language_without_a_model_counts_words_as_written() -> None:
    ((model, counts),) = count_words([TurnText("1", 0, "Casa casa grande", "pt")])
    assert model.startswith("blank_pt")
    assert counts == [("casa", "", 2), ("grande", "", 1)]


def test_turns_keep_their_order_across_languages() -> None:
    turns = [TurnText(str(number), 0, text, "pt" if number % 2 else "es") for number, text in enumerate("abcd")]
    assert [counts[0][0] for _, counts in count_words(turns)] == list("abcd")


def test_a_turn_without_words_has_none() -> None:
    assert count_words([TurnText("1", 0, "… 12 !", "pt")])[0][1] == []

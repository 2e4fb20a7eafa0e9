from collections.abc import Iterable

import pytest

from coding.tagging import tags as tags_module
from coding.tagging.lexicon import Entry, compile
from coding.tagging.tags import Tag, TurnText, score_of, tag_turns
from fieldstudy.errors import Invalid

TEXT = "Das Wissen geht verloren. Niemand sieht es. Das Können geht auch."


def turn(text: str, *, sentences: Iterable[str] = (), start: int = 0, language: str = "de", id: str = "t1") -> TurnText:
    """A turn whose sentences are given as texts that make it up, each with the white space after it."""
    ends, at = [], start
    for sentence in sentences:
        at += len(sentence)
        ends.append(at)
    return TurnText(id, start, text, language, tuple(ends))


def tags_of(
    turns: Iterable[TurnText], *entries: tuple[str, str], language: str = "de", kind: str = "lemmas"
) -> list[Tag]:
    made = [
        Entry(f"e{number}", code, language, kind, expression)  # type: ignore[arg-type]
        for number, (code, expression) in enumerate(entries, start=1)
    ]
    return list(tag_turns(turns, {language: compile(made, language)}))


def passage(text: str, start: int, tag_start: int, tag_end: int) -> str:
    return text[tag_start - start : tag_end - start]


SENTENCES = ("Das Wissen geht verloren. ", "Niemand sieht es. ", "Das Können geht auch.")


def test_a_match_codes_its_sentence() -> None:
    (tag,) = tags_of([turn(TEXT, sentences=SENTENCES)], ("PSA", "Wissen"))
    assert TEXT[tag.start : tag.end] == "Das Wissen geht verloren."


def test_offsets_are_those_of_the_source() -> None:
    (tag,) = tags_of([turn(TEXT, sentences=SENTENCES, start=1000)], ("PSA", "Können"))
    assert passage(TEXT, 1000, tag.start, tag.end) == "Das Können geht auch."
    assert passage(TEXT, 1000, tag.evidence[0].start, tag.evidence[0].end) == "Können"


def test_a_turn_without_sentence_ends_is_one_sentence() -> None:
    (tag,) = tags_of([turn(TEXT)], ("PSA", "sieht"))
    assert (tag.start, tag.end) == (0, len(TEXT))


def test_a_match_across_sentences_codes_both() -> None:
    text = "Es geht z.B. um Wissen. Ja."
    cut = ("Es geht z.B. ", "um Wissen. ", "Ja.")
    (tag,) = tags_of([turn(text, sentences=cut)], ("PSA", "geht ... Wissen"))
    assert text[tag.start : tag.end] == "Es geht z.B. um Wissen."


def test_several_matches_of_a_code_in_a_sentence_make_one_tag_with_all_evidence() -> None:
    (tag,) = tags_of([turn(TEXT, sentences=SENTENCES)], ("PSA", "Wissen"), ("PSA", "verloren"))
    assert [evidence.entry for evidence in tag.evidence] == ["e1", "e2"]


def test_neighbouring_sentences_of_a_code_stay_apart() -> None:
    text = "Wissen geht. Wissen bleibt."
    tags = tags_of([turn(text, sentences=("Wissen geht. ", "Wissen bleibt."))], ("PSA", "Wissen"))
    assert [text[tag.start : tag.end] for tag in tags] == ["Wissen geht.", "Wissen bleibt."]


def test_each_code_has_its_own_tag() -> None:
    tags = tags_of([turn(TEXT, sentences=SENTENCES)], ("TAC", "Wissen"), ("PSA", "verloren"))
    assert [tag.code for tag in tags] == ["PSA", "TAC"]


@pytest.mark.parametrize(("entries", "score"), [(1, 0.5), (2, 0.75), (3, 0.875)])
def test_a_score_rises_with_different_entries(entries: int, score: float) -> None:
    assert score_of(entries) == score


def test_the_same_entry_twice_adds_nothing_to_the_score() -> None:
    (tag,) = tags_of([turn("Wissen ist Wissen.")], ("PSA", "Wissen"))
    assert (len(tag.evidence), tag.score) == (2, 0.5)


@pytest.mark.parametrize(
    "before",
    ["👩🏽‍⚕️ sagt: ", "e\u0301te\u0301 ", "\u00a0\u202f«\u00a0", "\u202bשלום\u202c ", "𝒳 ", "a\n\n\tb "],
    ids=["emoji", "combining marks", "no-break spaces", "right to left", "beyond the first plane", "line breaks"],
)
def test_offsets_count_code_points_whatever_stands_before(before: str) -> None:
    text = f"{before}das Wissen ist weg."
    (tag,) = tags_of([turn(text, start=7)], ("PSA", "Wissen"))
    assert passage(text, 7, tag.evidence[0].start, tag.evidence[0].end) == "Wissen"


def test_a_tag_has_no_white_space_at_its_edges() -> None:
    text = " \u00a0Wissen geht.\u202f\n"
    (tag,) = tags_of([turn(text)], ("PSA", "Wissen"))
    assert text[tag.start : tag.end] == "Wissen geht."


def test_a_line_break_or_no_break_space_between_words_makes_no_difference() -> None:
    text = "altes\u00a0Wissen\nverloren"
    assert len(tags_of([turn(text)], ("PSA", "altes Wissen verloren"))) == 1


def test_turns_in_a_language_without_a_lexicon_get_no_tag() -> None:
    assert tags_of([turn(TEXT, language="it")], ("PSA", "Wissen")) == []


def test_tags_come_in_the_order_of_the_turns() -> None:
    turns = [turn("Wissen", id=str(number), start=number * 10) for number in range(600)]
    assert [tag.turn_id for tag in tags_of(turns, ("PSA", "Wissen"))] == [str(number) for number in range(600)]


def test_turns_are_read_as_they_come() -> None:
    taken = []

    def coming() -> Iterable[TurnText]:
        for number in range(10_000):
            taken.append(number)
            yield turn("Wissen", id=str(number))

    lexicon = compile([Entry("e1", "PSA", "de", "lemmas", "Wissen")], "de")
    next(tag_turns(coming(), {"de": lexicon}))
    assert len(taken) < 1_000


def test_a_long_turn_is_read_in_pieces_with_the_same_offsets(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = [f"Satz {number} ist da. " for number in range(50)] + ["Das Wissen geht."]
    text = "".join(sentences)
    whole = tags_of([turn(text, sentences=sentences)], ("PSA", "Wissen"), ("TAC", "Satz"))
    monkeypatch.setattr(tags_module, "PIECE_LENGTH", 60)
    assert tags_of([turn(text, sentences=sentences)], ("PSA", "Wissen"), ("TAC", "Satz")) == whole


def test_a_sentence_longer_than_a_piece_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags_module, "PIECE_LENGTH", 10)
    text = "x" * 30 + " Wissen"
    assert len(tags_of([turn(text)], ("PSA", "x" * 10))) == 1


@pytest.mark.parametrize("ends", [(5,), (70, 65), (0, 65), (65, 65), (30, 1065)])
def test_sentence_ends_that_do_not_cut_the_turn_are_refused(ends: tuple[int, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        tags_of([TurnText("t1", 0, TEXT, "de", ends)], ("PSA", "Wissen"))
    assert refusal.value.code == "tagging.sentences"


def test_the_same_turns_give_the_same_tags() -> None:
    turns = [turn(TEXT, sentences=SENTENCES)]
    entries = [("TAC", "Wissen|Können"), ("PSA", "geht"), ("PSA", "verloren")]
    assert tags_of(turns, *entries) == tags_of(turns, *entries)

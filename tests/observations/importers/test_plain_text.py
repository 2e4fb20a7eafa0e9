import pytest

from observations.importers import ImportFailed, ParsedTurn, read

from .files import INTERVIEW_TXT


def turns(text: str) -> list[tuple[str, str, str]]:
    return [(turn.kind, turn.speaker, turn.text) for turn in read(text.encode(), "a.txt").turns]


def test_an_interview_has_its_title_turns_and_language() -> None:
    source = read(INTERVIEW_TXT, "a.txt")
    assert (source.title, source.kind, source.language) == ("Entretien, salle de lecture", "interview", "fr")
    assert source.turns == (
        ParsedTurn("Qui lit en premier\u00a0?", "question", "ENQUÊTRICE"),
        ParsedTurn("Moi. Toujours.\nSauf la nuit.", "speech", "DR SOREL"),
        ParsedTurn("Et la nuit\u00a0?", "question", "ENQUÊTRICE"),
        ParsedTurn("La machine.", "speech", "DR SOREL"),
    )


def test_a_label_on_the_next_line_begins_a_turn() -> None:
    assert turns("Ann: one\nBob: two\nAnn: three\nBob: four") == [
        ("speech", "Ann", "one"),
        ("speech", "Bob", "two"),
        ("speech", "Ann", "three"),
        ("speech", "Bob", "four"),
    ]


def test_a_speaker_line_with_a_time_begins_a_turn() -> None:
    source = read(b"Speaker 1  0:03\nHello there.\n\nSpeaker 2  0:10\nHello.", "a.txt")
    assert [(turn.speaker, turn.text, turn.start_ms) for turn in source.turns] == [
        ("Speaker 1", "Hello there.", 3_000),
        ("Speaker 2", "Hello.", 10_000),
    ]


def test_what_comes_before_the_first_speaker_is_observed() -> None:
    assert turns("Recorded at noon.\n\nAnn: one\n\nAnn: two")[0] == ("observed", "", "Recorded at noon.")


def test_the_lines_of_a_paragraph_stay_together() -> None:
    assert turns("One line\nand another.\n\nA second paragraph.") == [
        ("observed", "", "One line\nand another."),
        ("observed", "", "A second paragraph."),
    ]


def test_a_first_line_without_a_blank_one_is_no_title() -> None:
    assert read(b"First\nSecond\n\nThird", "ward notes.txt").title == "ward notes"


def test_a_first_line_taken_for_the_title_is_said() -> None:
    source = read(b"Ward notes\n\nNothing happened.", "a.txt")
    assert [problem.code for problem in source.warnings] == ["import.first_line_title"]


def test_a_form_feed_parts_words() -> None:
    assert turns("end\x0cbeginning") == [("observed", "", "end\nbeginning")]


def test_text_is_canonical() -> None:
    assert turns("e\u0301te\u0301\r\nla nuit") == [("observed", "", "été\nla nuit")]


def test_windows_text_is_read() -> None:
    assert read("déjà l’été".encode("cp1252"), "a.txt").turns[0].text == "déjà l’été"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b" \n\n ", "import.no_text"), (b"a\0b", "text.binary"), ("déjà".encode("utf-16")[:-1], "text.damaged")],
)
def test_what_cannot_be_read_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ImportFailed) as raised:
        read(data, "a.txt")
    assert raised.value.code == code

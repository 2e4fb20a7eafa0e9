import pytest

from observations.importers import ImportFailed, ParsedTurn, read

from .files import INTERVIEW_VTT


def vtt(*cues: str) -> bytes:
    return "\n\n".join(["WEBVTT", *cues]).encode()


def turns(*cues: str) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in read(vtt(*cues), "a.vtt").turns]


def test_cues_of_one_speaker_make_one_turn() -> None:
    source = read(INTERVIEW_VTT, "Pell.vtt")
    assert (source.title, source.kind, source.warnings) == ("Pell", "interview", ())
    assert source.turns == (
        ParsedTurn("Who reads first?", "question", "Interviewer", start_ms=1_000, end_ms=2_500),
        ParsedTurn("I do. Always.", "speech", "Dr Pell", start_ms=3_000, end_ms=6_250),
    )


def test_labels_in_the_text_are_speakers() -> None:
    cues = [f"00:0{n}.000 --> 00:0{n}.900\n{text}" for n, text in enumerate(["Ann: one", "Ann: two", "Bob: three"])]
    assert turns(*cues) == [("Ann", "one two"), ("Bob", "three")]


def test_words_on_the_first_line_are_the_title() -> None:
    data = "WEBVTT - Entretien avec Salomé\n\n00:01.000 --> 00:02.000\nBonjour.".encode()
    assert read(data, "a.vtt").title == "Entretien avec Salomé"


def test_two_voices_in_one_cue_are_two_turns() -> None:
    assert turns("00:01.000 --> 00:02.000\n<v Ann>One</v> <v.loud Bob>two</v>") == [("Ann", "One"), ("Bob", "two")]


def test_tags_and_entities_are_read() -> None:
    assert turns("00:01.000 --> 00:02.000\n<i>left</i> &amp; right") == [("", "left & right")]


def test_without_speakers_a_turn_ends_with_a_sentence() -> None:
    cues = [
        "00:01.000 --> 00:02.000\nSo we\nwaited",
        "00:02.000 --> 00:03.000\na while.",
        "00:03.000 --> 00:04.000\nThen",
    ]
    assert turns(*cues) == [("", "So we waited a while."), ("", "Then")]


def test_without_speakers_a_pause_ends_a_turn() -> None:
    assert turns("00:01.000 --> 00:02.000\nso", "00:09.000 --> 00:10.000\nthen") == [("", "so"), ("", "then")]


def test_unusual_times_are_read_with_a_warning() -> None:
    source = read(vtt("0:0:10.20 --> 0:0:12.5\nHello."), "a.vtt")
    assert (source.turns[0].start_ms, source.turns[0].end_ms) == (10_200, 12_500)
    assert [problem.code for problem in source.warnings] == ["import.cue_times_unusual"]


def test_a_cue_with_impossible_times_is_reported_with_its_line() -> None:
    source = read(vtt("00:01.000 --> 00:02.000\nHello.", "00:-1.000 --> 00:03.000\nLost."), "a.vtt")
    assert [(problem.code, problem.line, problem.found) for problem in source.warnings] == [
        ("import.cue_times", 6, "00:-1.000 --> 00:03.000")
    ]


def test_entities_stand_for_nothing_that_no_text_holds() -> None:
    source = read(vtt("00:01.000 --> 00:02.000\n<v Zo&#235;>one&#13;&#10;two caf&#101;&#x301;&#12;."), "a.vtt")
    assert [(turn.speaker, turn.text) for turn in source.turns] == [("Zoë", "one two café.")]


def test_a_time_beyond_all_recordings_is_kept_as_the_last_there_is() -> None:
    assert read(vtt("99999:00:01.000 --> 99999:00:02.000\nHello."), "a.vtt").turns[0].start_ms == 2**31 - 1


def test_a_cue_that_ends_before_it_begins_has_no_end() -> None:
    assert read(vtt("00:05.000 --> 00:02.000\nHello."), "a.vtt").turns[0].end_ms is None


@pytest.mark.parametrize(
    ("data", "code"), [(b"Hello", "import.not_webvtt"), (b"WEBVTT\n\nNOTE nothing here", "import.no_text")]
)
def test_what_is_no_transcript_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ImportFailed) as raised:
        read(data, "a.vtt")
    assert raised.value.code == code

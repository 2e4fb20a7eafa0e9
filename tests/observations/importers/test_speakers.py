import pytest

from observations.importers import read
from observations.importers.speakers import asks, find_label, interpretation_length, speakers_among


def cues(*texts: str) -> str:
    """A WebVTT file of one cue a second."""
    timed = (f"00:0{at}.000 --> 00:0{at}.500\n{text}" for at, text in enumerate(texts))
    return "\n\n".join(["WEBVTT", *timed])


@pytest.mark.parametrize(
    ("text", "name", "rest", "start_ms"),
    [
        ("Dr Sorel : Moi.", "Dr Sorel", "Moi.", None),
        ("Dr Sorel\u00a0: Moi.", "Dr Sorel", "Moi.", None),
        ("Dr. Sorel: Moi.", "Dr. Sorel", "Moi.", None),
        ("Dr Sorel [02:05] : Moi.", "Dr Sorel", "Moi.", 125_000),
        ("Dr Sorel [1:02:05]: Moi.", "Dr Sorel", "Moi.", 3_725_000),
        ("Dr Sorel (02:05): Moi.", "Dr Sorel", "Moi.", 125_000),
        ("Speaker 1  0:03", "Speaker 1", "", 3_000),
        ("P-02: Moi.", "P-02", "Moi.", None),
        ("MODERATOR: Moi.", "MODERATOR", "Moi.", None),
        ("Élodie:", "Élodie", "", None),
    ],
)
def test_a_label_is_found(text: str, name: str, rest: str, start_ms: int | None) -> None:
    label = find_label(text)
    assert label is not None
    assert (label.name, text[label.length :], label.start_ms) == (name, rest, start_ms)


@pytest.mark.parametrize(
    "text",
    [
        "le médecin : rien",
        "12:30 : la visite",
        "Http://example.org",
        "Elle répond : non.",
        "Note : à revoir.",
        "Interprétation : il hésite.",
        "Une phrase, avec une virgule : et la suite.",
        "Une très longue tournure sans aucune ponctuation : la suite",
        "Rien ici",
        "",
    ],
)
def test_prose_has_no_label(text: str) -> None:
    assert find_label(text) is None


def test_a_label_seen_once_does_not_count() -> None:
    assert not speakers_among([find_label("Une chose : la nuit."), None, None])


def test_a_label_seen_twice_counts() -> None:
    assert speakers_among([find_label("Léa : oui."), find_label("Léa : non.")]) == {"léa"}


def test_a_bold_label_counts_at_once() -> None:
    assert speakers_among([find_label("Léa : oui.", bold=5), None, None]) == {"léa"}


def test_a_paragraph_wholly_in_bold_does_not_make_a_label_count() -> None:
    assert not speakers_among([find_label("Une chose : la nuit.", bold=20), None, None])


def test_one_question_with_one_answer_is_enough_in_a_short_text() -> None:
    assert speakers_among([find_label("Interviewer: Who?"), find_label("Dr Pell: Me.")]) == {"interviewer", "dr pell"}


@pytest.mark.parametrize(
    "name",
    [
        "Enquêtrice",
        "ENQUÊTEUR",
        "Interviewer",
        "Intervieweuse",
        "Researcher 1",
        "Chercheuse",
        "Q",
        "Question",
        "Moderator",
    ],
)
def test_interviewers_are_known_by_their_labels(name: str) -> None:
    assert asks(name)


@pytest.mark.parametrize("name", ["Dr Sorel", "Quentin", "Chercheuse d’or"])
def test_others_are_not_taken_for_interviewers(name: str) -> None:
    assert not asks(name)


@pytest.mark.parametrize("head", ["Interprétation\u00a0: ", "Interpretation: ", "INTERPRÉTATION : "])
def test_the_head_of_an_interpretation_is_measured(head: str) -> None:
    assert interpretation_length(head + "il hésite") == len(head)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.txt", "\nAnn: Yes.\n\nBen: No.\n\nAnn: Yes.\n\nCleo: Wait.\n\nShe waits.\n\nBen: No.", 8),
        ("a.txt", "Ann: Yes.\nBen: No.\nAnn: Yes.\nCleo: Wait.\nShe waits.\nBen: No.", 4),
        ("a.md", "\n\nAnn: Yes.\n\n**Ben**: No.\n\nAnn: Yes.\nCleo: Wait.\nShe waits.\n\nBen: No.", 8),
        (
            "a.vtt",
            cues("Ann: Yes.", "Ben: No.", "Ann: Yes.", "Cleo: Wait.", "She waits.", "Ben: No.", "Indeed."),
            13,
        ),
    ],
)
def test_words_of_somebody_named_once_are_not_those_of_the_turn_before(name: str, text: str, line: int) -> None:
    source = read(text.encode(), name)
    said = [(turn.speaker, " ".join(turn.text.split())) for turn in source.turns]
    assert said[2:4] == [("Ann", "Yes."), ("Cleo", "Cleo: Wait. She waits.")]
    assert [(told.code, told.line, told.values["turn"]) for told in source.warnings] == [
        ("import.speaker_once", line, 4)
    ]


def test_a_turn_in_doubt_is_counted_as_it_is_kept() -> None:
    source = read(b"Ann:\n\nBen: No.\n\nAnn:\n\nBen: So.\n\nOne thing: it is late.", "a.txt")
    assert [(turn.speaker, turn.text) for turn in source.turns][2:] == [("One thing", "One thing: it is late.")]
    assert [told.values["turn"] for told in source.warnings] == [3]


def test_many_doubts_are_told_together() -> None:
    once = "\n".join(f"Name {chr(97 + at)}: yes" for at in range(25))
    source = read(f"Ann: Yes.\nAnn: No.\n{once}".encode(), "a.txt")
    assert [told.values.get("count") for told in source.warnings][19:] == [None, 5]


def test_a_person_quoted_below_another_has_words_of_their_own() -> None:
    source = read(b"# Observation\n\n> Ann: Yes.\n> Ben: No.\n> Ann: So.\n> Cleo: Ah.\n\nBen: leaves", "a.md")
    assert [(turn.speaker, turn.text) for turn in source.turns][:4] == [
        ("Ann", "Yes."),
        ("Ben", "No."),
        ("Ann", "So."),
        ("", "Cleo: Ah."),
    ]


@pytest.mark.parametrize("said", ["40 beds, we had.", "...well, yes.", "€200.", "[laughs]"])
@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("a.txt", "Ann: Yes.\nBen: No.\nBen: No.\nAnn: Yes.\nBen: {}"),
        ("a.vtt", cues("Ann: Yes.", "Ben: {}", "Ann: Yes.", "Ben: No.", "Ben: So.")),
    ],
)
def test_what_a_known_speaker_says_may_begin_with_anything(name: str, layout: str, said: str) -> None:
    told = {(turn.speaker, turn.text.partition(" No.")[0]) for turn in read(layout.format(said).encode(), name).turns}
    assert ("Ben", said) in told


def test_a_heading_before_a_number_is_no_speaker() -> None:
    source = read(b"Ann: Yes.\nAnn: So.\nBeds: 12\nBeds: 13", "a.txt")
    assert [(turn.speaker, turn.text) for turn in source.turns][1:] == [("Ann", "So.\nBeds: 12\nBeds: 13")]

import pytest

from observations.importers.speakers import asks, find_label, interpretation_length, speakers_among


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

from observations.importers import ParsedTurn, read

from .files import NOTE_MD


def turns(text: str) -> list[tuple[str, str, str]]:
    return [(turn.kind, turn.speaker, turn.text) for turn in read(text.encode(), "a.md").turns]


def test_a_field_note_has_its_kinds_of_turn() -> None:
    source = read(NOTE_MD, "note.md")
    assert (source.title, source.kind) == ("Salle de lecture, un jeudi", "field_note")
    assert source.turns == (
        ParsedTurn("Avant la visite", "heading"),
        ParsedTurn("Le radiologue éteint la lampe. Il dit\u00a0: rien.", "observed"),
        ParsedTurn("«\u00a0Attends, je regarde d’abord.\u00a0»", "verbatim"),
        ParsedTurn("il protège son premier regard.", "interpretation"),
    )


def test_two_paragraphs_of_a_quotation_are_two_turns() -> None:
    assert turns("> one\n>\n> two") == [("verbatim", "", "one"), ("verbatim", "", "two")]


def test_a_quoted_speaker_is_named() -> None:
    assert turns("# Ward\n\nSilence.\n\n> Ann: one\n\n> Ann: two")[1:] == [
        ("verbatim", "Ann", "one"),
        ("verbatim", "Ann", "two"),
    ]


def test_repeated_heads_in_a_note_with_interpretations_are_not_speakers() -> None:
    text = "Room 3: empty.\n\nRoom 3: still empty.\n\nInterpretation: a pause."
    assert [kind for kind, _, _ in turns(text)] == ["observed", "observed", "interpretation"]


def test_a_heading_can_make_a_field_note() -> None:
    assert read(b"# Visit\n\n## Observation\n\nNothing.", "a.md").kind == "field_note"


def test_marks_are_left_out() -> None:
    assert turns("Some *stress*, a [link](http://example.org), `code`.") == [
        ("observed", "", "Some stress, a link, code.")
    ]


def test_bold_labels_make_an_interview() -> None:
    assert turns("**Ann:** one\n\n**Bob:** two") == [("speech", "Ann", "one"), ("speech", "Bob", "two")]


def test_list_items_are_turns() -> None:
    assert turns("- one\n- two") == [("observed", "", "one"), ("observed", "", "two")]


def test_a_table_row_is_one_turn() -> None:
    assert turns("| a | b |\n|---|---|\n| c | d |") == [("observed", "", "a | b"), ("observed", "", "c | d")]

import pytest

from observations.importers import ImportFailed, ParsedTurn, read

from .files import INTERVIEW_ODT, odt, odt_heading, odt_paragraph


def turns(*body: str) -> list[tuple[str, str, str]]:
    return [(turn.kind, turn.speaker, turn.text) for turn in read(odt(*body), "a.odt").turns]


def warnings(*body: str) -> list[str]:
    return [problem.code for problem in read(odt(*body), "a.odt").warnings]


def test_an_interview_has_its_title_and_turns() -> None:
    source = read(INTERVIEW_ODT, "a.odt")
    assert (source.title, source.kind, source.warnings) == ("Entretien, salle de lecture", "interview", ())
    assert source.turns == (
        ParsedTurn("Qui lit en premier\u00a0?", "question", "Enquêtrice"),
        ParsedTurn("Moi. Toujours.\nSauf la nuit.", "speech", "Dr Sorel"),
    )


def test_headings_and_quotations_are_told_apart() -> None:
    assert turns(
        odt_heading("T"), odt_heading("Matin"), odt_paragraph("Calme."), odt_paragraph("« Non. »", style="Q")
    ) == [
        ("heading", "", "Matin"),
        ("observed", "", "Calme."),
        ("verbatim", "", "« Non. »"),
    ]


def test_spaces_tabs_and_line_breaks_are_kept() -> None:
    assert turns('<text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p>') == [
        ("observed", "", "a  b\tc\nd")
    ]


def test_an_absurd_number_of_spaces_is_cut_short() -> None:
    assert len(turns('<text:p>a<text:s text:c="999999999999"/>b</text:p>')[0][2]) < 200


NOTE = (
    '<text:p>The machine<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
    "<text:note-body><text:p>the old one</text:p></text:note-body></text:note> hums.</text:p>"
)
TRACKED = (
    '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>gone</text:p></text:deletion>'
    '</text:changed-region></text:tracked-changes><text:p>kept<text:change text:change-id="c1"/></text:p>'
)
COMMENTED = "<text:p>text<office:annotation><text:p>private</text:p></office:annotation> more</text:p>"


def test_a_footnote_stands_where_it_is_called() -> None:
    assert turns(NOTE) == [("observed", "", "The machine [the old one] hums.")]


def test_deleted_text_is_left_out() -> None:
    assert turns(TRACKED) == [("observed", "", "kept")]


def test_annotations_are_left_out() -> None:
    assert turns(COMMENTED) == [("observed", "", "text more")]


def test_what_is_left_out_is_said() -> None:
    assert warnings(NOTE, TRACKED, COMMENTED) == ["import.tracked_changes", "import.comments", "import.notes"]


def test_list_items_are_turns() -> None:
    item = "<text:list-item><text:p>{}</text:p></text:list-item>"
    assert turns(f"<text:list>{item.format('one')}{item.format('two')}</text:list>") == [
        ("observed", "", "one"),
        ("observed", "", "two"),
    ]


def test_a_table_row_is_one_turn() -> None:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell.format('a')}{cell.format('b')}</table:table-row>"
    assert turns(f"<table:table>{row}</table:table>") == [("observed", "", "a | b")]


def table(*rows: str) -> str:
    return f"<table:table><table:table-column/>{''.join(rows)}</table:table>"


def row(*cells: str) -> str:
    held = (f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
    return f"<table:table-row>{''.join(held)}</table:table-row>"


LIST_HEAD = "<text:list><text:list-header>{}</text:list-header></text:list>"
INNER = table(row(odt_paragraph("x"), odt_paragraph("y")))
BOX = "<draw:frame><draw:text-box>{}</draw:text-box><svg:title>a box</svg:title></draw:frame>"
BOXED = BOX.format(odt_paragraph("boxed"))


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        pytest.param(table(row(odt_paragraph("a") + INNER, odt_paragraph("b"))), ["a x y | b"], id="a table in a cell"),
        pytest.param(
            table(
                f"<table:table-header-rows>{row(odt_paragraph('head'))}</table:table-header-rows>",
                f"<table:table-row-group><table:table-rows>{row(odt_paragraph('body'))}</table:table-rows>"
                "</table:table-row-group>",
            ),
            ["head", "body"],
            id="rows in groups",
        ),
        pytest.param(BOXED, ["boxed"], id="a box on the page"),
        pytest.param(f"<text:p>a {BOXED}b</text:p>", ["a\nboxed\nb"], id="a box in a paragraph"),
        pytest.param(f"<text:p>a {BOX.format(INNER)}b</text:p>", ["a\nx | y\nb"], id="a table in a box"),
        pytest.param(table(row(f"<text:p>a {BOXED}</text:p>")), ["a boxed"], id="a box in a cell"),
        pytest.param(BOX.format(f"<text:p>a {BOXED}</text:p>"), ["a\nboxed"], id="a box in a box"),
        pytest.param(
            f"<draw:g><draw:rect>{odt_paragraph('a')}</draw:rect>{BOXED}</draw:g>",
            ["a", "boxed"],
            id="shapes in a group",
        ),
        pytest.param(
            f"<text:list><text:list-header>{odt_paragraph('a')}</text:list-header></text:list>",
            ["a"],
            id="a list's head",
        ),
    ],
)
def test_what_is_nested_comes_in_once_in_its_place(body: str, texts: list[str]) -> None:
    assert [text for *_, text in turns(odt_paragraph("first"), body, odt_paragraph("last"))] == [
        "first",
        *texts,
        "last",
    ]


def test_a_document_type_is_refused() -> None:
    with pytest.raises(ImportFailed) as raised:
        read(odt(odt_paragraph("x"), head='<!DOCTYPE d [<!ENTITY a "ha">]>'), "a.odt")
    assert raised.value.code == "import.dtd"


def test_a_password_is_said() -> None:
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry '
        'm:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>'
    )
    with pytest.raises(ImportFailed) as raised:
        read(odt(odt_paragraph("x"), manifest=manifest), "a.odt")
    assert raised.value.code == "import.password"

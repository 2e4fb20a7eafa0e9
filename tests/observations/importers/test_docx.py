import pytest

from observations.importers import ImportFailed, ParsedTurn, read

from .files import INTERVIEW_DOCX, WORD, docx, word_paragraph, zipped


def turns(*body: str) -> list[tuple[str, str, str]]:
    return [(turn.kind, turn.speaker, turn.text) for turn in read(docx(*body), "a.docx").turns]


def warnings(data: bytes) -> list[str]:
    return [problem.code for problem in read(data, "a.docx").warnings]


def test_an_interview_has_its_title_and_turns() -> None:
    source = read(INTERVIEW_DOCX, "a.docx")
    assert (source.title, source.kind, source.warnings) == ("Entretien, salle de lecture", "interview", ())
    assert source.turns == (
        ParsedTurn("Qui lit en premier\u00a0?", "question", "Enquêtrice"),
        ParsedTurn("Moi. Toujours.\nSauf la nuit.", "speech", "Dr Sorel"),
    )


def test_headings_and_quotations_are_told_apart() -> None:
    body = (word_paragraph("T", style="Title"), word_paragraph("Matin", style="Heading2"), word_paragraph("Calme."))
    assert turns(*body, word_paragraph("« Attends. »", style="Quote")) == [
        ("heading", "", "Matin"),
        ("observed", "", "Calme."),
        ("verbatim", "", "« Attends. »"),
    ]


def test_blank_paragraphs_are_no_turns() -> None:
    assert turns(word_paragraph("one"), word_paragraph(""), word_paragraph("two")) == [
        ("observed", "", "one"),
        ("observed", "", "two"),
    ]


def test_a_label_after_a_line_break_begins_a_turn() -> None:
    broken = "<w:p><w:r><w:t>Ann: one</w:t><w:br/><w:t>Bob: two</w:t><w:br/><w:t>Ann: three</w:t></w:r></w:p>"
    assert turns(broken, word_paragraph("Bob: four")) == [
        ("speech", "Ann", "one"),
        ("speech", "Bob", "two"),
        ("speech", "Ann", "three"),
        ("speech", "Bob", "four"),
    ]


def test_a_table_row_is_one_turn() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    assert turns(f"<w:tbl><w:tr>{cell.format('a')}{cell.format('b')}</w:tr></w:tbl>") == [("observed", "", "a | b")]


CELL = "<w:tc>{}</w:tc>"
BOX = f"<w:txbxContent>{word_paragraph('boxed')}</w:txbxContent>"
NEW = (
    "<w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>"
    f"{BOX}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
)
OLD = f"<w:pict><v:oval><v:textbox>{BOX}</v:textbox></v:oval></w:pict>"
CHOICE, FALLBACK = f'<mc:Choice Requires="wps">{NEW}</mc:Choice>', f"<mc:Fallback>{OLD}</mc:Fallback>"
RUN = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"


def table(*cells: str) -> str:
    return f"<w:tbl><w:tr>{''.join(map(CELL.format, cells))}</w:tr></w:tbl>"


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(f"<mc:AlternateContent>{CHOICE}{FALLBACK}</mc:AlternateContent>", id="for new and old programs"),
        pytest.param(f"<mc:AlternateContent>{CHOICE}</mc:AlternateContent>", id="for new programs"),
        pytest.param(NEW, id="new"),
        pytest.param(OLD, id="old"),
    ],
)
def test_a_text_box_comes_in_once_after_its_paragraph(drawn: str) -> None:
    anchored = f"<w:p>{RUN.format('before ')}<w:r>{drawn}</w:r>{RUN.format('after')}</w:p>"
    assert [text for *_, text in turns(anchored, word_paragraph("last"))] == ["before after", "boxed", "last"]


def test_a_table_in_a_text_box_comes_in_once() -> None:
    held = OLD.replace(word_paragraph("boxed"), table(word_paragraph("a"), word_paragraph("b")))
    assert [text for *_, text in turns(f"<w:p>{RUN.format('x')}<w:r>{held}</w:r></w:p>")] == ["x", "a | b"]


def test_a_table_in_a_cell_comes_in_once_as_part_of_it() -> None:
    inner = table(word_paragraph("x"), word_paragraph("y"))
    assert turns(table(word_paragraph("a") + inner, word_paragraph("b"))) == [("observed", "", "a x y | b")]


def test_content_controls_are_looked_into() -> None:
    control = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body = control.format(f"<w:p>{RUN.format('a ')}{control.format(RUN.format('b'))}</w:p>")
    row = f"<w:tbl>{control.format('<w:tr>' + control.format(CELL.format(word_paragraph('c'))) + '</w:tr>')}</w:tbl>"
    assert [text for *_, text in turns(body, row)] == ["a b", "c"]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (f'<w:fldSimple w:instr="REF">{RUN.format("field")}</w:fldSimple>', "field"),
        (f'<w:bdo w:val="rtl">{RUN.format("other way")}</w:bdo>', "other way"),
        (
            f"<w:r><w:ruby><w:rt>{RUN.format('aid')}</w:rt><w:rubyBase>{RUN.format('read')}</w:rubyBase></w:ruby></w:r>",
            "read",
        ),
        ("<w:r><w:t>one</w:t><w:cr/><w:t>two</w:t></w:r>", "one\ntwo"),
        (f"{RUN.format('so ')}<m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath>", "so x=2"),
    ],
)
def test_what_word_wraps_text_in_is_unwrapped(inside: str, text: str) -> None:
    assert [text for *_, text in turns(f"<w:p>{inside}</w:p>")] == [text]


def test_the_paragraphs_of_a_note_stay_apart() -> None:
    held = word_paragraph("one") + word_paragraph("two") + table(word_paragraph("three"))
    notes = f'<w:footnotes xmlns:w="{WORD}"><w:footnote w:id="2">{held}</w:footnote></w:footnotes>'
    body = f'<w:p>{RUN.format("Hum")}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    source = read(docx(body, extra={"word/footnotes.xml": notes}), "a.docx")
    assert [turn.text for turn in source.turns] == ["Hum [one two three]"]


TRACKED = (
    "<w:p><w:r><w:t>kept</w:t></w:r><w:ins><w:r><w:t>, added</w:t></w:r></w:ins>"
    "<w:del><w:r><w:delText>, gone</w:delText></w:r></w:del></w:p>"
)


def test_tracked_insertions_are_taken_without_the_deletions() -> None:
    assert turns(TRACKED) == [("observed", "", "kept, added")]


def test_tracked_changes_are_said() -> None:
    assert warnings(docx(TRACKED)) == ["import.tracked_changes"]


def test_comments_are_said_to_be_left_out() -> None:
    comments = f'<w:comments xmlns:w="{WORD}"><w:comment w:id="0">{word_paragraph("private")}</w:comment></w:comments>'
    data = docx(word_paragraph("text"), extra={"word/comments.xml": comments})
    assert warnings(data) == ["import.comments"]


def test_a_footnote_stands_where_it_is_called() -> None:
    notes = (
        f'<w:footnotes xmlns:w="{WORD}"><w:footnote w:id="2">{word_paragraph("the old one")}</w:footnote></w:footnotes>'
    )
    body = '<w:p><w:r><w:t>The machine</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    source = read(docx(body, extra={"word/footnotes.xml": notes}), "a.docx")
    assert source.turns[0].text == "The machine [the old one]"
    assert [problem.code for problem in source.warnings] == ["import.notes"]


def test_markup_in_the_text_stays_text() -> None:
    assert turns(word_paragraph("<script>alert(1)</script> & <3")) == [
        ("observed", "", "<script>alert(1)</script> & <3")
    ]


BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>{BOMB}'
    text = f'{declared}<w:document xmlns:w="{WORD}"><w:body><w:p/></w:body></w:document>'
    with pytest.raises(ImportFailed) as raised:
        read(docx(extra={"word/document.xml": text.encode(encoding)}), "a.docx")
    assert raised.value.code == "import.dtd"


def test_a_file_outside_is_not_followed() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(ImportFailed) as raised:
        read(docx(word_paragraph("&x;"), head=bomb), "a.docx")
    assert raised.value.code == "import.dtd"


def test_very_deep_nesting_is_refused() -> None:
    with pytest.raises(ImportFailed):
        read(docx("<w:p>" * 3_000 + "</w:p>" * 3_000), "a.docx")


def test_a_zip_that_is_no_document_is_refused() -> None:
    with pytest.raises(ImportFailed) as raised:
        read(zipped({"[Content_Types].xml": "<Types/>", "word/other.xml": "<a/>"}), "a.docx")
    assert raised.value.code == "import.damaged"

import pytest

from coding.codebook_csv import read_codebook
from coding.codebook_parents import KnownCode
from observations.importers.base import ImportFailed

HEADER = "sign,parent,codable,hue,stance,asks_weight,name_en,name_fr,example_fr"


def table(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def problems(content: bytes, known: tuple[str, ...] = ()) -> list[tuple[str, int | None]]:
    with pytest.raises(ImportFailed) as caught:
        read_codebook(content, known=[KnownCode(sign) for sign in known])
    return [(problem.code, problem.line) for problem in caught.value.problems]


def test_a_row_gives_a_code_with_its_texts_by_language():
    [code] = read_codebook(table("str,,1,3,limit,0,Strict,Stricte,Exemple")).codes
    assert (code.sign, code.hue, code.stance, code.is_codable) == ("STR", 3, "limit", True)
    assert code.texts["names"] == {"en": "Strict", "fr": "Stricte"}
    assert code.texts["examples"] == {"fr": "Exemple"}


def test_parents_come_before_their_children_wherever_they_stand():
    rows = read_codebook(table("STR,NORM,,,,,Strict,,", "NORM,,0,,,,Normality,,")).codes
    assert [row.sign for row in rows] == ["NORM", "STR"]


def test_a_parent_may_be_a_code_of_the_codebook():
    [code] = read_codebook(table("STR,NORM,,,,,Strict,,"), known=[KnownCode("NORM")]).codes
    assert code.parent == "NORM"


def test_a_table_separated_by_semicolons_is_read():
    [code] = read_codebook(b"sign;name_fr\nSTR;Normalit\xe9 stricte, dite").codes
    assert code.texts["names"] == {"fr": "Normalité stricte, dite"}


def test_every_problem_is_told_with_its_line():
    found = problems(table("S,,1,,,,Strict,,", "CTX,NOPE,1,9,maybe,,Context,,", "TAC,,perhaps,,,,,,"))
    assert found == [
        ("code.sign_malformed", 2),
        ("codebook.cell", 3),
        ("codebook.cell", 3),
        ("codebook.parent_unknown", 3),
        ("code.name_empty", 4),
        ("codebook.cell", 4),
    ]


def test_a_sign_that_comes_twice_is_a_problem():
    assert problems(table("STR,,,,,,a,,", "str,,,,,,b,,")) == [("codebook.sign_twice", 3)]


def test_a_sign_of_the_codebook_cannot_come_again():
    assert problems(table("STR,,,,,,a,,"), ("STR",)) == [("code.sign_taken", 2)]


def test_parents_in_a_circle_are_a_problem():
    assert problems(table("AA,BB,,,,,a,,", "BB,AA,,,,,b,,")) == [("codebook.parents_in_circle", 2)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "csv.empty"),
        (b"sign,definition_en\nSTR,Strict", "csv.column_missing"),
        (b"sign,name_en,colour\nSTR,Strict,red", "csv.column_unknown"),
        (b"sign,name_en,name_en\nSTR,a,b", "csv.column_twice"),
        (b"sign,name_en\nSTR", "csv.cells"),
        (b'sign,name_en\nSTR,"open', "csv.quotes"),
        (b"sign,name_en\n", "codebook.empty"),
        (b"\x00\x01\x02", "text.binary"),
    ],
)
def test_a_file_that_is_no_codebook_says_why(content: bytes, code: str):
    assert problems(content)[0][0] == code


def test_a_line_is_counted_past_cells_with_line_breaks():
    assert problems(b'sign,name_en\nSTR,"two\nlines"\nS,x') == [("code.sign_malformed", 4)]


@pytest.mark.parametrize(
    "table",
    [
        "sign;name_en;;\nSTR;Strict;;\n",
        "sep=;\r\nsign;name_en\r\nSTR;Strict\r\n",
        "sign,name_en,\nSTR,Strict\n",
    ],
)
def test_what_spreadsheets_leave_behind_is_no_column(table):
    assert [(row.sign, row.texts["names"]) for row in read_codebook(table.encode()).codes] == [
        ("STR", {"en": "Strict"})
    ]


def test_a_cell_beside_the_header_is_told_with_its_line():
    with pytest.raises(ImportFailed) as told:
        read_codebook(b"sign,name_en\nSTR,Strict\nTAC,Tacit,knowledge\n")
    assert [(problem.code, problem.line) for problem in told.value.problems] == [("csv.cells", 3)]


def test_yes_and_stances_may_be_said_in_french():
    (row,) = read_codebook("sign,name_fr,codable,stance\nSTR,Stricte,non,Limite\n".encode("cp1252")).codes
    assert (row.is_codable, row.stance) == (False, "limit")


def signs_and_names(content: bytes, language: str = "en", known: tuple[KnownCode, ...] = ()) -> list[tuple[str, ...]]:
    codes = read_codebook(content, known=known, language=language).codes
    return [(code.sign, code.parent, code.texts["names"][language]) for code in codes]


@pytest.mark.parametrize(
    "header",
    ["name,description", "Nom;Définition", "code,definition", "Code;Memo", "tag,description", "Libellé\tCommentaire"],
)
def test_a_plain_list_of_names_is_taken_in_the_language_asked_for(header):
    separator = next(mark for mark in ",;\t" if mark in header)
    table = f"{header}\nNormalité stricte{separator}Trop de choses\n".encode()
    [code] = read_codebook(table, language="fr").codes
    assert (code.sign, code.is_made) == ("NOR", True)
    assert code.texts["names"] == {"fr": "Normalité stricte"}
    assert code.texts["definitions"] == {"fr": "Trop de choses"}


def test_a_sign_is_made_beside_those_there_are():
    table = b"sign,name\nSTR,Structure\n,Strict\n,Strictness\n"
    assert [sign for sign, _, _ in signs_and_names(table, known=(KnownCode("STRI"),))] == ["STR", "ST", "STR1"]


def test_a_code_column_beside_a_name_holds_the_sign():
    assert signs_and_names(b"code,name\nstr,Strict\n") == [("STR", "", "Strict")]


def test_the_codebook_another_program_writes_keeps_its_tree_and_tells_what_is_left_out():
    table = b"tag,parent,description,number of highlights\nnormality.strict,normality,Too much,3\nnormality,,,0\n"
    read = read_codebook(table)
    assert [(code.sign, code.parent) for code in read.codes] == [("NOR", ""), ("NORM", "NOR")]
    assert read.left_out == ("number of highlights",)


def test_a_column_nobody_knows_is_a_mistake_in_a_table_of_ours():
    assert problems(b"name_en,colour\nStrict,red") == [("csv.column_unknown", 1)]


def test_a_name_of_the_codebook_is_that_code_and_can_be_a_parent():
    known = (KnownCode("NORM", ("Normality", "Normalité")),)
    codes = read_codebook("nom,parent\nnormalite,\nStricte,Normalité\n".encode(), known=known, language="fr").codes
    assert [(code.sign, code.parent, code.is_there) for code in codes] == [("NORM", "", True), ("STR", "NORM", False)]


def test_one_name_under_two_parents_is_two_codes():
    table = b"name,parent\nTool,\nStaff,\nPositive,Tool\nPositive,Staff\n"
    assert [place[1] for place in signs_and_names(table)] == ["", "", "TOO", "STA"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("Strict,\nstrict,", "codebook.name_twice"),
        ("Strict,Norms", "codebook.parent_unknown"),
        ("Tool,\nStaff,\nGood,Tool\nGood,Staff\nVery,Good", "codebook.parent_unclear"),
        ("Strict,Context\nContext,Strict", "codebook.parents_in_circle"),
        (",Strict\nStrict,", "code.name_empty"),
    ],
)
def test_what_is_wrong_with_a_list_of_names_is_told(rows, code):
    assert code in [told for told, _ in problems(f"name,parent\n{rows}".encode())]


def tree(content: bytes) -> list[tuple[str, str]]:
    """Each code's name and its parent's, in the order of the alphabet."""
    codes = read_codebook(content).codes
    names = {code.sign: code.texts["names"]["en"] for code in codes}
    return sorted((names[code.sign], names.get(code.parent, "")) for code in codes)


def test_names_written_as_paths_make_the_tree():
    told = b"name,memo\nNorms,\nNorms > Strict,too strict\nCare,\nCare > Strict,\nCare > Strict > Night,\n"
    assert tree(told) == [
        ("Care", ""), ("Night", "Strict"), ("Norms", ""), ("Strict", "Care"), ("Strict", "Norms"),
    ]  # fmt: skip
    assert read_codebook(told).by_path == 3


def test_codes_above_that_a_table_of_maxqda_does_not_list_are_made():
    told = b"Code,Memo\nNorms > Strict > Night,late\n"
    assert tree(told) == [("Night", "Strict"), ("Norms", ""), ("Strict", "Norms")]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(b"name\nCost > benefit\nTime\n", id="no code above has a row"),
        pytest.param(b"Code,Memo\np>0.05,\n", id="no blanks around it"),
        pytest.param(b"name,parent\nNorms,\nNorms > Strict,\nNight,Norms\n", id="parents are named"),
        pytest.param(b"sign,name_en\nNO,Norms\nST,Norms > Strict\n", id="codes have signs"),
    ],
)
def test_other_names_stay_whole(told):
    assert read_codebook(told).by_path == 0
    assert any(">" in code.texts["names"]["en"] for code in read_codebook(told).codes)


def test_a_path_leads_to_the_codes_that_are_there():
    known = (KnownCode("NOR", ("Norms",)), KnownCode("STR", ("Strict",), "NOR"), KnownCode("STI", ("Strict",)))
    codes = read_codebook(b"Code,Memo\nNorms > Strict,\nNorms > Loose,\n", known=known).codes
    assert [(code.sign, code.parent, code.is_there) for code in codes][:2] == [("NOR", "", True), ("STR", "NOR", True)]
    assert [(code.parent, code.is_there) for code in codes][2:] == [("NOR", False)]

import io
import random
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstudy.text import canonical
from observations.importers import FORMATS, ImportFailed, archive, bare_name, format_of, read
from observations.importers.language import guess_language
from observations.turns import lay_out

from .files import INTERVIEW_DOCX, INTERVIEW_ODT, INTERVIEW_VTT, VALID, docx, word_paragraph, zipped

every_file = pytest.mark.parametrize("name", sorted(VALID))


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(ImportFailed) as raised:
        read(data, name)
    assert raised.value.problems
    assert "%(" not in str(raised.value)
    return raised.value.code


def read_or_refuse(data: bytes, name: str) -> None:
    try:
        source = read(data, name)
    except ImportFailed as failure:
        assert failure.problems
        assert "%(" not in str(failure)
        return
    assert source.turns
    for turn in source.turns:
        assert turn.text == turn.text.strip() == canonical(turn.text)[0]
        assert turn.text


@every_file
def test_every_valid_file_is_read(name: str) -> None:
    assert read(VALID[name], name).turns


@every_file
def test_a_file_cut_short_is_read_or_refused(name: str) -> None:
    data = VALID[name]
    for length in range(0, len(data), max(1, len(data) // 150)):
        read_or_refuse(data[:length], name)


@pytest.mark.parametrize("name", ["interview.docx", "interview.odt"])
def test_an_archive_cut_short_is_refused(name: str) -> None:
    assert refusal(VALID[name][:-30], name) == "import.damaged"


@every_file
def test_a_file_with_flipped_bytes_is_read_or_refused(name: str) -> None:
    generator = random.Random(name)
    for _ in range(120):
        data = bytearray(VALID[name])
        for _ in range(generator.randrange(1, 6)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        read_or_refuse(bytes(data), name)


@pytest.mark.parametrize("part", ["word/document.xml", "content.xml"])
def test_a_document_with_a_damaged_part_is_read_or_refused(part: str) -> None:
    name, whole = ("a.docx", INTERVIEW_DOCX) if part.startswith("word") else ("a.odt", INTERVIEW_ODT)
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        entries = {entry: opened.read(entry) for entry in opened.namelist()}
    content = entries[part]
    for length in range(0, len(content), max(1, len(content) // 60)):
        read_or_refuse(zipped(entries | {part: content[:length]}), name)


@given(st.binary(max_size=300), st.sampled_from(sorted(FORMATS)))
def test_any_bytes_are_read_or_refused(data: bytes, suffix: str) -> None:
    read_or_refuse(data, f"a.{suffix}")


@given(st.text("aA:> #*|-\n\t[1]\u00a0<v>&", max_size=80), st.sampled_from(["txt", "md", "vtt"]))
def test_any_text_is_read_or_refused(text: str, suffix: str) -> None:
    read_or_refuse(("WEBVTT\n\n" * (suffix == "vtt") + text).encode(), f"a.{suffix}")


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.txt", "import.empty"),
        (b"text", "a.exe", "import.unknown_format"),
        (b"text", "noname", "import.unknown_format"),
        (INTERVIEW_DOCX, "a.txt", "import.other_format"),
        (INTERVIEW_ODT, "a.docx", "import.other_format"),
        (INTERVIEW_DOCX, "a.odt", "import.other_format"),
        (INTERVIEW_VTT, "a.txt", "import.other_format"),
        (b"plain words", "a.docx", "import.other_format"),
        (b"%PDF-1.7", "a.txt", "import.other_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64, "a.docx", "import.other_format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.docx",
            "import.password",
        ),
        (zipped({"a.xml": "<a/>"}), "a.docx", "import.other_format"),
        (docx(word_paragraph("Title only", style="Title")), "a.docx", "import.no_text"),
    ],
)
def test_what_cannot_be_imported_says_why(data: bytes, name: str, code: str) -> None:
    assert refusal(data, name) == code


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("observations.importers.LARGEST_FILE", 10)
    assert refusal(b"more than ten bytes", "a.txt") == "import.too_large"


def test_a_zip_bomb_is_refused() -> None:
    assert refusal(docx(extra={"word/media.xml": b" " * (archive.RATIO_FLOOR + 1)}), "a.docx") == (
        "import.too_large_unpacked"
    )


def test_an_archive_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_ENTRIES", 3)
    assert refusal(INTERVIEW_DOCX, "a.docx") == "import.too_many_entries"


@pytest.mark.parametrize(
    "path", ["../outside.xml", "/etc/passwd", "word/../../x.xml", "C:\\x.xml", "word\\..\\..\\x.xml"]
)
def test_parts_named_outside_the_archive_are_refused(path: str) -> None:
    assert refusal(docx(word_paragraph("x"), extra={path: "<a/>"}), "a.docx") == "import.unsafe_path"


def test_an_archive_with_a_password_is_refused() -> None:
    protected = bytearray(INTERVIEW_DOCX)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = protected.find(signature)
        while at >= 0:
            protected[at + offset] |= 0x1
            at = protected.find(signature, at + 1)
    assert refusal(bytes(protected), "a.docx") == "import.password"


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [("e\u0301te\u0301.txt", "été.txt"), ("../../a.txt", "a.txt"), ("C:\\notes\\a.txt", "a.txt")],
)
def test_names_are_bare_and_composed(given_name: str, expected: str) -> None:
    assert bare_name(given_name) == expected


@pytest.mark.parametrize(("name", "expected"), [("a.docx", "docx"), ("notes/a.MARKDOWN", "md"), ("a.b.vtt", "vtt")])
def test_a_name_asks_for_a_format(name: str, expected: str) -> None:
    assert format_of(name) == expected


def test_the_suffix_may_be_in_capitals() -> None:
    assert read(b"Nothing happened.", "WARD.TXT").title == "WARD"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Je lis l’image avant le compte rendu, et je ne regarde pas la machine.", "fr"),
        ("I read the image before the report and I do not look at the machine.", "en"),
        ("Caption text", ""),
        ("", ""),
    ],
)
def test_the_language_is_guessed_from_common_words(text: str, language: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("\ufefftitle\n\n\ufeffwords, and more\n\nagain".encode(), "a.txt"),
        ("Ann: \ufeffyes\nBen: no\nAnn: yes\nBen: no".encode(), "a.txt"),
        (b"# T\n\n &#xFEFF; words", "a.md"),
        (docx(word_paragraph(" \ufeffwords")), "a.docx"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: &#xFEFF;yes", "a.vtt"),
    ],
)
def test_what_is_read_can_be_kept_as_it_is(data: bytes, name: str) -> None:
    assert lay_out(read(data, name).turns).text

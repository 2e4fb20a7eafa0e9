import json
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstudy.errors import Invalid
from fieldstudy.spans import Span
from fieldstudy.text import Offsets, canonical, decode, is_canonical
from tests.node import told_by

ROOT = Path(__file__).parents[2]
VECTORS_FILE = ROOT / "tests" / "vectors" / "offsets.json"
VECTORS = json.loads(VECTORS_FILE.read_text(encoding="utf-8"))
OFFSETS_JS = ROOT / "fieldstudy" / "static" / "fieldstudy" / "js" / "offsets.js"

every_vector = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
mixed_marks = st.text("ae\u0301\u0302\u0323 \r\n\x07\ufeff\u1100\u1161\u11a8\u0958\u212b😀", max_size=20)


@every_vector
def test_code_points_become_utf16_units(vector: dict) -> None:
    assert Offsets(vector["text"]).to_utf16(range(len(vector["utf16"]))) == vector["utf16"]


@every_vector
def test_utf16_units_become_code_points(vector: dict) -> None:
    assert Offsets(vector["text"]).from_utf16(vector["utf16"]) == list(range(len(vector["utf16"])))


@every_vector
def test_code_points_become_utf8_bytes(vector: dict) -> None:
    assert Offsets(vector["text"]).to_utf8(range(len(vector["utf8"]))) == vector["utf8"]


@every_vector
def test_utf8_bytes_become_code_points(vector: dict) -> None:
    assert Offsets(vector["text"]).from_utf8(vector["utf8"]) == list(range(len(vector["utf8"])))


@every_vector
def test_an_offset_inside_a_surrogate_pair_is_refused(vector: dict) -> None:
    for unit in vector["inside_utf16"]:
        with pytest.raises(Invalid) as raised:
            Offsets(vector["text"]).from_utf16([unit])
        assert raised.value.code == "offset.inside_character"


@pytest.mark.parametrize("offset", [-1, 4])
def test_an_offset_outside_the_text_is_refused(offset: int) -> None:
    with pytest.raises(Invalid) as raised:
        Offsets("abc").to_utf16([offset])
    assert raised.value.code == "offset.out_of_range"


def test_many_offsets_in_a_long_text_are_converted_quickly() -> None:
    text = "Une phrase 🙂 longue. " * 40_000
    began = time.process_time()
    offsets = Offsets(text)
    assert offsets.from_utf16(offsets.to_utf16(range(len(text)))) == list(range(len(text)))
    assert time.process_time() - began < 2


JS_CHECK = """
const vectors = JSON.parse(process.argv[2]);
const { OffsetIndex, codePointLength } = await import(process.argv[1]);
const outcomes = vectors.map(({ text, utf16, inside_utf16 }) => {
  const index = new OffsetIndex(text);
  const refused = (call) => { try { call(); return false; } catch (error) { return error instanceof RangeError; } };
  return {
    utf16: Array.from({ length: index.points + 1 }, (_, point) => index.toUtf16(point)),
    points: utf16.map((unit) => index.toCodePoint(unit)),
    length: codePointLength(text),
    refusals: [...inside_utf16, -1, index.units + 1, 0.5].every((unit) => refused(() => index.toCodePoint(unit)))
      && [-1, index.points + 1, NaN].every((point) => refused(() => index.toUtf16(point))),
  };
});
console.log(JSON.stringify(outcomes));
"""


@pytest.fixture(scope="module")
def js_outcomes() -> list[dict]:
    outcomes: list[dict] = told_by(OFFSETS_JS, JS_CHECK, VECTORS)
    return outcomes


def test_the_browser_converts_code_points_as_the_server_does(js_outcomes: list[dict]) -> None:
    assert [outcome["utf16"] for outcome in js_outcomes] == [vector["utf16"] for vector in VECTORS]


def test_the_browser_converts_utf16_units_as_the_server_does(js_outcomes: list[dict]) -> None:
    assert [outcome["points"] for outcome in js_outcomes] == [list(range(len(v["utf16"]))) for v in VECTORS]


def test_the_browser_counts_code_points_as_the_server_does(js_outcomes: list[dict]) -> None:
    assert [outcome["length"] for outcome in js_outcomes] == [len(vector["text"]) for vector in VECTORS]


def test_the_browser_refuses_what_the_server_refuses(js_outcomes: list[dict]) -> None:
    assert all(outcome["refusals"] for outcome in js_outcomes)


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\u2028", "\u2029", "\n"])
def test_every_line_end_becomes_a_line_feed(line_end: str) -> None:
    assert canonical(f"un{line_end}deux")[0] == "un\ndeux"


def test_a_leading_byte_order_mark_goes() -> None:
    assert canonical("\ufeffbonjour")[0] == "bonjour"


def test_a_zero_width_no_break_space_elsewhere_stays() -> None:
    assert canonical("bon\ufeffjour")[0] == "bon\ufeffjour"


def test_control_characters_go() -> None:
    assert canonical("a\x07\x1bb\tc\n")[0] == "ab\tc\n"


def test_combining_accents_are_composed() -> None:
    assert canonical("e\u0301te\u0301")[0] == "été"


def test_neighbouring_composed_characters_have_edits_of_their_own() -> None:
    edits = canonical("e\u0301e\u0301")[1]
    assert edits.carry(Span(2, 4)).span == Span(1, 2)


@pytest.mark.parametrize(("raw", "code"), [("a\0b", "text.nul"), ("a\ud83d", "text.surrogate")])
def test_what_cannot_be_stored_is_refused(raw: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        canonical(raw)
    assert raised.value.code == code


@given(st.one_of(any_text, mixed_marks))
def test_canonical_text_is_nfc_with_plain_line_ends(raw: str) -> None:
    text, edits = canonical(raw)
    assert unicodedata.is_normalized("NFC", text)
    assert not set(text) & {"\r", "\u2028", "\u2029"}
    assert edits.apply(raw) == text


@given(st.one_of(any_text, mixed_marks))
def test_what_carries_over_unchanged_is_the_same_text(raw: str) -> None:
    text, edits = canonical(raw)
    for start in range(len(raw)):
        result = edits.carry(Span(start, start + 1))
        if not result.changed:
            assert result.span is not None
            assert result.span.cut_from(text) == raw[start]


@given(st.one_of(any_text, mixed_marks))
def test_canonical_text_stays_as_it_is(raw: str) -> None:
    text, _ = canonical(raw)
    assert canonical(text)[1].edits == ()
    assert is_canonical(text)


@given(st.one_of(any_text, mixed_marks))
def test_what_canonical_would_change_is_not_canonical(raw: str) -> None:
    assert is_canonical(raw) == (canonical(raw)[0] == raw)


FRENCH = "L’hôpital était calme : « déjà l’été », a-t-elle dit — le cœur léger. "


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_french_text_is_read_in_its_own_encoding(encoding: str) -> None:
    assert decode(FRENCH.encode(encoding))[0] == FRENCH


def test_the_encoding_is_named() -> None:
    assert decode("déjà".encode("cp1252"))[1] == "cp1252"


def test_a_text_in_another_encoding_is_detected() -> None:
    text = "私はここで十二年働いています。機械は私が見るものを見たことがない。" * 3
    assert decode(text.encode("shift_jis"))[0] == text


def test_utf8_cut_inside_a_character_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        decode("déjà".encode()[:-1])
    assert raised.value.code in {"text.damaged", "text.encoding_unknown"}


def test_utf8_with_a_few_bad_bytes_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        decode(FRENCH.encode() + b"\xff" + FRENCH.encode())
    assert raised.value.code == "text.damaged"


def test_utf16_cut_inside_a_character_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        decode("déjà".encode("utf-16")[:-1])
    assert raised.value.code == "text.damaged"


def test_a_binary_file_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert raised.value.code == "text.binary"


def test_an_encoding_nobody_can_tell_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        decode(bytes(range(0x80, 0x100)))
    assert raised.value.code == "text.encoding_unknown"


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text, encoding = decode(data)
    except Invalid:
        return
    assert isinstance(text, str)
    assert encoding

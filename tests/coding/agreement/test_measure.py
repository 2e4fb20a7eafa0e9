"""From the bytes of a table to coefficients, and the line at fault where it cannot be read."""

import json
from collections.abc import Iterator, Sequence

import pytest

from coding.agreement import NOMINAL_MEASURES, SET_MEASURES, reasons
from coding.agreement.measure import Measured, Step, measure_csv
from coding.agreement.ratings import Coefficient
from coding.agreement.tables import TableError


def units(*rows: str) -> Measured:
    return measure_csv("\n".join(["unit,coder,code", *rows]).encode())


def spans(*rows: str, header: str = "coder,start,end,code", **extent: int) -> Measured:
    return measure_csv("\n".join([header, *rows]).encode(), **extent)


def named(measured: Measured) -> dict[str, Coefficient]:
    return {found.name: found for found in measured.coefficients}


PAIR = ("1,ana,x", "1,ben,x", "2,ana,y", "2,ben,x")
SOURCES = "coder,start,end,code,source,length"


def test_an_absent_row_is_missing() -> None:
    assert units(*PAIR, "3,ana,y").n_missing == 1


def test_an_empty_code_is_the_decision_nothing() -> None:
    found = units("1,ana,x", "1,ben,x", "2,ana,", "2,ben,", "3,ana,x", "3,ben,")
    assert found.n_missing == 0
    assert found.kind == "units"
    assert named(found)["percent_agreement"].value == pytest.approx(2 / 3)
    assert named(found)["krippendorff_alpha_nominal[x]"].value == named(found)["krippendorff_alpha_nominal[]"].value


def test_several_rows_make_a_set() -> None:
    found = units("1,ana,x", "1,ana,y", "1,ben,x", "2,ana,", "2,ben,y")
    assert (found.kind, found.n_units, found.n_coders, found.n_missing) == ("sets", 2, 2, 0)
    assert {"alpha_set_jaccard", "alpha_set_masi", "alpha_set_passonneau2004"} <= set(named(found))


def test_a_repeated_row_is_no_set() -> None:
    assert units("1,ana,x", *PAIR).kind == "units"


def test_a_set_is_measured_code_by_code_too() -> None:
    found = named(units("1,ana,x", "1,ana,y", "1,ben,x", "2,ana,", "2,ben,y"))
    assert found["percent_agreement[x]"].value == 1.0
    assert found["percent_agreement[y]"].value == 0.0


def test_numbers_are_ordered_as_numbers() -> None:
    found = named(units("1,ana,9", "1,ben,10", "2,ana,2", "2,ben,2", "3,ana,10", "3,ben,10"))
    interval = found["krippendorff_alpha_interval"]
    assert interval.observed == pytest.approx(2 * 1 / 6)


def test_a_number_has_one_category_however_it_is_written() -> None:
    found = named(units("1,ana,1", "1,ben,1.0", "2,ana,2", "2,ben,2"))
    assert found["percent_agreement"].value == 1.0
    assert "fleiss_kappa[1]" in found


def test_the_numbered_codes_of_a_codebook_are_names() -> None:
    found = named(units("1,ana,1.1", "1,ben,1.10", "2,ana,1.2", "2,ben,1.2"))
    assert found["percent_agreement"].value == 0.5
    assert {"fleiss_kappa[1.1]", "fleiss_kappa[1.10]"} <= set(found)
    assert "krippendorff_alpha_interval" not in found


def test_words_have_no_ordered_coefficients() -> None:
    found = named(units("1,ana,a", "1,ben,b", "2,ana,c", "2,ben,c"))
    assert not {"krippendorff_alpha_ordinal", "cohen_kappa_linear", "gwet_ac2_quadratic"} & set(found)


def test_numbers_beside_nothing_have_no_order() -> None:
    found = named(units("1,ana,1", "1,ben,2", "2,ana,", "2,ben,2"))
    assert found["krippendorff_alpha_interval"].undefined_because == reasons.NOT_NUMBERS


def test_two_coder_coefficients_say_so_for_three() -> None:
    found = named(units(*PAIR, "1,cleo,x", "2,cleo,y"))
    assert found["cohen_kappa"].undefined_because == reasons.TWO_CODERS_ONLY


def test_one_category_is_undefined_with_the_reason() -> None:
    found = named(units("1,ana,x", "1,ben,x"))
    assert found["krippendorff_alpha_nominal"].undefined_because == reasons.ONE_CATEGORY
    assert found["percent_agreement"].value == 1.0


def test_the_standard_error_is_a_coefficient_of_its_own() -> None:
    found = named(units(*PAIR))
    assert found["gwet_ac1.se"].value == found["gwet_ac1"].extra["se"]


def test_semicolons_separate_as_well() -> None:
    assert measure_csv(b"unit;coder;code\n1;ana;x\n1;ben;x\n").n_coders == 2


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert measure_csv(b"\xef\xbb\xbfunit,coder,code\r\n1,ana,x\r\n1,ben,x\r\n").n_units == 1


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_other_encodings_are_read(encoding: str) -> None:
    found = measure_csv("unit\tcoder\tcode\n1\tana\tété\n1\tben\tété\n".encode(encoding))
    assert named(found)["percent_agreement[été]"].value == 1.0


def test_what_a_spreadsheet_leaves_empty_is_skipped() -> None:
    found = measure_csv(b"unit,coder,code,,\n1,ana,x,,\n1,ben,x,,\n,,,,\n , ,\n")
    assert (found.n_units, found.n_coders, found.n_missing) == (1, 2, 0)


def test_empty_cells_to_the_right_do_not_hide_an_empty_code() -> None:
    assert named(measure_csv(b"unit,coder,code\n1,ana,,\n1,ben,\n"))["percent_agreement[]"].value == 1.0


def test_unknown_columns_are_answered_with_both_layouts() -> None:
    with pytest.raises(TableError) as refusal:
        measure_csv(b"item,rater,label\n1,ana,x\n")
    assert all(layout in str(refusal.value) for layout in ("item,rater", "unit,coder,code", "coder,start,end,code"))


def test_one_category_has_standard_errors_too() -> None:
    found = named(units(*PAIR))
    assert found["gwet_ac1[x].se"].value == found["gwet_ac1[x]"].extra["se"]
    assert {"percent_agreement.se", "percent_agreement[y].ci95_lo", "cohen_kappa[x].ci95_hi"} <= set(found)


def test_whole_sets_are_measured_as_categories() -> None:
    found = named(units("1,ana,x", "1,ana,y", "1,ben,x", "2,ana,", "2,ben,", "3,ana,x", "3,ben,x"))
    assert {*NOMINAL_MEASURES, *SET_MEASURES, "alpha_set_masi.se", "percent_agreement.ci95_hi"} <= set(found)
    assert found["fleiss_kappa"].observed == found["percent_agreement"].value


@pytest.mark.parametrize(
    "table",
    [
        b"unit,coder,code\n1,ana,x\n1,ben,x\n2,ana,y\n2,ben,x\n",
        b"unit,coder,code\n1,ana,x\n1,ana,y\n1,ben,x\n2,ana,y\n2,ben,x\n",
        b"coder,start,end,code,length\nana,0,5,x,20\nben,2,9,x,20\nana,11,15,y,20\n",
    ],
)
def test_prevalence_stands_beside_every_coefficient_of_one_code(table: bytes) -> None:
    for found in measure_csv(table).coefficients:
        if found.name.endswith("]"):
            assert isinstance(found.extra["prevalence"], float), found.name


def test_light_comes_with_the_means_over_pairs() -> None:
    found = named(units(*PAIR, "3,ana,x", "3,ben,x", "1,cleo,x", "2,cleo,y", "3,cleo,x"))["light_kappa"]
    assert found.observed == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert found.expected == pytest.approx((2 / 3 + 5 / 9 + 2 / 3) / 3)


def test_the_steps_can_be_watched() -> None:
    seen = []

    def watch(steps: Sequence[Step]) -> Iterator[Step]:
        for step in steps:
            seen.append(step)
            yield step

    assert measure_csv(b"unit,coder,code\n1,ana,x\n1,ben,x\n", watch=watch).coefficients
    assert len(seen) >= len(NOMINAL_MEASURES)


def test_a_row_with_empty_offsets_names_a_coder_who_applied_nothing() -> None:
    silent = spans("ana,0,5,x", "ben,0,5,x", "cleo,,,", length=20)
    without = spans("ana,0,5,x", "ben,0,5,x", length=20)
    assert (silent.n_coders, silent.n_units) == (3, 2)
    assert named(silent)["char_alpha_binary[x]"].value != named(without)["char_alpha_binary[x]"].value


def test_a_coder_absent_from_a_source_is_missing_there() -> None:
    found = spans("ana,0,5,x,one,10", "ben,0,5,x,one,10", "ana,0,2,x,two,10", header=SOURCES)
    assert found.n_missing == 1
    assert named(found)["char_alpha_binary[x]"].value == pytest.approx(1.0)


def test_the_length_may_stand_in_one_row_of_its_source() -> None:
    found = spans("ana,0,5,x,one,10", "ben,0,5,x,one,", header=SOURCES)
    assert named(found)["char_alpha_binary[x]"].value == pytest.approx(1.0)


def test_begin_moves_the_continuum() -> None:
    moved = spans("ana,102,110,x", "ben,104,108,x", length=24, begin=100)
    there = spans("ana,2,10,x", "ben,4,8,x", length=24)
    assert [each.value for each in moved.coefficients] == [each.value for each in there.coefficients]


def test_char_kappa_is_left_out_for_three_coders() -> None:
    assert "char_kappa[x]" not in named(spans("ana,0,5,x", "ben,0,5,x", "cleo,,,", length=9))


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "table.empty", None),
        ("unit,coder,code\n1,ana,été\n2,ana,thé\n".encode() + b"3,ana,\xe9\n", "table.encoding", 4),
        ("unit,coder,code\n1,ana,x\n".encode("utf-16-le"), "table.not_text", None),
        (b"unit,coder\n1,ana\n", "table.columns", None),
        (b"unit,coder,code,colour\n1,ana,x,red\n", "table.columns", None),
        (b"unit,coder,code,code\n1,ana,x,x\n", "table.columns", None),
        (b"unit,coder,code\n", "table.no_rows", None),
        (b"unit,coder,code\n1,ana,x\n\n2,ana\n", "table.cells", 4),
        (b'unit,coder,code\n1,ana,x\n2,"ana,x\n', "table.csv", 3),
        (b'unit,coder,code\n"1\nb",ana,x\n,ana,x\n', "table.empty_cell", 4),
        (b"unit,coder,code\n1,ana,x\n1,ana,\n", "table.nothing_beside_code", 3),
        (b"coder,start,end,code\nana,0,5.5,x\n", "table.not_a_whole_number", 2),
        (b"coder,start,end,code\nana,0,5,x\nana,7,7,x\n", "table.empty_span", 3),
        (b"coder,start,end,code\nana,0,50,x\n", "table.span_out_of_range", 2),
        (b"coder,start,end,code\nana,-1,5,x\n", "table.span_out_of_range", 2),
        (b"coder,start,end,code\nana,0,,x\n", "table.half_empty_span", 2),
        (b"coder,start,end,code\n,0,5,x\n", "table.empty_cell", 2),
        (b"coder,start,end,code,length\nana,0,5,x,30\n", "table.extent_conflict", 2),
        (b"coder,start,end,code,source\nana,0,5,x,a\nana,0,5,x,b\n", "table.several_sources", None),
    ],
)
def test_a_broken_table_is_refused(content: bytes, code: str, line: int | None) -> None:
    extent = {} if content.startswith(b"unit") else {"length": 20}
    with pytest.raises(TableError) as refusal:
        measure_csv(content, **extent)
    assert (refusal.value.code, refusal.value.values.get("line")) == (code, line)
    assert str(refusal.value)


def test_spans_need_a_length() -> None:
    with pytest.raises(TableError) as refusal:
        spans("ana,0,5,x")
    assert refusal.value.code == "table.no_length"


def test_a_length_is_refused_for_fixed_units() -> None:
    with pytest.raises(TableError) as refusal:
        measure_csv(b"unit,coder,code\n1,ana,x\n", length=20)
    assert refusal.value.code == "table.extent_of_units"


def test_the_record_holds_null_where_undefined() -> None:
    record = json.loads(json.dumps(units("1,ana,x", "1,ben,x").as_record(), allow_nan=False))
    assert list(record) == ["kind", "n_units", "n_coders", "n_missing", "coefficients"]
    alpha = record["coefficients"]["krippendorff_alpha_nominal"]
    assert alpha["value"] is None
    assert alpha["undefined_because"] == reasons.ONE_CATEGORY


def test_the_table_gives_the_reason_where_there_is_no_value() -> None:
    shown = units("1,ana,x", "1,ben,x").as_table()
    assert f"undefined: {reasons.ONE_CATEGORY}" in shown
    assert "percent_agreement" in shown

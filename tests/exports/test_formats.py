"""What every export format has to do, and what refuses a dataset."""

from dataclasses import replace

import pytest

from exports.formats import FORMATS, Loss, export_format
from exports.formats.lookup import look_up
from exports.records import DatasetRecord
from fieldstudy.errors import Invalid
from tests.exports.dataset_builder import ANA, EMOJI, OTHER, STUDY, make_dataset

EVERY_FORMAT = pytest.mark.parametrize("name", FORMATS)


CODEBOOKS = {"codebook-csv", "codebook-xlsx", "qdc"}


def losses_of(name: str, dataset: DatasetRecord) -> dict[str, Loss]:
    return {loss.code: loss for loss in FORMATS[name].carries_not(dataset)}


@EVERY_FORMAT
def test_the_same_records_give_the_same_bytes(name: str) -> None:
    assert FORMATS[name].to_bytes(make_dataset(), "fr") == FORMATS[name].to_bytes(make_dataset(), "fr")


@EVERY_FORMAT
def test_the_order_of_the_records_does_not_change_the_bytes(name: str) -> None:
    dataset = make_dataset()
    turned = replace(
        dataset,
        **{
            part: tuple(reversed(getattr(dataset, part)))
            for part in ("participants", "sources", "coders", "codes", "readings", "segments")
        },
    )
    assert FORMATS[name].to_bytes(turned, "fr") == FORMATS[name].to_bytes(dataset, "fr")


@EVERY_FORMAT
def test_the_format_is_listed_under_its_own_name(name: str) -> None:
    assert export_format(name).name == name


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        export_format("xlsx")
    assert refused.value.code == "export.unknown_format"


@EVERY_FORMAT
def test_every_loss_can_be_read_by_a_person(name: str) -> None:
    for loss in FORMATS[name].carries_not(make_dataset()):
        assert "%" not in str(loss)
        assert str(loss.values["count"]) in str(loss)


@pytest.mark.parametrize("name", sorted(CODEBOOKS))
def test_a_codebook_does_not_say_that_it_holds_codes_alone(name: str) -> None:
    dataset = make_dataset()
    evidence_alone = replace(dataset, codes=())
    assert FORMATS[name].carries_not(evidence_alone) == []


@EVERY_FORMAT
def test_an_empty_dataset_loses_nothing(name: str) -> None:
    assert FORMATS[name].carries_not(DatasetRecord(STUDY)) == []


@pytest.mark.parametrize("name", sorted(set(FORMATS) - CODEBOOKS))
def test_suggestions_are_named_as_left_out(name: str) -> None:
    assert losses_of(name, make_dataset())["export.suggestions"].values == {"count": 1}


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("refi.weight", 1),
        ("refi.origin", 7),
        ("refi.phase", 4),
        ("export.reading_details", 4),
        ("refi.stance", 2),
        ("refi.asks_weight", 1),
        ("refi.languages", 4),
        ("refi.turns", 2),
        ("refi.revision", 3),
        ("refi.astral_characters", 1),
        ("refi.coder_kind", 1),
        ("export.tool_details", 2),
        ("export.site_details", 1),
    ],
)
def test_a_project_names_what_it_leaves_out(code: str, count: int) -> None:
    assert losses_of("qdpx", make_dataset())[code].values == {"count": count}


def test_a_project_of_first_readings_only_loses_no_phase() -> None:
    readings = tuple(reading for reading in make_dataset().readings if reading.phase == "first")
    assert "refi.phase" not in losses_of("qdpx", make_dataset(readings=readings))


def test_the_table_of_segments_names_sources_without_one() -> None:
    assert losses_of("csv", make_dataset())["segments_csv.uncoded_sources"].values == {"count": 1}


@pytest.mark.parametrize(
    "missing", ["sources", "codes", "coders"], ids=["source missing", "code missing", "coder missing"]
)
def test_a_segment_that_points_outside_the_dataset_is_refused(missing: str) -> None:
    with pytest.raises(Invalid) as refused:
        look_up(make_dataset(**{missing: ()}))
    assert refused.value.code == "export.dangling_reference"


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (4, 2), (0, len(EMOJI.text) + 1)])
def test_a_segment_outside_its_text_is_refused(start: int, end: int) -> None:
    segment = replace(make_dataset().segments[0], start=start, end=end)
    with pytest.raises(Invalid) as refused:
        look_up(make_dataset(segments=(segment,)))
    assert refused.value.code == "export.out_of_range"


@pytest.mark.parametrize("part", ["sources", "codes", "coders", "readings"])
def test_two_records_with_one_id_are_refused(part: str) -> None:
    records = getattr(make_dataset(), part)
    with pytest.raises(Invalid) as refused:
        look_up(make_dataset(**{part: (*records, records[0])}))
    assert refused.value.code == "export.duplicate_id"


def test_segments_at_one_place_stand_by_code_then_coder() -> None:
    dataset = make_dataset()
    first = dataset.segments[0]
    again = replace(first, id="again", code_id=OTHER.id)
    ordered = look_up(replace(dataset, segments=(again, *dataset.segments))).segments_of(EMOJI)
    here = [segment for segment in ordered if (segment.start, segment.end) == (first.start, first.end)]
    assert [segment.code_id == OTHER.id for segment in here] == [True, False, False]
    assert [segment.coder_id == ANA.id for segment in here] == [True, True, False]

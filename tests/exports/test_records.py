"""The records, as their data dictionary describes them."""

from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from exports import records
from tests.exports.dataset_builder import STUDY


@pytest.mark.parametrize("record", records.RECORDS, ids=lambda record: record.__name__)
def test_every_field_of_a_record_is_described_in_order(record: type) -> None:
    assert list(records.field_descriptions(record)) == [field.name for field in fields(record)]


def test_every_record_class_is_listed() -> None:
    classes = {value for name, value in vars(records).items() if name.endswith("Record") and is_dataclass(value)}
    assert classes == set(records.RECORDS)


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        STUDY.slug = "other"

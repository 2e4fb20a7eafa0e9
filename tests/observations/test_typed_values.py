"""What people write for a value, and what it is taken for."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstudy.errors import Invalid
from observations.typed_values import as_text, guessed_kind, typed


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "12", Decimal(12)),
        ("integer", "1 200", Decimal(1200)),
        ("integer", "3.0", Decimal(3)),
        ("decimal", "3,5", Decimal("3.5")),
        ("decimal", "−0.25", Decimal("-0.25")),
        ("boolean", "oui", True),
        ("boolean", "No", False),
        ("date", "2026-05-31", date(2026, 5, 31)),
        ("date", "31/05/2026", date(2026, 5, 31)),
        ("date", "1.6.2026", date(2026, 6, 1)),
        ("choice", "SENIOR", "senior"),
        ("text", "  a ward ", "a ward"),
    ],
)
def test_a_value_is_read_as_people_write_it(kind: str, text: str, value: object) -> None:
    assert typed(kind, text, ["junior", "senior"]) == value


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("integer", "3.5", "value.not_integer"),
        ("integer", "NaN", "value.not_integer"),
        ("decimal", "many", "value.not_decimal"),
        ("decimal", "1e400", "value.not_decimal"),
        ("boolean", "perhaps", "value.not_boolean"),
        ("date", "31/02/2026", "value.not_date"),
        ("choice", "chief", "value.not_choice"),
        ("text", "x" * 501, "value.too_long"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(kind: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        typed(kind, text, ["junior", "senior"])
    assert refused.value.code == code


def test_an_empty_cell_says_that_nothing_is_known() -> None:
    assert typed("integer", "  ") is None


@given(st.one_of(st.dates(), st.booleans(), st.decimals(-(10**14), 10**14, places=8)))
def test_a_value_reads_back_from_its_text(value: date | bool | Decimal) -> None:
    kind = {date: "date", bool: "boolean", Decimal: "decimal"}[type(value)]
    assert typed(kind, as_text(value)) == value


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "", "20"], "integer"),
        (["1", "2.5"], "decimal"),
        (["2026-01-01", "3/4/2026"], "date"),
        (["oui", "non"], "boolean"),
        (["oui", "peut-être"], "text"),
        (["", ""], "text"),
    ],
)
def test_a_column_is_taken_for_the_narrowest_kind_that_reads_it(texts: list[str], kind: str) -> None:
    assert guessed_kind(texts) == kind

import pytest

from coding.signs import sign_for


@pytest.mark.parametrize(
    ("name", "taken", "sign"),
    [
        ("Strict normality", (), "STR"),
        ("Strict normality", ("STR",), "STRI"),
        ("Strict normality", ("STR", "STRI", "ST"), "SN"),
        ("Évidence", (), "EVI"),
        ("X", (), "X1"),
        ("…", (), "C1"),
        ("Ab", ("AB",), "AB1"),
    ],
)
def test_a_sign_is_as_near_to_the_name_as_can_be(name: str, taken: tuple[str, ...], sign: str):
    assert sign_for(name, taken) == sign

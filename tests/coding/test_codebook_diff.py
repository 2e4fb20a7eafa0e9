from dataclasses import replace

import pytest

from coding.codebook_diff import Held, compare, side_by_side

STRICT = Held("1", "STR", None, "limit", True, {"names": {"en": "Strict"}, "definitions": {"en": "It marks too much."}})


@pytest.mark.parametrize(
    ("after", "kinds"),
    [
        (STRICT, None),
        (replace(STRICT, sign="SEV"), ("renamed",)),
        (replace(STRICT, texts={**STRICT.texts, "names": {"en": "Severe"}}), ("renamed",)),
        (replace(STRICT, parent="2"), ("moved",)),
        (replace(STRICT, stance="neither"), ("redefined",)),
        (replace(STRICT, parent="2", texts={"names": {"en": "Severe"}}), ("renamed", "moved", "redefined")),
        (None, ("removed",)),
    ],
)
def test_a_code_differs_in_the_ways_its_columns_do(after: Held | None, kinds: tuple[str, ...] | None):
    found = compare({"1": STRICT}, {"1": after} if after else {})
    assert [one.kinds for one in found] == ([kinds] if kinds else [])


def test_a_code_that_is_not_in_the_earlier_state_is_added():
    assert compare({}, {"1": STRICT})[0].kinds == ("added",)


def test_a_code_that_is_gone_into_another_was_merged():
    (found,) = compare({"1": replace(STRICT, merged_into="2")}, {})
    assert (found.kinds, found.other) == (("merged",), "2")


def test_a_code_that_is_gone_and_has_parts_was_split():
    found = compare({"1": STRICT}, {"2": replace(STRICT, code="2", split_from="1")})
    assert {one.code: one.kinds for one in found} == {"2": ("added",), "1": ("split",)}


def test_words_that_differ_are_told_apart_and_each_side_joins_to_its_text():
    before, after = side_by_side("It marks far too much.", "It marks what is normal.")
    assert "".join(piece.text for piece in before) == "It marks far too much."
    assert "".join(piece.text for piece in after) == "It marks what is normal."
    assert [piece.kind for piece in before][:2] == ["same", "gone"]
    assert "new" in {piece.kind for piece in after}

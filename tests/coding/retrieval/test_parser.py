import pytest

from coding.retrieval.nodes import And, CodeIs, Or
from coding.retrieval.parser import MOST_PARTS, parse
from coding.retrieval.tokens import QueryProblem


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("NOT", "query.incomplete", (3, 3)),
        ("STR AND", "query.incomplete", (7, 7)),
        ("OR STR", "query.unexpected", (0, 2)),
        ("STR)", "query.unexpected", (3, 4)),
        ("TAC OR (STR", "query.unclosed", (7, 8)),
        ('STR "stri', "query.unclosed_quote", (4, 9)),
        ("!STR", "query.unreadable", (0, 1)),
        ("STR near TAC (1.5 turns)", "query.distance", (14, 23)),
        ("STR near TAC (-1 turns)", "query.distance", (14, 22)),
        ("STR near TAC (200 chars)", "query.distance", (14, 23)),
        ("STR within TAC (3 turns)", "query.not_measured", (16, 23)),
        ("STR " * (MOST_PARTS + 1), "query.too_many", (400, 403)),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, code: str, place: tuple[int, int]) -> None:
    with pytest.raises(QueryProblem) as told:
        parse(text)
    assert (told.value.code, (told.value.place.start, told.value.place.end)) == (code, place)


def test_a_group_may_begin_with_a_sign_of_digits() -> None:
    query = parse("STR near TAC (12 OR 5G)")
    assert isinstance(query, And)
    assert query.parts[1] == Or((CodeIs("12"), CodeIs("5G")))

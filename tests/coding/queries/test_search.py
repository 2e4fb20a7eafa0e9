import re
import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext

from coding.queries.search import Wanted, search
from coding.retrieval.terms import APART, WORD
from observations.importers.base import ParsedTurn
from observations.models import Study
from tests.builders import as_lead, make_source, make_study, make_user
from tests.shared import shared


def texts(study: Study, text: str, **more: object) -> list[str]:
    return [line.hit for line in search(as_lead(study), Wanted(text, **more)).lines]


@shared
def told(study: Study) -> Study:
    make_source(
        study,
        "The films were read first. A filmed scar is not a film.",
        ParsedTurn(text="Les échographies rassuraient; l’échographiste relit.", speaker="Dr Sorel", language="fr"),
        title="Interview 2",
    )
    return study


def test_a_word_is_found_in_all_its_inflections(told):
    assert texts(told, "film") == ["films", "filmed", "film"]


def test_each_turn_is_inflected_in_its_own_language(told):
    assert texts(told, "ECHOGRAPHIE") == ["échographies", "échographiste"]
    assert texts(told, "rassurer") == ["rassuraient"]
    assert texts(told, "reading") == ["read"]


def test_a_beginning_finds_every_word_that_begins_so(told):
    assert texts(told, "échograph*") == ["échographies", "échographiste"]
    assert texts(told, "rel*") == ["relit"]


def test_a_phrase_is_found_word_for_word_across_an_elision(told):
    assert texts(told, '"l\'échographiste relit"') == ["l’échographiste relit"]
    assert texts(told, '"relit échographiste"') == []


def test_little_words_are_found_too(told):
    assert texts(told, '"is not a"') == ["is not a"]


def test_a_turn_with_a_word_to_leave_out_is_left_out(told):
    assert texts(told, "film -scar") == []


def test_alternatives_are_found_beside_each_other(told):
    assert texts(told, "scar OR relit") == ["scar", "relit"]


def test_a_hit_stands_where_its_source_says(told):
    (line,) = search(as_lead(told), Wanted("relit")).lines
    whole = "".join(turn.text for turn in line.source.turns.order_by("number"))
    assert whole[line.start : line.end] == "relit"


def test_lines_are_sorted_by_what_stands_around(told):
    make_source(told, "An old film again. No film before.", title="Interview 1")
    lefts = [line.left.split()[-1:] for line in search(as_lead(told), Wanted("film", sort="left")).lines]
    rights = [line.right.split()[:1] for line in search(as_lead(told), Wanted("film", sort="right")).lines]
    assert lefts == [["A"], ["a"], ["No"], ["old"], ["The"]]
    assert [word for word in rights if word] == [["."], ["again."], ["before."], ["scar"], ["were"]]


def test_another_study_is_not_searched(told):
    elsewhere = make_study(make_user("olga"), slug="elsewhere")
    assert texts(elsewhere, "film") == []


def test_sources_can_be_left_out_by_kind(told):
    assert texts(told, "film", kind="document") == []


def test_a_search_takes_as_many_queries_for_one_hit_as_for_hundreds(told):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            search(as_lead(told), Wanted("film"))
        counts.append(len(queries))
        make_source(told, *["film " * 20] * 20, title=str(uuid.uuid4()))
    assert counts[0] == counts[1]


def test_database_and_module_part_words_alike(db):
    sample = "".join(chr(point) for point in (*range(1, 0x2C00), *range(0x3000, 0x3030), *range(0xFE00, 0xFFFE)))
    sample += "😀a🩻b"
    with connection.cursor() as cursor:
        cursor.execute("SELECT regexp_replace(%s, %s, ' ', 'g')", [sample, APART])
        (parted,) = cursor.fetchone()
        cursor.execute(
            "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE pg_get_expr(adbin, adrelid) ~ 'regexp'"
        )
        (generated,) = cursor.fetchone()
    assert parted.split(" ") == [*(part for part in re.sub(APART, " ", sample).split(" "))]
    assert [word for word in parted.split(" ") if word] == WORD.findall(sample)
    assert APART in generated

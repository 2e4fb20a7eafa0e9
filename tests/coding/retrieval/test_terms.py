import pytest

from coding.retrieval.hits import FEW, Finder, Hit, around, by_left, candidates, unit_around
from coding.retrieval.terms import Slot, read_search
from fieldstudy.errors import Invalid


def test_words_side_by_side_are_all_wanted():
    assert read_search("film scar").expression() == "(('film') & ('scar'))"


def test_or_parts_alternatives_and_minus_leaves_out():
    assert read_search('film -scar OU "strict normality"').expression() == (
        "(('film') & !('scar')) | (('strict' <-> 'normality'))"
    )


@pytest.mark.parametrize("text", ["film AND NOT scar", "film NOT scar", "film ET image SAUF scar", "film EXCEPT scar"])
def test_words_in_capitals_join_as_in_a_query(text):
    image = " & ('image')" if "image" in text else ""
    assert read_search(text).expression() == f"(('film'){image} & !('scar'))"


def test_joining_words_in_small_letters_are_words():
    assert read_search("not a film").expression() == "(('not') & ('a') & ('film'))"


def test_a_star_asks_for_a_beginning():
    assert read_search('normal* "tacit know*"').expression() == "(('normal':*) & ('tacit' <-> 'know':*))"


def test_an_elided_word_is_two_words_in_order():
    assert read_search("l’image").expression() == "(('l' <-> 'image'))"


def test_signs_of_the_database_are_no_signs_here():
    assert read_search("a' | b & !c\\ :*").expression() == "(('a') & ('b') & ('c'))"


def test_an_unclosed_phrase_goes_on_to_the_end():
    assert read_search('"read the film').expression() == "(('read' <-> 'the' <-> 'film'))"


@pytest.mark.parametrize(
    ("text", "code"), [("", "search.empty"), ("—", "search.empty"), ("-film", "search.only_without")]
)
def test_a_search_for_nothing_says_so(text, code):
    with pytest.raises(Invalid) as refused:
        read_search(text)
    assert refused.value.code == code


def test_a_hit_is_exact_by_the_code_point():
    search = read_search('"the film"')
    known = {"the": frozenset({0}), "film": frozenset({1}), "films": frozenset({1})}
    assert Finder(search, known).hits("😀 the films, the film") == [Hit(2, 11), Hit(13, 21)]


def test_of_overlapping_hits_the_longest_is_kept():
    search = read_search('film OR "read the film"')
    known = {"read": frozenset({1}), "the": frozenset({2}), "film": frozenset({0, 3})}
    assert Finder(search, known).hits("I read the film") == [Hit(2, 15)]


def test_only_words_with_the_same_first_letter_are_asked_about():
    assert candidates(["Écho et image", "échos œuvre"], [Slot("echo")]) == {"Écho", "et", "échos", "œuvre"}


def test_left_context_is_sorted_from_the_hit_outwards():
    assert by_left("He reads the Échographie") == ["echographie", "the", "reads", "he"]


def test_the_words_around_a_hit_stand_on_one_line():
    assert around("one\ntwo three", Hit(4, 7)) == ("one ", "two", " three")


def test_a_sentence_is_taken_without_its_edge_white_space():
    text = "First one. The film. Last."
    assert unit_around(115, 119, [100, 110, 120, 126], text, 100) == (111, 120)


def test_many_inflections_are_found_as_few_are():
    search = read_search('"film* box"')
    few = {"film": frozenset({0}), "films": frozenset({0}), "box": frozenset({1})}
    many = few | {f"film{number}": frozenset({0}) for number in range(FEW)}
    text = "films box, film, film boxes; unfilm box"
    assert Finder(search, few).hits(text) == Finder(search, many).hits(text) == [Hit(0, 9)]


def test_without_a_known_word_nothing_is_found():
    assert Finder(read_search("film"), {}).hits("film") == []

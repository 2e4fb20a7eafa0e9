import pytest

from coding.tagging.phrases import Gap, Word, cut_words, first_words, longest_match, needed_words, parse_phrase
from fieldstudy.errors import Invalid


def ends_at(expression: str, text: str, start: int = 0) -> int | None:
    words = text.split()
    return longest_match(parse_phrase(expression), start, words, words)


def test_words_are_places_in_lower_case() -> None:
    assert parse_phrase("Savoir TACITE") == (Word((("savoir",),)), Word((("tacite",),)))


def test_a_bar_gives_alternatives_whatever_the_spaces_around_it() -> None:
    assert parse_phrase("perte | disparition") == (Word((("perte",), ("disparition",))),)


def test_a_word_in_brackets_is_optional() -> None:
    assert parse_phrase("perte (de)")[1] == Word((("de",),), optional=True)


@pytest.mark.parametrize("gap", ["...", "…", " ... "])
def test_three_dots_in_either_form_are_a_gap(gap: str) -> None:
    assert parse_phrase(f"perte{gap}savoir")[1] == Gap()


def test_typographic_apostrophes_are_made_plain() -> None:
    assert parse_phrase("l’image") == parse_phrase("l'image")


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("", "lexicon.empty"),
        ("  \n ", "lexicon.empty"),
        ("(de", "lexicon.bracket"),
        ("(de la)", "lexicon.bracket"),
        ("de)", "lexicon.bracket"),
        ("()", "lexicon.bracket"),
        ("((de))", "lexicon.alternative"),
        ("perte|", "lexicon.alternative"),
        ("|perte", "lexicon.alternative"),
        ("perte||oubli", "lexicon.alternative"),
        ("perte|...", "lexicon.alternative"),
        ("... savoir", "lexicon.gap"),
        ("savoir ...", "lexicon.gap"),
        ("perte ... ... savoir", "lexicon.gap"),
        ("perte ... (savoir)", "lexicon.gap"),
        ("(la) ... perte", "lexicon.gap"),
        ("...", "lexicon.gap"),
        ("(perte) (savoir)", "lexicon.all_optional"),
        ("mot " * 51, "lexicon.too_long"),
        ("a|" * 60 + "a" * 5000, "lexicon.too_long"),
    ],
)
def test_what_cannot_be_read_is_refused(expression: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_phrase(expression)
    assert refusal.value.code == code


def test_a_refusal_says_where() -> None:
    with pytest.raises(Invalid, match="character 7"):
        parse_phrase("perte ) savoir")


def test_a_phrase_matches_words_that_follow_one_another() -> None:
    assert ends_at("perte savoir", "perte savoir tacite") == 2
    assert ends_at("perte savoir", "perte du savoir") is None


def test_accents_make_a_difference() -> None:
    assert ends_at("relève", "releve") is None


def test_an_optional_word_may_be_there_or_not() -> None:
    assert ends_at("perte (de) savoir", "perte savoir") == 2
    assert ends_at("perte (de) savoir", "perte de savoir") == 3


def test_a_gap_takes_at_most_five_tokens() -> None:
    assert ends_at("perte ... savoir", "perte savoir") == 2
    assert ends_at("perte ... savoir", "perte a b c d e savoir") == 7
    assert ends_at("perte ... savoir", "perte a b c d e f savoir") is None


def test_a_gap_stops_at_the_end_of_a_sentence() -> None:
    assert ends_at("perte ... savoir", "perte . le savoir") is None


def test_the_longest_match_is_taken() -> None:
    assert ends_at("perte ... savoir (tacite)", "perte savoir et savoir tacite") == 5


def test_a_word_matches_by_lemma_or_by_form() -> None:
    phrase = parse_phrase("partie")
    assert longest_match(phrase, 0, ["partie"], ["parties"]) == 1
    assert longest_match(parse_phrase("parties"), 0, ["party"], ["parties"]) == 1
    assert longest_match(phrase, 0, ["party"], ["parties"]) is None


def test_a_word_is_also_found_in_the_tokens_its_language_cuts_it_into() -> None:
    phrase = cut_words(parse_phrase("l'image"), lambda word: ["l'", "image"])
    assert longest_match(phrase, 0, ["le", "image"], ["l'", "image"]) == 2
    assert longest_match(phrase, 0, ["l'image"], ["l'image"]) == 1


def test_a_phrase_begins_at_its_optional_words_or_its_first_required_one() -> None:
    assert first_words(parse_phrase("(la|cette) perte ... savoir")) == {"la", "cette", "perte"}


def test_a_phrase_needs_one_word_of_each_required_place() -> None:
    assert needed_words(parse_phrase("(la) perte|oubli ... savoir")) == ({"perte", "oubli"}, {"savoir"})


def test_many_gaps_on_a_text_of_one_word_stay_quick() -> None:
    phrase = parse_phrase(" ... ".join(["a"] * 25))
    words = ["a"] * 2000
    assert longest_match(phrase, 0, words, words) == 1 + 24 * 6

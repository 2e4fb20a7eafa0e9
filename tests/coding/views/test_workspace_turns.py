"""The markup of a source's turns on the workspace's page."""

from coding.queries.workspace import TurnShown
from coding.views.workspace_turns import LEAF, turns_as_html


def turn(number: int = 1, words: str = "It is strict.", **more: str) -> TurnShown:
    plain = {"kind": "speech", "speaker": "Dr Sorel", "language": "en"} | more
    return TurnShown(number, start_ms=None, start=0, ends=str(len(words)), words=words, **plain)  # type: ignore[arg-type]


def test_what_people_wrote_is_escaped() -> None:
    html = turns_as_html([turn(words="<b>5 < 6</b>", speaker='A & "B"')], "en")
    assert "<p>&lt;b&gt;5 &lt; 6&lt;/b&gt;</p>" in html
    assert ">A &amp; &quot;B&quot;</span>" in html


def test_a_question_is_told_apart() -> None:
    assert 'class="turn asks"' in turns_as_html([turn(kind="question")], "en")


def test_a_turn_in_another_language_says_so() -> None:
    html = turns_as_html([turn(1), turn(2, language="fr")], "en")
    assert html.count(' lang="') == html.count(' lang="fr"') == 1


def test_a_turn_without_a_speaker_has_its_number_alone() -> None:
    assert '<header><a class="at" href="#t1">1</a></header>' in turns_as_html([turn(speaker="")], "en")


def test_turns_are_parted_into_leaves() -> None:
    long = "a" * (LEAF // 2)
    html = turns_as_html([turn(number, long) for number in range(1, 6)], "en")
    assert [leaf.count("<article") for leaf in html.split('<div class="leaf">')[1:]] == [2, 2, 1]


def test_no_turns_give_nothing() -> None:
    assert turns_as_html([], "en") == ""

"""The figures of an audit, from turns and passages given as plain text."""

from itertools import pairwise

import numpy as np
import pytest

from coding.agreement import reasons
from coding.agreement.krippendorff import krippendorff_alpha
from coding.agreement.ratings import Ratings
from coding.audit import audit, differing
from coding.audit_material import PLAIN, AuditedTurn, Material, Rules, Unit, units_of
from coding.audit_measures import ALL
from coding.units import indexed_spans

CODERS = ("ana", "ben", "cleo")
CODES = ("STR", "TAC")


def turns_of(source: int, *texts: str, kind: str = "speech") -> list[AuditedTurn]:
    """Turns of a source, one after the other; each full stop ends a sentence."""
    turns, start = [], 0
    for number, text in enumerate(texts, start=1):
        ends = tuple(start + at + 1 for at, letter in enumerate(text) if letter == ".")
        turns.append(AuditedTurn(f"{source}-{number}", source, number, kind, start, text, ends))
        start += len(text)
    return turns


def material(
    turns: list[AuditedTurn],
    *passages: tuple[int, str, str, str],
    unit: Unit = "turn",
    coders: tuple[str, ...] = CODERS[:2],
    missing: tuple[tuple[int, str], ...] = (),
    lacking: tuple[tuple[str, str], ...] = (),
    rules: Rules = PLAIN,
) -> Material:
    """Passages are (source, coder, code, words); `missing` names (source, coder), `lacking` (coder, code)."""
    n_sources = max(turn.source for turn in turns) + 1
    texts = ["".join(turn.text for turn in turns if turn.source == source) for source in range(n_sources)]
    rows = []
    for source, coder, code, words in passages:
        start = texts[source].index(words)
        rows.append((source, coder, code, start, start + len(words)))
    finished = np.ones((n_sources, len(coders)), dtype=np.bool_)
    for source, coder in missing:
        finished[source, coders.index(coder)] = False
    available = np.ones((n_sources, len(coders), len(CODES)), dtype=np.bool_)
    for coder, code in lacking:
        available[:, coders.index(coder), CODES.index(code)] = False
    return Material(
        unit=unit,
        sources=tuple(str(source) for source in range(n_sources)),
        coders=coders,
        codes=CODES,
        turns=tuple(turns),
        spans=indexed_spans(rows, sources=range(n_sources), coders=coders, codes=CODES),
        finished=finished,
        available=available,
        rules=rules,
    )


def of_code(given: Material, code: str = "STR") -> dict:
    return next(found for found in audit(given, seed=1, replicates=50)["codes"] if found["code"] == code)


LINES = ("One. ", "Two. ", "Three. ", "Four. ", "Five. ", "Six. ")


def test_alpha_is_that_of_the_ratings():
    given = material(turns_of(0, *LINES), (0, "ana", "STR", "One"), (0, "ana", "STR", "Two"), (0, "ben", "STR", "Two"))
    ratings = Ratings(values=np.array([[1, 0], [1, 1], [0, 0], [0, 0], [0, 0], [0, 0]]), categories=("rest", "STR"))
    assert of_code(given)["alpha"]["value"] == pytest.approx(krippendorff_alpha(ratings).value)


def test_a_code_nobody_used_is_undefined():
    assert of_code(material(turns_of(0, *LINES)), "TAC")["alpha"]["undefined_because"] == reasons.CODE_NOT_USED


def test_a_code_one_coder_alone_used_has_a_value():
    found = of_code(material(turns_of(0, *LINES), (0, "ana", "STR", "One")))
    assert found["alpha"]["value"] == pytest.approx(0.0)
    assert found["positive"] == 0.0


def test_a_coder_who_did_not_finish_is_missing_there():
    turns = turns_of(0, *LINES) + turns_of(1, *LINES)
    coded = [(source, coder, "STR", "One") for source in (0, 1) for coder in CODERS[:2]]
    given = material(turns, *coded, coders=CODERS, missing=((0, "cleo"), (1, "cleo")))
    assert of_code(given)["percent"] == 1.0


def test_a_code_that_one_codebook_lacked_is_not_a_disagreement():
    given = material(turns_of(0, *LINES), (0, "ana", "STR", "One"), lacking=(("ben", "STR"),))
    found = of_code(given)
    assert (found["n"], found["percent"], found["alpha"]["undefined_because"]) == (0, None, reasons.NO_PAIRS)


def test_n_counts_units_and_not_passages():
    given = material(turns_of(0, *LINES), (0, "ana", "STR", "One"), (0, "ana", "STR", "On"), (0, "ben", "STR", "One"))
    assert of_code(given)["n"] == 1


def test_every_pair_of_coders_has_its_own_figures():
    given = material(turns_of(0, *LINES), (0, "ana", "STR", "One"), (0, "ben", "STR", "One"), coders=CODERS)
    pairs = {tuple(pair["coders"]): pair for pair in of_code(given)["pairs"]}
    assert set(pairs) == {("ana", "ben"), ("ana", "cleo"), ("ben", "cleo")}
    assert pairs["ana", "ben"]["alpha"]["value"] == pairs["ana", "ben"]["cohen"]["value"] == 1.0
    assert pairs["ana", "cleo"]["alpha"]["value"] == pytest.approx(0.0)


def test_over_all_codes_sets_are_compared():
    given = material(turns_of(0, *LINES), (0, "ana", "STR", "One"), (0, "ben", "TAC", "One"))
    overall = audit(given, seed=1, replicates=50)["overall"]
    assert overall["measure"] == "sets" and overall["n"] == 1
    assert overall["percent"] == pytest.approx(5 / 6)
    assert overall["alpha"]["value"] is not None and overall["jaccard"]["value"] is not None


def test_by_character_the_limits_of_passages_count():
    turns = turns_of(0, *LINES)
    apart = material(turns, (0, "ana", "STR", "One. Two."), (0, "ben", "STR", "One."), unit="character")
    alike = material(turns, (0, "ana", "STR", "One."), (0, "ben", "STR", "One."), unit="character")
    assert of_code(apart)["alpha"]["value"] < of_code(alike)["alpha"]["value"] == 1.0
    assert of_code(alike)["pairs"][0]["cohen"]["value"] == 1.0


def test_by_character_all_codes_together_ask_whether_anything_was_coded():
    given = material(turns_of(0, *LINES), (0, "ana", "STR", "One."), (0, "ben", "TAC", "One."), unit="character")
    overall = audit(given, seed=1, replicates=50)["overall"]
    assert overall["measure"] == "coded" and overall["alpha"]["value"] == 1.0
    assert overall["nominal"]["value"] < 1.0


@pytest.mark.parametrize("unit", ["turn", "sentence", "character"])
def test_with_few_sources_units_are_resampled(unit: Unit):
    turns = turns_of(0, *LINES) + turns_of(1, *LINES)
    given = material(turns, (0, "ana", "STR", "One"), (0, "ben", "STR", "One"), (1, "ana", "STR", "Two"), unit=unit)
    interval = of_code(given)["alpha"]["interval"]
    assert interval["resampled"] == "units"
    assert interval["low"] <= interval["high"] <= 1.0


def test_the_same_seed_gives_the_same_intervals():
    turns = [turn for source in range(9) for turn in turns_of(source, *LINES)]
    coded = [(source, coder, "STR", LINES[source % 4].strip()) for source in range(9) for coder in CODERS[:2]]
    given = material(turns, *coded, (3, "ana", "STR", "Six"), (4, "ben", "STR", "Five"))
    assert audit(given, seed=7) == audit(given, seed=7)
    assert of_code(given)["alpha"]["interval"]["resampled"] == "sources"


@pytest.mark.parametrize("unit", ["turn", "sentence", "character"])
def test_every_measure_has_its_interval_for_all_coders_and_for_every_pair(unit: Unit):
    turns = [turn for source in range(9) for turn in turns_of(source, *LINES)]
    coded = [(source, coder, "STR", LINES[source % 4].strip()) for source in range(9) for coder in CODERS]
    given = material(turns, *coded, (3, "ana", "STR", "Six"), (4, "ben", "STR", "Five"), unit=unit, coders=CODERS)
    found = of_code(given)
    pairs = [(pair, name) for pair in found["pairs"] for name in ALL]
    for told in [*(found["measures"][name] for name in set(ALL) - {"scott"}), *(pair[name] for pair, name in pairs)]:
        assert told["low"] <= told["value"] <= told["high"]
    assert found["measures"]["scott"]["undefined_because"] == reasons.TWO_CODERS_ONLY


def test_half_of_a_unit_can_be_asked_for():
    passages = [(0, coder, "STR", words) for coder, words in (("ana", "One two three four."), ("ben", "One"))]
    turns = turns_of(0, "One two three four. ", *LINES)
    assert of_code(material(turns, *passages))["percent"] == 1.0
    assert of_code(material(turns, *passages, rules=Rules(half=True)))["percent"] < 1.0


def test_the_places_behind_a_number_follow_its_rule():
    passages = [(0, coder, "STR", words) for coder, words in (("ana", "One two three four."), ("ben", "One"))]
    turns = turns_of(0, "One two three four. ", *LINES)
    assert differing(material(turns, *passages)) == []
    assert len(differing(material(turns, *passages, rules=Rules(half=True)))) == 1


def test_questions_can_be_units():
    turns = turns_of(0, *LINES) + turns_of(1, "And then? ", kind="question")
    assert audit(material(turns), seed=1, replicates=9)["n_units"] == 6
    assert audit(material(turns, rules=Rules(all_turns=True)), seed=1, replicates=9)["n_units"] == 7


def test_characters_and_segments_know_no_rules():
    asked = {"half": "1", "all_turns": "1"}
    assert Rules.of("turn", asked) == Rules(half=True, all_turns=True)
    assert Rules.of("character", asked) == Rules.of("segment", asked) == Rules()


def test_questions_are_no_units_except_for_characters():
    turns = turns_of(0, "And then? ", kind="question")
    assert len(units_of(turns, "turn")) == len(units_of(turns, "sentence")) == 0
    assert len(units_of(turns, "character")) == 1


def test_sentences_cut_a_turn_without_gaps():
    units = units_of(turns_of(0, "One. Two. Three"), "sentence")
    borders = list(zip(units.start.tolist(), units.end.tolist(), strict=True))
    assert borders[0][0] == 0 and borders[-1][1] == 15
    assert all(before[1] == after[0] for before, after in pairwise(borders))


def test_differing_names_the_units_readings_differ_on():
    both = [(0, coder, "STR", "Four") for coder in CODERS[:2]]
    given = material(turns_of(0, *LINES), (0, "ana", "STR", "Two"), *both)
    assert [given.turns[place].text for place, _, _ in differing(given)] == ["Two. "]


def test_differing_by_sentence_gives_the_sentence():
    given = material(turns_of(0, "One. Two. "), (0, "ana", "STR", "Two"), unit="sentence")
    ((place, start, end),) = differing(given)
    assert given.turns[place].text[start:end].strip() == "Two."


def test_differing_by_character_gives_the_turn_with_other_limits():
    turns = turns_of(0, "One. Two. ", "Three. ")
    given = material(
        turns,
        (0, "ana", "STR", "One. Two."),
        (0, "ben", "STR", "One."),
        (0, "ana", "TAC", "Three"),
        (0, "ben", "TAC", "Three"),
        unit="character",
    )
    assert [place for place, _, _ in differing(given)] == [0]


def test_of_two_coders_only_their_own_differences_count():
    given = material(turns_of(0, *LINES), (0, "cleo", "STR", "Two"), coders=CODERS)
    assert differing(given.of_coders((0, 1))) == []
    assert len(differing(given.of_coders((1, 2)))) == 1


def test_turns_left_out_keep_the_places_of_the_others():
    turns = turns_of(0, *LINES)
    given = material(turns, (0, "ana", "STR", "Three"))
    alone = material(turns, (0, "ana", "STR", "Three"))
    object.__setattr__(alone, "turns", (turns[2],))
    assert [alone.turns[place].id for place, _, _ in differing(alone)] == ["0-3"]
    assert [given.turns[place].id for place, _, _ in differing(given)] == ["0-3"]

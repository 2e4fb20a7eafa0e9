"""Tagging with a lexicon against the bare pipeline on the same turns, in one run: at least 90 % of its speed.

Run with `pytest tests/benchmarks/test_tagging_speed.py -s` to see the figures.
"""

import random
from collections.abc import Iterator
from time import perf_counter

import pytest

from coding.tagging.lexicon import Entry, compile
from coding.tagging.pipeline import pipeline
from coding.tagging.tags import TEXTS_PER_BATCH, TURNS_AT_A_TIME, TurnText, tag_turns

COMMON_WORDS = """
le la les un une des de du ce cette nous vous ils elle on il que qui ne pas se en y à au aux dans sur avec sans pour par
est sont a ont avait était être avoir faire dit peut va plus moins très bien aussi mais ou et donc parce quand si comme
"""
STEMS = """
radiolog logiciel imag lésion savoir pert regard patient avis scor alert servic machin lectur dossi trait résult confi
perd relis dout rassur annonc oubli vérifi travaill parl montr attend sembl normal tacit sévèr rapid cliniqu derni
premi nouv diffici lent anormal tard inutil compt contour mesur seuil protocol équip garde couloir écran clich
"""
ENDINGS = "e es er é ée és ent ait ement ation ations eur euse if ive ité ique al ales ir"
COMMON = COMMON_WORDS.split()
RARE = [stem + ending for stem in STEMS.split() for ending in ENDINGS.split()]
TURNS = 400
ROUNDS = 5


def turns() -> Iterator[TurnText]:
    """Turns of some seventy words, always the same: half common words, half from a thousand, the n-th 1/n as often."""
    draw = random.Random(20_311)
    rare = draw.sample(RARE, len(RARE))
    weights = [1 / rank for rank in range(2, len(rare) + 2)]
    at = 0
    for number in range(TURNS):
        sentences = []
        for _ in range(5):
            words = draw.choices(COMMON, k=7) + draw.choices(rare, weights, k=7)
            sentences.append(" ".join(draw.sample(words, len(words))).capitalize() + ". ")
        text = "".join(sentences)
        ends = [at + sum(map(len, sentences[: count + 1])) for count in range(len(sentences))]
        yield TurnText(str(number), at, text, "fr", ends)
        at += len(text)


def entries() -> list[Entry]:
    """25 codes with ten phrases and one pattern each: a large lexicon of words that all turn up."""
    draw = random.Random(77)
    made = []
    for code in range(25):
        for number in range(10):
            first, second, other = draw.sample(RARE, 3)
            expression = draw.choice(
                [first, f"{first}|{other}", f"{first} ... {second}", f"{first}|{other} (de) {second}"]
            )
            made.append(Entry(f"{code}-{number}", f"C{code}", "fr", "lemmas", expression))
        pattern = f'[{{"LEMMA": {{"IN": ["{draw.choice(RARE)}", "{draw.choice(RARE)}"]}}}}, {{"POS": "ADJ"}}]'
        made.append(Entry(f"{code}-p", f"C{code}", "fr", "pattern", pattern))
    return made


@pytest.mark.timeout(300)
def test_tagging_keeps_nine_tenths_of_the_bare_pipelines_speed() -> None:
    given = list(turns())
    nlp = pipeline("fr").nlp
    lexicons = {"fr": compile(entries(), "fr")}
    texts = [turn.text for turn in given]
    tokens = sum(len(doc) for doc in nlp.pipe(texts))
    assert next(tag_turns(given, lexicons)).evidence
    bare, tagged = [], []
    for _ in range(ROUNDS):
        begun = perf_counter()
        for _doc in nlp.pipe(texts, batch_size=TEXTS_PER_BATCH):
            pass
        read = perf_counter()
        found = sum(1 for _ in tag_turns(given, lexicons))
        tagged.append(perf_counter() - read)
        bare.append(read - begun)
    ratio = min(bare) / min(tagged)
    print(
        f"\n{tokens} tokens, {TURNS} turns ({TURNS_AT_A_TIME} at a time), {found} tags: bare {tokens / min(bare):,.0f} "
        f"tokens/s, tagging {tokens / min(tagged):,.0f} tokens/s, {ratio:.1%}"
    )
    assert ratio >= 0.9

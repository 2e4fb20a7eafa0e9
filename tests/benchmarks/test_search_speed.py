"""Searching ten million words: how long a person waits for the first page of hits, over a mix of searches.

Run with ``pytest tests/benchmarks/test_search_speed.py -s``. The words are drawn by how often words of a language occur
(rank and frequency inversely proportional), in French and English turns of 60 words, from 200 sources of one study.
"""

import random
import statistics
import uuid
from os import getloadavg
from time import perf_counter

import pytest
from django.db import connection, connections

from coding.queries.search import Wanted, search
from coding.retrieval.terms import WORD
from observations.access import Viewer
from observations.models import Study
from tests import builders
from tests.benchmarks.processor import backend, seconds_worked

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

WORDS = 10_000_000
PER_TURN = 60
SOURCES = 200
VOCABULARY = 30_000
LONGEST_P95 = 0.3
COLUMNS = 'id, study_id, source_id, revision_id, number, start, "end", kind, speaker, language, text, sentence_ends'
CONSONANTS = ("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "ch", "tr")
VOWELS = ("a", "e", "i", "o", "u", "é", "an", "on")
SYLLABLES = [f"{consonant}{vowel}" for consonant in CONSONANTS for vowel in VOWELS]


def vocabulary(drawn: random.Random) -> list[str]:
    """Words of two to four syllables, the shortest first as in a language."""
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(drawn.choices(SYLLABLES, k=2 + len(words) * 3 // VOCABULARY)) + drawn.choice(["", "", "s"])] = (
            None
        )
    return list(words)


def fill(study: Study, words: list[str], drawn: random.Random) -> None:
    """Ten million words in turns, written by COPY."""
    weights = [1 / rank for rank in range(2, VOCABULARY + 2)]
    pool = drawn.choices(words, weights, k=2_000_000)
    sources = [builders.make_source(study, "Begun.", title=f"Source {number}") for number in range(SOURCES)]
    turns = WORDS // PER_TURN // SOURCES
    with connection.cursor() as cursor, cursor.copy(f"COPY observations_turn ({COLUMNS}) FROM STDIN") as copy:
        for number, source in enumerate(sources):
            language, start = ("fr", "en")[number % 2], 100
            for turn in range(2, turns + 2):
                at = drawn.randrange(len(pool) - PER_TURN)
                text = " ".join(pool[at : at + PER_TURN]) + ".\n"
                end = start + len(text)
                row = (uuid.uuid4(), study.pk, source.pk, source.revision_id, turn, start, end, "speech", "A", language)
                copy.write_row((*row, text, [end]))
                start = end
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE observations_turn")


def searches(words: list[str], drawn: random.Random) -> list[str]:
    """Words from the most frequent to the rarest, phrases, beginnings, and both with and without another word."""
    asked = [words[rank] for rank in (0, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 29_000)]
    asked += [drawn.choice(words[50:]) for _ in range(30)]
    asked += [f"{drawn.choice(words[200:])[:5]}*" for _ in range(15)]
    pairs = [(drawn.choice(words[:500]), drawn.choice(words[:3_000])) for _ in range(15)]
    asked += [f'"{one} {other}"' for one, other in pairs] + [f"{one} {other}" for one, other in pairs]
    asked += [f"{one} -{other}" for one, other in pairs[:8]] + [f"{one} OR {other}" for one, other in pairs[:7]]
    return asked


def seconds(viewer: Viewer, text: str, sort: str, served: int) -> tuple[float, float]:
    """How long one waits for a search, and how much of a processor it takes, here and in the database."""
    begun, worked = perf_counter(), seconds_worked(served)
    search(viewer, Wanted(text, sort=sort))
    return perf_counter() - begun, seconds_worked(served) - worked


def test_a_search_of_ten_million_words_is_quick() -> None:
    drawn = random.Random(11)
    words = vocabulary(drawn)
    study = builders.make_study(builders.make_user("lead"))
    begun = perf_counter()
    fill(study, words, drawn)
    filled = perf_counter() - begun
    viewer = builders.as_lead(study)
    asked = searches(words, drawn)
    served = backend()
    took = [seconds(viewer, text, sort, served) for text in asked for sort in ("date", "left")]
    waits, worked = (sorted(column) for column in zip(*took, strict=True))
    p50, p95 = statistics.median(waits), waits[int(len(waits) * 0.95)]
    print(
        f"\n{WORDS:,} words written and indexed in {filled:.0f} s; {len(waits)} searches: "
        f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms; processor time "
        f"p95 {worked[int(len(worked) * 0.95)] * 1000:.0f} ms, longest {worked[-1] * 1000:.0f} ms; "
        f"load {getloadavg()[0]:.1f}"
    )
    assert WORD.findall(words[0]) == [words[0]]
    assert p95 < LONGEST_P95

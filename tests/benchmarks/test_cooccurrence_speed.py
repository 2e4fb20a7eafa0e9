"""Which of 100 codes meet in 1,000,000 segments: from the rows in the database to the counted matrix.

Run with ``pytest tests/benchmarks/test_cooccurrence_speed.py -s``. Writing the rows takes a minute. Pure counting is
timed in processor seconds, which other work on the machine does not change; with the database it is the time one waits.
"""

from collections.abc import Iterator
from os import getloadavg
from statistics import median
from time import perf_counter, process_time

import numpy as np
import pytest
from django.db import connections

from coding.cooccurrence import in_one_turn, meetings, overlapping
from coding.matrices import Passages, Turns, distinct
from coding.models import Reading, Segment
from coding.queries.matrices import Asked, matrix_of
from observations.access import Viewer
from tests import builders
from tests.benchmarks.processor import backend, seconds_worked

CODES, SEGMENTS, READINGS, LENGTH, LONGEST = 100, 1_000_000, 500, 600_000, 900
TURN = 400
LONGEST_SECONDS = 3.0
TIMES = 5


def make_passages() -> Passages:
    """Segments of 20 to 900 characters, evenly over 500 texts of 600,000: about one and a half overlap with each."""
    draw = np.random.default_rng(3)
    source = draw.integers(0, READINGS, SEGMENTS)
    start = draw.integers(0, LENGTH, SEGMENTS)
    end = start + draw.integers(20, LONGEST, SEGMENTS)
    return Passages(draw.integers(0, CODES, SEGMENTS), source, source, start, end)


def test_codes_that_overlap_are_counted_in_time() -> None:
    passages = make_passages()
    begun = process_time()
    counts = meetings(overlapping(distinct(passages)), CODES)
    took = process_time() - begun
    print(f"\noverlap: {took:.2f} s, {counts.sum() // 2:,} pairs of {SEGMENTS:,} segments")
    assert took <= LONGEST_SECONDS


def test_codes_in_one_turn_are_counted_in_time() -> None:
    passages = make_passages()
    each = (LENGTH + LONGEST) // TURN + 1
    source, place = np.divmod(np.arange(READINGS * each), each)
    turns = Turns(source, place * TURN, (place + 1) * TURN, np.full(len(source), -1))
    begun = process_time()
    counts = meetings(in_one_turn(distinct(passages), turns), CODES)
    took = process_time() - begun
    print(f"\nsame turn: {took:.2f} s, {counts.sum() // 2:,} pairs in {len(turns):,} turns")
    assert took <= LONGEST_SECONDS


# Coders and sources: one long reading, and many short ones.
LAYOUTS = [(1, 1), (5, 200)]


@pytest.fixture(params=LAYOUTS, ids=lambda layout: "{} coders x {} sources".format(*layout))
def coded(transactional_db: None, request: pytest.FixtureRequest) -> Iterator[Viewer]:
    """A study with a million segments in its readings, written past the triggers, which record each of them."""
    coders, sources = request.param
    lead = builders.make_user("lead")
    study = builders.make_study(lead)
    codes = [builders.make_code(study, f"C{number}") for number in range(CODES)]
    people = [builders.make_member(study, f"ana{number}", "coder") for number in range(coders)]
    for number in range(sources):
        source = builders.make_source(study, "Words. " * 40, title=f"Interview {number}")
        for coder in people:
            builders.code(source, "Words", codes[0], by=coder)
            builders.submit(source, by=coder)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE coding_segment DISABLE TRIGGER USER")
        cursor.execute(
            """
            INSERT INTO coding_segment (id, refi_guid, study_id, source_id, reading_id, code_id, code_revision_id,
                revision_id, start, "end", now_start, now_end, version, created_at)
            SELECT gen_random_uuid(), gen_random_uuid(), study_id, source_id, id, (%s::uuid[])[1 + n %% %s], %s,
                revision_id, n * 17, n * 17 + 20 + n %% 30, n * 17, n * 17 + 20 + n %% 30, 1, now()
            FROM coding_reading, generate_series(1, %s) AS n WHERE phase = 'first'
            """,
            [[code.pk for code in codes], CODES, codes[0].revision_id, SEGMENTS // (coders * sources)],
        )
        cursor.execute("ALTER TABLE coding_segment ENABLE TRIGGER USER")
        cursor.execute("ANALYZE coding_segment")
    assert Reading.objects.filter(phase="first").count() == coders * sources
    assert Segment.objects.count() > SEGMENTS
    yield builders.as_lead(study)
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE coding_segment CASCADE")


@pytest.mark.timeout(900)
@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_a_matrix_of_a_million_segments_is_there_in_time(coded: Viewer) -> None:
    waits, worked, served = [], [], backend()
    for _ in range(TIMES):
        begun, at_work = perf_counter(), seconds_worked(served)
        matrix = matrix_of(coded, Asked(by="overlap", layer="all"))
        waits.append(perf_counter() - begun)
        worked.append(seconds_worked(served) - at_work)
    print(
        f"\nfrom the database: median {median(waits):.2f} s of {TIMES} ({min(waits):.2f}-{max(waits):.2f}), of which "
        f"{median(worked):.2f} s of processor time here and in the database; {matrix.counts.sum() // 2:,} pairs; "
        f"load {getloadavg()[0]:.1f}"
    )
    assert median(waits) <= LONGEST_SECONDS

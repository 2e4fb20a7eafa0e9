"""Saving one passage and opening a coded text, here and in Taguette, in turn in the same run.

Run with ``TAGUETTE=.../bin/taguette pytest tests/benchmarks/peers -s``. Taguette has no place among what the platform
needs: it goes into an environment of its own, ``python -m venv peer && peer/bin/pip install taguette "setuptools<81"``.
"""

from os import getloadavg
from statistics import median
from time import perf_counter

import pytest

from observations.models import Turn
from tests.benchmarks.long_source import make_long_source
from tests.benchmarks.peers.taguette import command, taguette
from tests.benchmarks.serving import served
from tests.benchmarks.test_segment_speed import Coder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

WORDS = 100_000
PASSAGES = 500
SAVES = 40
OPENED = 10
LEAST_RATIO = 10


def test_a_save_takes_a_tenth_of_taguettes_time() -> None:
    program = command()
    if program is None:
        pytest.skip("Taguette is not installed: name its command in TAGUETTE")
    made = make_long_source(words=WORDS, segments=PASSAGES)
    text = "".join(Turn.objects.filter(source=made.source).order_by("number").values_list("text", flat=True))
    # Taguette counts its own HTML, which leaves out some white space: its text ends earlier.
    step = len(text) * 9 // 10 // (PASSAGES + SAVES)
    with served() as address, taguette(program, text) as peer:
        coder = Coder(address, made)
        page = f"/studies/{made.study.slug}/sources/{made.source.pk}/code/"
        for number in range(PASSAGES):
            peer.save(number * step, number * step + 80)
        for number in range(10):
            coder.save(number)
        ours, theirs, opened, opened_there = [], [], [], []
        for number in range(PASSAGES, PASSAGES + SAVES):
            ours.append(coder.save(number * step))
            begun = perf_counter()
            peer.save(number * step, number * step + 80)
            theirs.append(perf_counter() - begun)
        for _ in range(OPENED):
            opened.append(coder.open(page))
            begun = perf_counter()
            peer.open()
            opened_there.append(perf_counter() - begun)
    ratio = median(theirs) / median(ours)
    print(
        f"\n{WORDS:,} words with {PASSAGES} passages; load {getloadavg()[0]:.1f}\n"
        f"one saved, p50 (n = {SAVES}): {median(ours) * 1000:.1f} ms, Taguette {median(theirs) * 1000:.1f} ms: "
        f"{ratio:.1f} times\n"
        f"opened, p50 (n = {OPENED}): {median(opened) * 1000:.0f} ms, Taguette {median(opened_there) * 1000:.0f} ms: "
        f"{median(opened_there) / median(opened):.1f} times"
    )
    assert ratio >= LEAST_RATIO

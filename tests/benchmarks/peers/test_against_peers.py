"""Saving passages here and in Taguette or doccano, in turn in the same run: by one coder, and by 32 at once.

Run with ``TAGUETTE=.../bin/taguette DOCCANO=.../bin/doccano pytest tests/benchmarks/peers -s``. The peers have no place
among what the platform needs: each goes into an environment of its own, ``python -m venv peer && peer/bin/pip install
taguette "setuptools<81"``, and for the other ``doccano "setuptools<81" "marshmallow<4" "numpy<2"``.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from os import getloadavg
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import pytest

from observations.models import Turn
from tests.benchmarks.long_source import LongSource, make_long_source
from tests.benchmarks.peers.doccano import doccano
from tests.benchmarks.peers.peer import Peer, command
from tests.benchmarks.peers.taguette import Taguette, taguette
from tests.benchmarks.serving import served
from tests.benchmarks.test_segment_speed import Coder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

WORDS = 100_000
PASSAGES = 500
SAVES = 60
OPENED = 10
AT_ONCE = 32
BOUTS = 3


class Wanted(NamedTuple):
    """How many times a peer's p50 ours goes into it, and how many times its throughput with 32 coders ours is."""

    alone: float
    at_once: float


class Tool(NamedTuple):
    name: str
    start: Callable[[str, str], Any]
    wanted: Wanted
    each: int  # saves of each of 32 coders in a bout: some 3 to 6 seconds


TOOLS = [Tool("taguette", taguette, Wanted(10, 20), 1), Tool("doccano", doccano, Wanted(2, 4), 6)]


@contextmanager
def side_by_side(tool: Tool) -> Iterator[tuple[LongSource, tuple[str, int], Peer, int]]:
    """The same text in both; the peer's coded in 500 places; and how far apart further passages may lie."""
    program = command(tool.name)
    if program is None:
        pytest.skip(f"{tool.name} is not installed: name its command in {tool.name.upper()}")
    made = make_long_source(words=WORDS, segments=PASSAGES)
    text = "".join(Turn.objects.filter(source=made.source).order_by("number").values_list("text", flat=True))
    # Taguette counts its own HTML, which leaves out some white space: its text ends earlier.
    step = len(text) * 9 // 10 // (PASSAGES + SAVES)
    with served() as address, tool.start(program, text) as peer:
        for number in range(PASSAGES):
            peer.save(number * step, number * step + 80)
        yield made, address, peer, step


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_one_coder_waits_less_for_a_save(tool: Tool) -> None:
    with side_by_side(tool) as (made, address, peer, step):
        coder = Coder(address, made)
        for number in range(10):
            coder.save(number)
        ours, theirs = [], []
        for number in range(PASSAGES, PASSAGES + SAVES):
            ours.append(coder.save(number * step))
            theirs.append(_timed(lambda at=number * step: peer.save(at, at + 80)))
        ratio = median(theirs) / median(ours)
        print(
            f"\n{WORDS:,} words with {PASSAGES} passages; load {getloadavg()[0]:.1f}\n"
            f"one saved, p50 (n = {SAVES}): {median(ours) * 1000:.1f} ms, {tool.name} {median(theirs) * 1000:.1f} ms: "
            f"{ratio:.1f} times"
        )
        if isinstance(peer, Taguette):
            page = f"/studies/{made.study.slug}/sources/{made.source.pk}/code/"
            here, there = zip(*((coder.open(page), _timed(peer.open)) for _ in range(OPENED)), strict=True)
            print(
                f"page and text, p50 (n = {OPENED}): {median(here) * 1000:.0f} ms, {median(there) * 1000:.0f} ms there"
            )
    assert ratio >= tool.wanted.alone


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_thirty_two_coders_save_more_in_a_second(tool: Tool) -> None:
    with side_by_side(tool) as (made, address, peer, _), ThreadPoolExecutor(AT_ONCE) as pool:
        coders = [Coder(address, made, user) for user in made.coders(AT_ONCE)]
        peers = [peer.another() for _ in range(AT_ONCE)]
        list(pool.map(lambda coder: coder.save(10), coders))
        ours, theirs = [], []
        for _ in range(BOUTS):
            ours.append(_a_second(pool, [coder.save for coder in coders], 10))
            theirs.append(_a_second(pool, [lambda at, one=one: one.save(at, at + 80) for one in peers], tool.each))
    ratio = median(ours) / median(theirs)
    print(
        f"\n{AT_ONCE} coders, {BOUTS} bouts of {AT_ONCE * 10} and {AT_ONCE * tool.each}; load {getloadavg()[0]:.1f}\n"
        f"saved in a second: {median(ours):.0f}, {tool.name} {median(theirs):.1f}: {ratio:.1f} times"
    )
    assert ratio >= tool.wanted.at_once


def _a_second(pool: ThreadPoolExecutor, saves: list[Callable[[int], object]], each: int) -> float:
    """Saves a second of all coders together, each of whom saves so many passages one after the other."""

    def at_work(save: Callable[[int], object]) -> None:
        for number in range(each):
            save(100 + number * 90)

    begun = perf_counter()
    list(pool.map(at_work, saves))
    return len(saves) * each / (perf_counter() - begun)


def _timed(asked: Callable[[], object]) -> float:
    begun = perf_counter()
    asked()
    return perf_counter() - begun

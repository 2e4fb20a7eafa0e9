"""Who reads what, drawn at random: balanced by words, the same for the same seed."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Work:
    """A source with its length in words."""

    source: UUID
    words: int


def allot(
    works: Sequence[Work],
    coders: Sequence[UUID],
    *,
    readers: int,
    share: float,
    seed: int,
    held: Mapping[UUID, Collection[UUID]],
) -> dict[UUID, list[UUID]]:
    """Give each source its readers: `readers` coders for a random `share` of the sources, one for every other.

    Longest sources first, each to the coders with the fewest words so far, ties by lot. What coders hold already counts
    towards a source's readers and their own load, and is never given twice.

    Parameters
    ----------
    works : sequence of Work
    coders : sequence of UUID
        At least one.
    readers : int
        Coders per source read by several, at most all of them.
    share : float
        0 to 1: the part of the sources read by several, rounded to whole sources; for measuring reliability.
    seed : int
        The same seed, works, coders and `held` give the same allotment, in whatever order they are passed.
    held : mapping of UUID to collection of UUID
        By coder, the sources that are theirs already.

    Returns
    -------
    dict of UUID to list of UUID
        By coder, the sources newly given, in the order of `works`.
    """
    lot = random.Random(seed)
    ordered = sorted(works, key=lambda work: str(work.source))
    shuffled = sorted(coders, key=str)
    lot.shuffle(shuffled)
    several = {work.source for work in lot.sample(ordered, round(share * len(ordered)))}
    lot.shuffle(ordered)
    ordered.sort(key=lambda work: -work.words)
    words = {work.source: work.words for work in works}
    load = {coder: sum(words.get(source, 0) for source in held.get(coder, ())) for coder in shuffled}
    given: dict[UUID, set[UUID]] = {coder: set() for coder in shuffled}
    for work in ordered:
        free = [coder for coder in shuffled if work.source not in held.get(coder, ())]
        wanted = min(readers if work.source in several else 1, len(shuffled)) - (len(shuffled) - len(free))
        for coder in sorted(free, key=lambda one: load[one])[: max(0, wanted)]:
            given[coder].add(work.source)
            load[coder] += work.words
    return {coder: [work.source for work in works if work.source in given[coder]] for coder in coders}


def lot_of(held: Mapping[UUID, Collection[UUID]], *, each: int, seed: int) -> dict[UUID, list[UUID]]:
    """For each coder `each` of the sources they hold, or all where there are fewer, drawn by lot.

    The same seed and `held` give the same, in whatever order they are passed; sources are in the order of their ids.
    """
    lot = random.Random(seed)
    drawn = {}
    for coder in sorted(held, key=str):
        sources = sorted(held[coder], key=str)
        drawn[coder] = sorted(lot.sample(sources, min(each, len(sources))), key=str)
    return drawn

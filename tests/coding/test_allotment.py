"""Sources drawn for coders."""

import uuid
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from coding.allotment import Work, allot

CODERS = [uuid.UUID(int=number) for number in range(1, 5)]


def works(*lengths: int) -> list[Work]:
    return [Work(uuid.UUID(int=100 + number), words) for number, words in enumerate(lengths)]


def readers_of(given_out: dict[uuid.UUID, list[uuid.UUID]]) -> Counter[uuid.UUID]:
    return Counter(source for sources in given_out.values() for source in sources)


def test_a_share_of_the_sources_is_read_by_several_and_the_rest_by_one() -> None:
    drawn = allot(works(*[100] * 10), CODERS, readers=3, share=0.4, seed=1, held={})
    assert sorted(readers_of(drawn).values()) == [1] * 6 + [3] * 4


def test_loads_differ_by_no_more_than_one_source() -> None:
    drawn = allot(works(*[100] * 11), CODERS, readers=1, share=0, seed=1, held={})
    assert sorted(len(sources) for sources in drawn.values()) == [2, 3, 3, 3]


def test_the_longest_source_is_weighed_against_many_short_ones() -> None:
    drawn = allot(works(900, 300, 300, 300), CODERS[:2], readers=1, share=0, seed=5, held={})
    assert sorted(len(sources) for sources in drawn.values()) == [1, 3]


def test_what_somebody_holds_counts_and_is_not_given_again() -> None:
    there = works(100, 100)
    held = {CODERS[0]: {there[0].source}}
    drawn = allot(there, CODERS[:2], readers=2, share=1, seed=1, held=held)
    assert drawn == {CODERS[0]: [there[1].source], CODERS[1]: [there[0].source, there[1].source]}


def test_another_seed_draws_otherwise() -> None:
    drawn = [allot(works(*range(50, 90)), CODERS, readers=2, share=0.5, seed=seed, held={}) for seed in (1, 2)]
    assert drawn[0] != drawn[1]


@given(
    st.lists(st.integers(1, 5000), max_size=30),
    st.integers(1, 6),
    st.floats(0, 1),
    st.integers(0, 2**63 - 1),
    st.randoms(),
)
def test_the_order_in_which_things_are_named_changes_nothing(
    lengths: list[int], readers: int, share: float, seed: int, order: object
) -> None:
    there, coders = works(*lengths), list(CODERS)
    before = allot(there, coders, readers=readers, share=share, seed=seed, held={})
    order.shuffle(there)  # type: ignore[attr-defined]
    order.shuffle(coders)  # type: ignore[attr-defined]
    after = allot(there, coders, readers=readers, share=share, seed=seed, held={})
    assert {coder: set(sources) for coder, sources in after.items()} == {
        coder: set(sources) for coder, sources in before.items()
    }
    assert all(1 <= n <= min(readers, len(CODERS)) for n in readers_of(before).values())

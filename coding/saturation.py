"""How soon new sources stop bringing new codes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Saturation:
    """For each source in order, the codes it brought that no earlier one had, and all codes met until then.

    `at` is after how many sources new information fell to the threshold, None where it has not, or where there are too
    few sources to say.
    """

    new: tuple[int, ...]
    reached: tuple[int, ...]
    at: int | None


def saturation(
    codes: Sequence[Collection[object]], *, base: int = 4, run: int = 2, threshold: float = 0.05
) -> Saturation:
    """When a study is saturated: the first run of sources whose new codes are few beside those of the base.

    Parameters
    ----------
    codes : sequence of collections
        The codes of each source, in the order of observation.
    base, run : int
        How many first sources new codes are set against, and how many sources in a row are looked at together.
    threshold : float
        A proportion: new codes of the run divided by the codes of the base must not exceed it.

    Source
    ------
    Guest, Namey and Chen (2020), "A simple method to assess and report thematic saturation in qualitative research",
    PLoS ONE 15(5), e0232076: base size 4, run length 2, threshold 5 %.
    """
    known: set[object] = set()
    new, reached = [], []
    for found in codes:
        fresh = set(found) - known
        known |= fresh
        new.append(len(fresh))
        reached.append(len(known))
    in_base = reached[base - 1] if len(codes) >= base else 0
    for before in range(base, len(codes) - run + 1):
        if in_base and sum(new[before : before + run]) / in_base <= threshold:
            return Saturation(tuple(new), tuple(reached), before)
    return Saturation(tuple(new), tuple(reached), None)

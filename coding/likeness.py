"""Which turns are most like one: cosine of weighted words."""

from collections.abc import Mapping, Sequence
from math import log

import numpy as np
import numpy.typing as npt

# Words that carry what is spoken of. Function words are alike in all turns.
CARRYING = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "ADV", ""})
FEWEST_WORDS = 3

Counts = Mapping[str, int]


def likeness(wanted: Counts, turns: Sequence[Counts]) -> npt.NDArray[np.float64]:
    """How like each turn is to `wanted`: 0 where they share no word, 1 where they use the same in the same measure.

    Parameters
    ----------
    wanted, turns : mappings of a word to how often it occurs
        A word weighs (1 + ln n) * ln((1 + N) / (1 + d)), with n its occurrences in a turn, N the number of turns and d
        those that hold it: what all say tells little. A turn of fewer than `FEWEST_WORDS` words is like none.

    Returns
    -------
    array of float, shape (len(turns),)

    Source
    ------
    Salton and Buckley (1988), "Term-weighting approaches in automatic text retrieval", Information Processing &
    Management 24(5), 513-523.
    """
    if not turns:
        return np.zeros(0)
    place: dict[str, int] = {}
    words = np.array([place.setdefault(word, len(place)) for turn in turns for word in turn], dtype=np.int64)
    occurrences = np.array([n for turn in turns for n in turn.values()], dtype=np.float64)
    sizes = np.array([len(turn) for turn in turns])
    owner = np.repeat(np.arange(len(turns)), sizes)
    rarity = np.log((1 + len(turns)) / (1 + np.bincount(words, minlength=len(place))))
    weights = (1 + np.log(np.maximum(occurrences, 1))) * rarity[words]
    asked = np.zeros(len(place))
    for word, n in wanted.items():
        if word in place:
            asked[place[word]] = (1 + log(max(n, 1))) * rarity[place[word]]
    shared = np.bincount(owner, weights=weights * asked[words], minlength=len(turns))
    lengths = np.sqrt(np.bincount(owner, weights=weights**2, minlength=len(turns)) * float(asked @ asked))
    told = (lengths > 0) & (sizes >= FEWEST_WORDS)
    return np.where(told, shared / np.where(lengths > 0, lengths, 1), 0.0)

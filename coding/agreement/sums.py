"""The sums binary alpha needs, for units of any size and for single characters.

Characters are counted between the borders of segments and never on expanded text: whatever its length, the work follows
the number of segments. Sums are kept per source and code, so that an edit touches one source and a bootstrap over
sources is a matrix product.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coding.agreement.ratings import BoolArray, FloatArray, IntArray
from coding.agreement.spans import Spans, merged


@dataclass(frozen=True, eq=False)
class BinarySums:
    """Per block and code, all that binary alpha needs: float arrays of shape (n_blocks, n_codes).

    Attributes
    ----------
    apart : float array
        Sum over units of n1 * n0 / (raters - 1): pairings of a coder who applied the code with one who did not.
    ones : float array
        Ratings with the code, on units two coders or more rated.
    values : float array
        All ratings on such units.
    """

    apart: FloatArray
    ones: FloatArray
    values: FloatArray

    def total(self) -> "BinarySums":
        """Sums over all blocks, in one row."""
        return BinarySums(*(sums.sum(axis=0, keepdims=True) for sums in (self.apart, self.ones, self.values)))


@dataclass(frozen=True, eq=False)
class CharacterSums:
    """Per source and code, what character-level coefficients need; int arrays of shape (n_sources, n_codes).

    Attributes
    ----------
    coders : int array
        Coders who finished the source and had the code.
    lengths : int array, shape (n_sources,)
        Code points.
    ones : int array
        Sum over characters of the coders k who applied the code there.
    squares : int array
        Sum over characters of k squared.
    shared : int array, shape (n_sources, n_codes, n_coders, n_coders), or None
        Characters two coders both gave the code; on the diagonal, one coder's own. Only when asked for.
    deciding : bool array, shape (n_sources, n_coders, n_codes), or None
        Who finished the source and had the code. Only when asked for.
    """

    coders: IntArray
    lengths: IntArray
    ones: IntArray
    squares: IntArray
    shared: IntArray | None = None
    deciding: BoolArray | None = None

    @cached_property
    def binary(self) -> BinarySums:
        """The sums alpha and its bootstrap work on; sources with fewer than two coders give nothing."""
        paired = self.coders >= 2
        apart = (self.coders * self.ones - self.squares) / np.maximum(self.coders - 1, 1)
        return BinarySums(
            apart=np.where(paired, apart, 0.0),
            ones=np.where(paired, self.ones, 0).astype(np.float64),
            values=np.where(paired, self.coders * self.lengths[:, None], 0).astype(np.float64),
        )


def sum_characters(
    spans: Spans,
    lengths: IntArray,
    finished: BoolArray,
    n_codes: int,
    *,
    available: BoolArray | None = None,
    pairwise: bool = False,
) -> CharacterSums:
    """The sums per source and code, by one sweep over sorted starts and ends.

    Parameters
    ----------
    spans : Spans
        Offsets in [0, length) of their source, or any other origin: only differences count.
    lengths : int array, shape (n_sources,)
        Code points of each source.
    finished : bool array, shape (n_sources, n_coders)
        Segments of coders who did not finish a source are left out; the others disagree by silence.
    n_codes : int
        Number of codes.
    available : bool array, shape (n_sources, n_coders, n_codes), optional
        False where a coder's codebook lacked the code: that coder is then missing for it, not silent.
    pairwise : bool
        Also give `shared` and `deciding`.
    """
    n_sources, n_coders = finished.shape
    deciding: BoolArray = np.broadcast_to(finished[:, :, None], (n_sources, n_coders, n_codes))
    if available is None:
        taken = finished[spans.source, spans.coder]
        coders = np.repeat(finished.sum(axis=1)[:, None], n_codes, axis=1)
    else:
        deciding = finished[:, :, None] & available
        taken = deciding[spans.source, spans.coder, spans.code]
        coders = deciding.sum(axis=1)
    lanes = merged(spans if taken.all() else spans.chosen(taken))
    cells = n_sources * n_codes
    group = lanes.source * n_codes + lanes.code
    ones = np.bincount(group, weights=lanes.end - lanes.start, minlength=cells)
    squares = _squares(lanes, group, cells)
    shape = (n_sources, n_codes)
    return CharacterSums(
        coders=coders.astype(np.int64),
        lengths=lengths,
        ones=ones.astype(np.int64).reshape(shape),
        squares=squares.astype(np.int64).reshape(shape),
        shared=_shared(lanes, group, cells, n_coders).reshape(*shape, n_coders, n_coders) if pairwise else None,
        deciding=deciding if pairwise else None,
    )


def _squares(lanes: Spans, group: IntArray, cells: int) -> FloatArray:
    """Sum of k squared times length per group, k being how many coders are inside."""
    if not len(lanes):
        return np.zeros(cells)
    lowest = int(lanes.start.min())
    reach = int(lanes.end.max()) - lowest + 1
    base = group * reach - lowest
    # The last bit tells an end from a start, so that sorting plain integers sorts the events.
    events: IntArray = np.concatenate(((base + lanes.start) << 1, ((base + lanes.end) << 1) | 1))
    events.sort()
    place = events >> 1
    inside = np.cumsum(1 - ((events & 1) << 1))[:-1]
    # Between groups nobody is inside, so the stretch from one group to the next counts nothing.
    weights = inside * inside * np.diff(place)
    return np.bincount(place[:-1] // reach, weights=weights, minlength=cells).astype(np.float64)


def _shared(lanes: Spans, group: IntArray, cells: int, n_coders: int) -> IntArray:
    """Characters that each two coders gave the same code, per group, shape (cells, n_coders, n_coders)."""
    shared = np.zeros((cells, n_coders, n_coders), dtype=np.int64)
    if not len(lanes):
        return shared
    lowest = int(lanes.start.min())
    reach = int(lanes.end.max()) - lowest + 1
    base = group * reach - lowest
    borders, position = np.unique(np.concatenate((base + lanes.start, base + lanes.end)), return_inverse=True)
    steps = np.zeros((n_coders, len(borders)), dtype=np.int64)
    np.add.at(steps, (lanes.coder, position[: len(lanes)]), 1)
    np.add.at(steps, (lanes.coder, position[len(lanes) :]), -1)
    inside = np.cumsum(steps, axis=1)[:, :-1]
    widths, owner = np.diff(borders), borders[:-1] // reach
    for one in range(n_coders):
        for other in range(one, n_coders):
            together = np.bincount(owner, weights=inside[one] * inside[other] * widths, minlength=cells)
            shared[:, one, other] = shared[:, other, one] = together.astype(np.int64)
    return shared


def binary_alpha(apart: FloatArray, ones: FloatArray, values: FloatArray) -> FloatArray:
    """Krippendorff's alpha of one code against its absence from totals of any shape; NaN where it is undefined.

    Source
    ------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, binary case, in counts.
    """
    possible = ones * (values - ones)
    alpha: FloatArray = np.full(np.shape(possible), np.nan)
    np.divide((values - 1.0) * apart, possible, out=alpha, where=possible > 0.0)
    return 1.0 - alpha

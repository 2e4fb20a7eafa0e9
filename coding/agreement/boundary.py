"""How often two coders put a segment in the same place: F1 of segments matched by their overlap."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from coding.agreement import reasons
from coding.agreement.ratings import Coefficient, IntArray
from coding.agreement.spans import Continua, Segments, touching


@dataclass(frozen=True, eq=False)
class Matches:
    """Per block and code, summed over pairs of coders: int arrays of shape (n_blocks, n_codes).

    `matched` counts segments of one coder matched with one of the other, `placed` the segments of both. A segment
    belongs to the block it begins in, a match to that of the first coder's segment.
    """

    matched: IntArray
    placed: IntArray


def boundary_f1(continua: Continua, *, overlap: float, name: str | None = None) -> tuple[Coefficient, ...]:
    """Twice the matched segments over all segments, for two coders of a source; counts are pooled over pairs.

    Two segments of one code match when what they share is at least `overlap` of what they cover together (intersection
    over union). Matching is one to one, and the largest there is. A coder's overlapping segments of one code count as
    one; different codes of one coder may overlap.

    Parameters
    ----------
    continua : Continua
    overlap : float
        From 0.5 to 1; at 1 both borders must be the same.

    Returns
    -------
    tuple of Coefficient
        First over all codes, named `boundary_f1@overlap`, then one per code, `boundary_f1@overlap[code]`. `extra` holds
        `n_matched` and `n_segments`, a segment counting once for each other coder it is compared with. None when no
        source has two coders and when none of them coded.

    Source
    ------
    Hripcsak and Rothschild (2005), Journal of the American Medical Informatics Association 12, on F as agreement where
    there is no count of what nobody marked; Everingham et al. (2010), International Journal of Computer Vision 88, on
    intersection over union.
    """
    name = name or f"boundary_f1@{overlap:g}"
    names = [name, *(f"{name}[{code}]" for code in continua.codes)]
    if not continua.compared.any():
        return tuple(continua.coefficient(each, None, reasons.NO_SHARED_SOURCE) for each in names)
    found = matches(continua, overlap, continua.source_begins)
    matched = [int(found.matched.sum()), *found.matched.sum(axis=0).tolist()]
    placed = [int(found.placed.sum()), *found.placed.sum(axis=0).tolist()]
    unused = [reasons.NOTHING_CODED, *[reasons.CODE_NOT_USED] * len(continua.codes)]
    return tuple(_f1(continua, *figures) for figures in zip(names, matched, placed, unused, strict=True))


def _f1(continua: Continua, name: str, matched: int, placed: int, when_unused: str) -> Coefficient:
    if not placed:
        return continua.coefficient(name, None, when_unused)
    value = 2.0 * matched / placed
    return continua.coefficient(name, value, observed=value, extra={"n_matched": matched, "n_segments": placed})


def matches(continua: Continua, overlap: float, begins: IntArray) -> Matches:
    """What `boundary_f1` is made of, by the blocks that begin at `begins` on the axis of the continua."""
    spans, size = continua.spans, len(begins) * len(continua.codes)
    order = np.concatenate([*continua.by_code, np.empty(0, dtype=np.int64)])
    starts, ends = continua.laid_out
    cell = (np.searchsorted(begins, starts, side="right") - 1) * len(continua.codes) + spans.code
    # Each code gets an axis of its own behind the others, so that one search serves them all.
    shift = spans.code * int(continua.axis[-1])
    owned = [order[spans.coder[order] == coder] for coder in range(continua.n_coders)]
    matched, placed = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    for one, other in combinations(range(continua.n_coders), 2):
        left = owned[one][continua.finished[spans.source[owned[one]], other]]
        right = owned[other][continua.finished[spans.source[owned[other]], one]]
        placed += np.bincount(cell[np.concatenate((left, right))], minlength=size)
        segments = [((starts + shift)[which], (ends + shift)[which]) for which in (left, right)]
        matched += _matched(segments[0], segments[1], cell[left], overlap, size)
    shape = (len(begins), len(continua.codes))
    return Matches(matched=matched.reshape(shape), placed=placed.reshape(shape))


def _matched(one: Segments, other: Segments, cells: IntArray, overlap: float, size: int) -> IntArray:
    """How many segments of two coders can be matched one to one, by the block and code of each in `cells`.

    A segment can share half or more with two others only if these are its two halves; they then match nothing else. So
    the largest matching has one pair for each segment with a match, less one for each segment with a second match.
    """
    left, right = touching(one, other)
    shared = np.minimum(one[1][left], other[1][right]) - np.maximum(one[0][left], other[0][right])
    together = np.maximum(one[1][left], other[1][right]) - np.minimum(one[0][left], other[0][right])
    near = shared >= overlap * together
    left, right = left[near], right[near]
    count = np.bincount(cells[left], minlength=size)
    for side in (left, right):
        _, first = np.unique(side, return_index=True)
        again = np.delete(np.arange(len(side)), first)
        count -= np.bincount(cells[left[again]], minlength=size)
    return count.astype(np.int64)

"""Krippendorff's alpha_U of 1995: how far segments of one code are from each other, each code by itself."""

from itertools import combinations

import numpy as np

from coding.agreement import reasons
from coding.agreement.ratings import Coefficient, FloatArray, IntArray
from coding.agreement.spans import Continua, Segments, touching


def alpha_u_1995(continua: Continua, *, name: str = "alphaU_1995") -> tuple[Coefficient, ...]:
    """Agreement on segments by squared distances between their ends, pooled over codes and for each code.

    Several sources count as parts of one continuum; no segment or gap reaches across them, so their order is free. The
    value depends heavily on how finely coders cut.

    Returns
    -------
    tuple of Coefficient
        First the pooled one, then one per code, named `alphaU_1995[code]`. None when a coder left out a source that
        others finished, or when nobody used the code.

    Source
    ------
    Krippendorff (1995), Sociological Methodology 25; Krippendorff (2004), Content Analysis, 2nd edition, chapter 11.
    """
    names = [name, *(f"{name}[{code}]" for code in continua.codes)]
    refusal = _refusal(continua)
    if refusal:
        return tuple(continua.coefficient(each, None, refusal) for each in names)
    figures = [(0.0, 0.0), *(_disagreements(continua, code) for code in range(len(continua.codes)))]
    figures[0] = (sum(observed for observed, _ in figures), sum(expected for _, expected in figures))
    return tuple(
        continua.coefficient(each, 1.0 - observed / expected, observed=observed, expected=expected)
        if expected > 0.0
        else continua.coefficient(each, None, reasons.CODE_NOT_USED, observed=observed, expected=expected)
        for each, (observed, expected) in zip(names, figures, strict=True)
    )


def _refusal(continua: Continua) -> str | None:
    if not continua.compared.any():
        return reasons.NO_SHARED_SOURCE
    if not len(continua.spans):
        return reasons.NOTHING_CODED
    coders = continua.finished[continua.compared].any(axis=0)
    return None if continua.finished[continua.compared][:, coders].all() else reasons.UNEVEN_CODERS


def _disagreements(continua: Continua, code: int) -> tuple[float, float]:
    """Observed and expected disagreement on one code, both as shares of the squared length."""
    coders = np.flatnonzero(continua.finished[continua.compared].any(axis=0))
    whole = float(continua.axis[-1])
    by_coder = [_segments(continua, int(coder), code) for coder in coders]
    distance = sum(_distance(one, other) for one, other in combinations(by_coder, 2))
    lengths = np.concatenate([end - start for start, end in by_coder])
    gaps = np.concatenate([_gaps(continua, segments) for segments in by_coder])
    m = len(coders)
    observed = 2.0 * distance / (m * (m - 1) * whole**2)
    return observed, _expected(lengths, gaps, m * whole, whole)


def _segments(continua: Continua, coder: int, code: int) -> Segments:
    """One coder's segments of one code, all sources laid end to end."""
    which = continua.by_code[code]
    which = which[continua.spans.coder[which] == coder]
    starts, ends = continua.laid_out
    return starts[which], ends[which]


def _gaps(continua: Continua, segments: Segments) -> IntArray:
    """Lengths of one coder's gaps, empty ones included; every source begins and ends one."""
    borders = continua.axis[:-1][continua.compared], continua.axis[1:][continua.compared]
    gap: IntArray = np.sort(np.concatenate((segments[0], borders[1]))) - np.sort(
        np.concatenate((borders[0], segments[1]))
    )
    return gap


def _distance(one: Segments, other: Segments) -> float:
    """Squared distances over every intersecting pair of sections of two coders."""
    left, right = touching(one, other)
    between = (one[0][left] - other[0][right]) ** 2 + (one[1][left] - other[1][right]) ** 2
    return float(between.sum()) + _unmet(one, left) + _unmet(other, right)


def _unmet(segments: Segments, met: IntArray) -> float:
    alone = np.bincount(met, minlength=len(segments[0])) == 0
    return float(((segments[1] - segments[0])[alone] ** 2).sum())


def _expected(lengths: IntArray, gaps: IntArray, values: float, whole: float) -> float:
    """Disagreement expected if the segments were laid anywhere, on each other or in the gaps that can hold them."""
    length = lengths.astype(np.float64)
    on_others = (len(length) - 1) * (2 * length**3 - 3 * length**2 + length) / 3.0
    gap = np.sort(gaps.astype(np.float64))
    room = np.concatenate((np.cumsum(gap[::-1])[::-1], [0.0]))
    first = np.searchsorted(gap, length, side="left")
    in_gaps = length**2 * (room[first] - (len(gap) - first) * (length - 1.0))
    possible = values * (values - 1.0) - float((length * (length - 1.0)).sum())
    if possible <= 0.0:
        return 0.0
    placed: FloatArray = on_others + in_gaps
    return 2.0 / whole * float(placed.sum()) / possible

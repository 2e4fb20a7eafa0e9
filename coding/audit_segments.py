"""An audit of free segments: where they begin and end is compared, and no unit is given."""

from collections.abc import Callable
from itertools import combinations

import numpy as np

from coding.agreement.bootstrap import FEWEST_SOURCES, Interval, block_intervals
from coding.agreement.boundary import boundary_f1, matches
from coding.agreement.characters import char_alpha_binary
from coding.agreement.ratings import Coefficient, FloatArray, IntArray
from coding.agreement.spans import Continua
from coding.agreement.unitizing import UNITIZED, cu_alpha, cu_coverage, ku_alpha, meetings_by_block, u_alpha
from coding.audit_figures import Figures, beside, pair_figures, told, with_interval
from coding.audit_material import Material

OVERLAPS = {"f1_50": 0.5, "f1_75": 0.75, "f1_100": 1.0}
"""How much of what two segments cover together they have to share, to count as one place."""


def by_segment(material: Material, seed: int, replicates: int) -> Figures:
    """What `coding.audit.audit` gives of free segments."""
    whole, at_all = material.whole, material.continua(None)
    told_apart = of_every_code(whole, seed, replicates)
    pairs = [material.of_coders(pair) for pair in combinations(range(len(material.coders)), 2)]
    apart_by_pair = [of_every_code(pair.whole, seed, replicates) for pair in pairs]
    codes = []
    for place, code in enumerate(material.codes):
        alone = of_one_code(material.continua(place), told_apart[place], seed, replicates)
        of_pairs = [
            of_one_code(pair.continua(place), apart[place], seed, replicates)
            for pair, apart in zip(pairs, apart_by_pair, strict=True)
        ]
        codes.append({"code": code, **_figures(material.continua(place), alone, of_pairs, pairs)})
    every = of_all_codes(whole, seed, replicates)
    paired = [of_all_codes(pair.whole, seed, replicates) for pair in pairs]
    where = {"alpha": of_family("u_alpha", u_alpha(at_all), at_all, seed, replicates)}
    compared = material.finished.sum(axis=1) >= 2
    what = of_family("cu_alpha", cu_alpha(whole), whole, seed, replicates)
    return {
        "n_units": int(material.lengths[compared].sum()),
        "codes": codes,
        "overall": {"measure": "segments", **_figures(whole, every, paired, pairs)},
        "where": {"n": len(at_all.spans), **_beside(where, len(at_all.spans))},
        "what": {
            "measure": "cu_alpha",
            "n": len(whole.spans),
            "coverage": cu_coverage(whole).value,
            "alpha": with_interval(told(what[0], len(whole.spans)), what[1]),
            "percent": None,
        },
    }


Found = tuple[Coefficient, Interval]


def of_family(name: str, found: Coefficient, continua: Continua, seed: int, replicates: int) -> Found:
    """A coefficient of the unitizing family for all of the continua, with its interval."""
    (interval,) = _unitized(name, continua, seed, replicates)
    return found, interval


def of_every_code(continua: Continua, seed: int, replicates: int) -> list[Found]:
    """How well each code is told from the others, with intervals."""
    drawn = _unitized("ku_alpha", continua, seed, replicates)
    return list(zip(ku_alpha(continua), drawn, strict=True))


def of_one_code(alone: Continua, told_apart: Found, seed: int, replicates: int) -> dict[str, Found]:
    """All measures of free segments of one code, the only one in `alone`."""
    found = {"alpha": of_family("u_alpha", u_alpha(alone), alone, seed, replicates)}
    found |= {name: _of_borders(alone, overlap, seed, replicates) for name, overlap in OVERLAPS.items()}
    return {**found, "ku_alpha": told_apart}


def of_all_codes(whole: Continua, seed: int, replicates: int) -> dict[str, Found]:
    """All measures of free segments of all codes together."""
    found = {"alpha": of_family("u_alpha", u_alpha(whole), whole, seed, replicates)}
    return found | {name: _of_borders(whole, overlap, seed, replicates) for name, overlap in OVERLAPS.items()}


def _unitized(name: str, continua: Continua, seed: int, replicates: int) -> tuple[Interval, ...]:
    columns, begins = len(continua.codes) if name == "ku_alpha" else 1, _begins(continua)
    # What the family refuses has no meetings either: they want one code per place.
    refused = continua.has_overlapping_codes or not len(continua.spans)
    found = None if refused else meetings_by_block(continua, begins)

    def value(weights: FloatArray) -> FloatArray:
        if found is None:
            return np.full((len(weights), columns), np.nan)
        return UNITIZED[name](found.weighted(weights)).reshape(len(weights), columns)

    return _intervals(value, continua, begins, seed, replicates)


def _of_borders(continua: Continua, overlap: float, seed: int, replicates: int) -> Found:
    """Boundary F1 over all codes of the continua."""
    begins = _begins(continua)
    found = matches(continua, overlap, begins)
    matched, placed = (each.sum(axis=1).astype(np.float64) for each in (found.matched, found.placed))

    def value(weights: FloatArray) -> FloatArray:
        whole = weights @ placed
        share = np.full(len(weights), np.nan)
        np.divide(2.0 * (weights @ matched), whole, out=share, where=whole > 0.0)
        return share[:, None]

    (interval,) = _intervals(value, continua, begins, seed, replicates)
    return boundary_f1(continua, overlap=overlap)[0], interval


def _begins(continua: Continua) -> IntArray:
    """Where the blocks begin that intervals draw: sources or, where they are few, turns."""
    few = continua.compared.sum() < FEWEST_SOURCES
    return continua.turn_begins if few else continua.source_begins


def _intervals(
    value: Callable[[FloatArray], FloatArray], continua: Continua, begins: IntArray, seed: int, replicates: int
) -> tuple[Interval, ...]:
    sources, rng = int(continua.compared.sum()), np.random.default_rng(seed)
    return block_intervals(value, len(begins), rng, sources=sources, replicates=replicates)


def _figures(
    continua: Continua, alone: dict[str, Found], of_pairs: list[dict[str, Found]], pairs: list[Material]
) -> Figures:
    n = len(continua.spans)
    used = None
    if len(continua.codes) == 1:
        used = char_alpha_binary(continua)[0].extra.get("prevalence")
    return {
        "n": n,
        **_beside(alone, n),
        "prevalence": used,
        "pairs": [
            pair_figures(
                (pair.coders[0], pair.coders[1]),
                found["f1_50"][0].n_units,
                {name: each for name, (each, _) in found.items()},
                {name: interval for name, (_, interval) in found.items()},
            )
            for pair, found in zip(pairs, of_pairs, strict=True)
        ],
    }


def _beside(found: dict[str, Found], n: int) -> Figures:
    return beside(
        {name: each for name, (each, _) in found.items()}, n, {name: interval for name, (_, interval) in found.items()}
    )

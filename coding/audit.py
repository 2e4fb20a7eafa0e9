"""How far coders agree on the sources they share: from their passages to the figures of one audit, code by code."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from coding.agreement.bootstrap import (
    DEFAULT_REPLICATES,
    Interval,
    alpha_interval,
    intervals_between,
)
from coding.agreement.percent import percent_agreement, prevalence
from coding.agreement.ratings import MISSING, BoolArray, Ratings
from coding.agreement.sets import SetRatings, set_alpha, set_distances
from coding.audit_characters import by_character
from coding.audit_figures import FEWEST, Figures, beside, pair_figures, told, with_interval
from coding.audit_material import Material
from coding.audit_measures import Tallied
from coding.audit_segments import by_segment
from coding.units import Decisions, character_sums, cut_at_units

__all__ = ["FEWEST", "Figures", "audit", "differing"]


def audit(material: Material, *, seed: int, replicates: int = DEFAULT_REPLICATES) -> Figures:
    """Agreement per code, per pair of coders, and over all codes, ready for JSON.

    Parameters
    ----------
    material : Material
    seed : int
        Non-negative; the same seed gives the same intervals.
    replicates : int
        Bootstrap replicates.

    Returns
    -------
    dict
        ``n_units`` that two coders decided on (characters, segments: code points); ``codes``, one mapping per code with
        ``code``, ``n`` (units where at least one coder used it; characters: turns; segments: segments), ``alpha``
        (``value``, ``undefined_because``, ``interval``; of segments u alpha), ``percent``, ``positive``,
        ``prevalence``, ``measures`` (by name, with ``value``, ``undefined_because`` and the interval's ``low``,
        ``high`` and ``degenerate``) and ``pairs`` (``coders``, ``n``, and every measure by name); ``overall``
        in the same shape; ``where`` and ``what``: agreement on coding at all, and on the codes among units that two
        coders coded. Proportions are in [0, 1]; what is undefined is None. ``seed`` and ``replicates`` as given.

    Source
    ------
    Krippendorff (2011) for alpha; Passonneau (2006) for its distance between sets (MASI); Krippendorff, Mathet, Bouvry
    and Widlöcher (2016) for free segments; Efron and Tibshirani (1993) for the intervals.
    """
    by = {"character": by_character, "segment": by_segment}.get(material.unit, _by_unit)
    return {"seed": seed, "replicates": replicates, **by(material, seed, replicates)}


def _by_unit(material: Material, seed: int, replicates: int) -> Figures:
    decisions = material.decisions(material.unit)
    ratings = decisions.binary()
    every = Tallied.of_ratings(ratings, seed, replicates=replicates)
    of_pairs = Tallied.of_ratings(ratings, seed, pairs=True, replicates=replicates)
    codes = [
        {"code": code, **_code_figures(decisions, place, ratings[place], every, of_pairs, material.coders)}
        for place, code in enumerate(material.codes)
    ]
    compared = decisions.decided.any(axis=2).sum(axis=1) >= 2
    return {
        "n_units": int(compared.sum()),
        "codes": codes,
        "overall": _overall(decisions, material, seed, replicates),
        **_detection_and_labelling(decisions, seed, replicates),
    }


def _detection_and_labelling(decisions: Decisions, seed: int, replicates: int) -> Figures:
    """Whether anything is coded ("where"), and which codes among units that two coders or more coded ("what")."""
    decided: BoolArray = np.asarray(decisions.decided.any(axis=2))
    coded: BoolArray = np.asarray(decisions.coded.any(axis=2))
    paired = decided.sum(axis=1) >= 2
    some, both = int((coded.any(axis=1) & paired).sum()), int((coded.sum(axis=1) >= 2).sum())
    at_all = Ratings(np.where(decided, coded, MISSING).astype(np.int64), ("rest", "any"), blocks=decisions.units.source)
    where, drawn = Tallied.of_ratings((at_all,), seed, replicates=replicates).column(0, at_all)
    sets = decisions.sets()
    labelled = Ratings(
        np.where(coded, sets.ratings.values, MISSING), sets.ratings.categories, blocks=sets.ratings.blocks
    ).of_units(coded.sum(axis=1) >= 2)
    what = set_alpha(SetRatings(ratings=labelled, sets=sets.sets), distance="masi")
    within = alpha_interval(
        labelled, set_distances(sets.sets, "masi"), np.random.default_rng(seed), replicates=replicates
    )
    return {
        "where": {"n": some, **beside(where, some, drawn)},
        "what": {
            "measure": "sets",
            "n": both,
            "coverage": both / some if some else None,
            "alpha": with_interval(told(what, both), within),
            "percent": percent_agreement(labelled).value,
        },
    }


def _code_figures(
    decisions: Decisions, place: int, ratings: Ratings, every: Tallied, of_pairs: Tallied, coders: Sequence[str]
) -> Figures:
    n = int(decisions.used(place).sum())
    found, drawn = every.column(place, ratings)
    pairs = list(combinations(range(len(coders)), 2))
    by_pair = []
    for at, pair in enumerate(pairs):
        of_two, between = of_pairs.column(place * len(pairs) + at, ratings.of_coders(pair))
        names = (coders[pair[0]], coders[pair[1]])
        by_pair.append(pair_figures(names, int(decisions.used(place, pair).sum()), of_two, between))
    return {
        "n": n,
        **beside(found, n, drawn),
        "prevalence": prevalence(ratings),
        "pairs": by_pair,
    }


def _overall(decisions: Decisions, material: Material, seed: int, replicates: int) -> Figures:
    """All codes at once: the sets of codes that coders gave a unit."""
    sets = decisions.sets()
    n = int(decisions.used(None).sum())
    pairs = []
    for one, other in combinations(range(len(material.coders)), 2):
        both = SetRatings(ratings=sets.ratings.of_coders((one, other)), sets=sets.sets)
        names = (material.coders[one], material.coders[other])
        measured = {"alpha": set_alpha(both, distance="masi"), "percent": percent_agreement(both.ratings)}
        drawn = _set_intervals(both, seed, replicates)
        pairs.append(pair_figures(names, int(decisions.used(None, (one, other)).sum()), measured, drawn))
    alpha, percent = set_alpha(sets, distance="masi"), percent_agreement(sets.ratings)
    drawn = _set_intervals(sets, seed, replicates)
    return {
        "measure": "sets",
        "n": n,
        "alpha": with_interval(told(alpha, n), drawn["alpha"]),
        "jaccard": told(set_alpha(sets, distance="jaccard"), n),
        "measures": {"alpha": told(alpha, n, drawn["alpha"]), "percent": told(percent, n, drawn["percent"])},
        "percent": percent.value,
        "positive": None,
        "prevalence": None,
        "pairs": pairs,
    }


def _set_intervals(sets: SetRatings, seed: int, replicates: int) -> dict[str, Interval]:
    distances = {"alpha": set_distances(sets.sets, "masi")}
    return intervals_between(sets.ratings, distances, np.random.default_rng(seed), replicates=replicates)


def differing(material: Material, *, or_used: bool = False) -> list[tuple[int, int, int]]:
    """The units on which coders differ about any code: (place of the turn in `material.turns`, start, end).

    In the order of sources and text. For characters and segments, the turns in which passages do not have the same
    limits. With `or_used` also the units where two decided and all that did applied the same codes.
    """
    units = material.units(material.unit)
    if material.unit in ("character", "segment"):
        cut, lengths, finished = cut_at_units(material.spans, units, material.visible, material.finished)
        available = material.available[units.source]
        sums = character_sums(cut, lengths, finished, len(material.codes), available=available)
        differ = ((sums.binary.apart > 0) | ((sums.binary.ones > 0) & or_used)).any(axis=1)
    else:
        decisions = material.decisions(material.unit)
        yes = (decisions.coded & decisions.decided).sum(axis=1)
        decided = decisions.decided.sum(axis=1)
        differ = ((yes > 0) & ((yes < decided) | (or_used & (decided >= 2)))).any(axis=1)
    return [
        (int(str(units.ids[place])), int(units.start[place]), int(units.end[place])) for place in np.flatnonzero(differ)
    ]

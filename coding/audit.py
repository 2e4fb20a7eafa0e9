"""How far coders agree on the sources they share: from their passages to the figures of one audit, code by code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any, Final

import numpy as np

from coding.agreement import reasons
from coding.agreement.bootstrap import DEFAULT_REPLICATES, Interval, alpha_interval, binary_alpha_intervals
from coding.agreement.characters import char_alpha_nominal
from coding.agreement.percent import percent_agreement
from coding.agreement.ratings import MISSING, BoolArray, Coefficient, Ratings
from coding.agreement.sets import SetRatings, set_alpha, set_distances
from coding.agreement.spans import Continua, Spans
from coding.agreement.sums import BinarySums
from coding.agreement.unitizing import cu_alpha, cu_coverage
from coding.audit_material import Material, units_of
from coding.audit_measures import CHOICES, measures_by_character, measures_of
from coding.units import Decisions, Units, character_sums, cut_at_units, decide

Figures = dict[str, Any]
FEWEST: Final = 5
"""Pages withhold a coefficient when a code is used in fewer units than this."""


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
        ``n_units`` that two coders decided on (characters: code points); ``codes``, one mapping per code with
        ``code``, ``n`` (units where at least one coder used it; characters: turns), ``alpha`` (``value``,
        ``undefined_because``, ``interval``), ``percent``, ``positive``, ``prevalence``, ``measures`` (by name, with
        ``value`` and ``undefined_because``) and ``pairs`` (``coders``, ``n``, and every measure by name); ``overall``
        in the same shape; ``where`` and ``what``: agreement on coding at all, and on the codes among units that two
        coders coded. Proportions are in [0, 1]; what is undefined is None. ``seed`` and ``replicates`` as given.

    Source
    ------
    Krippendorff (2011) for alpha; Passonneau (2006) for its distance between sets (MASI); Efron and Tibshirani (1993)
    for the intervals.
    """
    by = _by_character if material.unit == "character" else _by_unit
    return {"seed": seed, "replicates": replicates, **by(material, seed, replicates)}


def _by_unit(material: Material, seed: int, replicates: int) -> Figures:
    units = units_of(material.turns, material.unit)
    decisions = decide(
        units, material.spans, material.finished, material.visible, material.codes, available=material.available
    )
    ratings = decisions.binary()
    intervals = binary_alpha_intervals(
        BinarySums.of_ratings(ratings),
        np.random.default_rng(seed),
        by_unit=BinarySums.of_ratings(ratings, by_unit=True),
        replicates=replicates,
    )
    codes = [
        {"code": code, **_code_figures(ratings[place], _used(decisions, place), intervals[place], material.coders)}
        for place, code in enumerate(material.codes)
    ]
    compared = decisions.decided.any(axis=2).sum(axis=1) >= 2
    return {
        "n_units": int(compared.sum()),
        "codes": codes,
        "overall": _overall(decisions, material, np.random.default_rng(seed), replicates),
        **_detection_and_labelling(decisions, seed, replicates),
    }


def _detection_and_labelling(decisions: Decisions, seed: int, replicates: int) -> Figures:
    """Whether anything is coded ("where"), and which codes among units that two coders or more coded ("what")."""
    decided: BoolArray = np.asarray(decisions.decided.any(axis=2))
    coded: BoolArray = np.asarray(decisions.coded.any(axis=2))
    paired = decided.sum(axis=1) >= 2
    some, both = int((coded.any(axis=1) & paired).sum()), int((coded.sum(axis=1) >= 2).sum())
    at_all = Ratings(np.where(decided, coded, MISSING).astype(np.int64), ("rest", "any"), blocks=decisions.units.source)
    (interval,) = binary_alpha_intervals(
        BinarySums.of_ratings((at_all,)),
        np.random.default_rng(seed),
        by_unit=BinarySums.of_ratings((at_all,), by_unit=True),
        replicates=replicates,
    )
    sets = decisions.sets()
    labelled = Ratings(
        np.where(coded, sets.ratings.values, MISSING), sets.ratings.categories, blocks=sets.ratings.blocks
    ).of_units(coded.sum(axis=1) >= 2)
    what = set_alpha(SetRatings(ratings=labelled, sets=sets.sets), distance="masi")
    within = alpha_interval(
        labelled, set_distances(sets.sets, "masi"), np.random.default_rng(seed), replicates=replicates
    )
    where = measures_of(at_all)
    return {
        "where": {
            "n": some,
            "alpha": _with_interval(_told(where["alpha"], some), interval),
            "percent": where["percent"].value,
            "positive": where["positive"].value,
        },
        "what": {
            "measure": "sets",
            "n": both,
            "coverage": both / some if some else None,
            "alpha": _with_interval(_told(what, both), within),
            "percent": percent_agreement(labelled).value,
        },
    }


def _used(decisions: Decisions, place: int) -> Callable[[Sequence[int]], int]:
    """In how many units some of the given coders used a code, two of them having decided."""

    def count(coders: Sequence[int]) -> int:
        chosen = list(coders)
        decided = decisions.decided[:, chosen, place].sum(axis=1) >= 2
        return int((decisions.coded[:, chosen, place].any(axis=1) & decided).sum())

    return count


def _code_figures(
    ratings: Ratings, used: Callable[[Sequence[int]], int], interval: Interval, coders: Sequence[str]
) -> Figures:
    n = used(range(len(coders)))
    found = measures_of(ratings)
    return {
        "n": n,
        **_beside(found, n, interval),
        "prevalence": found["positive"].extra.get("prevalence", 0.0 if n == 0 else None),
        "pairs": [
            _pair((coders[one], coders[other]), used((one, other)), measures_of(ratings.of_coders((one, other))))
            for one, other in combinations(range(len(coders)), 2)
        ],
    }


def _beside(found: Mapping[str, Coefficient], n: int, interval: Interval) -> Figures:
    """Alpha with its interval, the two shares every table shows, and all measures to choose from."""
    return {
        "alpha": _with_interval(_told(found["alpha"], n), interval),
        "percent": found["percent"].value,
        "positive": found["positive"].value,
        "measures": {name: _told(found[name], n) for name in CHOICES},
    }


def _overall(decisions: Decisions, material: Material, rng: np.random.Generator, replicates: int) -> Figures:
    """All codes at once: the sets of codes that coders gave a unit."""
    sets = decisions.sets()
    distances = set_distances(sets.sets, "masi")
    n = _used_any(decisions, range(len(material.coders)))
    pairs = []
    for one, other in combinations(range(len(material.coders)), 2):
        both = SetRatings(ratings=sets.ratings.of_coders((one, other)), sets=sets.sets)
        names = (material.coders[one], material.coders[other])
        measured = {"alpha": set_alpha(both, distance="masi"), "percent": percent_agreement(both.ratings)}
        pairs.append(_pair(names, _used_any(decisions, (one, other)), measured))
    alpha, percent = set_alpha(sets, distance="masi"), percent_agreement(sets.ratings)
    return {
        "measure": "sets",
        "n": n,
        "alpha": _with_interval(_told(alpha, n), alpha_interval(sets.ratings, distances, rng, replicates=replicates)),
        "jaccard": _told(set_alpha(sets, distance="jaccard"), n),
        "measures": {"alpha": _told(alpha, n), "percent": _told(percent, n)},
        "percent": percent.value,
        "positive": None,
        "prevalence": None,
        "pairs": pairs,
    }


def _used_any(decisions: Decisions, coders: Sequence[int]) -> int:
    chosen = list(coders)
    decided = decisions.decided[:, chosen].any(axis=2).sum(axis=1) >= 2
    return int((decisions.coded[:, chosen].any(axis=(1, 2)) & decided).sum())


def _by_character(material: Material, seed: int, replicates: int) -> Figures:
    turns = units_of(material.turns, "character")
    touched = decide(
        turns, material.spans, material.finished, material.visible, material.codes, available=material.available
    )
    intervals = _character_intervals(material, turns, material.spans, material.available, seed, replicates)
    codes = [
        {"code": code, **_character_figures(material, place, _used(touched, place), intervals[place])}
        for place, code in enumerate(material.codes)
    ]
    spans = material.spans
    anything = Spans(spans.source, spans.coder, np.zeros_like(spans.code), spans.start, spans.end)
    (interval,) = _character_intervals(material, turns, anything, None, seed, replicates)
    overall = _character_figures(material, None, lambda coders: _used_any(touched, coders), interval)
    compared = material.finished.sum(axis=1) >= 2
    continua = Continua(spans, np.zeros_like(material.lengths), material.lengths, material.finished, material.codes)
    nominal, n = char_alpha_nominal(continua), overall["n"]
    return {
        "n_units": int(material.lengths[compared].sum()),
        "codes": codes,
        "overall": {"measure": "coded", "nominal": _told(nominal, n), **overall},
        "where": {name: overall[name] for name in ("n", "alpha", "percent", "positive")},
        "what": {
            "measure": "cu_alpha",
            "n": n,
            "coverage": cu_coverage(continua).value,
            "alpha": {**_told(cu_alpha(continua), n), "interval": None},
            "percent": None,
        },
    }


def _character_intervals(
    material: Material, turns: Units, spans: Spans, available: BoolArray | None, seed: int, replicates: int
) -> tuple[Interval, ...]:
    n_codes = 1 if available is None else len(material.codes)
    whole = character_sums(spans, material.lengths, material.finished, n_codes, available=available)
    cut, lengths, finished = cut_at_units(spans, turns, material.visible, material.finished)
    by_turn = None if available is None else available[turns.source]
    parts = character_sums(cut, lengths, finished, n_codes, available=by_turn)
    rng = np.random.default_rng(seed)
    return binary_alpha_intervals(whole.binary, rng, by_unit=parts.binary, replicates=replicates)


def _character_figures(
    material: Material, code: int | None, used: Callable[[Sequence[int]], int], interval: Interval
) -> Figures:
    n_coders = len(material.coders)
    n = used(range(n_coders))
    found = measures_by_character(material, code)
    pairs = []
    for one, other in combinations(range(n_coders), 2):
        of_pair = measures_by_character(material.of_coders((one, other)), code)
        pairs.append(_pair((material.coders[one], material.coders[other]), used((one, other)), of_pair))
    return {
        "n": n,
        **_beside(found, n, interval),
        "prevalence": found["alpha"].extra.get("prevalence"),
        "pairs": pairs,
    }


def _pair(coders: tuple[str, str], n: int, found: Mapping[str, Coefficient]) -> Figures:
    return {"coders": list(coders), "n": n, **{name: _told(found[name], n) for name in CHOICES if name in found}}


def _told(found: Coefficient, n: int) -> Figures:
    """A coefficient's value, or why it has none; that nobody used the code says more than that nothing varied."""
    because = found.undefined_because
    if because in (reasons.ONE_CATEGORY, reasons.NOT_RATED_POSITIVE) and n == 0:
        because = reasons.CODE_NOT_USED
    return {"value": found.value, "undefined_because": because}


def _with_interval(told: Figures, interval: Interval) -> Figures:
    return {**told, "interval": asdict(interval)}


def differing(material: Material, *, or_used: bool = False) -> list[tuple[int, int, int]]:
    """The units on which coders differ about any code: (place of the turn in `material.turns`, start, end).

    In the order of sources and text. For characters, the turns in which passages do not have the same limits. With
    `or_used` also the units where two decided and all that did applied the same codes.
    """
    units = units_of(material.turns, material.unit)
    if material.unit == "character":
        cut, lengths, finished = cut_at_units(material.spans, units, material.visible, material.finished)
        available = material.available[units.source]
        sums = character_sums(cut, lengths, finished, len(material.codes), available=available)
        differ = ((sums.binary.apart > 0) | ((sums.binary.ones > 0) & or_used)).any(axis=1)
    else:
        decisions = decide(
            units, material.spans, material.finished, material.visible, material.codes, available=material.available
        )
        yes = (decisions.coded & decisions.decided).sum(axis=1)
        decided = decisions.decided.sum(axis=1)
        differ = ((yes > 0) & ((yes < decided) | (or_used & (decided >= 2)))).any(axis=1)
    return [
        (int(str(units.ids[place])), int(units.start[place]), int(units.end[place])) for place in np.flatnonzero(differ)
    ]

"""An audit with every character a unit, from sums per source and never from expanded text."""

from itertools import combinations

import numpy as np

from coding.agreement.bootstrap import FEWEST_SOURCES, Interval
from coding.agreement.characters import char_alpha_nominal
from coding.agreement.spans import Spans
from coding.agreement.sums import CharacterSums
from coding.agreement.tallies import Tallies
from coding.agreement.tallies import of_pairs as paired_sums
from coding.agreement.unitizing import cu_alpha, cu_coverage
from coding.audit_figures import Figures, beside, pair_figures, told
from coding.audit_material import Material
from coding.audit_measures import intervals_of, measures_by_character
from coding.units import Decisions, character_sums, cut_at_units


def by_character(material: Material, seed: int, replicates: int) -> Figures:
    """What `coding.audit.audit` gives by character."""
    touched = material.decisions("character")
    drawn, of_pairs = _intervals(material, seed, replicates, at_all=False)
    codes = [
        {"code": code, **_figures(material, place, touched, drawn[place], of_pairs[place])}
        for place, code in enumerate(material.codes)
    ]
    (at_all,), (pairs_at_all,) = _intervals(material, seed, replicates, at_all=True)
    overall = _figures(material, None, touched, at_all, pairs_at_all)
    compared = material.finished.sum(axis=1) >= 2
    n = overall["n"]
    return {
        "n_units": int(material.lengths[compared].sum()),
        "codes": codes,
        "overall": {"measure": "coded", "nominal": told(char_alpha_nominal(material.whole), n), **overall},
        "where": {name: overall[name] for name in ("n", "alpha", "percent", "positive", "measures")},
        "what": {
            "measure": "cu_alpha",
            "n": n,
            "coverage": cu_coverage(material.whole).value,
            "alpha": {**told(cu_alpha(material.whole), n), "interval": None},
            "percent": None,
        },
    }


Drawn = list[dict[str, Interval]]


def _intervals(material: Material, seed: int, replicates: int, *, at_all: bool) -> tuple[Drawn, list[Drawn]]:
    """By code and, for each code, by pair of coders; with `at_all` of passages of any code, as if of one."""
    spans = material.spans
    if at_all:
        spans = Spans(spans.source, spans.coder, np.zeros_like(spans.code), spans.start, spans.end)
    n_codes = 1 if at_all else len(material.codes)
    available = None if at_all else material.available
    whole = character_sums(spans, material.lengths, material.finished, n_codes, available=available)
    sums, of_two = Tallies.of_characters(whole), Tallies.of_characters(paired_sums(whole))
    parts: CharacterSums | None = None
    if any(((each.values > 0).sum(axis=0) < FEWEST_SOURCES).any() for each in (sums, of_two)):
        turns = material.units("character")
        cut, lengths, finished = cut_at_units(spans, turns, material.visible, material.finished)
        by_turn = None if available is None else available[turns.source]
        parts = character_sums(cut, lengths, finished, n_codes, available=by_turn)
    every = intervals_of(
        sums,
        np.random.default_rng(seed),
        coders=len(material.coders),
        by_unit=None if parts is None else Tallies.of_characters(parts),
        replicates=replicates,
    )
    paired = intervals_of(
        of_two,
        np.random.default_rng(seed),
        coders=2,
        by_unit=None if parts is None else Tallies.of_characters(paired_sums(parts)),
        replicates=replicates,
    )
    n_pairs = len(material.coders) * (len(material.coders) - 1) // 2
    return (
        [{name: found[place] for name, found in every.items()} for place in range(n_codes)],
        [
            [{name: found[place * n_pairs + pair] for name, found in paired.items()} for pair in range(n_pairs)]
            for place in range(n_codes)
        ],
    )


def _figures(
    material: Material, code: int | None, touched: Decisions, intervals: dict[str, Interval], paired: Drawn
) -> Figures:
    n = int(touched.used(code).sum())
    found = measures_by_character(material, code)
    pairs = []
    for (one, other), drawn in zip(combinations(range(len(material.coders)), 2), paired, strict=True):
        of_pair = measures_by_character(material.of_coders((one, other)), code)
        used = int(touched.used(code, (one, other)).sum())
        pairs.append(pair_figures((material.coders[one], material.coders[other]), used, of_pair, drawn))
    return {
        "n": n,
        **beside(found, n, intervals),
        "prevalence": found["alpha"].extra.get("prevalence"),
        "pairs": pairs,
    }

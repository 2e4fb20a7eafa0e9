"""The measures of one code that an audit offers to choose from, by units and by single characters."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from coding.agreement import BINARY_MEASURES, NOMINAL_MEASURES, reasons
from coding.agreement.bootstrap import DEFAULT_REPLICATES, Interval, binary_intervals, put_together, tallied_intervals
from coding.agreement.characters import char_alpha_binary, char_kappa
from coding.agreement.ratings import BoolArray, Coefficient, FloatArray, IntArray, Ratings
from coding.agreement.tallies import Tallies
from coding.audit_material import Material
from coding.units import character_sums

ALL: Final = ("alpha", "ac1", "cohen", "fleiss", "scott", "conger", "brennan", "percent", "positive", "negative")
"""What the table of an audit can show by turn, sentence or character, for all coders and for every pair."""

OF_SEGMENTS: Final = ("alpha", "f1_50", "f1_75", "f1_100", "ku_alpha")
"""The same for free segments, `alpha` being u alpha."""

UNCORRECTED: Final = frozenset({"percent", "positive", "negative", "coverage", "f1_50", "f1_75", "f1_100"})
"""Measures without a correction for chance: pages show them whatever the n."""

FULL_NAMES: Final[Mapping[str, str]] = {
    "percent": "percent_agreement",
    "positive": "positive_agreement",
    "negative": "negative_agreement",
    "alpha": "krippendorff_alpha_nominal",
    "ac1": "gwet_ac1",
    "cohen": "light_kappa",
    "fleiss": "fleiss_kappa",
    "scott": "scott_pi",
    "conger": "conger_kappa",
    "brennan": "brennan_prediger",
}
"""The names under which `ALL` are defined; of two coders Light's mean of pairs is Cohen's own."""

_OF_RATINGS: Final[Mapping[str, Callable[[Ratings], Coefficient]]] = NOMINAL_MEASURES | BINARY_MEASURES


def choices(unit: str) -> tuple[str, ...]:
    """What the table of an audit by a unit can show."""
    return OF_SEGMENTS if unit == "segment" else ALL


def intervals_of(
    by_source: Tallies,
    rng: np.random.Generator,
    *,
    coders: int,
    by_unit: Tallies | None = None,
    together: bool = False,
    replicates: int = DEFAULT_REPLICATES,
    names: tuple[str, ...] = ALL,
) -> dict[str, tuple[Interval, ...]]:
    """Intervals of the measures by name, one per column; Scott's pi has none unless it is of two coders.

    `together` draws like units as one kind: quicker where there are few columns.
    """
    repeated = None
    if by_unit is not None and together:
        by_unit, repeated = put_together(by_unit)
    full = _full(names, coders)
    found = tallied_intervals(full.values(), by_source, rng, by_unit=by_unit, repeated=repeated, replicates=replicates)
    return {name: found[full[name]] for name in full}


@dataclass(frozen=True, eq=False)
class Tallied:
    """Every measure of many columns (a code, or a code and a pair of coders) from their sums, with intervals."""

    values: Mapping[str, FloatArray]
    intervals: Mapping[str, Sequence[Interval]]

    @classmethod
    def of_ratings(
        cls, ratings: Sequence[Ratings], seed: int, *, pairs: bool = False, replicates: int = DEFAULT_REPLICATES
    ) -> "Tallied":
        """Of ratings on the same units: one column per code, or with `pairs` per code and pair of coders."""
        by_source = Tallies.of_ratings(ratings, pairs=pairs)
        full = _full(ALL, 2 if pairs or not ratings else ratings[0].n_coders)
        rng = np.random.default_rng(seed)
        drawn = binary_intervals(ratings, full.values(), rng, pairs=pairs, by_source=by_source, replicates=replicates)
        values = {name: by_source.coefficients(full[name]) for name in full}
        return cls(values, {name: drawn[full[name]] for name in full})

    def column(self, place: int, otherwise: Ratings) -> tuple[dict[str, Coefficient], dict[str, Interval]]:
        """The measures of a column and their intervals; `otherwise` are its ratings: they tell why one is missing."""
        found = {}
        for name in ALL:
            value = float(self.values[name][place]) if name in self.values else np.nan
            given = Coefficient(FULL_NAMES[name], value)
            found[name] = measures_of(otherwise, (name,))[name] if np.isnan(value) else given
        return found, {name: of_columns[place] for name, of_columns in self.intervals.items()}


def _full(names: Iterable[str], coders: int) -> dict[str, str]:
    return {name: FULL_NAMES[name] for name in names if name != "scott" or coders == 2}


def measures_of(ratings: Ratings, names: tuple[str, ...] = ALL) -> dict[str, Coefficient]:
    """Measures of binary ratings by name; `cohen` is the mean over pairs (Light), of two coders Cohen's own."""
    return {name: _OF_RATINGS[FULL_NAMES[name]](ratings) for name in names}


def measures_by_character(material: Material, code: int | None) -> dict[str, Coefficient]:
    """All of `ALL` with every character a unit, from sums per source; the same values as on expanded text.

    Parameters
    ----------
    material : Material
    code : int or None
        Place of the code; None for "any code at all".
    """
    continua = material.continua(code)
    (alpha,) = char_alpha_binary(continua)
    sums = character_sums(continua.given, continua.lengths, continua.finished, 1)
    found = _from_sums(
        coders=sums.coders[:, 0].astype(np.float64),
        lengths=sums.lengths.astype(np.float64),
        ones=sums.ones[:, 0].astype(np.float64),
        squares=sums.squares[:, 0].astype(np.float64),
    )
    own = np.zeros((len(sums.lengths), continua.n_coders)) if sums.shared is None else _diagonals(sums.shared[:, 0])
    found["conger"] = _conger(found["fleiss"], own, continua.lengths, continua.finished)
    pairs = [
        char_kappa(material.of_coders(pair).continua(code))[0] for pair in combinations(range(continua.n_coders), 2)
    ]
    found["cohen"] = _mean(found["fleiss"], pairs)
    found["scott"] = found["fleiss"].renamed("scott_pi")
    if continua.n_coders != 2:
        found["scott"] = _like(found["fleiss"], "scott_pi", None, reasons.TWO_CODERS_ONLY)
    return {"alpha": alpha, **found}


def _diagonals(shared: IntArray) -> FloatArray:
    return np.diagonal(shared, axis1=1, axis2=2).astype(np.float64)


def _from_sums(
    coders: FloatArray, lengths: FloatArray, ones: FloatArray, squares: FloatArray
) -> dict[str, Coefficient]:
    """Percent, one-sided agreement and what is corrected by pooled use, from sums per source.

    With r coders in a source of length L, k of them applying the code at a character: `ones` sums k, `squares` k
    squared.
    """
    paired, rated = coders >= 2, coders >= 1
    r, length, once, twice = (each[paired] for each in (coders, lengths, ones, squares))
    n = float(length.sum())
    blank = Coefficient("", None, n_units=int(n), n_coders=int(coders.max(initial=0)))
    names = ("percent", "positive", "negative", "fleiss", "brennan", "ac1")
    if not n:
        return {name: _like(blank, name, None, reasons.NO_PAIRS) for name in names}
    yes, no = twice - once, r**2 * length - 2.0 * r * once + twice - r * length + once
    observed = float(((yes + no) / (r * (r - 1.0))).sum() / n)
    found = {
        "percent": _like(blank, "percent_agreement", observed, None, observed),
        "positive": _share(blank, "positive_agreement", yes, once * (r - 1.0), reasons.NOT_RATED_POSITIVE),
        "negative": _share(
            blank, "negative_agreement", no, (r * length - once) * (r - 1.0), reasons.NOT_RATED_NEGATIVE
        ),
    }
    use = float((ones[rated] / coders[rated]).sum() / lengths[rated].sum())
    chances = {"fleiss": use**2 + (1.0 - use) ** 2, "brennan": 0.5, "ac1": 2.0 * use * (1.0 - use)}
    full = {"fleiss": "fleiss_kappa", "brennan": "brennan_prediger", "ac1": "gwet_ac1"}
    for name, chance in chances.items():
        if not 0.0 < use < 1.0:
            found[name] = _like(blank, full[name], None, reasons.ONE_CATEGORY, observed)
        else:
            found[name] = _like(blank, full[name], (observed - chance) / (1.0 - chance), None, observed, chance)
    return found


def _share(blank: Coefficient, name: str, agreeing: FloatArray, possible: FloatArray, otherwise: str) -> Coefficient:
    whole = float(possible.sum())
    value = float(agreeing.sum()) / whole if whole else None
    return _like(blank, name, value, None if whole else otherwise, value)


def _conger(fleiss: Coefficient, own: FloatArray, lengths: IntArray, finished: BoolArray) -> Coefficient:
    """Conger's kappa: chance from each coder's own use, over all characters that coder read."""
    if fleiss.value is None or fleiss.observed is None:
        return fleiss.renamed("conger_kappa")
    read = (lengths[:, None] * finished).sum(axis=0).astype(np.float64)
    use = own.sum(axis=0)[read > 0] / read[read > 0]
    n = len(use)
    chance = float((use.sum() ** 2 - (use**2).sum() + (1 - use).sum() ** 2 - ((1 - use) ** 2).sum()) / (n * (n - 1)))
    if chance >= 1.0:
        return _like(fleiss, "conger_kappa", None, reasons.ONE_CATEGORY, fleiss.observed)
    value = (fleiss.observed - chance) / (1.0 - chance)
    return _like(fleiss, "conger_kappa", value, None, fleiss.observed, chance)


def _mean(like: Coefficient, pairs: list[Coefficient]) -> Coefficient:
    """Light's mean of the pairs' kappas; of two coders the one there is."""
    if len(pairs) == 1:
        return pairs[0]
    values = [pair.value for pair in pairs if pair.value is not None]
    if not pairs or len(values) < len(pairs):
        because = reasons.PAIR_UNDEFINED if values else (pairs[0].undefined_because if pairs else reasons.NO_PAIRS)
        return _like(like, "light_kappa", None, because or reasons.NO_PAIRS)
    return _like(like, "light_kappa", sum(values) / len(values), None)


def _like(
    one: Coefficient,
    name: str,
    value: float | None,
    because: str | None,
    observed: float | None = None,
    expected: float | None = None,
) -> Coefficient:
    return Coefficient(name, value, because, observed, expected, one.n_units, one.n_coders, one.n_missing)

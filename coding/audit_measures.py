"""The measures of one code that an audit offers to choose from, by units and by single characters."""

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Final

import numpy as np

from coding.agreement import reasons
from coding.agreement.characters import char_alpha_binary, char_kappa
from coding.agreement.cohen import light_kappa
from coding.agreement.conger import conger_kappa
from coding.agreement.fleiss import fleiss_kappa, scott_pi
from coding.agreement.free_marginal import brennan_prediger
from coding.agreement.gwet import gwet_ac1
from coding.agreement.krippendorff import krippendorff_alpha
from coding.agreement.percent import negative_agreement, percent_agreement, positive_agreement
from coding.agreement.ratings import BoolArray, Coefficient, FloatArray, IntArray, Ratings
from coding.audit_material import Material
from coding.units import character_sums

CHOICES: Final = ("alpha", "ac1", "cohen", "fleiss", "percent", "positive", "negative")
"""What the table of an audit can show; each is computed for all coders and for every pair."""

ALL: Final = ("percent", "positive", "negative", "alpha", "ac1", "cohen", "fleiss", "scott", "conger", "brennan")

_OF_RATINGS: Final[Mapping[str, Callable[[Ratings], Coefficient]]] = {
    "percent": percent_agreement,
    "positive": positive_agreement,
    "negative": negative_agreement,
    "alpha": krippendorff_alpha,
    "ac1": gwet_ac1,
    "cohen": light_kappa,
    "fleiss": fleiss_kappa,
    "scott": scott_pi,
    "conger": conger_kappa,
    "brennan": brennan_prediger,
}


def measures_of(ratings: Ratings, names: tuple[str, ...] = CHOICES) -> dict[str, Coefficient]:
    """Measures of binary ratings by name; `cohen` is the mean over pairs (Light), of two coders Cohen's own."""
    return {name: _OF_RATINGS[name](ratings) for name in names}


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

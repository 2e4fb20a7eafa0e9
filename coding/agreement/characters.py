"""Agreement with every character a unit of its own, from sums between the borders of segments."""

import numpy as np

from coding.agreement import reasons
from coding.agreement.krippendorff import alpha_from_coincidences
from coding.agreement.ratings import Coefficient, FloatArray, IntArray, Ratings
from coding.agreement.spans import Continua
from coding.agreement.sums import sum_characters
from coding.agreement.tallies import Tallies
from coding.agreement.unitizing import meetings


def char_alpha_binary(continua: Continua, *, name: str = "char_alpha_binary") -> tuple[Coefficient, ...]:
    """For each code, Krippendorff's alpha with every character a unit: applied or not.

    Returns
    -------
    tuple of Coefficient
        In the order of the codes, named `char_alpha_binary[code]`; `extra` holds percent agreement (the mean over
        characters of the share of agreeing pairs), positive agreement and the prevalence. None
        when nobody, or everybody everywhere, applied the code.

    Source
    ------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.
    """
    sums = sum_characters(continua.spans, continua.lengths, continua.finished, len(continua.codes))
    total = Tallies.of_characters(sums).total()
    return tuple(_char_alpha(continua, f"{name}[{code}]", total, k) for k, code in enumerate(continua.codes))


def _char_alpha(continua: Continua, name: str, total: Tallies, code: int) -> Coefficient:
    apart, ones, values = (float(each[0, code]) for each in (total.apart, total.ones, total.values))
    if not values:
        return continua.coefficient(name, None, reasons.NO_SHARED_SOURCE)
    observed = 2.0 * apart / values
    extra = {
        "percent_agreement": float(total.agreeing[0, code] / total.units[0, code]),
        "positive_agreement": float(total.both[0, code] / total.chances[0, code]) if ones else None,
        "prevalence": ones / values,
        "n_characters_rated": int(values),
    }
    if not 0.0 < ones < values:
        because = reasons.ONE_CATEGORY if ones else reasons.CODE_NOT_USED
        return continua.coefficient(name, None, because, observed=observed, expected=0.0, extra=extra)
    expected = 2.0 * ones * (values - ones) / (values * (values - 1.0))
    return continua.coefficient(name, 1.0 - observed / expected, observed=observed, expected=expected, extra=extra)


def char_alpha_nominal(continua: Continua, *, name: str = "char_alpha_nominal") -> Coefficient:
    """Krippendorff's alpha with every character a unit and the gap one category more.

    Returns
    -------
    Coefficient
        None when no source has two coders, when a coder's different codes overlap (a character would then have two
        values), or when all characters fall in one category.

    Source
    ------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.
    """
    if not continua.compared.any():
        return continua.coefficient(name, None, reasons.NO_SHARED_SOURCE)
    if continua.has_overlapping_codes:
        return continua.coefficient(name, None, reasons.OVERLAPPING_CODES)
    met = meetings(continua).met
    none = Ratings(values=np.empty((0, 0), dtype=np.int64), categories=())
    found = alpha_from_coincidences(none, name, met, 1.0 - np.eye(len(met)))
    return continua.coefficient(
        name, found.value, found.undefined_because, observed=found.observed, expected=found.expected
    )


def char_kappa(continua: Continua, *, name: str = "char_kappa") -> tuple[Coefficient, ...]:
    """For each code, Cohen's kappa of two coders with every character a unit, over the sources both finished.

    Returns
    -------
    tuple of Coefficient
        In the order of the codes, named `char_kappa[code]`. None unless there are exactly two coders, and when both
        used the code nowhere, or everywhere.

    Source
    ------
    Cohen (1960), Educational and Psychological Measurement 20.
    """
    names = [f"{name}[{code}]" for code in continua.codes]
    if continua.n_coders != 2:
        return tuple(continua.coefficient(each, None, reasons.TWO_CODERS_ONLY) for each in names)
    sums = sum_characters(continua.spans, continua.lengths, continua.finished, len(continua.codes), pairwise=True)
    length = float(continua.lengths[continua.compared].sum())
    shared = np.zeros((0, len(names), 2, 2)) if sums.shared is None else sums.shared[continua.compared]
    return tuple(_char_kappa(continua, each, shared[:, k].sum(axis=0), length) for k, each in enumerate(names))


def _char_kappa(continua: Continua, name: str, shared: IntArray | FloatArray, length: float) -> Coefficient:
    both, first, second = float(shared[0, 1]), float(shared[0, 0]), float(shared[1, 1])
    if not length:
        return continua.coefficient(name, None, reasons.NO_SHARED_SOURCE)
    observed = (length - first - second + 2.0 * both) / length
    expected = (first * second + (length - first) * (length - second)) / length**2
    if first == second and first in (0.0, length):
        because = reasons.ONE_CATEGORY if first else reasons.CODE_NOT_USED
        return continua.coefficient(name, None, because, observed=observed, expected=expected)
    value = (observed - expected) / (1.0 - expected)
    return continua.coefficient(name, value, observed=observed, expected=expected)

"""Agreement among coders: pure statistics with their sources, and 0/0 reported as undefined with the reason.

The registries below name everything there is to compute. A new coefficient is one function and one line here.
"""

from collections.abc import Callable
from functools import partial

from coding.agreement.alpha_u import alpha_u_1995
from coding.agreement.boundary import boundary_f1
from coding.agreement.characters import char_alpha_binary, char_alpha_nominal, char_kappa
from coding.agreement.cohen import cohen_kappa, light_kappa
from coding.agreement.conger import conger_kappa
from coding.agreement.fleiss import fleiss_kappa, scott_pi
from coding.agreement.free_marginal import brennan_prediger
from coding.agreement.gwet import gwet_ac1, gwet_ac2
from coding.agreement.krippendorff import krippendorff_alpha
from coding.agreement.percent import negative_agreement, percent_agreement, positive_agreement
from coding.agreement.ratings import Coefficient, Ratings
from coding.agreement.sets import SetRatings, set_alpha
from coding.agreement.spans import Continua
from coding.agreement.unitizing import bar_u_alpha, cu_alpha, cu_coverage, ku_alpha, u_alpha

NOMINAL_MEASURES: dict[str, Callable[[Ratings], Coefficient]] = {
    "percent_agreement": percent_agreement,
    "cohen_kappa": cohen_kappa,
    "scott_pi": scott_pi,
    "fleiss_kappa": fleiss_kappa,
    "conger_kappa": conger_kappa,
    "light_kappa": light_kappa,
    "brennan_prediger": brennan_prediger,
    "gwet_ac1": gwet_ac1,
    "krippendorff_alpha_nominal": krippendorff_alpha,
}
"""One category per unit and coder; each also for one category against the rest, as `name[label]`."""

BINARY_MEASURES: dict[str, Callable[[Ratings], Coefficient]] = {
    "positive_agreement": positive_agreement,
    "negative_agreement": negative_agreement,
}
"""One category against the rest only."""

WEIGHTED_MEASURES: dict[str, Callable[[Ratings], Coefficient]] = {
    "cohen_kappa_linear": partial(cohen_kappa, weighting="linear", name="cohen_kappa_linear"),
    "cohen_kappa_quadratic": partial(cohen_kappa, weighting="quadratic", name="cohen_kappa_quadratic"),
    "scott_pi_linear": partial(scott_pi, weighting="linear", name="scott_pi_linear"),
    "scott_pi_quadratic": partial(scott_pi, weighting="quadratic", name="scott_pi_quadratic"),
    "fleiss_kappa_linear": partial(fleiss_kappa, weighting="linear", name="fleiss_kappa_linear"),
    "fleiss_kappa_quadratic": partial(fleiss_kappa, weighting="quadratic", name="fleiss_kappa_quadratic"),
    "conger_kappa_linear": partial(conger_kappa, weighting="linear", name="conger_kappa_linear"),
    "conger_kappa_quadratic": partial(conger_kappa, weighting="quadratic", name="conger_kappa_quadratic"),
    "brennan_prediger_linear": partial(brennan_prediger, weighting="linear", name="brennan_prediger_linear"),
    "brennan_prediger_quadratic": partial(brennan_prediger, weighting="quadratic", name="brennan_prediger_quadratic"),
    "gwet_ac2_linear": partial(gwet_ac2, weighting="linear", name="gwet_ac2_linear"),
    "gwet_ac2_quadratic": partial(gwet_ac2, weighting="quadratic", name="gwet_ac2_quadratic"),
}
"""Categories that are numbers, with credit for near misses; or two categories of any kind, where order is idle."""

SCALED_MEASURES: dict[str, Callable[[Ratings], Coefficient]] = {
    "krippendorff_alpha_ordinal": partial(krippendorff_alpha, metric="ordinal"),
    "krippendorff_alpha_interval": partial(krippendorff_alpha, metric="interval"),
    "krippendorff_alpha_ratio": partial(krippendorff_alpha, metric="ratio"),
}
"""Categories that are numbers."""

SET_MEASURES: dict[str, Callable[[SetRatings], Coefficient]] = {
    "alpha_set_jaccard": partial(set_alpha, distance="jaccard"),
    "alpha_set_masi": partial(set_alpha, distance="masi"),
    "alpha_set_masi_product": partial(set_alpha, distance="masi_product"),
    "alpha_set_passonneau2004": partial(set_alpha, distance="passonneau2004"),
}
"""Several codes, or none, per unit and coder."""

SEGMENT_MEASURES: dict[str, Callable[[Continua], Coefficient | tuple[Coefficient, ...]]] = {
    "u_alpha": u_alpha,
    "bar_u_alpha": bar_u_alpha,
    "cu_alpha": cu_alpha,
    "cu_coverage": cu_coverage,
    "ku_alpha": ku_alpha,
    "alphaU_1995": alpha_u_1995,
    "char_alpha_nominal": char_alpha_nominal,
    "char_alpha_binary": char_alpha_binary,
    "char_kappa": char_kappa,
    "boundary_f1@0.5": partial(boundary_f1, overlap=0.5),
    "boundary_f1@0.75": partial(boundary_f1, overlap=0.75),
    "boundary_f1@1": partial(boundary_f1, overlap=1.0),
}
"""Free segments on sources of known length; those given per code return one coefficient per code."""

MEASURES: dict[str, Callable[..., Coefficient | tuple[Coefficient, ...]]] = {
    **NOMINAL_MEASURES,
    **BINARY_MEASURES,
    **WEIGHTED_MEASURES,
    **SCALED_MEASURES,
    **SET_MEASURES,
    **SEGMENT_MEASURES,
}
"""Every name there is."""

"""Why a coefficient has no value: one literal per case, marked for the translation catalogue."""

from typing import Final

from fieldstudy.errors import gettext_noop

NO_PAIRS: Final = gettext_noop("no unit was rated by two coders")
ONE_CATEGORY: Final = gettext_noop("all ratings fall in one category, so chance leaves no room to disagree")
TWO_CODERS_ONLY: Final = gettext_noop("it is defined for exactly two coders")
PAIR_UNDEFINED: Final = gettext_noop("Cohen's kappa is undefined for at least one pair of coders")
NOT_NUMBERS: Final = gettext_noop("it needs every code to be a number, and some are not")
NEGATIVE_NUMBERS: Final = gettext_noop("a ratio scale has no negative numbers")
NOT_RATED_POSITIVE: Final = gettext_noop("no coder used this category on a unit rated by two coders")
NOT_RATED_NEGATIVE: Final = gettext_noop("no coder used another category on a unit rated by two coders")
ONE_UNIT: Final = gettext_noop("a standard error needs two units at least")

NO_SHARED_SOURCE: Final = gettext_noop("no source was finished by two coders")
NOTHING_CODED: Final = gettext_noop("nothing was coded in the sources finished by two coders")
EVERYTHING_CODED: Final = gettext_noop("every part of the sources is coded, so relevance cannot vary")
OVERLAPPING_CODES: Final = gettext_noop(
    "a coder applied different codes to the same passage, and this coefficient wants one code per place; "
    "measure code by code instead"
)
NO_COMMON_MATTER: Final = gettext_noop("no passage was coded by two coders at once")
ONE_COMMON_CODE: Final = gettext_noop("passages coded by two coders carry one code only")
CODE_NOT_COMMON: Final = gettext_noop("this code never meets another coder's coding")
CODE_NOT_USED: Final = gettext_noop("no coder used this code in the sources finished by two coders")
NO_CHANCE_DISAGREEMENT: Final = gettext_noop("chance alone would leave no disagreement to compare with")
UNEVEN_CODERS: Final = gettext_noop("it wants every coder to have finished every source")

ONE_BLOCK: Final = gettext_noop("one block only: nothing to resample")
TOO_FEW_SOURCES: Final = gettext_noop("fewer than eight sources, and no units to resample in their place")
MOSTLY_DEGENERATE: Final = gettext_noop("the coefficient is undefined in half of the resamples or more")
UNDEFINED_ESTIMATE: Final = gettext_noop("the coefficient itself is undefined")

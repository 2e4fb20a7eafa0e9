"""Every coefficient that applies to a table of codings made elsewhere, and how to show them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from coding.agreement import (
    BINARY_MEASURES,
    NOMINAL_MEASURES,
    SCALED_MEASURES,
    SEGMENT_MEASURES,
    SET_MEASURES,
    WEIGHTED_MEASURES,
    reasons,
)
from coding.agreement.codings import SPAN_COLUMNS, SPAN_OPTIONS, UNIT_COLUMNS, are_numbers, read_spans, read_units
from coding.agreement.percent import prevalence
from coding.agreement.ratings import Coefficient, Ratings
from coding.agreement.sets import SetRatings
from coding.agreement.spans import Continua
from coding.agreement.tables import TableError, check_columns, decoded, read_rows
from coding.agreement.unitizing import u_alpha
from fieldstudy.errors import gettext_noop

Step = Callable[[], Coefficient | tuple[Coefficient, ...]]
Watch = Callable[[Sequence[Step]], Iterable[Step]]

ANALYTIC = ("se", "ci95_lo", "ci95_hi")
_SUFFIXES = tuple(f".{part}" for part in ANALYTIC)
TWO_CODERS = ("cohen_kappa", "scott_pi")

_HEADINGS = (
    gettext_noop("coefficient"),
    gettext_noop("value"),
    gettext_noop("95% interval"),
    gettext_noop("observed"),
    gettext_noop("expected"),
)
_UNDEFINED = gettext_noop("undefined")
_KINDS = {
    "units": gettext_noop("Fixed units: %(n_units)s units, %(n_coders)s coders, %(n_missing)s ratings missing"),
    "sets": gettext_noop("Sets of codes: %(n_units)s units, %(n_coders)s coders, %(n_missing)s ratings missing"),
    "segments": gettext_noop("Spans: %(n_units)s segments, %(n_coders)s coders, %(n_missing)s sources not finished"),
}


LIKE_MISSING = frozenset({"#n/a", "*", "-", ".", "?", "missing", "n/a", "na", "nan", "none", "null"})


@dataclass(frozen=True)
class Measured:
    """All coefficients of one table. `n_units` counts units, or merged segments; `n_missing` absent decisions.

    `doubtful` holds codes that other programs read as a missing rating, and that are codes like any other here.
    """

    kind: Literal["units", "segments", "sets"]
    n_units: int
    n_coders: int
    n_missing: int
    coefficients: tuple[Coefficient, ...]
    doubtful: tuple[str, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """A mapping ready for JSON: full precision, None where undefined."""
        return {
            "kind": self.kind,
            "n_units": self.n_units,
            "n_coders": self.n_coders,
            "n_missing": self.n_missing,
            "coefficients": {found.name: found.as_record() for found in self.coefficients},
        }

    def as_table(self, translate: Callable[[str], str] = str) -> str:
        """Aligned text for a person: four decimals, and the reason where there is no value."""
        sizes = {"n_units": self.n_units, "n_coders": self.n_coders, "n_missing": self.n_missing}
        lines = [tuple(translate(heading) for heading in _HEADINGS)]
        lines += [_line(found, translate) for found in self.coefficients if not found.name.endswith(_SUFFIXES)]
        widths = [max(len(line[column]) for line in lines if len(line) > 2) for column in range(len(_HEADINGS))]
        widths[0] = max(len(line[0]) for line in lines)
        body = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=False)) for line in lines]
        return "\n".join([translate(_KINDS[self.kind]) % sizes, "", *(line.rstrip() for line in body)])


def measure_csv(
    content: bytes, *, length: int | None = None, begin: int | None = None, watch: Watch = iter
) -> Measured:
    """Every coefficient that applies to the codings in a CSV file.

    Parameters
    ----------
    content : bytes
        Columns `unit, coder, code` for fixed units; `coder, start, end, code` and optionally `source, length, begin`
        for spans.
    length, begin : int, optional
        Extent of the source, in code points, for spans on a single source.
    watch : callable
        Hands on the steps of the work one by one, to show how far it is.

    Raises
    ------
    TableError
        With the line at fault; see `coding.agreement.tables` and `coding.agreement.codings`.
    """
    header, rows = read_rows(decoded(content))
    if "unit" in header:
        check_columns(header, UNIT_COLUMNS)
        if length is not None or begin is not None:
            raise TableError(
                "table.extent_of_units", gettext_noop("--length and --begin are for spans; this table has fixed units.")
            )
        ratings = read_units(rows)
        found = measure_sets(ratings, watch) if isinstance(ratings, SetRatings) else measure_units(ratings, watch)
    else:
        check_columns(header, SPAN_COLUMNS, SPAN_OPTIONS)
        found = measure_segments(read_spans(rows, length=length, begin=begin), watch)
    codes = {row.cells["code"] for row in rows}
    return replace(found, doubtful=tuple(sorted(code for code in codes if code.lower() in LIKE_MISSING)))


def measure_units(ratings: Ratings, watch: Watch = iter) -> Measured:
    """All coefficients for one category per unit and coder, overall and for each category against the rest."""
    chosen = [*NOMINAL_MEASURES.values()]
    numbered = are_numbers([label for label in ratings.categories if label])
    if numbered or len(ratings.categories) <= 2:
        chosen += WEIGHTED_MEASURES.values()
    if numbered:
        chosen += SCALED_MEASURES.values()
    steps: list[Step] = [partial(measure, ratings) for measure in chosen]
    steps += [partial(_one_category, ratings, category) for category in range(len(ratings.categories))]
    return Measured("units", ratings.n_units, ratings.n_coders, ratings.n_missing, _with_parts(steps, watch))


def measure_sets(ratings: SetRatings, watch: Watch = iter) -> Measured:
    """All coefficients for a set of codes per unit and coder: whole sets, alike or not, and code by code."""
    whole = ratings.ratings
    steps: list[Step] = [partial(measure, whole) for measure in NOMINAL_MEASURES.values()]
    steps += [partial(measure, ratings) for measure in SET_MEASURES.values()]
    steps += [partial(_one_code, ratings, code) for code in ratings.codes]
    return Measured("sets", whole.n_units, whole.n_coders, whole.n_missing, _with_parts(steps, watch))


def measure_segments(continua: Continua, watch: Watch = iter) -> Measured:
    """All coefficients for free segments; `u_alpha[code]` measures one code by itself, all else being gap."""
    steps: list[Step] = [
        partial(measure, continua)
        for name, measure in SEGMENT_MEASURES.items()
        if name != "char_kappa" or continua.n_coders == 2
    ]
    steps += [partial(_u_alpha_alone, continua, place) for place in range(len(continua.codes))]
    found = _found(steps, watch)
    used = {
        _code_of(each): each.extra.get("prevalence") for each in found if each.name.startswith("char_alpha_binary[")
    }
    beside = tuple(each if _code_of(each) is None else each.beside(prevalence=used[_code_of(each)]) for each in found)
    return Measured("segments", len(continua.spans), continua.n_coders, continua.n_missing, beside)


def _u_alpha_alone(continua: Continua, code: int) -> Coefficient:
    return u_alpha(continua.of_code(code), name=f"u_alpha[{continua.codes[code]}]")


def _code_of(found: Coefficient) -> str | None:
    """The code that a coefficient is about, None for all of them together."""
    _, bracket, rest = found.name.partition("[")
    return rest.removesuffix("]") if bracket else None


def _found(steps: Sequence[Step], watch: Watch) -> list[Coefficient]:
    found: list[Coefficient] = []
    for step in watch(steps):
        result = step()
        found += [result] if isinstance(result, Coefficient) else result
    return found


def _with_parts(steps: Sequence[Step], watch: Watch) -> tuple[Coefficient, ...]:
    found = _found(steps, watch)
    return (*found, *(part for each in found for part in analytic_parts(each)))


def analytic_parts(whole: Coefficient) -> Iterator[Coefficient]:
    """A coefficient's standard error and interval ends as coefficients of their own, `name.se` and so on."""
    for part in ANALYTIC:
        if part in whole.extra:
            value = whole.extra[part]
            known = isinstance(value, float)
            yield Coefficient(
                name=f"{whole.name}.{part}",
                value=value if isinstance(value, float) else None,
                undefined_because=None if known else reasons.ONE_UNIT,
                n_units=whole.n_units,
                n_coders=whole.n_coders,
                n_missing=whole.n_missing,
            )


def _one_category(ratings: Ratings, category: int) -> tuple[Coefficient, ...]:
    return _binary(ratings.one_against_rest(category), ratings.categories[category])


def _one_code(ratings: SetRatings, code: str) -> tuple[Coefficient, ...]:
    return _binary(ratings.of_code(code), code)


def _binary(ratings: Ratings, label: str) -> tuple[Coefficient, ...]:
    """One category against the rest by every coefficient that applies."""
    share = prevalence(ratings)
    return tuple(
        measure(ratings).renamed(f"{name}[{label}]").beside(prevalence=share)
        for name, measure in (NOMINAL_MEASURES | BINARY_MEASURES).items()
        if name not in TWO_CODERS or ratings.n_coders == 2
    )


def _line(found: Coefficient, translate: Callable[[str], str]) -> tuple[str, ...]:
    if found.value is None:
        return found.name, f"{translate(_UNDEFINED)}: {translate(found.undefined_because or '')}"
    low, high = found.extra.get("ci95_lo"), found.extra.get("ci95_hi")
    interval = f"{_shown(low)} to {_shown(high)}" if isinstance(low, float) and isinstance(high, float) else ""
    others = ("" if number is None else _shown(number) for number in (found.observed, found.expected))
    return (found.name, _shown(found.value), interval, *others)


def _shown(number: float) -> str:
    # Adding zero turns a rounded -0.0 into 0.0.
    return f"{round(number, 4) + 0.0:.4f}"

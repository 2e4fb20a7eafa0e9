"""What coefficients are computed from (`Ratings`) and what they give (`Coefficient`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fieldstudy.errors import Invalid, gettext_noop

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MISSING = -1


class RatingsError(Invalid):
    """Ratings that do not fit together."""


@dataclass(frozen=True)
class Coefficient:
    """One coefficient, or the reason why it has none.

    `value`, `observed` and `expected` are dimensionless. For percent, kappas and Gwet's coefficients `observed` and
    `expected` are agreements; for every alpha they are disagreements. `n_missing` counts absent decisions, which are
    not the decision "nothing". `extra` holds what belongs beside this coefficient alone.
    """

    name: str
    value: float | None
    undefined_because: str | None = None
    observed: float | None = None
    expected: float | None = None
    n_units: int = 0
    n_coders: int = 0
    n_missing: int = 0
    extra: Mapping[str, float | int | str | None] = field(default_factory=dict)

    def renamed(self, name: str) -> "Coefficient":
        """The same coefficient under another name."""
        return replace(self, name=name)

    def beside(self, **figures: float | int | str | None) -> "Coefficient":
        """The same coefficient with more in `extra`."""
        return replace(self, extra={**self.extra, **figures})

    def as_record(self) -> dict[str, float | int | str | None]:
        """A flat mapping without the name, ready for JSON; undefined numbers are None."""
        return {
            "value": self.value,
            "undefined_because": self.undefined_because,
            "observed": self.observed,
            "expected": self.expected,
            "n_units": self.n_units,
            "n_coders": self.n_coders,
            "n_missing": self.n_missing,
            **self.extra,
        }


@dataclass(frozen=True, eq=False)
class Ratings:
    """One category, or none, per unit and coder.

    Parameters
    ----------
    values : int array, shape (n_units, n_coders)
        Index into `categories`; -1 = missing (the coder never decided on this unit).
    categories : tuple of str
        Labels, in order where they have one.
    numbers : float array, shape (n_categories,), optional
        What the categories stand for, ascending, when all of them are numbers; None otherwise.
    blocks : int array, shape (n_units,), optional
        The source each unit belongs to, for intervals clustered by source.

    Raises
    ------
    RatingsError
        `ratings.shape` when the arrays do not fit; `ratings.category_out_of_range`.
    """

    values: IntArray
    categories: tuple[str, ...]
    numbers: FloatArray | None = None
    blocks: IntArray | None = None

    def __post_init__(self) -> None:
        fits = self.values.ndim == 2
        fits = fits and (self.numbers is None or self.numbers.shape == (len(self.categories),))
        fits = fits and (self.blocks is None or self.blocks.shape == self.values.shape[:1])
        if not fits:
            raise RatingsError("ratings.shape", gettext_noop("The arrays of the ratings do not fit together."))
        if self.values.size and not MISSING <= self.values.min() <= self.values.max() < len(self.categories):
            raise RatingsError(
                "ratings.category_out_of_range",
                gettext_noop("A rating names category %(index)s of %(count)s."),
                index=int(self.values.max()),
                count=len(self.categories),
            )

    @property
    def n_units(self) -> int:
        """Number of units, those nobody rated included."""
        return int(self.values.shape[0])

    @property
    def n_coders(self) -> int:
        """Number of coders."""
        return int(self.values.shape[1])

    @property
    def n_missing(self) -> int:
        """Number of (unit, coder) pairs without a decision."""
        return int((self.values == MISSING).sum())

    @cached_property
    def counts(self) -> FloatArray:
        """Number of coders per unit and category, shape (n_units, n_categories)."""
        units, coders = np.nonzero(self.values != MISSING)
        width = len(self.categories)
        flat = np.bincount(units * width + self.values[units, coders], minlength=self.n_units * width)
        return flat.reshape(self.n_units, width).astype(np.float64)

    @cached_property
    def in_use(self) -> "Ratings":
        """The same ratings without categories nobody used and units nobody rated."""
        used = np.flatnonzero(self.counts.any(axis=0))
        rated = self.counts.any(axis=1)
        if rated.all() and len(used) == len(self.categories):
            return self
        position = np.full(len(self.categories) + 1, MISSING)
        position[used] = np.arange(len(used))
        return Ratings(
            values=position[self.values[rated]],
            categories=tuple(self.categories[index] for index in used),
            numbers=None if self.numbers is None else self.numbers[used],
            blocks=None if self.blocks is None else self.blocks[rated],
        )

    def of_units(self, chosen: IntArray | BoolArray) -> "Ratings":
        """The ratings of the chosen units, in the order given and as often as given."""
        if chosen.dtype == np.bool_ and chosen.all():
            return self
        blocks = None if self.blocks is None else self.blocks[chosen]
        return replace(self, values=self.values[chosen], blocks=blocks)

    def of_coders(self, chosen: Sequence[int]) -> "Ratings":
        """The ratings of the chosen coders, on all units."""
        return replace(self, values=self.values[:, list(chosen)])

    def shared(self) -> "Ratings":
        """The ratings of the units that every coder rated."""
        return self.of_units((self.values != MISSING).all(axis=1))

    def one_against_rest(self, category: int) -> "Ratings":
        """Binary ratings: 1 where the given category was chosen, 0 where another one was."""
        values = np.where(self.values == MISSING, MISSING, self.values == category).astype(np.int64)
        return Ratings(values=values, categories=("rest", self.categories[category]), blocks=self.blocks)

    def undefined(
        self, name: str, because: str, *, observed: float | None = None, expected: float | None = None
    ) -> Coefficient:
        """A coefficient of these ratings that has no value."""
        return self.coefficient(name, None, because, observed=observed, expected=expected)

    def coefficient(
        self,
        name: str,
        value: float | None,
        undefined_because: str | None = None,
        *,
        observed: float | None = None,
        expected: float | None = None,
        extra: Mapping[str, float | int | str | None] | None = None,
    ) -> Coefficient:
        """A coefficient that carries the size of these ratings."""
        return Coefficient(
            name=name,
            value=value,
            undefined_because=undefined_because,
            observed=observed,
            expected=expected,
            n_units=self.n_units,
            n_coders=self.n_coders,
            n_missing=self.n_missing,
            extra=extra or {},
        )

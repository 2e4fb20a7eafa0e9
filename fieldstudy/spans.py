"""Stretches of text: half-open `[start, end)` in Unicode code points, never empty."""

from collections.abc import Iterable
from dataclasses import dataclass

from fieldstudy.errors import Invalid, gettext_noop


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A stretch `[start, end)` of a text, in code points, ordered by start and then by end.

    Raises
    ------
    Invalid
        `span.negative` when `start < 0`, `span.empty` when `start >= end`.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start < 0:
            raise Invalid(
                "span.negative", gettext_noop("A span cannot start before the text (%(start)d)."), start=self.start
            )
        if self.start >= self.end:
            raise Invalid(
                "span.empty",
                gettext_noop("A span must end after it starts (found %(start)d to %(end)d)."),
                start=self.start,
                end=self.end,
            )

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share at least one code point; spans that only touch do not."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """Whether `other` lies wholly within this span (equal spans contain each other)."""
        return self.start <= other.start and other.end <= self.end

    def intersection(self, other: "Span") -> "Span | None":
        """What the two share, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None

    def shifted(self, by: int) -> "Span":
        """The same stretch counted from another origin: `by` code points further on."""
        return Span(self.start + by, self.end + by)

    def cut_from(self, text: str) -> str:
        """The words of `text` that the span covers."""
        return text[self.start : self.end]

    def trimmed(self, text: str) -> "Span | None":
        """The span without white space at its edges, or None when it covers nothing else.

        White space is what `str.isspace` says, no-break spaces included.

        Raises
        ------
        Invalid
            `span.out_of_range` when the span ends beyond `text`.
        """
        self.check_within(len(text))
        covered = self.cut_from(text)
        start = self.start + len(covered) - len(covered.lstrip())
        end = self.end - (len(covered) - len(covered.rstrip()))
        return Span(start, end) if start < end else None

    def check_within(self, length: int) -> None:
        """Refuse the span when it ends beyond a text of `length` code points (`span.out_of_range`)."""
        if self.end > length:
            raise Invalid(
                "span.out_of_range",
                gettext_noop("The span ends at %(end)d, beyond the text's %(length)d characters."),
                end=self.end,
                length=length,
            )


def merge(spans: Iterable[Span]) -> list[Span]:
    """The stretches covered by at least one of `spans`: sorted, apart from each other.

    Spans that overlap or touch become one.
    """
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged

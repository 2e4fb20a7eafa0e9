"""How a corrected text takes along what points at it, without this room knowing the rooms above.

Those who keep spans register a carrier; a correction asks each what it would break, and then to carry.
"""

from dataclasses import dataclass
from typing import Protocol

from fieldstudy.edits import EditMap
from observations.access import Viewer
from observations.models import Revision, Source


@dataclass(frozen=True)
class Effect:
    """What a correction does to spans: how many move, change their words, or lose all of them."""

    moved: int = 0
    changed: int = 0
    lost: int = 0

    def __add__(self, other: "Effect") -> "Effect":
        return Effect(self.moved + other.moved, self.changed + other.changed, self.lost + other.lost)


class Carrier(Protocol):
    def foresee(self, viewer: Viewer, source: Source, edits: EditMap) -> Effect: ...

    def carry(self, source: Source, edits: EditMap, revision: Revision) -> None: ...


_carriers: list[Carrier] = []


def register(carrier: Carrier) -> None:
    _carriers.append(carrier)


def foresee(viewer: Viewer, source: Source, edits: EditMap) -> Effect:
    """What carrying the anchors of `source` that may be counted for `viewer` through `edits` would do."""
    return sum((carrier.foresee(viewer, source, edits) for carrier in _carriers), Effect())


def carry(source: Source, edits: EditMap, revision: Revision) -> None:
    """Carry all anchors of `source` to `revision`."""
    for carrier in _carriers:
        carrier.carry(source, edits, revision)

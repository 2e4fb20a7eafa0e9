"""Whose coding is counted: what was agreed, one coder's, or every first reading the viewer may know of."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from coding.models import Coder, Encounter, PromiseLink, Reading
from coding.queries.visible import readings_visible_to
from observations.access import Viewer, nothing_here
from observations.queries.alphabet import alphabetical

CONSENSUS = "consensus"
ALL = "all"


@dataclass(frozen=True)
class Read:
    """A reading that counts: whose it is, and of which source."""

    id: uuid.UUID
    source: uuid.UUID
    coder: uuid.UUID
    alias: str
    is_own: bool


@dataclass(frozen=True)
class Layer:
    """The readings counted, one of each coder and source, and what else could be chosen.

    `name` is "consensus", "all" or a coder's id; `coders` are those with a reading the viewer may know of.
    """

    name: str
    alias: str
    readings: tuple[Read, ...]
    coders: tuple[tuple[str, str], ...]
    has_consensus: bool

    @property
    def is_consensus(self) -> bool:
        return self.name == CONSENSUS

    @property
    def is_all(self) -> bool:
        return self.name == ALL


def layer_of(viewer: Viewer, asked: str, marks: type[PromiseLink] | type[Encounter] | None = None) -> Layer:
    """The layer asked for; without a choice what was agreed, or all first readings while nothing is.

    Where `marks` are counted, what was agreed counts once it has one of them. One query, two with `marks`.

    Of each coder and source the reading of the study's own round counts, else of the earliest. All together are first
    readings; one coder's are the final ones where there are any.

    Raises
    ------
    Missing
        For a coder who is not there, or of whom the viewer may know of no reading.
    """
    readings = readings_visible_to(viewer).exclude(state=Reading.State.ABANDONED)
    columns = ("pk", "source_id", "coder_id", "coder__alias", "coder__kind", "coder__user_id", "phase")
    rows = list(readings.order_by("source_id", "round", "phase", "pk").values_list(*columns))
    rows.sort(key=lambda row: alphabetical(row[3]))
    coders = {str(row[2]): row[3] for row in rows if row[4] != Coder.Kind.CONSENSUS}
    agreed = [row[0] for row in rows if row[4] == Coder.Kind.CONSENSUS]
    has_marks = marks is None or marks.objects.filter(reading__in=agreed, removed_at=None).exists()
    name = asked or (CONSENSUS if agreed and has_marks else ALL)
    if name == CONSENSUS:
        kept = [row for row in rows if row[4] == Coder.Kind.CONSENSUS]
    elif name == ALL:
        kept = [row for row in rows if row[4] != Coder.Kind.CONSENSUS and row[6] == Reading.Phase.FIRST]
    elif name in coders:
        kept = [row for row in rows if str(row[2]) == name]
    else:
        raise nothing_here()
    return Layer(name, coders.get(name, ""), _one_each(viewer, kept), tuple(coders.items()), bool(agreed))


def _one_each(
    viewer: Viewer, rows: Iterable[tuple[uuid.UUID, uuid.UUID, uuid.UUID, str, str, uuid.UUID | None, str]]
) -> tuple[Read, ...]:
    found: dict[tuple[uuid.UUID, uuid.UUID], Read] = {}
    for pk, source, coder, alias, _, user, _ in rows:
        found.setdefault((coder, source), Read(pk, source, coder, alias, user == viewer.user.pk))
    return tuple(found.values())

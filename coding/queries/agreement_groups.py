"""Groups of the sources of an audit: one by one, by kind, site, codebook version, month observed and submitted."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

from coding.models import CodebookVersion, Reading
from observations.queries.alphabet import alphabetical

KINDS: Final = ("source", "kind", "site", "version", "observed", "submitted")
NONE: Final = "none"


@dataclass(frozen=True)
class Group:
    """Some sources of an audit. `key` names the group in an address; a month is told by its first `day`.

    `label` is "" for a month and for sources without what they are grouped by.
    """

    kind: str
    key: str
    label: str
    day: date | None
    sources: frozenset[uuid.UUID]


def groups_of(readings: Sequence[Reading], outside: Mapping[uuid.UUID, str] | None = None) -> dict[str, list[Group]]:
    """All groups of the sources of these readings, by kind, in order of title, name, number or month. One query.

    The readings have their sources and sites loaded. A source counts under the versions of all its readings together,
    and in the month in which the last of them was submitted. Sites have the names they go by `outside` where given.
    """
    numbers = _versions(readings)
    by_source: dict[uuid.UUID, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_source[reading.source_id].append(reading)
    found: dict[str, dict[str, tuple[str, date | None, set[uuid.UUID]]]] = {kind: {} for kind in KINDS}
    for source_id, of_source in by_source.items():
        for kind, (key, label, day) in _places(of_source, numbers, outside).items():
            found[kind].setdefault(key, (label, day, set()))[2].add(source_id)
    groups = {
        kind: [Group(kind, key, label, day, frozenset(ids)) for key, (label, day, ids) in of_kind.items()]
        for kind, of_kind in found.items()
    }
    return {kind: sorted(of_kind, key=_order) for kind, of_kind in groups.items()}


def chosen_group(readings: Sequence[Reading], asked: Mapping[str, str]) -> Group | None:
    """The group an address asks for, as in `?site=…`; None without one. One query when asked.

    A group that is not there holds no source.
    """
    kind = next((kind for kind in KINDS if asked.get(kind)), None)
    if kind is None:
        return None
    same = [group for group in groups_of(readings)[kind] if group.key == asked[kind]]
    return same[0] if same else Group(kind, asked[kind], "", None, frozenset())


def _versions(readings: Sequence[Reading]) -> dict[uuid.UUID, int]:
    versions = {reading.codebook_version_id for reading in readings if reading.codebook_version_id}
    return dict(CodebookVersion.objects.filter(pk__in=versions).values_list("pk", "number"))


def _places(
    readings: Sequence[Reading], numbers: Mapping[uuid.UUID, int], outside: Mapping[uuid.UUID, str] | None
) -> dict[str, tuple[str, str, date | None]]:
    """Of one source: its key, label and month under each kind."""
    source = readings[0].source
    site = source.site
    used = sorted({numbers[reading.codebook_version_id] for reading in readings if reading.codebook_version_id})
    submitted = max((reading.submitted_at for reading in readings if reading.submitted_at), default=None)
    return {
        "source": (str(source.pk), source.title, None),
        "kind": (source.kind, "", None),
        "site": (str(site.pk), outside[site.pk] if outside else site.name, None) if site else (NONE, "", None),
        "version": ("-".join(map(str, used)) or NONE, ", ".join(f"v{number}" for number in used), None),
        "observed": _month(source.observed_on),
        "submitted": _month(timezone.localdate(submitted) if submitted else None),
    }


def _month(day: date | datetime | None) -> tuple[str, str, date | None]:
    return (NONE, "", None) if day is None else (f"{day:%Y-%m}", "", date(day.year, day.month, 1))


def _order(group: Group) -> tuple[Any, ...]:
    numbers = [int(part) for part in group.key.split("-") if part.isdecimal()] if group.kind == "version" else []
    return (group.key == NONE, str(group.day or ""), numbers, alphabetical(group.label), group.key)

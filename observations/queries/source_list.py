"""The list of a study's sources: filtered, sorted, a page at a time."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from observations.access import Viewer
from observations.models import Source
from observations.queries.alphabet import alphabetical
from observations.queries.sources import sources_of

PAGE = 100
Key = Callable[[Mapping[str, Any]], Any]

SORTS: dict[str, Key] = {
    "title": lambda row: alphabetical(row["title"]),
    "kind": lambda row: row["kind"],
    "site": lambda row: alphabetical(row["site__name"] or "\uffff"),
    "date": lambda row: row["observed_on"] or date.max,
    "language": lambda row: row["language"],
    "words": lambda row: row["revision__words"],
}


@dataclass(frozen=True)
class Wanted:
    """What the reader wants to see. `sort` is a key of `SORTS`; no filter leaves everything in."""

    kind: str = ""
    site: uuid.UUID | None = None
    tool: uuid.UUID | None = None
    title: str = ""
    sort: str = "date"
    descending: bool = False
    page: int = 1

    @property
    def filters(self) -> bool:
        return bool(self.kind or self.site or self.tool or self.title)


@dataclass(frozen=True)
class Listed:
    """One page of the list: its sources, how many there are on all pages, and the last page's number."""

    sources: Sequence[Source]
    total: int
    page: int
    last_page: int


def list_sources(viewer: Viewer, wanted: Wanted) -> Listed:
    """A page of the study's sources, with site, revision, tools and participants. Four queries, three when empty.

    Sorted here and not by the database, whose order of letters knows no accents.
    """
    columns = ("pk", "title", "kind", "site__name", "observed_on", "language", "revision__words")
    rows = list(_filtered(viewer, wanted).values(*columns))
    rows.sort(key=lambda row: (alphabetical(row["title"]), str(row["pk"])))
    rows.sort(key=SORTS[wanted.sort], reverse=wanted.descending)
    last_page = max(1, -(-len(rows) // PAGE))
    page = min(max(1, wanted.page), last_page)
    ids = [row["pk"] for row in rows[(page - 1) * PAGE : page * PAGE]]
    found = {source.pk: source for source in sources_of(viewer.study.pk).filter(pk__in=ids)} if ids else {}
    return Listed([found[pk] for pk in ids if pk in found], len(rows), page, last_page)


def by_date_and_title(sources: Iterable[Source]) -> list[Source]:
    """Sources in the order in which the list shows them at first: by date, those without one last, then by title."""
    return sorted(sources, key=lambda one: (one.observed_on or date.max, alphabetical(one.title), str(one.pk)))


def _filtered(viewer: Viewer, wanted: Wanted) -> Any:
    conditions = Q(study=viewer.study, revision__isnull=False)
    if wanted.kind:
        conditions &= Q(kind=wanted.kind)
    if wanted.site:
        conditions &= Q(site=wanted.site)
    if wanted.tool:
        conditions &= Q(source_tools__tool=wanted.tool)
    if wanted.title:
        conditions &= Q(title__icontains=wanted.title)
    return Source.objects.filter(conditions)

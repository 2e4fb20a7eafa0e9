"""The heads of a sortable table: where each leads, and how the table is sorted now."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext

from observations.queries.source_list import Wanted

KEPT_IN_ADDRESSES = ("kind", "site", "tool", "sort")


@dataclass(frozen=True)
class Column:
    """A head of the table. `sorted` is "ascending", "descending" or "".

    `address` sorts by it, or where the filters cannot stand in an address `turn` does, sent with them; both "" where
    one cannot.
    """

    key: str
    label: str
    address: str = ""
    turn: str = ""
    sorted: str = ""
    is_number: bool = False


def columns_of(query: QueryDict, wanted: Wanted) -> list[Column]:
    """The columns of the list of sources."""
    labels = {
        "title": gettext("Title"),
        "kind": gettext("Kind"),
        "site": gettext("Site"),
        "date": gettext("Date"),
        "language": gettext("Language"),
        "words": gettext("Words"),
    }
    sortable = [_column(query, wanted, key, label) for key, label in labels.items()]
    return [*sortable, Column("participants", gettext("Participants")), Column("tools", gettext("Tools"))]


def address_with(query: QueryDict, **changed: object) -> str:
    """The query part of an address like `query` with some parameters changed.

    The page is kept only when changed; words searched for stand in no address.
    """
    new = {name: value for name, value in query.items() if name in KEPT_IN_ADDRESSES and value}
    return f"?{urlencode({**new, **changed})}"


def address_of(query: QueryDict) -> str:
    """The query part of an address that asks for what `query` does, from the first page."""
    return address_with(query) if any(query.get(name) for name in KEPT_IN_ADDRESSES) else ""


def _column(query: QueryDict, wanted: Wanted, key: str, label: str) -> Column:
    is_sorted = wanted.sort == key
    turned = f"-{key}" if is_sorted and not wanted.descending else key
    direction = ("descending" if wanted.descending else "ascending") if is_sorted else ""
    return Column(key, label, address_with(query, sort=turned), turned, direction, key == "words")

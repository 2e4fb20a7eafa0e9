"""The questions that people keep."""

import uuid

from django.db.models import Q, QuerySet

from coding.models import SavedQuery
from coding.queries.visible import by_nobody_coding
from observations.access import Viewer, nothing_here
from observations.queries.alphabet import alphabetical


def saved_queries_of(viewer: Viewer) -> QuerySet[SavedQuery]:
    """The viewer's own kept queries, and those that others share.

    A query tells what its owner looks for, so that of a coder is shown, like their memos, once one has read oneself.
    """
    known = Q(owner=viewer.user) | Q(is_shared=True) & by_nobody_coding(viewer, "owner")
    rows = SavedQuery.objects.filter(study=viewer.study, removed_at=None).filter(known)
    return rows.select_related("owner").order_by("pk")


def saved_by_name(viewer: Viewer) -> list[SavedQuery]:
    """The same as a person reads them. One query."""
    return sorted(saved_queries_of(viewer), key=lambda row: (alphabetical(row.name), str(row.pk)))


def saved_query(viewer: Viewer, query_id: uuid.UUID) -> SavedQuery:
    """One of `saved_queries_of`. One query; raises Missing."""
    found = saved_queries_of(viewer).filter(pk=query_id).first()
    if found is None:
        raise nothing_here()
    return found

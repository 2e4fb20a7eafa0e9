"""The questions that people keep."""

import uuid

from django.db.models import Q, QuerySet

from coding.models import SavedQuery
from coding.queries.visible import by_nobody_coding
from observations.access import Viewer, nothing_here


def saved_queries_of(viewer: Viewer) -> QuerySet[SavedQuery]:
    """The viewer's own kept queries, and those that others share, by name.

    A query tells what its owner looks for, so that of a coder is shown, like their memos, once one has read oneself.
    """
    known = Q(owner=viewer.user) | Q(is_shared=True) & by_nobody_coding(viewer, "owner")
    rows = SavedQuery.objects.filter(study=viewer.study, removed_at=None).filter(known)
    return rows.select_related("owner").order_by("name", "pk")


def saved_query(viewer: Viewer, query_id: uuid.UUID) -> SavedQuery:
    """One of `saved_queries_of`. One query; raises Missing."""
    found = saved_queries_of(viewer).filter(pk=query_id).first()
    if found is None:
        raise nothing_here()
    return found

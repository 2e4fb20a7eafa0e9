"""The questions that people keep."""

import uuid

from django.db.models import Q, QuerySet

from coding.models import SavedQuery
from observations.access import Viewer, nothing_here


def saved_queries_of(viewer: Viewer) -> QuerySet[SavedQuery]:
    """The viewer's own kept queries, and those that others share, by name."""
    known = Q(owner=viewer.user) | Q(is_shared=True)
    rows = SavedQuery.objects.filter(study=viewer.study, removed_at=None).filter(known)
    return rows.select_related("owner").order_by("name", "pk")


def saved_query(viewer: Viewer, query_id: uuid.UUID) -> SavedQuery:
    """One of `saved_queries_of`. One query; raises Missing."""
    found = saved_queries_of(viewer).filter(pk=query_id).first()
    if found is None:
        raise nothing_here()
    return found

"""Reads of imports and their files."""

import uuid

from django.db.models import Count, OuterRef, Subquery

from observations.access import Viewer, nothing_here
from observations.models import Import, ImportFile, Turn


def batch_of(viewer: Viewer, import_id: uuid.UUID) -> Import:
    """An import into the viewer's study with its job, or Missing `access.missing`. One query."""
    batch = Import.objects.filter(study=viewer.study, pk=import_id).select_related("job").first()
    if batch is None:
        raise nothing_here()
    return batch


def files_of(batch: Import) -> list[ImportFile]:
    """An import's files as they were chosen, with the sources they became, without their content. One query.

    Each has `turns`, and `speakers`, the number of labels that speak in its source.
    """
    turns = Turn.objects.filter(source=OuterRef("source")).order_by().values("source")
    files = batch.files.select_related("source").defer("sealed", "wrapped_key").order_by("position")
    return list(
        files.annotate(
            turns=Subquery(turns.annotate(n=Count("pk")).values("n")),
            speakers=Subquery(turns.exclude(speaker="").annotate(n=Count("speaker", distinct=True)).values("n")),
        )
    )

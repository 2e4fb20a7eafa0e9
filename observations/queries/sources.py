"""Reads of sources and their text."""

import json
import uuid
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from fieldstudy.sealing import unseal
from observations.models import Revision, Source, Turn


def sources_of(study_id: uuid.UUID) -> QuerySet[Source]:
    """A study's sources with site, revision, tools and participants, oldest observation first. Three queries."""
    return (
        Source.objects.filter(study_id=study_id, revision__isnull=False)
        .select_related("site", "revision")
        .prefetch_related("tools", "participants")
        .order_by("observed_on", "created_at", "pk")
    )


def held(source: Source) -> Source:
    """The source with its text kept from correction until the transaction ends; as it is now, if corrected since.

    Takes a lock FOR KEY SHARE, which holds off nobody but those who correct. One query, two after a correction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision_id FROM observations_source WHERE id = %s FOR KEY SHARE", [source.pk])
        (revision_id,) = cursor.fetchone()
    return as_of(source, revision_id)


def as_of(source: Source, revision_id: uuid.UUID) -> Source:
    """The source itself when that is its revision, else read again. No query, or one."""
    if revision_id == source.revision_id:
        return source
    return Source.objects.select_related("revision").defer("revision__sealed").get(pk=source.pk)


def turns_of(source: Source) -> QuerySet[Turn]:
    """The turns of a source's current revision, in order, with their participants."""
    return Turn.objects.filter(source=source).select_related("participant").order_by("number")


def text_of(source: Source) -> str:
    """The current text of a source, put together from its turns. One query."""
    return "".join(Turn.objects.filter(source=source).order_by("number").values_list("text", flat=True))


def sealed_content(revision: Revision) -> dict[str, Any]:
    """What a revision was made of: ``text``, ``turns`` and the ``edits`` from the one before. One query."""
    key = revision.source.key
    content: dict[str, Any] = json.loads(unseal(bytes(key.wrapped), bytes(revision.sealed)))
    return content

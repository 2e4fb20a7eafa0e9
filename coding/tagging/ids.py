"""Ids of suggestions: the same finding has the same id on every run."""

import json
from uuid import UUID, uuid5

_NAMESPACE = UUID("5f2d7c1e-8a43-5b90-9c6e-3d1f0a7be214")


def suggestion_id(tagger_version: str, revision_id: UUID, code_id: UUID, span: tuple[int, int]) -> UUID:
    """The id of the suggestion that `tagger_version` makes of `code_id` on a span of a revision.

    `span` is half-open in code points. Equal arguments give equal ids, so a run repeated after a crash writes the same
    rows. A UUID of version 5 (RFC 9562, section 5.5) over the four values written as JSON, which keeps them apart.
    """
    start, end = span
    return uuid5(_NAMESPACE, json.dumps([tagger_version, str(revision_id), str(code_id), start, end]))

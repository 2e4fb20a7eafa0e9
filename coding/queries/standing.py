"""What a code counts as when it is read: itself, or the code it was merged into, however long the chain.

No segment is rewritten by a merge, so whoever lists or counts segments by code comes here.
"""

import uuid
from collections.abc import Collection, Mapping

from django.db.models import Case, F, UUIDField, Value, When
from django.db.models.expressions import Combinable

from coding.models import Code, Segment
from observations.models import Study

Merged = Mapping[uuid.UUID, uuid.UUID]


def last_of(code: uuid.UUID, into: Mapping[uuid.UUID, uuid.UUID | None]) -> uuid.UUID:
    """The end of a chain of merges that begins at `code`."""
    seen = {code}
    while (further := into.get(code)) is not None and further not in seen:
        seen.add(further)
        code = further
    return code


def merged_codes(study: Study) -> dict[uuid.UUID, uuid.UUID]:
    """Every merged code of a study, with the code it counts as now. One query."""
    rows = Code.objects.filter(study=study, merged_into__isnull=False).values_list("pk", "merged_into_id")
    into: dict[uuid.UUID, uuid.UUID | None] = dict(rows)
    return {code: last_of(code, into) for code in into}


def standing(code: uuid.UUID, merged: Merged) -> uuid.UUID:
    """What a code counts as: itself where it was not merged."""
    return merged.get(code, code)


def counting_as(codes: Collection[uuid.UUID], merged: Merged) -> set[uuid.UUID]:
    """The codes whose segments count for one of `codes`: these, and all that were merged into them."""
    return {*codes, *(code for code, target in merged.items() if target in codes)}


def standing_code(merged: Merged, field: str = "code") -> Combinable:
    """The standing code of a row as an expression, for counting and grouping in the database."""
    if not merged:
        return F(field)
    whens = [When(**{field: code}, then=Value(target)) for code, target in sorted(merged.items())]
    return Case(*whens, default=F(field), output_field=UUIDField())


def as_standing(study: Study, segments: list[Segment]) -> list[Segment]:
    """These segments with `code` as what it counts as now, for showing alone: never to be saved. One or two queries."""
    merged = merged_codes(study)
    targets = {merged[segment.code_id] for segment in segments if segment.code_id in merged}
    if targets:
        codes = Code.objects.select_related("revision").in_bulk(targets)
        for segment in segments:
            segment.code = codes.get(standing(segment.code_id, merged), segment.code)
    return segments

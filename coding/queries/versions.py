"""Two states of the codebook beside each other: any two published versions, or one and the working codebook."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from coding.codebook_diff import KINDS, Difference, Held, Kind, compare
from coding.examples import written
from coding.models import Code, CodebookEntry, CodebookVersion, CodeRevision
from coding.queries.visible import codes_visible_to, segments_visible_to
from observations.access import Viewer, nothing_here

DRAFT = "draft"


@dataclass(frozen=True)
class Compared:
    """What differs between `before` and `after` (None is the working codebook), and the codes spoken of, by id."""

    before: CodebookVersion | None
    after: CodebookVersion | None
    differences: tuple[Difference, ...]
    codes: Mapping[str, Code]

    def of(self, kind: Kind) -> list[Difference]:
        return [one for one in self.differences if kind in one.kinds]

    @property
    def counts(self) -> list[tuple[Kind, int]]:
        """How many codes differ in which way, those there are."""
        return [(kind, len(self.of(kind))) for kind in KINDS if self.of(kind)]


def compared(viewer: Viewer, before: str, after: str) -> Compared:
    """Two states by their numbers or "draft". Five queries at most; raises Missing when there is no such version."""
    versions = {str(one.number): one for one in CodebookVersion.objects.filter(study=viewer.study)}
    if any(name != DRAFT and name not in versions for name in (before, after)):
        raise nothing_here()
    first, second = versions.get(before), versions.get(after)
    found = compare(_held(viewer, first), _held(viewer, second))
    ids = {one.code for one in found} | {one.other for one in found if one.other}
    ids |= {held.parent for one in found for held in (one.before, one.after) if held and held.parent}
    rows = Code.objects.filter(study=viewer.study, pk__in=ids).select_related("revision")
    return Compared(first, second, tuple(found), {str(code.pk): code for code in rows})


def passages_by_version(viewer: Viewer) -> dict[int | None, int]:
    """How many passages that the viewer may know of were made with each version; None for those before the first."""
    rows = segments_visible_to(viewer).order_by().values_list("reading__codebook_version__number")
    return dict(rows.annotate(n=Count("pk")))


def _held(viewer: Viewer, version: CodebookVersion | None) -> dict[str, Held]:
    if version is None:
        codes = codes_visible_to(viewer).filter(proposed_in=None).select_related("revision")
        return {str(code.pk): _of(code, code, code.revision) for code in codes.order_by("position", "pk")}
    entries = version.entries.select_related("revision", "code").order_by("position", "code_id")
    return {str(entry.code_id): _of(entry, entry.code, entry.revision) for entry in entries}


def _of(place: Code | CodebookEntry, code: Code, revision: CodeRevision | None) -> Held:
    assert revision is not None
    return Held(
        code=str(code.pk),
        sign=place.sign,
        parent=str(place.parent_id) if place.parent_id else None,
        stance=place.stance,
        is_codable=place.is_codable,
        texts={
            "names": revision.names,
            "definitions": revision.definitions,
            "include_when": revision.include_when,
            "exclude_when": revision.exclude_when,
            "examples": written(revision.examples),
        },
        merged_into=str(code.merged_into_id) if code.merged_into_id else None,
        split_from=str(code.split_from_id) if code.split_from_id else None,
    )

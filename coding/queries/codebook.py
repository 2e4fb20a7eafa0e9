"""What the codebook's pages show: the tree with its counts, a code, the versions, and what changed since the last."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from django.db.models import Count, F, Func, Q, QuerySet, TextField, UUIDField
from django.utils.translation import get_language

from coding.models import Code, CodebookChange, CodebookEntry, CodebookVersion, LexiconEntry
from coding.queries.standing import merged_codes, standing_code
from coding.queries.visible import codes_visible_to, segments_visible_to
from coding.queries.workspace import codes_known_to
from observations.access import Viewer, nothing_here
from observations.roles import Permission


@dataclass
class Node:
    """A code in the tree: its passages, and those of all that stands below it together with its own."""

    code: Code
    depth: int
    count: int
    total: int = 0
    children: list["Node"] = field(default_factory=list)


@dataclass(frozen=True)
class Draft:
    """The working codebook beside the newest version: the number it would get, and the codes that differ."""

    number: int
    published: CodebookVersion | None
    changed: frozenset[uuid.UUID]
    retired: int

    @property
    def differs(self) -> bool:
        return bool(self.changed or self.retired)


@dataclass(frozen=True)
class Codebook:
    """The working codebook as the viewer may see it. `order` holds every node once, as the tree reads."""

    branches: list[Node]
    order: list[Node]

    def node(self, code: Code) -> Node | None:
        return next((node for node in self.order if node.code.pk == code.pk), None)

    def within(self, code: Code) -> list[Node]:
        """A code's node and all below it, as the tree reads."""
        at = next((at for at, node in enumerate(self.order) if node.code.pk == code.pk), None)
        if at is None:
            return []
        below = takewhile(lambda node: node.depth > self.order[at].depth, self.order[at + 1 :])
        return [self.order[at], *below]


def codebook_of(viewer: Viewer) -> Codebook:
    """The tree of codes with counts of the passages the viewer may know of. Three queries."""
    codes = list(codes_visible_to(viewer).select_related("revision", "parent").order_by("position", "pk"))
    counts = passages_by_code(viewer)
    below: dict[uuid.UUID | None, list[Code]] = defaultdict(list)
    ids = {code.pk for code in codes}
    for code in codes:
        below[code.parent_id if code.parent_id in ids else None].append(code)
    order: list[Node] = []

    def grow(parent: uuid.UUID | None, depth: int) -> list[Node]:
        nodes = []
        for code in below[parent]:
            node = Node(code, depth, counts.get(code.pk, 0))
            order.append(node)
            node.children = grow(code.pk, depth + 1)
            node.total = node.count + sum(child.total for child in node.children)
            nodes.append(node)
        return nodes

    return Codebook(grow(None, 0), order)


def passages_by_code(viewer: Viewer) -> dict[uuid.UUID, int]:
    """How many passages each code has, with those of the codes merged into it, of those the viewer may know of.

    A passage is one coder's code on one place: what a final reading took over from the first counts once. Two queries.
    """
    code = standing_code(merged_codes(viewer.study))
    place = Func(
        F("reading__coder"), F("source"), F("now_start"), F("now_end"), function="ROW", output_field=TextField()
    )
    rows = segments_visible_to(viewer).order_by().annotate(counts_as=code).values_list("counts_as")
    return dict(rows.annotate(n=Count(place, distinct=True)))


def code_known_to(viewer: Viewer, code_id: uuid.UUID) -> Code:
    """A code in use, a proposal of the viewer's, or one that was retired. One query; raises Missing."""
    code = codes_known_to(viewer).select_related("parent__revision").filter(pk=code_id).first()
    if code is None:
        raise nothing_here()
    return code


def retired_codes(viewer: Viewer) -> QuerySet[Code]:
    """The codes taken out of use, by sign; those merged into another are on the page of changes.

    A proposal is among them if it was declined and the viewer may know of it, not if its coder withdrew it.
    """
    changes = CodebookChange.objects.filter(study=viewer.study)
    changed = changes.annotate(code=Func(F("codes"), function="unnest", output_field=UUIDField())).values("code")
    codes = codes_visible_to(viewer, with_retired=True).filter(Q(proposed_in=None) | Q(pk__in=changed))
    codes = codes.filter(retired_at__isnull=False)
    return codes.select_related("revision").order_by("sign", "pk")


def lexicon_known_to(viewer: Viewer, code: Code | None = None) -> QuerySet[LexiconEntry]:
    """The standing lexicon, of one code or of all. It is what the machine looks for: coders do not see it."""
    entries = LexiconEntry.objects.filter(study=viewer.study, retired_at=None)
    if not (viewer.may(Permission.CODEBOOK) or viewer.may(Permission.TAG)):
        return entries.none()
    return (entries.filter(code=code) if code else entries).order_by("language", "kind", "expression", "pk")


def versions_of(viewer: Viewer) -> QuerySet[CodebookVersion]:
    """The published versions, newest first, with how many codes each holds."""
    versions = CodebookVersion.objects.filter(study=viewer.study).select_related("published_by")
    return versions.annotate(codes=Count("entries")).order_by("-number")


def version_of(viewer: Viewer, number: int) -> CodebookVersion:
    """A published version by its number. One query; raises Missing."""
    version = versions_of(viewer).filter(number=number).first()
    if version is None:
        raise nothing_here()
    return version


def version_entries(version: CodebookVersion) -> list[tuple[int, CodebookEntry]]:
    """A version's codes as (depth, entry), in the order of its tree. One query."""
    entries = version.entries.select_related("revision", "code").order_by("position", "code_id")
    below: dict[uuid.UUID | None, list[CodebookEntry]] = defaultdict(list)
    held = list(entries)
    ids = {entry.code_id for entry in held}
    for entry in held:
        below[entry.parent_id if entry.parent_id in ids else None].append(entry)
    return list(_walk(below, None, 0))


def draft_of(viewer: Viewer, versions: Sequence[CodebookVersion]) -> Draft:
    """What the working codebook changes in the newest of `versions` (newest first). Two queries, one without versions.

    A code differs when it is new or its meaning, sign, stance or branch is another.
    """
    newest = versions[0] if versions else None
    now = {
        row[0]: row[1:]
        for row in codes_visible_to(viewer)
        .filter(proposed_in=None)
        .values_list("pk", "revision_id", "parent_id", "sign", "stance", "is_codable")
    }
    if newest is None:
        return Draft(1, None, frozenset(now), 0)
    columns = ("code_id", "revision_id", "parent_id", "sign", "stance", "is_codable")
    then = {row[0]: row[1:] for row in newest.entries.values_list(*columns)}
    changed = frozenset(pk for pk, held in now.items() if then.get(pk) != held)
    return Draft(newest.number + 1, newest, changed, len(then.keys() - now.keys()))


def place_beside(viewer: Viewer, code: Code, where: str) -> tuple[uuid.UUID | None, int] | None:
    """Parent and position that bring a code one level in, below the one above it, or one out. None where neither is.

    Two queries.
    """
    codes = Code.objects.filter(study=viewer.study, retired_at=None)
    if where == "out":
        parent = code.parent
        return (parent.parent_id, parent.position + 1) if parent is not None else None
    above = codes.filter(parent=code.parent_id, position__lt=code.position).order_by("-position").first()
    return (above.pk, codes.filter(parent=above).count()) if above is not None else None


def languages_of(viewer: Viewer, *texts: dict[str, str]) -> list[str]:
    """The languages a code is written in: the study's in their order, then any other its texts have."""
    own = list(viewer.study.languages) or ["en"]
    others: Iterable[str] = {language for text in texts for language in text}
    return own + sorted(set(others) - set(own))


def own_language(viewer: Viewer) -> str:
    """The language of a text that does not say its own: the person's where it is one of the study's, else the first."""
    languages = languages_of(viewer)
    return next((language for language in languages if language == get_language()), languages[0])


def place_for(viewer: Viewer, code: Code, where: str) -> int:
    """The position among its siblings that brings a code one place up or down, past those out of use. One query."""
    siblings = Code.objects.filter(study=viewer.study, parent=code.parent_id).order_by("position", "pk")
    rows = list(siblings.values_list("pk", "retired_at"))
    others = [(pk, retired) for pk, retired in rows if pk != code.pk]
    here = next(place for place, (pk, _) in enumerate(rows) if pk == code.pk)
    standing = [place for place, (_, retired) in enumerate(others) if retired is None]
    if where == "up":
        return max((place for place in standing if place < here), default=here)
    return min((place + 1 for place in standing if place >= here), default=here)


def _walk(
    below: dict[uuid.UUID | None, list[CodebookEntry]], parent: uuid.UUID | None, depth: int
) -> Iterable[tuple[int, CodebookEntry]]:
    for entry in below[parent]:
        yield depth, entry
        yield from _walk(below, entry.code_id, depth + 1)

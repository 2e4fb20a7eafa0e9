"""Passages to look at again: made under a definition that has changed since, or with a code merged or split since.

Only what a coder would still count with is asked about: of each source, the latest reading. Another wording of the
name, or other examples, ask for nothing.
"""

import uuid
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, UUIDField, Value, When
from django.db.models.expressions import Combinable

from coding.codebook_diff import TextChange, changed_texts
from coding.models import Code, CodeRevision, Reading, Segment, SegmentReview
from coding.queries.passages import sources_in_order
from coding.queries.standing import last_of, merged_codes, standing
from coding.queries.visible import (
    codes_hidden_from,
    codes_visible_to,
    own_in_sight,
    readings_visible_to,
    segments_visible_to,
)
from coding.queries.workspace import quotes_of, turns_over
from fieldstudy.models import HistoryEntry
from observations.access import Viewer
from observations.models import Study
from observations.queries.alphabet import place_in

MOST_AROUND = 600  # characters of the turn shown on either side
DEFINITION = ("definitions", "include_when", "exclude_when")


@dataclass(frozen=True)
class Due:
    """A passage to look at again: what it was coded as, why it is due, and what it may become.

    `changes` are the texts of a changed definition that differ, in whatever language.
    `choices` are the codes its code was split into, or the one it was merged into; `words` and what stands `before` and
    `after` them in their turns are cut from the text as it is now.
    """

    segment: Segment
    why: str  # "changed", "merged" or "split"
    made_under: CodeRevision
    means_now: CodeRevision
    choices: tuple[Code, ...]
    turn: int
    before: str
    words: str
    after: str
    changes: tuple[TextChange, ...] = ()


def due_segments(viewer: Viewer) -> QuerySet[Segment]:
    """All passages of the study's latest readings to look at again, of those the viewer may know of.

    Each is annotated with `due`, the revision to be looked at under. Runs two queries to learn what is outdated.
    """
    segments = segments_visible_to(viewer).filter(code_revision__in=_outdated(viewer))
    segments = segments.filter(~Exists(_later_readings(viewer)))
    segments = segments.exclude(reading__state=Reading.State.ABANDONED).annotate(due=due_revision(viewer.study))
    definition = {name: OuterRef(f"code_revision__{name}") for name in DEFINITION}
    same = CodeRevision.objects.filter(pk=OuterRef("due"), code=OuterRef("code_revision__code"), **definition)
    looked_at = SegmentReview.objects.filter(segment=OuterRef("pk"), outcome=SegmentReview.Outcome.KEPT)
    looked_at = looked_at.annotate(asked=OuterRef("due"))
    agreed = CodeRevision.objects.filter(pk=OuterRef("asked"), code=OuterRef("code_revision__code"), **definition)
    return segments.exclude(code_revision=F("due")).filter(~Exists(same), ~Exists(looked_at.filter(Exists(agreed))))


def own_due(viewer: Viewer) -> QuerySet[Segment]:
    """The viewer's own passages to look at again."""
    return (
        due_segments(viewer)
        .filter(reading__coder__user=viewer.user)
        .select_related("code__revision", "code_revision", "reading", "source__revision")
        .defer("source__revision__sealed")
        .order_by("pk")
    )


def own_queue(viewer: Viewer) -> QuerySet[Segment]:
    """The same by source and place, those that can still be changed first. One query, to know the order."""
    by_title = place_in(sources_in_order(viewer, by_title=True), "source_id")
    return own_due(viewer).order_by("-reading__state", by_title, "now_start", "pk")


def open_due(viewer: Viewer) -> QuerySet[Segment]:
    """Of the viewer's own, those in a reading that is still open."""
    return own_due(viewer).filter(reading__state=Reading.State.OPEN)


def due_by_code(viewer: Viewer) -> list[tuple[Code, int, int]]:
    """Each code with passages to look at again, how many, by how many coders, as far as the viewer may know."""
    rows = due_segments(viewer).order_by().values_list("code")
    counted = {code: (n, k) for code, n, k in rows.annotate(n=Count("pk"), k=Count("reading__coder", distinct=True))}
    codes = Code.objects.filter(study=viewer.study, pk__in=counted).select_related("revision").order_by("sign", "pk")
    return [(code, *counted[code.pk]) for code in codes]


def due_shown(viewer: Viewer, segment: Segment) -> Due:
    """One passage to look at again, with its words, why it is due and what it may become. Five queries."""
    due: uuid.UUID = segment.due  # type: ignore[attr-defined]  # annotated by `due_segments`
    means_now = CodeRevision.objects.select_related("code__revision").get(pk=due)
    counts_as = standing(segment.code_id, merged_codes(viewer.study))
    is_split = means_now.code_id != counts_as
    parts = codes_visible_to(viewer).filter(split_from=counts_as).select_related("revision").order_by("position", "pk")
    turn, before, words, after = _in_its_turn(segment)
    why = "split" if is_split else "merged" if counts_as != segment.code_id else "changed"
    return Due(
        segment=segment,
        why=why,
        made_under=segment.code_revision,
        means_now=means_now,
        choices=tuple(parts) if is_split else (),
        turn=turn,
        before=before,
        words=words,
        after=after,
        changes=_changes(segment.code_revision, means_now) if why == "changed" else (),
    )


def due_revision(study: Study) -> Combinable:
    """The revision by which a segment's code is to be read now, as an expression. One query.

    It is the code's own, that of the code it was merged into, or for a code that was split the first of one of its
    parts, whose later wordings ask for nothing of what was coded before the split.
    """
    rows = Code.objects.filter(study=study).values_list("pk", "merged_into_id", "split_from_id", "revision_id")
    into: dict[uuid.UUID, uuid.UUID | None] = {}
    read_as: dict[uuid.UUID, uuid.UUID | None] = {}
    split: dict[uuid.UUID, uuid.UUID] = {}
    for pk, merged_into, split_from, revision in rows.order_by("pk"):
        into[pk], read_as[pk] = merged_into, revision
        if split_from is not None:
            split.setdefault(split_from, uuid.uuid5(pk, "revision 1"))
    whens = [
        When(code=pk, then=Value(split.get(counts_as, read_as[counts_as])))
        for pk in into
        if (counts_as := last_of(pk, into)) != pk or pk in split
    ]
    return Case(*whens, default=F("code__revision"), output_field=UUIDField())


def _outdated(viewer: Viewer) -> list[uuid.UUID]:
    """The revisions that are not the present one of a code that stands for itself: few, and found by an index.

    Those of proposals that the viewer may not know of are left out: with none outdated fewer queries follow.
    """
    split = Exists(Code.objects.filter(split_from=OuterRef("pk")))
    present = Code.objects.filter(~split, study=viewer.study, merged_into=None, revision__isnull=False)
    revisions = CodeRevision.objects.filter(study=viewer.study).exclude(pk__in=present.values("revision"))
    revisions = revisions.exclude(code__in=codes_hidden_from(viewer).values("pk"))
    return list(revisions.values_list("pk", flat=True))


def _later_readings(viewer: Viewer) -> QuerySet[Reading]:
    """The readings by which the one at hand is outdated, of those the viewer may know of."""
    others = readings_visible_to(viewer).filter(coder=OuterRef("reading__coder"), source=OuterRef("source"))
    others = others.exclude(state=Reading.State.ABANDONED).exclude(pk=OuterRef("reading"))
    round = OuterRef("reading__round")
    return others.filter(Q(round__gt=round) | Q(round=round, phase=Reading.Phase.FINAL))


def _changes(was: CodeRevision, now: CodeRevision) -> tuple[TextChange, ...]:
    before, after = ({name: getattr(revision, name) for name in DEFINITION} for revision in (was, now))
    return tuple(changed_texts(before, after, DEFINITION))


def _in_its_turn(segment: Segment) -> tuple[int, str, str, str]:
    words = quotes_of([segment])[segment.pk]
    turns = turns_over(segment.source_id, segment.now_start, segment.now_end)
    stretch = list(turns.values_list("number", "start", "text"))
    if not stretch:
        return 0, "", words, ""
    number, start, _ = stretch[0]
    text = "".join(one[2] for one in stretch)
    before, after = text[: segment.now_start - start].lstrip(), text[segment.now_end - start :].rstrip()
    return number, _tail(before), words, _head(after)


def _tail(text: str) -> str:
    return text if len(text) <= MOST_AROUND else "…" + text[-MOST_AROUND:].partition(" ")[2]


def _head(text: str) -> str:
    return text if len(text) <= MOST_AROUND else text[:MOST_AROUND].rpartition(" ")[0] + "…"


def earlier_code(viewer: Viewer, segment: Segment) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The code and revision a segment had before its present code, as the history tells. One query."""
    entries = HistoryEntry.objects.filter(study=viewer.study.pk, row=segment.pk, table="coding_segment")
    changed = entries.filter(operation="update", after__code_id=str(segment.code_id))
    last = changed.exclude(before__code_id=str(segment.code_id)).order_by("-pk").first()
    if last is None or last.before is None:
        return None
    return uuid.UUID(last.before["code_id"]), uuid.UUID(last.before["code_revision_id"])


def last_reviewed(viewer: Viewer) -> SegmentReview | None:
    """The viewer's latest look at a passage, to be taken back. One query."""
    return own_reviews(viewer).select_related("segment__code").order_by("-reviewed_at", "-pk").first()


def own_reviews(viewer: Viewer) -> QuerySet[SegmentReview]:
    """The viewer's looks at passages of their own that they may see now."""
    own = Segment.objects.filter(own_in_sight(viewer, "reading"), study=viewer.study)
    return SegmentReview.objects.filter(study=viewer.study, segment__in=own.values("pk"))

"""Blindness as part of the query: which interpretive rows a person may know of.

In a blind study, whoever has, or may yet get, an unsubmitted first reading of a source sees nobody else's reading of
it; and nobody sees another's reading before it is submitted. Every list, count and page of interpretive rows starts
from one of these QuerySets.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from coding.models import Code, Dispute, Reading, Segment, Suggestion
from observations.access import Viewer
from observations.models import Study, Turn
from observations.queries.consent import Use, withheld
from observations.roles import Permission


def readings_visible_to(viewer: Viewer) -> QuerySet[Reading]:
    """The readings of the study that `viewer` may know of. No query of its own."""
    return Reading.objects.filter(study=viewer.study).filter(_visible(viewer, own="coder__user", prefix=""))


def segments_visible_to(viewer: Viewer) -> QuerySet[Segment]:
    """The standing segments of the study that `viewer` may know of."""
    return Segment.objects.filter(study=viewer.study, removed_at=None).filter(
        _visible(viewer, own="reading__coder__user", prefix="reading__")
    )


def in_readings_visible_to(viewer: Viewer, reading: str = "reading") -> Q:
    """The condition on rows with a `source` column that their reading, found under `reading`, may be known of."""
    return _visible(viewer, own=f"{reading}__coder__user", prefix=f"{reading}__")


def free_to_see(viewer: Viewer) -> Q:
    """The condition on rows with a `source` column that the viewer may know what others say of that source."""
    if viewer.study.mode == Study.Mode.OPEN:
        return Q(pk__isnull=False)
    return _free_to_see(viewer)


def codes_visible_to(viewer: Viewer, *, with_retired: bool = False) -> QuerySet[Code]:
    """The codes of the working codebook, the viewer's own proposals, and those made in readings the viewer may know of.

    On request also those taken out of use.
    """
    codes = Code.objects.filter(study=viewer.study, merged_into=None)
    return (codes if with_retired else codes.filter(retired_at=None)).filter(_known_proposal(viewer))


def _known_proposal(viewer: Viewer) -> Q:
    """Codes that are no proposal, or one that may be known: a proposal is part of the reading it was made in."""
    of_others = Q(proposed_in__in=readings_visible_to(viewer).values("pk"))
    return Q(proposed_in=None) | Q(proposed_in__coder__user=viewer.user) | of_others


def codes_ever_visible_to(viewer: Viewer) -> QuerySet[Code]:
    """What `codes_visible_to` gives, and the codes retired or merged into another: old passages name them."""
    return Code.objects.filter(study=viewer.study).filter(_known_proposal(viewer))


def suggestions_visible_to(viewer: Viewer) -> QuerySet[Suggestion]:
    """The machine's suggestions that `viewer` may know of: a coder's on a source only after the first reading is in.

    Where the machine speaks first, from the start: what counts for a reading once begun is the policy it began under.
    Where it never speaks, coders never see any. What it said of turns that are closed to it by now is seen by nobody.
    """
    closed = withheld(Turn.objects.filter(source=OuterRef("source")), Use.MACHINE)
    closed = closed.filter(start__lt=OuterRef("now_end"), end__gt=OuterRef("now_start"))
    suggestions = Suggestion.objects.filter(~Exists(closed), study=viewer.study)
    waiting = Exists(_own_open(viewer).exclude(arm=Study.Policy.FIRST_OPINION))
    if not _is_coder(viewer):
        return suggestions.exclude(waiting)
    if viewer.study.policy == Study.Policy.NEVER:
        return suggestions.none()
    if viewer.study.policy == Study.Policy.FIRST_OPINION:
        return suggestions.exclude(waiting)
    return suggestions.filter(Exists(_own_first(viewer).exclude(state=Reading.State.ABANDONED)), ~waiting)


def disputes_visible_to(viewer: Viewer) -> QuerySet[Dispute]:
    """The disputes of the study, built from readings that `viewer` may all know of; those gone since are left out."""
    return Dispute.objects.filter(free_to_see(viewer), study=viewer.study, gone_at=None)


def _visible(viewer: Viewer, *, own: str, prefix: str) -> Q:
    mine = Q(**{own: viewer.user})
    if viewer.study.mode == Study.Mode.OPEN:
        return mine | ~Q(**{f"{prefix}state": Reading.State.ABANDONED})
    return mine | (Q(**{f"{prefix}state": Reading.State.SUBMITTED}) & _free_to_see(viewer))


def _free_to_see(viewer: Viewer) -> Q:
    """Nothing of one's own is, or may yet be, unsubmitted on the row's source."""
    free = ~Q(Exists(_own_open(viewer)))
    return free & Q(Exists(_own_submitted(viewer))) if _is_coder(viewer) else free


def _is_coder(viewer: Viewer) -> bool:
    return viewer.may(Permission.CODE)


def _own_first(viewer: Viewer) -> QuerySet[Reading]:
    return Reading.objects.filter(coder__user=viewer.user, source=OuterRef("source"), phase=Reading.Phase.FIRST)


def _own_open(viewer: Viewer) -> QuerySet[Reading]:
    return _own_first(viewer).filter(state=Reading.State.OPEN)


def _own_submitted(viewer: Viewer) -> QuerySet[Reading]:
    return _own_first(viewer).filter(state=Reading.State.SUBMITTED)

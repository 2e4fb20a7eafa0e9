"""Blindness as part of the query: which interpretive rows a person may know of.

In a blind study, whoever has, or may yet get, an unsubmitted first reading of a source sees nobody else's reading of
it; and nobody sees another's reading before it is submitted. Every list, count and page of interpretive rows starts
from one of these QuerySets.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from coding.models import Code, Reading, Segment, Suggestion
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


def codes_visible_to(viewer: Viewer, *, with_retired: bool = False) -> QuerySet[Code]:
    """The codes of the working codebook, and the viewer's own proposals; on request also those taken out of use."""
    codes = Code.objects.filter(study=viewer.study, merged_into=None)
    return (codes if with_retired else codes.filter(retired_at=None)).filter(
        Q(proposed_in=None) | Q(proposed_in__coder__user=viewer.user) | Q(proposed_in__state=Reading.State.SUBMITTED)
    )


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


def _visible(viewer: Viewer, *, own: str, prefix: str) -> Q:
    mine = Q(**{own: viewer.user})
    if viewer.study.mode == Study.Mode.OPEN:
        return mine | ~Q(**{f"{prefix}state": Reading.State.ABANDONED})
    free_to_see = ~Q(Exists(_own_open(viewer)))
    if _is_coder(viewer):
        free_to_see &= Q(Exists(_own_submitted(viewer)))
    return mine | (Q(**{f"{prefix}state": Reading.State.SUBMITTED}) & free_to_see)


def _is_coder(viewer: Viewer) -> bool:
    return viewer.may(Permission.CODE)


def _own_first(viewer: Viewer) -> QuerySet[Reading]:
    return Reading.objects.filter(coder__user=viewer.user, source=OuterRef("source"), phase=Reading.Phase.FIRST)


def _own_open(viewer: Viewer) -> QuerySet[Reading]:
    return _own_first(viewer).filter(state=Reading.State.OPEN)


def _own_submitted(viewer: Viewer) -> QuerySet[Reading]:
    return _own_first(viewer).filter(state=Reading.State.SUBMITTED)

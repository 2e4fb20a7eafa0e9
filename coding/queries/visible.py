"""Blindness as part of the query: which interpretive rows a person may know of.

In a blind study, whoever has, or may yet get, an unsubmitted first reading of a source sees nobody else's reading of
it; and nobody sees another's reading before it is submitted. Whoever is to read a source again sees none of their own
earlier coding of it either, in an open study too, until that reading is submitted. A reading that was superseded by a
reopened one is seen by nobody; agreement alone may ask for it. Every list, count and page of interpretive rows starts
from one of these QuerySets.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from coding.models import Assignment, Code, Coder, Dispute, Reading, Round, Segment, Suggestion
from observations.access import Viewer, built_once
from observations.models import Membership, Source, Study, Turn
from observations.queries.consent import Use, withheld
from observations.roles import Permission, Role


@built_once
def readings_visible_to(viewer: Viewer, *, with_superseded: bool = False) -> QuerySet[Reading]:
    """The readings of the study that `viewer` may know of. No query of its own.

    On request also those that a reopened one took the place of: they may still be what counts as independent.
    """
    readings = Reading.objects.filter(study=viewer.study)
    return readings.filter(_visible(viewer, prefix="", with_superseded=with_superseded))


@built_once
def segments_visible_to(viewer: Viewer) -> QuerySet[Segment]:
    """The standing segments of the study that `viewer` may know of."""
    return Segment.objects.filter(study=viewer.study, removed_at=None).filter(_visible(viewer, prefix="reading__"))


@built_once
def in_readings_visible_to(viewer: Viewer, reading: str = "reading") -> Q:
    """The condition on rows with a `source` column that their reading, found under `reading`, may be known of."""
    return _visible(viewer, prefix=f"{reading}__")


@built_once
def own_in_sight(viewer: Viewer, reading: str = "") -> Q:
    """The condition on the viewer's own readings, or on rows of readings found under `reading`, that they may see them.

    While a source is to be read again, that is the first reading open on it alone.
    """
    prefix = f"{reading}__" if reading else ""
    own = Q(**{f"{prefix}coder__user": viewer.user, f"{prefix}superseded_at": None})
    at_work = Q(**{f"{prefix}state": Reading.State.OPEN, f"{prefix}phase": Reading.Phase.FIRST})
    return own & (at_work | ~to_read_again(viewer))


@built_once
def own_seen(viewer: Viewer) -> QuerySet[Reading]:
    """The viewer's own readings that they may see."""
    return Reading.objects.filter(own_in_sight(viewer), study=viewer.study)


@built_once
def to_read_again(viewer: Viewer) -> Q:
    """The condition on rows with a `source` column that the viewer has it before them to read again, unsubmitted."""
    again = Round.objects.filter(study=viewer.study, purpose=Round.Purpose.AGAIN).values("number")
    begun = Reading.objects.filter(
        study=viewer.study,
        coder__user=viewer.user,
        phase=Reading.Phase.FIRST,
        state=Reading.State.OPEN,
        round__in=again,
    )
    waiting = waiting_for(viewer).filter(round__in=again)
    return Q(source__in=begun.values("source")) | Q(source__in=waiting.values("source"))


@built_once
def waiting_for(viewer: Viewer) -> QuerySet[Assignment]:
    """What is assigned to the viewer, in rounds that are open, and not begun; nothing to whoever does not code."""
    if not _is_coder(viewer):
        return Assignment.objects.none()
    return not_begun(viewer.study).filter(coder__user=viewer.user)


def not_begun(study: Study) -> QuerySet[Assignment]:
    """The standing assignments of a study in whose round, which is not closed, their coder has no reading."""
    closed = Round.objects.filter(study=study, closed_at__isnull=False).values("number")
    begun = Reading.objects.filter(
        coder=OuterRef("coder"), source=OuterRef("source"), round=OuterRef("round"), phase=Reading.Phase.FIRST
    ).exclude(state=Reading.State.ABANDONED)
    return Assignment.objects.filter(~Exists(begun), study=study, withdrawn_at=None).exclude(round__in=closed)


@built_once
def free_to_see(viewer: Viewer) -> Q:
    """The condition on rows with a `source` column that the viewer may know what others say of that source."""
    if viewer.study.mode == Study.Mode.OPEN:
        return ~to_read_again(viewer)
    return _free_to_see(viewer)


@built_once
def codes_visible_to(viewer: Viewer, *, with_retired: bool = False) -> QuerySet[Code]:
    """The codes of the working codebook, the viewer's own proposals, and those made in readings the viewer may know of.

    On request also those taken out of use.
    """
    codes = Code.objects.filter(study=viewer.study, merged_into=None)
    return (codes if with_retired else codes.filter(retired_at=None)).filter(_known_proposal(viewer))


@built_once
def _known_proposal(viewer: Viewer) -> Q:
    """Codes that are no proposal, or one that may be known: a proposal is part of the reading it was made in.

    Until it is adopted: declined, merged or split it remains what its coder made of that source. Whoever may know of a
    passage elsewhere that has it knows it too.
    """
    of_others = Q(proposed_in__in=readings_visible_to(viewer).values("pk"))
    used = Q(Exists(segments_visible_to(viewer).filter(code=OuterRef("pk"))))
    return Q(proposed_in=None) | Q(proposed_in__coder__user=viewer.user) | of_others | used


def codes_hidden_from(viewer: Viewer) -> QuerySet[Code]:
    """The proposals that the viewer may not know of, whatever became of them short of being adopted."""
    return Code.objects.filter(study=viewer.study).exclude(_known_proposal(viewer))


@built_once
def codes_ever_visible_to(viewer: Viewer) -> QuerySet[Code]:
    """What `codes_visible_to` gives, and the codes retired or merged into another: old passages name them."""
    return Code.objects.filter(study=viewer.study).filter(_known_proposal(viewer))


@built_once
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
    begun = Exists(_own_first(viewer).exclude(state=Reading.State.ABANDONED))
    return suggestions.filter(begun, ~waiting, ~Q(source__in=waiting_for(viewer).values("source")))


@built_once
def disputes_visible_to(viewer: Viewer) -> QuerySet[Dispute]:
    """The disputes of the study, built from readings that `viewer` may all know of; those gone since are left out."""
    return Dispute.objects.filter(free_to_see(viewer), study=viewer.study, gone_at=None)


@built_once
def by_nobody_coding(viewer: Viewer, writer: str) -> Q:
    """The condition on rows of the whole study, by their column `writer`: what shows what somebody thinks while coding.

    Their writer does not code, or the viewer has no first reading of the study before them; an open study hides none.
    """
    if viewer.study.mode == Study.Mode.OPEN:
        return Q(pk__isnull=False)
    codes = Coder.objects.filter(study=viewer.study, user=OuterRef(writer))
    may_code = Membership.objects.filter(study=viewer.study, user=OuterRef(writer), roles__contains=[Role.CODER])
    return ~Q(Exists(codes)) & ~Q(Exists(may_code)) | ~Q(_reads_on(viewer))


def _visible(viewer: Viewer, *, prefix: str, with_superseded: bool = False) -> Q:
    mine = own_in_sight(viewer, prefix.removesuffix("__"))
    current = Q() if with_superseded else Q(**{f"{prefix}superseded_at": None})
    if viewer.study.mode == Study.Mode.OPEN:
        return mine | (current & ~Q(**{f"{prefix}state": Reading.State.ABANDONED}) & ~to_read_again(viewer))
    return mine | (current & Q(**{f"{prefix}state": Reading.State.SUBMITTED}) & _free_to_see(viewer))


@built_once
def _free_to_see(viewer: Viewer) -> Q:
    """Nothing of one's own is, or may yet be, unsubmitted on the row's source."""
    free = ~Q(Exists(_own_open(viewer)))
    if not _is_coder(viewer):
        return free
    return free & Q(Exists(_own_submitted(viewer))) & ~Q(source__in=waiting_for(viewer).values("source"))


def _reads_on(viewer: Viewer) -> Q:
    """Whether the viewer has, or may yet get, an unsubmitted first reading in the study."""
    own = Reading.objects.filter(study=viewer.study, coder__user=viewer.user, phase=Reading.Phase.FIRST)
    has_open = Q(Exists(own.filter(state=Reading.State.OPEN)))
    if not viewer.may(Permission.CODE):
        return has_open
    submitted = own.filter(source=OuterRef("pk"), state=Reading.State.SUBMITTED)
    unread = Source.objects.filter(study=viewer.study, revision__isnull=False).exclude(Exists(submitted))
    return has_open | Q(Exists(unread)) | Q(Exists(waiting_for(viewer)))


def _is_coder(viewer: Viewer) -> bool:
    return viewer.may(Permission.CODE)


def _own_first(viewer: Viewer) -> QuerySet[Reading]:
    return Reading.objects.filter(coder__user=viewer.user, source=OuterRef("source"), phase=Reading.Phase.FIRST)


def _own_open(viewer: Viewer) -> QuerySet[Reading]:
    return _own_first(viewer).filter(state=Reading.State.OPEN)


def _own_submitted(viewer: Viewer) -> QuerySet[Reading]:
    return _own_first(viewer).filter(state=Reading.State.SUBMITTED)

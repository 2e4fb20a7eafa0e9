"""Who codes, and what is handed to them."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from coding.models import Assignment, Coder, Draw
from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.models import User
from fieldstudy.writes import write
from observations.access import Viewer
from observations.models import Membership, Source, Study
from observations.roles import Permission, Role

MACHINE_ALIAS = "M"


@write
def coder_of(*, viewer: Viewer, alias: str = "") -> Coder:
    """The viewer's coder in this study, made on first need; C1, C2, … are aliases in the order of joining."""
    viewer.need(Permission.CODE)
    return _person(viewer, viewer.user, alias)


@write
def machine_coder(*, viewer: Viewer) -> Coder:
    """The study's machine coder, made on first need."""
    coder, _ = Coder.objects.get_or_create(
        study=viewer.study,
        kind=Coder.Kind.MACHINE,
        defaults={"id": uuid.uuid5(viewer.study.pk, "machine coder"), "alias": MACHINE_ALIAS},
    )
    return coder


@write
def assign(
    *,
    viewer: Viewer,
    user: User,
    sources: Iterable[Source],
    due_on: date | None,
    at: datetime,
    alias: str = "",
    round: int = 1,
    draw: Draw | None = None,
) -> list[Assignment]:
    """Hand sources to a coder of the study in a round; what is assigned already stays, with the new date."""
    viewer.need(Permission.ASSIGN)
    if not Membership.objects.filter(study=viewer.study, user=user, roles__contains=[Role.CODER]).exists():
        raise Invalid("assignment.not_a_coder", gettext_noop("Only someone with the coder role can be given sources."))
    coder = _person(viewer, user, alias)
    assignments = []
    for source in sources:
        assignment, _ = Assignment.objects.update_or_create(
            coder=coder,
            source=source,
            round=round,
            withdrawn_at=None,
            defaults={"due_on": due_on},
            create_defaults={
                "id": uuid.uuid5(coder.pk, f"{source.pk} {at.isoformat()}" + (f" {round}" if round > 1 else "")),
                "draw": draw,
                "study": viewer.study,
                "due_on": due_on,
                "assigned_by": viewer.user,
                "assigned_at": at,
            },
        )
        assignments.append(assignment)
    return assignments


@write
def withdraw_assignment(*, viewer: Viewer, assignment: Assignment, at: datetime) -> None:
    """Take a source back from a coder; what was coded stays."""
    viewer.need(Permission.ASSIGN)
    Assignment.objects.filter(pk=assignment.pk, withdrawn_at=None).update(withdrawn_at=at)


def _person(viewer: Viewer, user: User, alias: str) -> Coder:
    coder = Coder.objects.filter(study=viewer.study, user=user).first()
    if coder is not None:
        return coder
    # Aliases are given one at a time: two people who begin at the same moment get two of them.
    Study.objects.select_for_update(no_key=True).get(pk=viewer.study.pk)
    coder = Coder.objects.filter(study=viewer.study, user=user).first()
    if coder is not None:
        return coder
    taken = set(Coder.objects.filter(study=viewer.study).values_list("alias", flat=True))
    place = _place_among_coders(viewer.study, user)
    free = next(name for number in range(place, place + 10_000) if (name := f"C{number}") not in taken)
    coder_id = uuid.uuid5(viewer.study.pk, f"coder {user.pk}")
    coder, _ = Coder.objects.get_or_create(
        study=viewer.study,
        user=user,
        defaults={"id": coder_id, "refi_guid": coder_id, "kind": Coder.Kind.PERSON, "alias": alias or free},
    )
    return coder


def _place_among_coders(study: Study, user: User) -> int:
    """Which of the study's coders somebody is, by when they joined, from 1; after all of them, where they are none.

    What others were handed or have begun plays no part: one's alias would tell of it.
    """
    coders = Membership.objects.filter(study=study, roles__contains=[Role.CODER])
    joined = list(coders.order_by("joined_at", "user__email").values_list("user", flat=True))
    return joined.index(user.pk) + 1 if user.pk in joined else len(joined) + 1

"""The codes that coders proposed in readings they have submitted, for whoever writes the codebook."""

from collections.abc import Iterable

from django.db.models import QuerySet

from coding.models import Code, Reading
from coding.queries.visible import codes_visible_to
from coding.signs import sign_for
from fieldstudy.languages import pick
from observations.access import Viewer


def proposals_of(viewer: Viewer) -> QuerySet[Code]:
    """The proposals to adopt or decline, as far as the viewer may know of the readings they come from, oldest first."""
    proposed = codes_visible_to(viewer).filter(proposed_in__state=Reading.State.SUBMITTED)
    proposed = proposed.select_related("revision", "proposed_in__coder", "proposed_in__source", "parent__revision")
    return proposed.order_by("proposed_in__submitted_at", "sign", "pk")


def with_signs(viewer: Viewer, proposals: Iterable[Code]) -> list[tuple[Code, str]]:
    """Each proposal with a sign it could have in the codebook, no two the same. One query besides the proposals'."""
    signs = set(Code.objects.filter(study=viewer.study, retired_at=None).values_list("sign", flat=True))
    found = []
    for code in proposals:
        sign = sign_for(pick(code.revision.names if code.revision else {}, "en"), signs)
        signs.add(sign)
        found.append((code, sign))
    return found

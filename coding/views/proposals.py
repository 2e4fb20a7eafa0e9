"""The codes coders proposed: adopted, merged into another, or declined."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from coding.actions.code_tree import adopt_code, retire_code
from coding.queries.codebook import code_known_to, passages_by_code
from coding.queries.proposals import proposals_of, with_signs
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import translated, user_of
from observations.access import enter
from observations.roles import Permission


@require_GET
def code_proposals(request: HttpRequest, slug: str) -> HttpResponse:
    """What coders proposed in submitted readings."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    counts = passages_by_code(viewer)
    rows = [(code, counts.get(code.pk, 0), sign) for code, sign in with_signs(viewer, proposals_of(viewer))]
    return render(request, "coding/code_proposals.html", {"viewer": viewer, "here": "codebook", "rows": rows})


@require_POST
def code_adopt(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Take a proposal into the codebook as it is."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    code = code_known_to(viewer, code_id)
    try:
        code = adopt_code(viewer=viewer, code=code, sign=request.POST.get("sign", ""), at=timezone.now())
        messages.success(request, gettext("%(sign)s is in the codebook now. It can be undone.") % {"sign": code.sign})
    except FieldstudyError as error:
        messages.error(request, translated(error))
    return redirect("code_proposals", slug)


@require_POST
def code_decline(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Decline a proposal: it becomes a retired code, and its passages keep it."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    code = code_known_to(viewer, code_id)
    retire_code(viewer=viewer, code=code, at=timezone.now())
    messages.success(request, gettext("%(sign)s was declined. It can be undone.") % {"sign": code.sign})
    return redirect("code_proposals", slug)

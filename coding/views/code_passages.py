"""A code's passages in their words, and which of them serve as its examples."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from coding.actions.code_examples import drop_example, take_example
from coding.examples import taken
from coding.queries.codebook import code_known_to
from coding.queries.passages_of import passages_of_code, with_words
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import translated, user_of
from observations.access import enter
from observations.roles import Permission

PASSAGES_PER_PAGE = 50


@require_GET
def code_passages(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """A code's passages in their words, with the version each was made with; one click makes one an example."""
    viewer = enter(user_of(request), slug, Permission.READ)
    code = code_known_to(viewer, code_id)
    page = Paginator(passages_of_code(viewer, code), PASSAGES_PER_PAGE).get_page(request.GET.get("page"))
    held = {one.segment: one.is_counter for one in taken(code.revision.examples)} if code.revision else {}
    rows = [(shown, held.get(str(shown.segment.pk))) for shown in with_words(list(page.object_list))]
    context = {"viewer": viewer, "here": "codebook", "code": code, "page": page, "rows": rows}
    return render(request, "coding/code_passages.html", context)


@require_POST
def code_example(request: HttpRequest, slug: str, code_id: uuid.UUID, segment_id: uuid.UUID) -> HttpResponse:
    """Make a passage an example or a counter-example of the code, or no example any more."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    code, kind, at = code_known_to(viewer, code_id), request.POST.get("kind"), timezone.now()
    try:
        if kind == "none":
            drop_example(viewer=viewer, code=code, segment_id=segment_id, at=at)
        else:
            take_example(viewer=viewer, code=code, segment_id=segment_id, is_counter=kind == "counter", at=at)
    except FieldstudyError as error:
        if error.http_status == 404:
            raise
        messages.error(request, translated(error))
    return redirect("code" if request.POST.get("next") == "code" else "code_passages", slug, code.pk)

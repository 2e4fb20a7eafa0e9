"""Correcting a source's text, with the effect on coded passages shown first."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations import anchors
from observations.access import Viewer, enter, get_source
from observations.actions.sources import correct_text, corrected
from observations.forms.fields import show_error
from observations.forms.sources import CorrectionForm
from observations.models import Source
from observations.queries.sources import text_of
from observations.roles import Permission


@require_http_methods(["GET", "POST"])
def source_text(request: HttpRequest, slug: str, source_id: uuid.UUID) -> HttpResponse:
    """The text to correct; what would become of coded passages is shown before anything is saved."""
    viewer = enter(user_of(request), slug, Permission.COLLECT)
    source = get_source(viewer, source_id)
    assert source.revision is not None
    if request.method == "GET":
        form = CorrectionForm(initial={"text": text_of(source), "based_on": source.revision.number})
        return _page(request, viewer, source, form)
    form = CorrectionForm(request.POST)
    effect = None
    if form.is_valid():
        try:
            if "save" in request.POST:
                correct_text(viewer=viewer, source=source, at=timezone.now(), **form.cleaned_data)
                messages.success(request, gettext("Saved as a new revision. Coded passages went along."))
                return redirect("source", slug, source_id)
            effect = _effect(viewer, source, form)
        except FieldstudyError as error:
            show_error(form, error)
            effect = _effect(viewer, source, form) if error.code == "source.passages_lost" else None
    return _page(request, viewer, source, form, effect)


def _effect(viewer: Viewer, source: Source, form: CorrectionForm) -> anchors.Effect:
    edits, _ = corrected(text_of(source), form.cleaned_data["text"])
    return anchors.foresee(viewer, source, edits)


def _page(
    request: HttpRequest, viewer: Viewer, source: Source, form: CorrectionForm, effect: anchors.Effect | None = None
) -> HttpResponse:
    context = {"viewer": viewer, "here": "sources", "source": source, "form": form, "effect": effect}
    return render(request, "observations/source_text.html", context, status=422 if form.errors else 200)

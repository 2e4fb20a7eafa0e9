"""Writing a field note."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import Viewer, enter
from observations.actions.sources import add_source
from observations.forms.capture import Block, NoteForm
from observations.forms.fields import show_error
from observations.roles import Permission


@require_http_methods(["GET", "POST"])
def note_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A note in blocks; saved, it is a source with a turn for each block."""
    viewer = enter(user_of(request), slug, Permission.COLLECT)
    form = NoteForm(request.POST if request.method == "POST" else None, study=viewer.study, initial=_initial(viewer))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        details, at = form.details(observer=str(viewer.user)), timezone.now()
        try:
            made = add_source(viewer=viewer, id=said["id"], details=details, turns=said["turns"], at=at)
            request.session["note_saved"] = str(made.pk)
            messages.success(request, gettext("Saved. It can be read and coded now."))
            return redirect("source", slug, made.pk)
        except FieldstudyError as error:
            show_error(form, error)
    context = {"viewer": viewer, "here": "sources", "form": form, "blocks": form.blocks(), "people": form.people}
    context |= {"new_block": Block(0, "observed")}
    return render(request, "observations/note_new.html", context, status=422 if form.is_bound else 200)


def _initial(viewer: Viewer) -> dict[str, object]:
    language, known = (get_language() or "en").split("-")[0], viewer.study.languages
    spoken = language if language in known or not known else known[0]
    return {"id": uuid.uuid4(), "observed_on": timezone.localdate(), "language": spoken}

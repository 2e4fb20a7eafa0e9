"""The list of sources, one source, and what is said of it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from fieldstudy.errors import Invalid
from fieldstudy.web import user_of
from observations.access import enter, get_source
from observations.actions.sources import describe_source
from observations.forms.fields import SOURCE_KINDS, language_name, show_error
from observations.forms.sources import SourceForm, wanted_of
from observations.models import Source
from observations.panels import panels_of_source
from observations.queries.source_list import list_sources
from observations.queries.source_page import original_of, people_of, revisions_of, speakers_of, tools_in
from observations.queries.studies import sites_of, tools_of
from observations.roles import Permission
from observations.views.columns import address_of, address_with, columns_of
from observations.views.panels import panels_as_html


@require_http_methods(["GET", "POST"])
def source_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The study's sources, to filter and to sort. Words of a title are sent and never stand in the address."""
    viewer = enter(user_of(request), slug, Permission.READ)
    sent = request.method == "POST"
    asked = request.POST if sent else request.GET
    wanted = wanted_of(asked, with_title=sent)
    if sent and not wanted.title:
        return redirect(request.path + address_of(asked))
    listed = list_sources(viewer, wanted)
    context = {
        "viewer": viewer,
        "here": "sources",
        "wanted": wanted,
        "sort": f"-{wanted.sort}" if wanted.descending else wanted.sort,
        "listed": listed,
        "columns": columns_of(asked, wanted),
        "kinds": SOURCE_KINDS,
        "sites": sites_of(viewer),
        "tools": tools_of(viewer),
        "earlier": address_with(asked, page=listed.page - 1) if listed.page > 1 else "",
        "later": address_with(asked, page=listed.page + 1) if listed.page < listed.last_page else "",
    }
    is_bare = not listed.total and not wanted.filters
    return render(request, "observations/sources_empty.html" if is_bare else "observations/source_list.html", context)


@require_GET
def source(request: HttpRequest, slug: str, source_id: uuid.UUID) -> HttpResponse:
    """One source: what is said of it, who speaks in it, and how its text came to be as it is."""
    viewer = enter(user_of(request), slug, Permission.READ)
    found = get_source(viewer, source_id)
    context = {
        "viewer": viewer,
        "here": "sources",
        "source": found,
        "language_name": language_name(found.language) if found.language else "",
        "tools": tools_in(found),
        "people": people_of(found),
        "speakers": speakers_of(found),
        "revisions": revisions_of(found),
        "original": original_of(found),
        "panels": panels_as_html(request, viewer, panels_of_source(viewer, found)),
        "note_saved": request.session.pop("note_saved", None) == str(source_id),
    }
    return render(request, "observations/source.html", context)


@require_http_methods(["GET", "POST"])
def source_edit(request: HttpRequest, slug: str, source_id: uuid.UUID) -> HttpResponse:
    """Change what is said of a source, and who is behind each label that speaks in it."""
    viewer = enter(user_of(request), slug, Permission.COLLECT)
    found = get_source(viewer, source_id)
    speakers = speakers_of(found)
    form = SourceForm(
        request.POST if request.method == "POST" else None,
        study=viewer.study,
        speakers=[speaker.label for speaker in speakers],
        initial=_initial(found) | {f"speaker_{n}": speaker.participant_id for n, speaker in enumerate(speakers)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            describe_source(viewer=viewer, source=found, details=form.details(), at=timezone.now())
            messages.success(request, gettext("Saved."))
            return redirect("source", slug, source_id)
        except Invalid as error:
            show_error(form, error)
    context = {"viewer": viewer, "here": "sources", "source": found, "form": form}
    return render(request, "observations/source_edit.html", context, status=422 if form.is_bound else 200)


def _initial(found: Source) -> dict[str, object]:
    plain = {name: getattr(found, name) for name in ("title", "kind", "language", "observed_on", "observer", "site")}
    tools, people = tools_in(found), people_of(found)
    return plain | {"tools": [tool.pk for tool in tools], "participants": [person.pk for person in people]}

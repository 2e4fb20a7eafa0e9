"""What the machine looks for: entries of the lexicon on a code's page, and tables brought in from files."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from coding.actions.codebook_import import bring_in_codes, import_lexicon
from coding.actions.codebooks import add_lexicon_entry, retire_lexicon_entry
from coding.forms.codebook import CodebookFileForm, LexiconForm, TableForm, show_error
from coding.models import LexiconEntry
from coding.queries.codebook import code_known_to, codebook_of, languages_of, own_language
from coding.views.codebook import code_page
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import Viewer, enter, get_row
from observations.importers.base import ImportFailed
from observations.roles import Permission


@require_POST
def lexicon_add(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Add a phrase or pattern to a code; what cannot be read is shown beside its field."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    code = code_known_to(viewer, code_id)
    form = LexiconForm(request.POST, languages=languages_of(viewer))
    if form.is_valid():
        try:
            add_lexicon_entry(viewer=viewer, id=uuid.uuid4(), code=code, at=timezone.now(), **form.cleaned_data)
            return redirect("code", slug, code.pk)
        except FieldstudyError as error:
            show_error(form, error)
    context = code_page(viewer, codebook_of(viewer), code, lexicon_form=form)
    return render(request, "coding/code.html", context, status=422)


@require_POST
def lexicon_retire(request: HttpRequest, slug: str, entry_id: uuid.UUID) -> HttpResponse:
    """Take an entry out of the lexicon."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    entry = get_row(viewer, LexiconEntry, entry_id)
    retire_lexicon_entry(viewer=viewer, entry=entry, at=timezone.now())
    messages.success(request, gettext("The entry is out of the lexicon. What it was evidence for keeps it."))
    return redirect("code", slug, entry.code_id)


@require_http_methods(["GET", "POST"])
def codebook_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring in a codebook from a CSV, Excel or REFI-QDA file, or show every line that cannot be taken."""

    def bring_in(viewer: Viewer, content: bytes) -> str:
        language = request.POST.get("language") or own_language(viewer)
        brought = bring_in_codes(viewer=viewer, content=content, language=language, at=timezone.now())
        told = ngettext("%(n)s code brought in.", "%(n)s codes brought in.", brought.added) % {"n": brought.added}
        if brought.there:
            there = ngettext("%(n)s was there already and stays.", "%(n)s were there already and stay.", brought.there)
            told = f"{told} {there % {'n': brought.there}}"
        if brought.by_path:
            placed = ngettext(
                "%(n)s was placed below another, as its name said (A > B).",
                "%(n)s were placed below others, as their names said (A > B).",
                brought.by_path,
            )
            told = f"{told} {placed % {'n': brought.by_path}}"
        if brought.retired:
            retired = ngettext(
                "%(n)s that is out of use is left out.", "%(n)s that are out of use are left out.", brought.retired
            )
            told = f"{told} {retired % {'n': brought.retired}}"
        if brought.sets:
            sets = ngettext("%(n)s code set is left out.", "%(n)s code sets are left out.", brought.sets)
            told = f"{told} {sets % {'n': brought.sets}}"
        if brought.columns:
            told = f"{told} {gettext('Columns left out: %(names)s.') % {'names': ', '.join(brought.columns)}}"
        return f"{told} {gettext('“Changes” has the way back.')}" if brought.change else told

    return _import(request, slug, bring_in, "codebook")


@require_http_methods(["GET", "POST"])
def lexicon_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring in a lexicon from a CSV file, or show every line that cannot be taken."""

    def bring_in(viewer: Viewer, content: bytes) -> str:
        added = import_lexicon(viewer=viewer, content=content, at=timezone.now())
        return ngettext("%(n)s entry brought in.", "%(n)s entries brought in.", added) % {"n": added}

    return _import(request, slug, bring_in, "lexicon")


def _import(request: HttpRequest, slug: str, bring_in: Callable[[Viewer, bytes], str], what: str) -> HttpResponse:
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    posted = request.method == "POST"
    kind = CodebookFileForm if what == "codebook" else TableForm
    form = kind(request.POST if posted else None, request.FILES if posted else None)
    if isinstance(form, CodebookFileForm):
        form.offer(languages_of(viewer), own_language(viewer))
    context = {"viewer": viewer, "here": "codebook", "form": form, "what": what}
    if posted and form.is_valid():
        try:
            messages.success(request, bring_in(viewer, form.cleaned_data["file"].read()))
            return redirect("codebook", slug)
        except ImportFailed as failure:
            context["problems"] = failure.problems
        except FieldstudyError as error:
            show_error(form, error)
    return render(request, "coding/codebook_import.html", context, status=422 if posted else 200)

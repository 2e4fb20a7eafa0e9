"""The page of exports and the downloads themselves."""

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from exports.files import dataset_for, file_name, write_file
from exports.formats import FORMATS, export_format
from exports.records import Phase
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission


@require_safe
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    """Every format with what it holds and what it cannot carry, before anything is downloaded."""
    viewer = enter(user_of(request), slug, Permission.EXPORT)
    phase = _phase(request)
    dataset = dataset_for(viewer, language=_language(), phase=phase)
    formats = [(chosen, chosen.carries_not(dataset)) for chosen in FORMATS.values()]
    withheld = sum(source.text.count("[…]") for source in dataset.sources)
    context = {"viewer": viewer, "here": "exports", "dataset": dataset, "formats": formats, "phase": phase}
    return render(request, "exports/exports.html", context | {"withheld": withheld})


@require_safe
def export(request: HttpRequest, slug: str, name: str) -> HttpResponse | FileResponse:
    """The study in one format, as a download."""
    viewer = enter(user_of(request), slug, Permission.EXPORT)
    chosen, phase = export_format(name), _phase(request)
    dataset = dataset_for(viewer, language=_language(), phase=phase)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_file(dataset, chosen, _language(), file)
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=file_name(dataset, chosen, phase), content_type=chosen.media_type
    )


def _phase(request: HttpRequest) -> Phase:
    return "final" if request.GET.get("readings") == "final" else "first"


def _language() -> str:
    return (get_language() or "en").split("-")[0]

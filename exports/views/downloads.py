"""The page of exports and the downloads themselves."""

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from exports.files import dataset_for, file_name, write_file
from exports.formats import FORMATS, Loss, export_format
from exports.records import LAYERS, Layer
from fieldstudy.web import sentence, user_of
from observations.access import enter
from observations.roles import Permission


@require_safe
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    """Every format with what it holds and what it cannot carry, before anything is downloaded."""
    viewer = enter(user_of(request), slug, Permission.EXPORT)
    layer = _layer(request)
    dataset = dataset_for(viewer, language=_language(), layer=layer)
    formats = [(chosen, [told(loss) for loss in chosen.carries_not(dataset)]) for chosen in FORMATS.values()]
    hidden = sum(source.withheld for source in dataset.sources)
    context = {"viewer": viewer, "here": "exports", "dataset": dataset, "formats": formats, "layer": layer}
    return render(request, "exports/exports.html", context | {"hidden": hidden})


@require_safe
def export(request: HttpRequest, slug: str, name: str) -> HttpResponse | FileResponse:
    """The study in one format, as a download."""
    viewer = enter(user_of(request), slug, Permission.EXPORT)
    chosen, layer = export_format(name), _layer(request)
    dataset = dataset_for(viewer, language=_language(), layer=layer)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_file(dataset, chosen, _language(), file)
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=file_name(dataset, chosen, layer), content_type=chosen.media_type
    )


def told(loss: Loss) -> str:
    """A loss in the reader's language, its numbers written as that language writes them."""
    return sentence(
        loss.message, {name: number_format(count, force_grouping=True) for name, count in loss.values.items()}
    )


def _layer(request: HttpRequest) -> Layer:
    asked = request.GET.get("readings")
    return next((layer for layer in LAYERS if layer == asked), "first")


def _language() -> str:
    return (get_language() or "en").split("-")[0]

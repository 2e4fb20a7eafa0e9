"""Passages that a query finds, as a download. The query is sent, and never stands in the address."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from exports.files import passages_file
from fieldstudy.web import download, user_of
from observations.access import enter
from observations.roles import Permission


@require_POST
def export_passages(request: HttpRequest, slug: str) -> HttpResponse:
    """The passages as CSV, or as a spreadsheet when `format` says so."""
    viewer = enter(user_of(request), slug, Permission.EXPORT)
    language = (get_language() or "en").split("-")[0]
    form = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
    content, media_type = passages_file(viewer, request.POST.get("text", ""), form=form, language=language)
    return download(content, file_name=f"{slug}-passages.{form}", media_type=media_type)

"""Passages that a query finds, as a download. The query is sent, and never stands in the address."""

import io

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from exports.formats.passages import write_csv, write_xlsx
from exports.queries.passages import passage_rows
from fieldstudy.web import download, user_of
from observations.access import enter
from observations.roles import Permission

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_POST
def export_passages(request: HttpRequest, slug: str) -> HttpResponse:
    """The passages as CSV, or as a spreadsheet when `format` says so."""
    viewer = enter(user_of(request), slug, Permission.EXPORT)
    language = (get_language() or "en").split("-")[0]
    rows = passage_rows(viewer, request.POST.get("text", ""), language=language)
    written = io.BytesIO()
    if request.POST.get("format") == "xlsx":
        write_xlsx(rows, written)
        return download(written.getvalue(), file_name=f"{slug}-passages.xlsx", media_type=SPREADSHEET)
    write_csv(rows, written)
    return download(written.getvalue(), file_name=f"{slug}-passages.csv", media_type="text/csv; charset=utf-8")

"""Published versions: each as it was, any two beside each other, and the codebook on paper."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from coding.models import Code, CodeRevision
from coding.queries.codebook import codebook_of, languages_of, version_entries, version_of, versions_of
from coding.queries.passages_of import examples_of
from coding.queries.versions import DRAFT, compared
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission

Row = tuple[int, Code, str, str, CodeRevision | None]


@require_GET
def codebook_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One published version, as it was."""
    viewer = enter(user_of(request), slug, Permission.READ)
    version = version_of(viewer, number)
    context = {"viewer": viewer, "here": "codebook", "version": version, "versions": list(versions_of(viewer))}
    return render(request, "coding/version.html", context | {"entries": version_entries(version)})


@require_GET
def codebook_differences(request: HttpRequest, slug: str) -> HttpResponse:
    """What differs between two versions, or one and the working codebook: by default between the newest and that."""
    viewer = enter(user_of(request), slug, Permission.READ)
    versions = list(versions_of(viewer))
    context: dict[str, Any] = {"viewer": viewer, "here": "codebook", "versions": versions}
    if versions:
        before = request.GET.get("from") or str(versions[0].number)
        after = request.GET.get("to") or DRAFT
        context |= {"from": before, "to": after, "compared": compared(viewer, before, after)}
    return render(request, "coding/codebook_differences.html", context)


@require_GET
def codebook_print(request: HttpRequest, slug: str) -> HttpResponse:
    """The codebook for paper, with examples, in the reader's language or in all: the working one, or a version."""
    viewer = enter(user_of(request), slug, Permission.READ)
    asked = request.GET.get("version", "")
    context: dict[str, Any] = {"viewer": viewer, "here": "codebook", "every_language": "all" in request.GET}
    context |= {"languages": languages_of(viewer), "versions": list(versions_of(viewer))}
    if asked.isdigit():
        version = version_of(viewer, int(asked))
        entries = version_entries(version)
        rows: list[Row] = [(depth, entry.code, entry.sign, entry.stance, entry.revision) for depth, entry in entries]
        context["version"] = version
    else:
        nodes = [node for node in codebook_of(viewer).order if node.code.proposed_in_id is None]
        rows = [(node.depth, node.code, node.code.sign, node.code.stance, node.code.revision) for node in nodes]
    for _depth, code, _sign, _stance, revision in rows:
        code.revision = revision
    examples = examples_of(viewer, [row[1] for row in rows])
    context["rows"] = [(*row, examples.get(row[1].pk, [])) for row in rows]
    return render(request, "coding/codebook_print.html", context)

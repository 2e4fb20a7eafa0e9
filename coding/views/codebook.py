"""The codebook's pages: its tree, one code, writing codes and publishing a version."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from coding.actions.codebooks import add_code, publish_codebook, redefine_code
from coding.examples import written
from coding.forms.codebook import CodeForm, LexiconForm, MoveForm, NewCodeForm, PublishForm, show_error
from coding.models import Code, CodebookVersion
from coding.queries.changes import last_move_of
from coding.queries.codebook import (
    Codebook,
    code_known_to,
    codebook_of,
    draft_of,
    languages_of,
    lexicon_known_to,
    retired_codes,
    versions_of,
)
from coding.queries.memos import Wanted, memos_listed
from coding.queries.passages_of import examples_of
from coding.queries.proposals import proposals_of
from coding.queries.versions import passages_by_version
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import Viewer, enter
from observations.roles import Permission

MEMOS = 5


@require_GET
def codebook(request: HttpRequest, slug: str) -> HttpResponse:
    """The codebook, opened at its first code that can be applied; without codes, the ways to begin."""
    viewer = enter(user_of(request), slug, Permission.READ)
    tree = codebook_of(viewer)
    if tree.order:
        opened = next((node for node in tree.order if node.code.is_codable), tree.order[0])
        return render(request, "coding/code.html", code_page(viewer, tree, opened.code))
    return render(request, "coding/codebook_empty.html", {"viewer": viewer, "here": "codebook"})


@require_GET
def code(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """One code beside the tree: what it means, in the reader's language."""
    viewer = enter(user_of(request), slug, Permission.READ)
    row = code_known_to(viewer, code_id)
    moved = request.session.pop("moved", "") == str(row.pk) and viewer.may(Permission.CODEBOOK)
    undo = last_move_of(viewer, row) if moved else None
    return render(request, "coding/code.html", code_page(viewer, codebook_of(viewer), row, undo=undo))


@require_http_methods(["GET", "POST"])
def code_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a new code."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    tree = codebook_of(viewer)
    initial = {"parent": request.GET.get("parent", "")}
    form = NewCodeForm(
        request.POST if request.method == "POST" else None,
        codebook=tree,
        languages=languages_of(viewer),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            added = add_code(
                viewer=viewer,
                id=uuid.uuid4(),
                sign=said["sign"],
                meaning=form.meaning(),
                at=timezone.now(),
                parent=code_known_to(viewer, uuid.UUID(said["parent"])) if said["parent"] else None,
                stance=said["stance"],
                is_codable=not said["heading"],
                asks_weight=said["asks_weight"],
            )
            return redirect("code", slug, added.pk)
        except FieldstudyError as error:
            show_error(form, error)
    return _render_form(request, "coding/code_new.html", viewer, tree, form=form)


@require_http_methods(["GET", "POST"])
def code_edit(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Change what a code means; a new revision of it."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    row = code_known_to(viewer, code_id)
    assert row.revision is not None
    languages = languages_of(viewer, row.revision.names, row.revision.definitions)
    form = CodeForm(
        request.POST if request.method == "POST" else None, languages=languages, initial=CodeForm.held(row, languages)
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            redefine_code(
                viewer=viewer,
                code=row,
                sign=said["sign"].strip().upper(),
                meaning=form.meaning(),
                stance=said["stance"],
                asks_weight=said["asks_weight"],
                at=timezone.now(),
                based_on=said["based_on"],
            )
            return redirect("code", slug, row.pk)
        except FieldstudyError as error:
            show_error(form, error)
            form.write_over(row)
    return _render_form(request, "coding/code_edit.html", viewer, codebook_of(viewer), form=form, code=row)


@require_http_methods(["GET", "POST"])
def codebook_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Fix the working codebook as its next version."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            note = form.cleaned_data["note"]
            version = publish_codebook(viewer=viewer, id=uuid.uuid4(), note=note, at=timezone.now())
            return redirect("codebook_version", slug, version.number)
        except FieldstudyError as error:
            show_error(form, error)
    draft = draft_of(viewer, list(versions_of(viewer)[:1]))
    codes = [node.code for node in codebook_of(viewer).order if node.code.pk in draft.changed]
    context = {"viewer": viewer, "here": "codebook", "form": form, "draft": draft, "changed": codes}
    return render(request, "coding/codebook_publish.html", context)


def code_page(viewer: Viewer, tree: Codebook, row: Code, **more: Any) -> dict[str, Any]:
    """What the page of a code shows, `more` over it."""
    sees_lexicon = viewer.may(Permission.CODEBOOK) or viewer.may(Permission.TAG)
    lexicon_form = LexiconForm(languages=languages_of(viewer)) if viewer.may(Permission.CODEBOOK) else None
    place = {"parent": row.parent_id or ""}
    move_form = MoveForm(codebook=tree, without=row, initial=place) if viewer.may(Permission.CODEBOOK) else None
    memos = memos_listed(viewer, Wanted(code=row.pk))
    context = _frame(viewer, tree, row) | {
        "node": tree.node(row),
        "sees_lexicon": sees_lexicon,
        "lexicon": list(lexicon_known_to(viewer, row)) if sees_lexicon else [],
        "lexicon_form": lexicon_form,
        "move_form": move_form,
        "written_examples": written(row.revision.examples) if row.revision else {},
        "examples": examples_of(viewer, [row]).get(row.pk, []),
        "memo_count": memos.count(),
        "memos": list(memos[:MEMOS]),
    }
    return context | more


def _frame(viewer: Viewer, tree: Codebook, row: Code | None) -> dict[str, Any]:
    versions: list[CodebookVersion] = list(versions_of(viewer))
    return {
        "viewer": viewer,
        "here": "codebook",
        "tree": tree,
        "code": row,
        "versions": versions,
        "draft": draft_of(viewer, versions),
        "retired": list(retired_codes(viewer)),
        "proposed": proposals_of(viewer).count() if viewer.may(Permission.CODEBOOK) else 0,
        "made_with": passages_by_version(viewer),
    }


def _render_form(
    request: HttpRequest, template: str, viewer: Viewer, tree: Codebook, *, form: CodeForm, code: Code | None = None
) -> HttpResponse:
    context = _frame(viewer, tree, code) | {"form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)
